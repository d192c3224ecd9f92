"""The judge's view of one submission's process: what it is asked, and how it can end."""

from __future__ import annotations

import base64
import contextlib
import re
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from grader.sandbox.control import Ending, SandboxLost, WorkerControl
from grader.sandbox.endings import ending_of
from grader.sandbox.launch import SandboxUnavailable
from grader.sandbox.outputs import OutputBudget, clean
from grader.wire.clock import now
from grader.wire.codec import Plain, WireError, WireLimits
from grader.wire.display import Output
from grader.wire.frames import Channel, ChannelClosed, DeadlinePassed, pair
from grader.wire.limits import Limits
from grader.wire.probe import MAX_LINE, MAX_MESSAGE, StudentError

Files: TypeAlias = Mapping[str, bytes]
"""Name to content of what lies beside the notebook."""

ANSWER_SECONDS = 10.0
MESSAGE_SECONDS = 30.0
"""For a message that has begun to come, or that the other end should take."""
OUT_OF_TIME = "computed for too long"
_BROKE_OFF = "broke off its connection to the grader"
_KINDS = ("raised", "missing", "not_plain")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # all but tab and newline


class ProcessGone(Exception):
    """The submission's process ended, or was ended because it did not keep to the protocol."""

    def __init__(self, ending: Ending, reason: str) -> None:
        super().__init__(reason)
        self.ending, self.reason = ending, reason


class TimedOut(Exception):
    """A cell was still running after its time, and the process had to be killed."""


@dataclass(frozen=True)
class CellReply:
    """What the process says about a cell. interrupted: only because it was told to stop."""

    outputs: list[Output]
    error: StudentError | None
    interrupted: bool


