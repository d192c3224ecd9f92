"""How much memory a submission may use, over all its processes: a limit of the kernel's, and a measurement.

The kernel keeps the limit of a control group, where the grader may make one (`grader.sandbox.memory_groups`).
The worker measures besides. Pages that processes share after a fork must count once, and only
/proc/PID/smaps_rollup knows them, which takes milliseconds. So the cheap sum of resident pages comes first,
which is never too small, and the exact one only when that exceeds the limit.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from dataclasses import dataclass, field

from grader.sandbox.inside.descendants import descendants

GROUPS = "/memory-groups"  # where the sandbox finds the group in which it may make others
SPARE = 64 * 2**20
"""What a group may hold beyond the limits: the kernel's own memory for the submission, such as page tables."""
MAX_WAIT = 0.5
"""Seconds between two measurements, however long they take."""

_RESIDENT = ("RssAnon:", "RssShmem:", "VmSwap:")
_PROPORTIONAL = ("Pss_Anon:", "Pss_Shmem:", "SwapPss:")


class MemoryGroup:
    """A group of the kernel's for one submission, whose memory together never exceeds `limit` bytes."""

    def __init__(self, limit: int) -> None:
        """Raises OSError where there can be no group."""
        self.path = tempfile.mkdtemp(prefix="submission-", dir=GROUPS)
        own = os.path.exists(f"{self.path}/memory.max")
        self._events = f"{self.path}/memory.{'events' if own else 'oom_control'}"
        names = ("max", "swap.max") if own else ("limit_in_bytes", "memsw.limit_in_bytes")
        swap = 0 if own else limit
        _write(f"{self.path}/memory.{names[0]}", limit)
        with contextlib.suppress(OSError):  # a kernel without swap
            _write(f"{self.path}/memory.{names[1]}", swap)
        if own:
            _write(f"{self.path}/memory.oom.group", 1)

    def enter(self) -> None:
        """Move this process into the group; all that it starts will be there, too."""
        _write(f"{self.path}/cgroup.procs", 0)

    def exceeded(self) -> bool:
        """Whether the kernel had to end a process at the limit."""
        with open(self._events) as file:
            counts = dict(line.split() for line in file)
        return counts.get("oom_kill", "0") != "0"

    def remove(self) -> None:
        """When all processes in it have ended. What cannot be removed goes with the sandbox."""
        with contextlib.suppress(OSError):
            os.rmdir(self.path)


def group_of(limit: int) -> MemoryGroup | None:
    """A group with this limit, where there can be one."""
    try:
        return MemoryGroup(limit)
    except OSError:
        return None


def _write(path: str, number: int) -> None:
    with open(path, "w") as file:
        file.write(str(number))


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
        # A measurement should take a tenth of the time; with many processes it may take more.
        self._next = now + min(10 * (time.monotonic() - now), MAX_WAIT)
        self.peak = max(self.peak, used)
        return used > self.limit

    def _used(self) -> int:
        pids = descendants()
        upper = sum(_measured(pid, "status", _RESIDENT) for pid in pids) - self._baseline
        if upper <= self.limit:
            return upper
        exact = 0
        for pid in pids:
            try:
                exact += _measured(pid, "smaps_rollup", _PROPORTIONAL)
            except PermissionError:  # it hides its pages, so all that it can see count as its own
                exact += _measured(pid, "status", _RESIDENT)
        return exact - self._baseline


def _measured(pid: int, file: str, names: tuple[str, ...]) -> int:
    """Bytes of a process, whose first thread may have ended before the others; 0 when it has ended."""
    if _sum_of(f"/proc/{pid}/status", ("VmSize:",)):
        return _sum_of(f"/proc/{pid}/{file}", names)
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            if found := _sum_of(f"/proc/{pid}/task/{thread}/status", _RESIDENT):
                return found
    return 0


def _sum_of(path: str, names: tuple[str, ...]) -> int:
    """Bytes in the named lines of a /proc file; 0 for a process that has ended."""
    try:
        with open(path) as file:
            lines = file.readlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(names))
