"""The judge's end of the zygote, which forks workers, and of a worker, which forks submissions."""

from __future__ import annotations

import contextlib
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.sandbox.endings import ending_of
from grader.sandbox.launch import Backend, Launched, SandboxUnavailable, install_command, launch
from grader.wire.clock import is_ready, now
from grader.wire.codec import WireError
from grader.wire.frames import Channel, ChannelClosed, DeadlinePassed, pair
from grader.wire.limits import Limits

START_SECONDS = 180.0
WORKER_SECONDS = 30.0
PROBE_SECONDS = 10.0
STARVED = 10
"""A wait for a submission may take so many times as long by the clock as it should."""
_KILLED = (
    "the sandbox was killed while it started: somebody ended it, or the machine ran out of memory. "
    "It takes about 600 MiB to start. Free some memory and grade again."
)


class SandboxLost(BaseException):
    """The sandbox failed, not the submission: it is to be graded again, and no point is lost.

    Like KeyboardInterrupt it is no Exception, so no check takes it for the fault of what it asks.
    """


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


def fork_worker(zygote: Channel, seconds: float = WORKER_SECONDS) -> Channel:
    """A new worker's control channel; it ends with that. Raises SandboxLost.

    zygote: leads to the preloaded process; several processes may use copies of one channel.
    """
    channel, theirs = pair()
    deadline = now() + seconds
    try:
        with theirs, _lost("the sandbox"):
            zygote.send({}, deadline, theirs.fileno())
        with _lost("a worker of the sandbox"):
            channel.receive(deadline)
    except SandboxLost:
        channel.close()
        raise
    return channel


class ZygoteControl:
    """A running sandbox and the preloaded process in it. Several threads may use it.

    Starts when it is needed, and anew when it has ended. launched: what `launch` has started with the
    same three arguments already.
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
        self._channel: Channel
        self.missing: list[str] = []

    @property
    def pid(self) -> int | None:
        """The number of the sandbox's outermost process, None when it does not run."""
        return self._launched.process.pid if self._launched else None

    def channel(self) -> Channel:
        """What `fork_worker` needs. Waits until the libraries are imported; raises SandboxUnavailable."""
        with self._lock:
            return self._make_ready()

    def heal(self) -> None:
        """Start anew when no worker can be had any more. Raises SandboxUnavailable."""
        with self._lock:
            try:
                fork_worker(self._make_ready(), PROBE_SECONDS).close()
            except SandboxLost:
                self._stop()
                self._make_ready()

    def stop(self) -> None:
        """End the sandbox and everything in it."""
        with self._lock:
            self._stop()

    def _make_ready(self) -> Channel:
        if self._ready and self._launched is not None:
            if self._launched.process.poll() is None:
                return self._channel
            self._stop()
        if self._launched is None:
            self._launched = launch(self._backend, self._preload, self._data)
        self._channel = Channel(self._launched.control)
        try:
            hello = self._channel.receive(now() + START_SECONDS)
            if self._launched.process.poll() is not None:  # what bubblewrap had started outlived it
                raise ChannelClosed("its outermost process has ended")
        except (ChannelClosed, DeadlinePassed, WireError) as error:
            launched, log = self._launched, self._stop()
            raise SandboxUnavailable(
                _KILLED if launched.was_killed else _why_not(str(error), log)
            ) from None
        if not isinstance(hello, dict) or hello.get("ready") is not True:
            failed = str(hello.get("failed")) if isinstance(hello, dict) else "an unknown answer"
            raise SandboxUnavailable(_why_not(failed, self._stop()))
        missing = hello.get("missing")
        self.missing = [str(name) for name in missing] if isinstance(missing, list) else []
        self._ready = True
        return self._channel

    def _stop(self) -> str:
        """End it; the end of what it wrote to stderr, if it ran."""
        launched, self._launched, self._ready = self._launched, None, False
        return launched.stop(patience=2.0) if launched else ""


