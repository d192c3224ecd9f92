"""Inside the sandbox: the zygote imports the libraries and forks a worker for each submission.

Neither runs a student's code nor reads a byte that comes from it. Each obeys the judge on a control
channel of its own, and ends when that channel does. `grader/sandbox/inside/start.py` starts the zygote.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from grader.sandbox.inside import jail, serve, syscalls
from grader.sandbox.inside.descendants import Descendant, descendants, end_all_but, first_of
from grader.sandbox.inside.memory import SPARE, MemoryGroup, MemoryWatch, group_of
from grader.sandbox.inside.serve import POLL_SECONDS
from grader.sandbox.inside.usage import usage
from grader.wire.frames import Channel, ChannelClosed
from grader.wire.limits import Limits


@dataclass(frozen=True)
class Setup:
    """What the zygote is told when it starts. isolate: whether bubblewrap stands around it."""

    control_fd: int
    isolate: bool
    preload: list[str]


@dataclass
class Child:
    """The process of the submission that is open now."""

    pid: int
    watch: MemoryWatch | None
    group: MemoryGroup | None
    home: tempfile.TemporaryDirectory[str] | None
    status: int | None = None
    over_memory: bool = False
    before: dict[int, Descendant] = field(default_factory=dict)

    def exceeds_memory(self) -> bool:
        """Whether the kernel ended something of it at its limit, or it is measured to use more."""
        if self.group is not None and self.group.exceeded():
            return True
        return self.status is None and self.watch is not None and self.watch.exceeded()


class Zygote:
    """The preloaded process. Everything else in the sandbox is a fork of it.

    It forks first and lets the copy read what is wanted: its own memory stays as it is, so every
    submission finds the same memory, and the addresses that it prints are those of the last time.
    Python gives the block that was freed last; so here, nothing is freed in another order than it
    was taken in.
    """

    def __init__(self, control: Channel, isolate: bool, shell: object) -> None:
        self.control, self.isolate, self.shell = control, isolate, shell
        self.memory = syscalls.own_memory() if isolate else []

    def serve(self) -> None:
        """Fork a worker for every message, until the control channel closes."""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a worker
        if _fork(self.isolate) == 0:  # what is made on first use is made now
            os._exit(0)
        told, tell = os.pipe()
        workers = 0
        while self.control.wait():
            if _fork(self.isolate) == 0:
                self._become_worker(tell)
            os.read(told, 1)
            workers += 1
            # It takes most of a second, and nobody need wait for it who grades one submission.
            if workers == 2:
                syscalls.collapse(self.memory)

    def _become_worker(self, tell: int) -> NoReturn:
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            syscalls.die_with_parent()
            with contextlib.suppress(ChannelClosed, KeyboardInterrupt):
                try:
                    _, fd = self.control.receive_with_fd()
                finally:
                    os.write(tell, b"+")
                assert fd is not None
                self.control.close()
                control = Channel.from_fd(fd)
                control.send({"ready": True})
                Worker(control, self.isolate, self.shell).serve()
        finally:
            os._exit(0)


@dataclass
class Worker:
    """Forks a submission, watches over it, and ends it."""

    control: Channel
    isolate: bool
    shell: object
    submission: Child | None = None

    def serve(self) -> None:
        """Obey until the control channel closes."""
        while True:
            ready, _, _ = select.select(
                [self.control], [], [], POLL_SECONDS if self._alive() else None
            )
            if ready:
                request, fd = self.control.receive_with_fd()
                assert isinstance(request, dict)
                self.control.send(self._obey(request, fd))
            self._watch()

    def _obey(self, request: dict, fd: int | None) -> dict:
        if request["do"] == "spawn":
            assert fd is not None and self.submission is None
            return self._spawn(fd, Limits(**request["limits"]))
        if request["do"] == "interrupt":
            self._signal(signal.SIGINT)
            return {}
        if request["do"] == "remember":
            return self._remember()
        if request["do"] == "sweep":
            return self._sweep(request["keep_copy"])
        if request["do"] == "end":
            return self._end(request["patience"])
        if request["do"] == "usage":
            return {"usage": usage()}
        raise ValueError(f"unknown request {request['do']!r}")

    def _spawn(self, fd: int, limits: Limits) -> dict:
        home = None if self.isolate else tempfile.TemporaryDirectory(prefix="submission-")
        group = group_of(limits.memory_bytes + limits.home_bytes + SPARE) if self.isolate else None
        pid = _fork(self.isolate)
        if pid == 0:
            _be_submission(fd, limits, home.name if home else None, self.shell, group)
        os.close(fd)
        watch = MemoryWatch(limits.memory_bytes) if self.isolate else None
        self.submission = Child(pid, watch, group, home)
        return {"pid": pid}

    def _remember(self) -> dict:
        """Which processes there are before an exercise."""
        assert self.submission is not None
        self.submission.before = descendants() if self.isolate else {}
        return {}

    def _sweep(self, keep_copy: object) -> dict:
        """End what an exercise has started: nothing of it is there to answer in the next one.

        keep_copy: all but the first that was started, which is the copy that was asked.
        """
        assert self.submission is not None
        kept = dict(self.submission.before)
        if keep_copy:
            kept |= first_of({pid: a for pid, a in descendants().items() if pid not in kept})
        if self.isolate and self._alive() and not end_all_but(kept):
            self._signal(signal.SIGKILL)
        return {}

    def _alive(self) -> bool:
        return self.submission is not None and self.submission.status is None

    def _watch(self) -> None:
        if not self._alive():
            return
        assert self.submission is not None
        pid, status = os.waitpid(self.submission.pid, os.WNOHANG)
        if pid:
            self.submission.status = status
        if self.submission.exceeds_memory():
            self.submission.over_memory = True
            self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self._alive():
            assert self.submission is not None
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.submission.pid, number)

    def _end(self, patience: float) -> dict:
        """Kill what is left of the submission. Its first process takes all others with it.

        patience: seconds to wait for it to end by itself, when it seems to be doing so.
        """
        submission = self.submission
        assert submission is not None
        until = time.monotonic() + patience
        self._watch()
        while self._alive() and time.monotonic() < until:
            time.sleep(0.002)
            self._watch()
        killed = self._alive()
        if killed:
            self._signal(signal.SIGKILL)
            _, submission.status = os.waitpid(submission.pid, 0)
        if not self.isolate:
            _kill_session(submission.pid)
        if submission.group is not None:
            submission.group.remove()
        if submission.home is not None:
            with contextlib.suppress(OSError):
                submission.home.cleanup()
        assert submission.status is not None
        return {
            "status": submission.status,
            "killed": killed,
            "over_memory": submission.over_memory,
            "peak": submission.watch.peak if submission.watch else 0,
            "left": len(descendants()) if self.isolate else 0,
        }


def main(setup: Setup) -> NoReturn:
    """Import the libraries, greet the judge, and obey it until it goes."""
    control = Channel.from_fd(setup.control_fd)
    try:
        syscalls.die_with_parent()
        if setup.isolate:
            syscalls.mount_tmpfs(jail.ROOM, 64 * 2**20)
        shell, missing = _prepare(setup)
    except Exception as error:
        with contextlib.suppress(ChannelClosed):
            control.send({"failed": f"{type(error).__name__}: {error}"})
        os._exit(1)
    with contextlib.suppress(ChannelClosed, KeyboardInterrupt):
        control.send({"ready": True, "missing": missing})
        Zygote(control, setup.isolate, shell).serve()
    os._exit(0)


def _prepare(setup: Setup) -> tuple[object, list[str]]:
    if setup.isolate:
        syscalls.use_large_pages()
    missing = []
    for name in setup.preload:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    _ask_for_the_processor()
    shell = _make_shell()
    threads = _threads()
    if threads > 1:
        raise RuntimeError(
            f"the preloaded libraries started {threads - 1} threads, and a process with threads cannot be forked"
        )
    gc.freeze()
    gc.enable()
    return shell, missing


def _fork(isolate: bool) -> int:
    """As os.fork; with `isolate` the child is the first of a process namespace that ends with it."""
    if not isolate:
        return os.fork()
    syscalls.unshare(syscalls.NEW_PROCESSES)
    pid = os.fork()
    if pid:
        own = os.open("/proc/self/ns/pid", os.O_RDONLY)
        syscalls.join(own, syscalls.NEW_PROCESSES)
        os.close(own)
    return pid


def _ask_for_the_processor() -> None:
    """Have torch read what the processor can do, once, in /proc, which submissions do not see.

    Without it, float16 fails there: "Failed to initialize cpuinfo!".
    """
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.ones(1).half()


def _make_shell() -> object:
    """The shell that every submission inherits. Imported late: the judge's side never needs it."""
    from grader.sandbox.inside.shell import CellShell

    shell = CellShell()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shell.warm_up()
    return shell


def _be_submission(
    fd: int, limits: Limits, home: str | None, shell: object, group: MemoryGroup | None
) -> NoReturn:
    try:
        serve.main(fd, limits, home, shell, group)
    finally:
        os._exit(1)


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        import threading

        return threading.active_count()


def _kill_session(session: int) -> None:
    """Without namespaces: kill what still belongs to the session. What left it survives."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                os.kill(int(folder.name), signal.SIGKILL)
