"""What the processes of a submission have computed, and how long they had to wait for a processor."""

from __future__ import annotations

import contextlib
import os

from grader.sandbox.inside.descendants import descendants


def usage() -> list[list[float]]:
    """The number, the seconds of computing, those of waiting, and whether it is stopped, of each process
    below this one.

    A process waits when it could compute and other programs have the processors; one that sleeps does
    not. Kernels that do not tell have 0 for it.
    """
    return [[float(pid), *_of(pid)] for pid in descendants()]


def _of(pid: int) -> tuple[float, float, float]:
    computed = waited = stopped = 0
    with contextlib.suppress(OSError, ValueError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                ran, ready, _ = file.read().split()
                computed, waited = computed + int(ran), waited + int(ready)
        with open(f"/proc/{pid}/stat") as file:
            stopped = file.read().rpartition(")")[2].split()[0] == "T"
    return computed / 1e9, waited / 1e9, float(stopped)
