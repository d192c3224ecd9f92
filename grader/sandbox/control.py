"""The judge's end of the zygote, which forks workers, and of a worker, which forks submissions."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.sandbox.endings import ending_of
from grader.sandbox.launch import Backend, Launched, SandboxUnavailable, install_command, launch
from grader.wire.codec import WireError
from grader.wire.frames import Channel, ChannelClosed, DeadlinePassed, pair
from grader.wire.limits import Limits

START_SECONDS = 180.0
WORKER_SECONDS = 30.0


class WorkerLost(ConnectionError):
    """The worker ended or does not answer. A new one can take its place."""


class WorkerHangs(WorkerLost):
    """It does not answer in time."""


@dataclass(frozen=True)
class Ending:
    """How a submission's process ended. peak: bytes beyond the preloaded libraries, as last measured."""

    status: int
    killed: bool
    over_memory: bool
    peak: int
    left: int

    def reason(self, limits: Limits) -> str:
        """One sentence about a process that ended although nobody ended it."""
        if self.over_memory:
            return f"used more than the {limits.memory_bytes // 2**20:,} MiB of memory that a submission may use"
        return ending_of(self.status)


class ZygoteControl:
    """A running sandbox and the preloaded process in it. Several threads may use it.

    Starts with the first worker, and anew when it has been lost. launched: what `launch` has started
    with the same three arguments already.
    """

    def __init__(
        self,
        backend: Backend,
        preload: Sequence[str],
        data: Path | None,
        launched: Launched | None = None,
    ) -> None:
        self._backend, self._preload, self._data = backend, tuple(preload), data
        self._lock = threading.Lock()
        self._launched, self._ready = launched, False
        self.missing: list[str] = []

    @property
    def pid(self) -> int | None:
        """The number of the sandbox's outermost process, None when it does not run."""
        return self._launched.process.pid if self._launched else None

    def start(self) -> None:
        """Wait until the libraries are imported. Raises SandboxUnavailable."""
        with self._lock:
            self._make_ready()

    def fork_worker(self) -> Channel:
        """A new worker's control channel; it ends with that. Raises SandboxUnavailable."""
        with self._lock:
            self._make_ready()
            try:
                return self._fork_worker()
            except WorkerLost:
                self._stop()
                self._make_ready()
            try:
                return self._fork_worker()
            except WorkerLost as lost:
                raise SandboxUnavailable(_why_not(str(lost), self._stop())) from None

    def stop(self) -> None:
        """End the sandbox and everything in it."""
        with self._lock:
            self._stop()

    def _make_ready(self) -> None:
        if self._ready:
            return
        if self._launched is None:
            self._launched = launch(self._backend, self._preload, self._data)
        self._channel = Channel(self._launched.control)
        try:
            hello = self._channel.receive(time.monotonic() + START_SECONDS)
        except (ChannelClosed, DeadlinePassed, WireError) as error:
            raise SandboxUnavailable(_why_not(str(error), self._stop())) from None
        if not isinstance(hello, dict) or hello.get("ready") is not True:
            failed = str(hello.get("failed")) if isinstance(hello, dict) else "an unknown answer"
            raise SandboxUnavailable(_why_not(failed, self._stop()))
        missing = hello.get("missing")
        self.missing = [str(name) for name in missing] if isinstance(missing, list) else []
        self._ready = True

    def _fork_worker(self) -> Channel:
        channel, theirs = pair()
        deadline = time.monotonic() + WORKER_SECONDS
        try:
            with theirs, _lost_worker():
                self._channel.send({}, deadline, theirs.fileno())
            with _lost_worker():
                channel.receive(deadline)
        except WorkerLost:
            channel.close()
            raise
        return channel

    def _stop(self) -> str:
        """End it; the end of what it wrote to stderr, if it ran."""
        launched, self._launched, self._ready = self._launched, None, False
        if launched is None:
            return ""
        launched.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            launched.process.wait(2)
        launched.process.kill()
        launched.process.wait()
        diagnosis = launched.diagnosis()
        launched.log.close()
        return diagnosis


class WorkerControl:
    """The worker of one submission after the other. Every method but `stop` may raise WorkerLost."""

    def __init__(self, zygote: ZygoteControl) -> None:
        self._zygote = zygote
        self._channel: Channel | None = None

    def stop(self) -> None:
        """End the worker and the submission in it, if there is one."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def spawn(self, theirs: socket.socket, limits: Limits) -> None:
        """Have a new worker fork a submission's process, which serves on `theirs`.

        Raises SandboxUnavailable when there is no sandbox to be had any more.
        """
        self.stop()
        self._channel = self._zygote.fork_worker()
        self._ask({"do": "spawn", "limits": asdict(limits)}, theirs.fileno())

    def interrupt(self) -> None:
        """Send KeyboardInterrupt to the submission."""
        self._ask({"do": "interrupt"})

    def end(self, patience: float = 0.0) -> Ending:
        """Kill what is left of the submission, after `patience` seconds, with all that it started."""
        answer = self._ask({"do": "end", "patience": patience})
        return Ending(**answer)  # type: ignore[arg-type]

    def _ask(self, request: dict[str, object], fd: int | None = None) -> dict[str, object]:
        if self._channel is None:
            raise WorkerLost("the worker does not run")
        deadline = time.monotonic() + WORKER_SECONDS
        try:
            with _lost_worker():
                self._channel.send(request, deadline, fd)
                answer = self._channel.receive(deadline)
        except WorkerHangs:  # what hangs in there can be ended from outside only
            self._zygote.stop()
            raise
        if not isinstance(answer, dict):
            raise WorkerLost("the sandbox's worker gave an answer that is not one")
        return answer  # type: ignore[return-value]


@contextlib.contextmanager
def _lost_worker() -> Iterator[None]:
    try:
        yield
    except DeadlinePassed:
        raise WorkerHangs("the sandbox's worker does not answer") from None
    except (ChannelClosed, WireError) as error:
        raise WorkerLost(f"the sandbox's worker was lost ({type(error).__name__})") from None


def _why_not(what: str, log: str) -> str:
    return (
        f"the sandbox could not be started: {what or 'it ended at once'}. {log} "
        "It needs bubblewrap and a kernel that allows user namespaces inside it "
        "(sysctl user.max_user_namespaces above 0; on Ubuntu 24.04 also "
        "kernel.apparmor_restrict_unprivileged_userns=0). "
        f"Install bubblewrap with: {install_command()}. "
        "Grading without a sandbox needs the explicit option --sandbox none."
    )
