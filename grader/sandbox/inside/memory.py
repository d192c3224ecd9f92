"""How much memory a submission really uses, over all its processes, measured by the worker.

Pages that processes share after a fork must count once, and only /proc/PID/smaps_rollup knows them,
which takes milliseconds. So the cheap sum of resident pages comes first, which is never too small, and
the exact one only when that exceeds the limit.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field

_RESIDENT = ("RssAnon:", "RssShmem:", "VmSwap:")
_PROPORTIONAL = ("Pss_Anon:", "Pss_Shmem:", "SwapPss:")


@dataclass
class MemoryWatch:
    """Watches what this process has started. limit: bytes beyond the preloaded libraries."""

    limit: int
    peak: int = 0
    _next: float = 0.0
    _baseline: int = field(default_factory=lambda: _sum_of("/proc/self/status", _RESIDENT))

    def exceeded(self) -> bool:
        """Whether the submission uses more than its limit now. Costs next to nothing when it does not."""
        now = time.monotonic()
        if now < self._next:
            return False
        used = self._used()
        # A measurement may take a tenth of the time, however many processes there are.
        self._next = now + 10 * (time.monotonic() - now)
        self.peak = max(self.peak, used)
        return used > self.limit

    def _used(self) -> int:
        pids = descendants()
        upper = sum(_sum_of(f"/proc/{pid}/status", _RESIDENT) for pid in pids) - self._baseline
        if upper <= self.limit:
            return upper
        exact = 0
        for pid in pids:
            try:
                exact += _sum_of(f"/proc/{pid}/smaps_rollup", _PROPORTIONAL)
            except PermissionError:  # it hides its pages, so all that it can see count as its own
                exact += _sum_of(f"/proc/{pid}/status", _RESIDENT)
        return exact - self._baseline


def descendants() -> list[int]:
    """The processes that this one has started, and that these have started, by their numbers in /proc.

    A submission's first process inherits those whose parents have ended, so none gets lost.
    """
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                children.setdefault(_parent(name), []).append(int(name))
    found = [int(os.readlink("/proc/self"))]
    for pid in found:
        found += children.get(pid, ())
    return found[1:]


def _parent(pid: str) -> int:
    with open(f"/proc/{pid}/stat") as file:
        # A program's name, in parentheses, may hold anything.
        return int(file.read().rpartition(")")[2].split()[1])


def _sum_of(path: str, names: tuple[str, ...]) -> int:
    """Bytes in the named lines of a /proc file; 0 for a process that has ended."""
    try:
        with open(path) as file:
            lines = file.readlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(names))
