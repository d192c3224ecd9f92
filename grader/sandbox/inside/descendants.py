"""The processes that a worker's submission has started, however they hide from their parents."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Descendant:
    """started: in ticks of the machine's clock; a number that is used again has another. dead: all of its
    threads have ended, and it waits for its parent."""

    started: int
    dead: bool


def descendants() -> dict[int, Descendant]:
    """The processes that this one has started, and that these have started, by their numbers in /proc.

    A submission's first process inherits those whose parents have ended, so none gets lost.
    """
    children: dict[int, dict[int, Descendant]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                parent, about = _read(name)
                children.setdefault(parent, {})[int(name)] = about
    found: dict[int, Descendant] = {}
    ahead = [int(os.readlink("/proc/self"))]
    for pid in ahead:
        found |= children.get(pid, {})
        ahead += children.get(pid, ())
    return found


def first_of(processes: dict[int, Descendant]) -> dict[int, Descendant]:
    """The one of them that was started first, if there is one."""
    return dict(sorted(processes.items(), key=lambda entry: (entry[1].started, entry[0]))[:1])


def end_all_but(kept: dict[int, Descendant], seconds: float = 2.0) -> bool:
    """Kill every descendant that was not there when `kept` was listed; whether all of them ended."""
    until = time.monotonic() + seconds
    while True:
        born = {
            pid: about
            for pid, about in descendants().items()
            if pid not in kept or kept[pid].started != about.started
        }
        for pid in born:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                _kill(pid)
        if all(about.dead for about in born.values()):
            return True
        if time.monotonic() > until:
            return False
        time.sleep(0.001)


def _kill(pid: int) -> None:
    """By the folder in /proc: this process counts others from 1 on, in a namespace of its own."""
    folder = os.open(f"/proc/{pid}", os.O_DIRECTORY)
    try:
        signal.pidfd_send_signal(folder, signal.SIGKILL)
    finally:
        os.close(folder)


def _read(pid: str) -> tuple[int, Descendant]:
    with open(f"/proc/{pid}/stat") as file:
        # A program's name, in parentheses, may hold anything.
        fields = file.read().rpartition(")")[2].split()
    threads = int(fields[17])  # its first one is counted until its parent has asked
    return int(fields[1]), Descendant(int(fields[19]), fields[0] in "ZX" and threads <= 1)
