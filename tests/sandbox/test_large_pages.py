"""Memory in pages of 2 MiB: that there are some, and that nothing fails where there can be none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ENABLED = Path("/sys/kernel/mm/transparent_hugepage/enabled")
PROGRAM = r"""
import ctypes, re, resource, sys
from grader.sandbox.inside.syscalls import use_large_pages
if sys.argv[1] != "free":
    with open("/proc/self/statm") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + int(sys.argv[1]) * 2**20, resource.RLIM_INFINITY))
use_large_pages()
use_large_pages()
block = bytearray(16 * 2**20)
with open("/proc/self/smaps") as file:
    areas = re.findall(r"\[heap\]\n.*?AnonHugePages: +([0-9]+) kB", file.read(), re.S)
print(sum(map(int, areas)))
"""


def large_kib(room: str) -> int:
    """KiB of large pages in the heap of a process that has `room` MiB for addresses, or "free"."""
    command = [sys.executable, "-c", PROGRAM, room]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return int(ran.stdout)


@pytest.mark.skipif(
    not ENABLED.exists() or "[never]" in ENABLED.read_text(), reason="a kernel without large pages"
)
def test_what_is_allocated_lies_in_large_pages() -> None:
    assert large_kib("free") >= 12 * 1024


@pytest.mark.parametrize("room", ["60", "120"])
def test_where_there_is_little_room_nothing_fails(room: str) -> None:
    large_kib(room)


@pytest.mark.parametrize(
    "kept",
    ["", "block = bytearray(100 * 2**20); behind = bytearray(2**20); del block; "],
    ids=["at the end", "between"],
)
def test_what_is_kept_for_later_is_not_taken(kept: str) -> None:
    program = (
        "from grader.sandbox.inside.syscalls import address_space, use_large_pages\n"
        f"before = address_space(); use_large_pages(); {kept}print(address_space() - before)"
    )
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert abs(int(ran.stdout)) < 4 * 2**20