class WorkerControl:
    """The worker of one process of a submission after the other. Every method but `stop` may raise
    SandboxLost, and then does so until the next `spawn`.

    killed_is_lost: as for `open_session`. granted: seconds that `wait` waited longer than it should, because the processors were busy.
    """

    def __init__(self, fork: Callable[[], Channel], killed_is_lost: bool = False) -> None:
        self._fork, self.killed_is_lost = fork, killed_is_lost
        self._channel: Channel | None = None
        self.granted, self._computed = 0.0, 0.0
        self._waited: dict[float, float] = {}

    def stop(self) -> None:
        """End the worker and the submission in it, if there is one."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def spawn(self, theirs: socket.socket, limits: Limits) -> None:
        """Have a new worker fork a submission's process, which serves on `theirs`."""
        self.stop()
        self._channel, self._waited = self._fork(), dict([_ours()])
        self._ask({"do": "spawn", "limits": asdict(limits)}, theirs.fileno())

    def interrupt(self) -> None:
        """Send KeyboardInterrupt to the submission."""
        self._ask({"do": "interrupt"})

    def remember(self) -> None:
        """Note which processes the submission has, and what they have computed, before an exercise."""
        self._ask({"do": "remember"})
        self._computed = _computed(self._usage())

    def sweep(self, *, keep_copy: bool = False) -> None:
        """End all that the submission has started since `remember`; keep_copy: but the copy itself."""
        self._ask({"do": "sweep", "keep_copy": keep_copy})

    def end(self, patience: float = 0.0) -> Ending:
        """Kill what is left of the submission, after `patience` seconds, with all that it started."""
        answer = self._ask({"do": "end", "patience": patience})
        return Ending(**answer)  # type: ignore[arg-type]

    def wait(self, channel: Channel, seconds: float) -> None:
        """Wait until the submission has sent something on `channel`.

        Time in which it could not compute because the processors were busy counts for nobody, unless
        it computes on several of them. Raises DeadlinePassed.
        """
        began, allowed, computed = now(), seconds, None
        while not is_ready(channel.fileno(), began + allowed):
            usage = self._usage()
            if self.killed_is_lost and any(stopped for *_, stopped in usage):
                raise SandboxLost("a submission's process was stopped from outside")
            spent = _computed(usage)
            computed = spent if computed is None else computed
            more = self._newly_waited(usage)
            if more < 0.05 or spent - computed > seconds:
                if is_ready(channel.fileno(), now()):
                    return
                raise DeadlinePassed
            if allowed > STARVED * (seconds + 1):
                raise SandboxLost("the machine is too busy to run a submission")
            allowed, self.granted = allowed + more, self.granted + more

    def grant(self, seconds: float) -> float:
        """Seconds that the submission waited for a processor and that `wait` has not granted: none when
        its processes have computed for more than `seconds` since `remember`.
        """
        usage = self._usage()
        more = self._newly_waited(usage)
        if _computed(usage) - self._computed > seconds:
            return 0.0
        self.granted += more
        return more

    def _newly_waited(self, usage: list[list[float]]) -> float:
        """Seconds that the processes and this one waited for a processor since the last time that this was asked."""
        waited = dict([_ours(), *((pid, ready) for pid, _, ready, _ in usage)])
        more = sum(max(0.0, ready - self._waited.get(pid, 0.0)) for pid, ready in waited.items())
        self._waited = waited
        return more

    def _usage(self) -> list[list[float]]:
        return self._ask({"do": "usage"})["usage"]  # type: ignore[return-value]

    def _ask(self, request: dict[str, object], fd: int | None = None) -> dict[str, object]:
        if self._channel is None:
            raise SandboxLost("the worker does not run")
        deadline = now() + WORKER_SECONDS
        try:
            with _lost("a worker of the sandbox"):
                self._channel.send(request, deadline, fd)
                answer = self._channel.receive(deadline)
        except SandboxLost:
            self.stop()
            raise
        if not isinstance(answer, dict):
            raise SandboxLost("the sandbox's worker gave an answer that is not one")
        return answer  # type: ignore[return-value]


def _computed(usage: list[list[float]]) -> float:
    return sum(ran for _, ran, _, _ in usage)


def _ours() -> tuple[float, float]:
    """0, as the number of a process, and the seconds that this thread waited for a processor."""
    with contextlib.suppress(OSError), open("/proc/thread-self/schedstat") as file:
        return 0.0, int(file.read().split()[1]) / 1e9
    return 0.0, 0.0


@contextlib.contextmanager
def _lost(what: str) -> Iterator[None]:
    try:
        yield
    except DeadlinePassed:
        raise SandboxLost(f"{what} does not answer") from None
    except (ChannelClosed, WireError) as error:
        raise SandboxLost(f"{what} was lost ({type(error).__name__})") from None


_UNREADABLE = re.compile(r"PermissionError: \[Errno 13\]|execvp .*: Permission denied")


def _why_not(what: str, log: str) -> str:
    said = f"the sandbox could not be started: {what or 'it ended at once'}. {log} "
    if _UNREADABLE.search(log):
        project = Path(__file__).resolve().parents[2]
        return (
            f"{said}Submissions run as another user, who may not read this file: it was made with a umask "
            f"such as 077. Make the project and its environment readable: chmod -R a+rX {project} {sys.prefix}"
        )
    return (
        f"{said}It needs bubblewrap and a kernel that allows user namespaces inside it "
        "(sysctl user.max_user_namespaces above 0; on Ubuntu 24.04 also "
        "kernel.apparmor_restrict_unprivileged_userns=0). "
        f"Install bubblewrap with: {install_command()}. "
        "Grading without a sandbox needs the explicit option --sandbox none."
    )
