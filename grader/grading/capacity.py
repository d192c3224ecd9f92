"""How many submissions fit into the memory of this machine side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from grader.wire.limits import MIB, Limits

BESIDE = 512 * MIB
"""What a judge may take beside each submission."""
_OWN = 512 * MIB
"""What the grader itself may still take."""


def workers_that_fit(workers: int, limits: Limits) -> tuple[int, str]:
    """How many of `workers` may use all of their memory at once, and a sentence when that is fewer.

    To be asked when the sandbox has started: until then, nobody knows what its libraries take.
    """
    free = available_memory()
    each = limits.memory_bytes + limits.home_bytes + BESIDE
    fitting = max(1, (free - _OWN) // each) if free is not None else workers
    if fitting >= workers:
        return workers, ""
    return fitting, (
        f"{fitting} submissions are graded side by side, not {workers}: each may take "
        f"{each // MIB:,} MiB, and {(free or 0) // MIB:,} MiB of memory are free. Lower "
        "`memory_bytes` in c.SandboxExecute.limits if they need less."
    )


def cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def available_memory(root: Path = Path("/")) -> int | None:
    """Bytes that new processes may take here: of the machine, or of a control group with less.

    None where nobody knows. root: the folder that holds proc and sys.
    """
    found = [*_machine(root / "proc/meminfo"), *_groups(root)]
    return max(0, min(found)) if found else None


def _machine(meminfo: Path) -> Iterator[int]:
    try:
        lines = meminfo.read_text().splitlines()
    except OSError:
        return
    yield from (int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))


def _groups(root: Path) -> Iterator[int]:
    """What is left in each control group that this process is in, of both versions."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers in ("", "memory"):
            names = ("memory.max", "memory.current", "inactive_file")
            mount = root / "sys/fs/cgroup"
            if controllers:
                names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
                mount = mount / "memory"
            yield from _along(mount, path.lstrip("/"), *names)


def _along(mount: Path, path: str, limit: str, usage: str, cache: str) -> Iterator[int]:
    """The room in a group and in all those above it. In a container, the outermost is the mount itself."""
    folder = mount / path
    while folder.is_relative_to(mount):
        try:
            most, used = (folder / limit).read_text().strip(), (folder / usage).read_text()
            stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        except (OSError, ValueError):
            most, used, stat = "max", "0", {}
        if most != "max":
            # Files that were read are kept only as long as nothing else needs the memory.
            yield int(most) - int(used) + int(stat.get(cache, 0))
        folder = folder.parent if folder != mount else Path(os.sep)