class StudentProcess:
    """One process that holds a submission's namespace. Every method may raise SandboxLost."""

    def __init__(self, control: WorkerControl, limits: Limits, seed: int, files: Files) -> None:
        self._control, self._limits, self._computing = control, limits, 0.0
        self._kills = _memory_kills()
        self._wire = WireLimits(max_bytes=limits.frame_bytes)
        self._channel, theirs = pair(self._wire)
        try:
            with theirs:
                control.spawn(theirs, limits)
        except Exception:
            self._channel.close()
            raise
        contents = [[name, base64.b64encode(content).decode()] for name, content in files.items()]
        try:
            reply = self._ask({"do": "open", "seed": seed, "files": contents}, ANSWER_SECONDS)
        except ProcessGone as gone:  # none of its code has run yet, so this is not its doing
            raise SandboxLost(f"a submission's process {gone.reason}") from None
        if reply.get("ready") is not True:
            self.end()
            raise SandboxUnavailable(f"the walls around a submission failed: {reply.get('failed')}")

    def run_cell(self, source: str, count: int, seconds: float, budget: OutputBudget) -> CellReply:
        """Run a cell, interrupt it after `seconds`; its outputs come out of `budget`.

        Raises ProcessGone, TimedOut.
        """
        interrupted = False
        try:
            self._send({"do": "cell", "source": source, "count": count})
            try:
                reply = self._receive(seconds)
            except DeadlinePassed:
                interrupted = True
                self._control.interrupt()
                reply = self._receive(self._limits.grace_seconds)
            outputs = clean(reply.get("outputs"), self._limits, budget)
            return CellReply(outputs, read_error(reply.get("error")), interrupted)
        except DeadlinePassed:
            self.end()
            raise TimedOut from None
        except (ChannelClosed, WireError) as error:
            raise self._gone(error) from None

    def fork(self, seconds: int) -> Channel:
        """A channel to a copy of the process as it is now, which may compute for so many seconds.

        Raises ProcessGone.
        """
        self._control.remember()
        self._computing = seconds
        channel, theirs = pair(self._wire)
        try:
            with theirs:
                reply = self._ask({"do": "fork", "seconds": seconds}, ANSWER_SECONDS, theirs)
        except Exception:
            channel.close()
            raise
        if reply.get("forked") is not True:
            channel.close()
            raise StudentError("Died", f"the process {reply.get('failed')!s:.200}", kind="died")
        return channel

    def receive(self, channel: Channel, seconds: float) -> Plain:
        """What the process, or the copy that `channel` leads to, answers within its `seconds`."""
        self._control.wait(channel, seconds)
        return channel.receive(now() + MESSAGE_SECONDS)

    @property
    def granted(self) -> float:
        """Seconds that were waited for it because the processors were busy."""
        return self._control.granted

    def grant(self) -> float:
        """More such seconds, of those that nobody has asked for; see `WorkerControl.grant`."""
        return self._control.grant(self._computing)

    def end_copy(self) -> None:
        """End the copy and all that it started. Raises ProcessGone."""
        self._reap(0.0)

    def end_all_but_copy(self) -> None:
        """End what the copy has started, and leave itself."""
        self._control.sweep(keep_copy=True)

    def how_copy_ended(self) -> str:
        """How the copy ended, which has closed its channel, as the end of a sentence.

        Raises ProcessGone.
        """
        status, computed = self._reap(patience=1.0)  # it does so a moment before
        if type(status) is not int or not 0 <= status < 2**16:
            return _BROKE_OFF
        late = isinstance(computed, float) and computed >= self._computing
        if status == signal.SIGXCPU or (status == signal.SIGKILL and late):
            return OUT_OF_TIME
        if status == signal.SIGKILL and self._control.killed_is_lost:
            # At its own limit of memory the worker ends all of it: between two requests, at the latest.
            self._control.sweep()
            self._reap(0.0)
            short = _memory_kills() > self._kills
            how = (
                "the machine ran out of memory" if short else "the process was killed from outside"
            )
            raise SandboxLost(f"{how} while an exercise was judged")
        return ending_of(status)

    def end(self, patience: float = 0.0) -> Ending:
        """Kill the process and all that it started, after `patience` seconds to end by itself."""
        self._channel.close()
        return self._control.end(patience)

    def _reap(self, patience: float) -> tuple[Plain, Plain]:
        """End the copy, and all that it started; what the process says of its status and computing time."""
        reply = self._ask({"do": "reap", "patience": patience}, ANSWER_SECONDS)
        self._control.sweep()
        return reply.get("status"), reply.get("computed")

    def _ask(
        self, request: dict[str, object], seconds: float, theirs: socket.socket | None = None
    ) -> dict[str | int, Plain]:
        try:
            self._send(request, theirs)
            return self._receive(seconds)
        except (ChannelClosed, DeadlinePassed, WireError) as error:
            raise self._gone(error) from None

    def _send(self, request: dict[str, object], theirs: socket.socket | None = None) -> None:
        if self._channel.has_unread():
            raise ChannelClosed("the process spoke without being asked, or is gone")
        fd = None if theirs is None else theirs.fileno()
        self._channel.send(request, now() + MESSAGE_SECONDS, fd)

    def _receive(self, seconds: float) -> dict[str | int, Plain]:
        reply = self.receive(self._channel, seconds)
        if not isinstance(reply, dict):
            raise WireError("an answer is not a dict")
        return reply

    def _gone(self, error: Exception) -> ProcessGone:
        # Its channel closes a moment before a process has ended.
        ending = self.end(patience=1.0 if isinstance(error, ChannelClosed) else 0.0)
        if self._control.killed_is_lost and _was_killed(ending):
            raise SandboxLost("a submission's process was killed from outside")
        if isinstance(error, ChannelClosed) and (ending.over_memory or not ending.killed):
            return ProcessGone(ending, ending.reason(self._limits))
        if isinstance(error, DeadlinePassed):
            return ProcessGone(ending, "did not answer any more")
        if isinstance(error, WireError):
            return ProcessGone(ending, f"sent what is not an answer: {error}")
        return ProcessGone(ending, _BROKE_OFF)


def _memory_kills() -> int:
    """How many processes the kernel has ended because memory was short, in a group or all over."""
    with contextlib.suppress(OSError, ValueError), open("/proc/vmstat") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("oom_kill "))
    return 0


def _was_killed(ending: Ending) -> bool:
    """Whether somebody else has ended it: the kernel, short of memory, or a person."""
    killed = ending.status & 0x7F == signal.SIGKILL
    return killed and not ending.killed and not ending.over_memory


def read_error(raw: Plain) -> StudentError | None:
    """A StudentError as a process described it. Raises WireError when it is not one."""
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise WireError("an error is not a dict")
    name, message, line = raw.get("type"), raw.get("message"), raw.get("line")
    source_line, kind = raw.get("source_line"), raw.get("kind")
    if not isinstance(name, str) or not isinstance(message, str) or kind not in _KINDS:
        raise WireError("an error without type, message and kind")
    if not (line is None or type(line) is int) or not isinstance(source_line, (str, type(None))):
        raise WireError("an error at a line that is not one")
    return StudentError(
        _CONTROL.sub("", name[:100]) or "Exception",
        _CONTROL.sub("", message[:MAX_MESSAGE]),
        line if line is not None and 0 < line < 10**7 else None,
        None if source_line is None else _CONTROL.sub("", source_line[:MAX_LINE]),
        kind,  # type: ignore[arg-type]
    )
