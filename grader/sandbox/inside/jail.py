"""The walls around one submission, raised by its own process before any of its code runs."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from grader.sandbox.inside import seccomp, syscalls
from grader.sandbox.inside.memory import GROUPS
from grader.wire.limits import Limits

ROOM = "/student"  # the one place to write: a submission's home, and its /tmp and /dev/shm
HOME = f"{ROOM}/home"
CHANNEL_FD = 3
MAX_FILES = 256
MAX_OPEN = 2**16  # the worker has a dozen; the limit it inherits may be endless
SPARE_PROCESSES = 16


def enclose(limits: Limits) -> None:
    """For a submission: leave it alone in its namespaces, with its limits and no way to widen them."""
    _make_first_victim()
    taken = syscalls.address_space()
    syscalls.remember_ids()
    syscalls.unshare(
        syscalls.NEW_USERS | syscalls.NEW_MOUNTS | syscalls.NEW_IPC | syscalls.NEW_NETWORK
    )
    syscalls.map_own_user(syscalls.NOBODY)
    _private_folders(limits)
    syscalls.drop_capabilities()
    restrict(limits, taken)
    limit_processes(limits.processes, SPARE_PROCESSES)
    seccomp.install()
    os.chdir(HOME)


def keep_only(fd: int) -> None:
    """Close every open file but `fd`, which becomes CHANNEL_FD; point 0, 1 and 2 at nothing."""
    os.dup2(fd, CHANNEL_FD, inheritable=False)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.closerange(CHANNEL_FD + 1, min(soft, MAX_OPEN))
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)


def restrict(limits: Limits, address_space: int) -> None:
    """Set the limits that the kernel keeps for every process by itself."""
    # With 0 a core would still go to a program that the machine may have set up for it.
    _limit(resource.RLIMIT_CORE, 1)
    _limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    _limit(resource.RLIMIT_NOFILE, MAX_FILES)
    _limit(resource.RLIMIT_STACK, 8 * 2**20)
    if address_space:
        _limit(resource.RLIMIT_AS, address_space + limits.memory_bytes)
    for name in ("MEMLOCK", "MSGQUEUE"):
        _limit(getattr(resource, f"RLIMIT_{name}", resource.RLIMIT_CORE), 0)


def limit_processes(count: int, spare: int) -> None:
    """Let cells start `count` processes and threads; `spare` more are there for an exercise's fork."""
    _limit(resource.RLIMIT_NPROC, count, count + spare)


@contextlib.contextmanager
def spare_processes() -> Iterator[None]:
    """For the time of a fork, the spare ones too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))


def limit_computing(seconds: int) -> None:
    """End this process when it has computed for so long: by SIGXCPU, and a second later for certain."""
    _limit(resource.RLIMIT_CPU, seconds, seconds + 1)


def _limit(kind: int, soft: int, hard: int | None = None) -> None:
    _, now = resource.getrlimit(kind)
    hard = soft if hard is None else hard
    hard = hard if now == resource.RLIM_INFINITY else min(hard, now)
    resource.setrlimit(kind, (min(soft, hard), hard))


def _private_folders(limits: Limits) -> None:
    syscalls.make_mounts_private()
    syscalls.mount_tmpfs(ROOM, limits.home_bytes)
    for folder, where in (("home", None), ("tmp", "/tmp"), ("shm", "/dev/shm")):
        os.mkdir(f"{ROOM}/{folder}")
        if where is not None and not _holds_interpreter(where):
            syscalls.bind(f"{ROOM}/{folder}", where)
    os.environ |= {"HOME": HOME, "TMPDIR": f"{ROOM}/tmp"}
    # A shared map of /dev/zero is memory that nobody counts.
    syscalls.bind("/dev/null", "/dev/zero")
    # Terminals would be shared with the submissions that are graded at this moment.
    if os.path.isdir("/dev/pts"):
        syscalls.mount_tmpfs("/dev/pts", 4096, mode="555", read_only=True)
    if os.path.isdir(GROUPS):
        syscalls.mount_tmpfs(GROUPS, 4096, mode="555", read_only=True)
    # Hides all processes, this one included: nothing in a notebook needs /proc.
    syscalls.mount_tmpfs("/proc", 4096, mode="555", read_only=True)


def _holds_interpreter(folder: str) -> bool:
    """Whether Python or its libraries lie below: then `folder` stays as it is, read-only."""
    places = (sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.realpath(sys.executable))
    return any(Path(place).is_relative_to(folder) for place in places)


def _make_first_victim() -> None:
    """When the machine runs out of memory, the kernel should choose a submission."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
