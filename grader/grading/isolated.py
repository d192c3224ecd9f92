"""Work on a stranger's bytes, in a process with limits of its own that may die.

`Isolation.run(function, *arguments)` gives what `function` returns, which is plain data of a bounded size. The
function runs in a fork of a process that is kept for that: it has no threads, has done no work, and has
imported what the function needs. The kernel holds the fork to its limits, so whatever the bytes make it do
costs that call alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from grader.grading import isolating
from grader.grading.names import printable
from grader.sandbox.endings import ending_of
from grader.wire.clock import is_ready, now
from grader.wire.limits import MIB

_START_SECONDS = 120.0
_STOPPED_SECONDS = 10.0


@dataclass(frozen=True)
class IsolationLimits:
    """What one call may use.

    cpu_seconds: computing time. seconds: time by the clock, in which a pause of the whole grader does not
    count. memory_bytes: address space beyond what is loaded. result_bytes: size of what comes back.
    """

    cpu_seconds: float = 60.0
    seconds: float = 600.0
    memory_bytes: int = 1024 * MIB
    result_bytes: int = 64 * MIB


class IsolationError(Exception):
    """A call gave no result; the text says why, in one printable sentence.

    note: what the function had told last by `isolating.note`, empty when nothing.
    """

    note = ""


class TookTooLong(IsolationError):
    """It used up its computing time."""


class TookTooMuchMemory(IsolationError):
    """It used up its memory, or what it returned was too large."""


class Died(IsolationError):
    """Its process ended without an answer."""


class Raised(IsolationError):
    """It raised an exception; the text is that of the exception, cut."""


class Lost(Died):
    """Its process was ended or stopped from outside, or did not come to an end without computing much.

    That need not be the fault of what it worked on, so a second try makes sense.
    """


class _Hangs(Lost):
    """The process that forks does not answer."""


class Isolation:
    """A process that forks for every call. Several threads may use it.

    It starts with the first call, and anew when it was lost: as a fork of this process while this has no
    other threads, or as a fresh interpreter, which imports what is needed once more.
    fresh: always the latter, for a process that belongs to somebody else, such as a web server.
    prepare: a function and its argument, called once in that process, so that all calls find what it made.
    """

    def __init__(
        self, *, fresh: bool = False, prepare: tuple[Callable[[str], object], str] | None = None
    ) -> None:
        self._fresh = fresh
        function, argument = prepare or (None, "")
        self._prepare = [function.__module__, function.__qualname__, argument] if function else []
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._pid = 0

    def start(self) -> None:
        """Start the process now, while there are no threads yet."""
        with self._lock:
            self._started()

    def run(
        self,
        function: Callable[..., object],
        *arguments: object,
        limits: IsolationLimits = IsolationLimits(),
        fds: Sequence[int] = (),
    ) -> object:
        """What `function(*arguments)` returns: bytes, or what JSON can hold, as JSON gives it back.

        function: stands at the top level of its module. fds: open files that the function gets as a list
        of file numbers, after the arguments. Raises IsolationError of the kind that happened.
        """
        call = _Call(function, arguments, limits)
        try:
            self._connect(call)
            return call.result(fds)
        except _Hangs:
            self.close()
            raise
        finally:
            call.close()

    def close(self) -> None:
        """End the process and all calls."""
        with self._lock:
            self._stop()

    def __enter__(self) -> Isolation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _connect(self, call: _Call) -> None:
        name = call.module.encode()
        with self._lock, call.theirs:
            try:
                socket.send_fds(self._started(), [name], [call.theirs.fileno()])
            except OSError:  # it was lost since the last call
                self._stop()
                socket.send_fds(self._started(), [name], [call.theirs.fileno()])
            call.forker = self._pid

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                own = self._fresh or _has_threads()
                start = _interpreter if own else _fork
                self._pid = start(theirs, self._prepare)
        return self._control

    def _stop(self) -> None:
        control, self._control = self._control, None
        if control is not None:
            control.close()
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)


class _Call:
    """One call: what is asked, and what comes back."""

    def __init__(
        self, function: Callable[..., object], arguments: Sequence[object], limits: IsolationLimits
    ) -> None:
        self.module, self._limits = function.__module__, limits
        self._task = pickle.dumps((self.module, function.__qualname__, arguments, limits))
        self._ours, self.theirs = socket.socketpair()
        self._what = function.__name__.strip("_").replace("_", " ")
        self._note = ""
        self._deadline = now() + _START_SECONDS
        self.forker = 0

    def close(self) -> None:
        self._ours.close()
        self.theirs.close()

    def result(self, fds: Sequence[int]) -> object:
        """Hand the task over and wait for the end of its process."""
        kind, pid = self._frame()
        if kind != isolating.PID:
            raise self._failed(Lost, "could not be begun")
        self._deadline = now() + self._limits.seconds
        with contextlib.suppress(OSError):  # it has ended already, and its last frame says how
            socket.send_fds(self._ours, [struct.pack(">Q", len(self._task))], fds)
            self._ours.sendall(self._task)
        kind, data, late = isolating.NOTE, b"", False
        while True:
            if not late and not self._is_ready(self._deadline, int(pid), self.forker):
                late = True
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            seen, text = self._frame()
            if seen == isolating.NOTE:
                self._note = printable(text.decode("utf-8", "replace"), isolating.MAX_NOTE)
            elif seen == isolating.ENDED:
                return self._judged(kind, data, int(text))
            else:
                kind, data = seen, text

    def _is_ready(self, deadline: float, *pids: int) -> bool:
        """Wait until something comes; false when time runs out before, or somebody has stopped one of these."""
        stopped_at = 0.0
        while not is_ready(self._ours.fileno(), min(deadline, now() + 2)):
            stopped_at = (stopped_at or now()) if any(map(_is_stopped, pids)) else 0.0
            if now() >= deadline or (stopped_at and now() > stopped_at + _STOPPED_SECONDS):
                return False
        return True

    def _judged(self, kind: bytes, data: bytes, status: int) -> object:
        if kind == isolating.RAW:
            return data
        if kind == isolating.VALUE:
            return json.loads(data)
        if kind == isolating.RAISED:
            name, message = json.loads(data)
            raise self._failed(Raised, f"raised {name}: {message}")
        if kind == isolating.MEMORY:
            what = data.decode() or f"took more than {self._limits.memory_bytes // MIB:,} MiB"
            raise self._failed(TookTooMuchMemory, what)
        if status & 0x7F == signal.SIGXCPU:
            seconds = self._limits.cpu_seconds
            raise self._failed(TookTooLong, f"took more than {seconds:g} s of computing time")
        outside = status & 0x7F in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
        raise self._failed(Lost if outside else Died, f"died: its process {ending_of(status)}")

    def _failed(self, kind: type[IsolationError], what: str) -> IsolationError:
        error = kind(f"{self._what} {printable(what, 500)}")
        error.note = self._note
        return error

    def _frame(self) -> tuple[bytes, bytes]:
        kind, length = isolating.HEADER.unpack(self._exactly(isolating.HEADER.size))
        if length > self._limits.result_bytes + 4096:
            raise self._failed(TookTooMuchMemory, f"gave {length:,} bytes back")
        return kind, self._exactly(length)

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            # Its last frame comes from the process that forks; when that hangs, nothing comes.
            if not self._is_ready(self._deadline + _START_SECONDS, self.forker):
                raise self._failed(_Hangs, "did not end")
            part = self._ours.recv(min(size - len(data), MIB))
            if not part:
                raise self._failed(Lost, "was lost: the process that forks has ended")
            data += part
        return bytes(data)


def _has_threads() -> bool:
    """Whether another thread may hold a lock now. One that only waits for work holds none."""
    return (
        any(
            thread is not threading.main_thread() and not thread.name.startswith("sandbox-start")
            for thread in threading.enumerate()
        )
        or threading.current_thread() is not threading.main_thread()
    )


def _is_stopped(pid: int) -> bool:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] in "Tt"
    return False


def _fork(theirs: socket.socket, prepare: list[str]) -> int:
    pid = os.fork()
    if pid == 0:
        _serve_fork(theirs, prepare)
    return pid


def _serve_fork(theirs: socket.socket, prepare: list[str]) -> NoReturn:
    """Serve in this copy of the grader, without the files that it had open."""
    try:
        fd = os.dup2(theirs.fileno(), 3)
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))
        isolating.main(fd, *prepare)
    finally:
        os._exit(1)


def _interpreter(theirs: socket.socket, prepare: list[str]) -> int:
    told = [theirs.fileno(), *prepare]
    program = f"from grader.grading import isolating; isolating.main(*{told!r})"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", program]
    return subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment).pid
