"""Calls and probes in a copy of a submission's process: what the judge asks an exercise with."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from grader.sandbox.process import (
    ANSWER_SECONDS,
    MESSAGE_SECONDS,
    OUT_OF_TIME,
    StudentProcess,
    read_error,
)
from grader.wire.clock import now
from grader.wire.codec import Plain, WireError, plain
from grader.wire.frames import Channel, ChannelClosed, DeadlinePassed
from grader.wire.probe import StudentError, source_of

AFTER = 2.0
WithProcess: TypeAlias = Callable[[Callable[[StudentProcess], Any]], Any]
"""`Session.with_process`: what a question returns for the living process of the submission."""


@dataclass(frozen=True)
class Reference:
    """The chapter's own code for earlier exercises: cells to run, and which names to take from them."""

    cells: tuple[str, ...]
    names: tuple[str, ...]


class Remote:
    """A student's functions, out of reach. From `Session.exercise`.

    A copy that dies or talks nonsense costs the question that it was asked; the next question goes to
    a fresh copy. Both methods raise WireError for arguments that are not plain data. reference: takes
    the place of what the student wrote. before: the exercise before this one, whose copy was kept.

    seconds: how long a copy may compute, so that neither load nor other workers change a grade. Who
    sleeps is found by the clock: a question may take twice as long by it, and all of them together three
    times, not counting the time in which the processors were busy with something else. After a question
    that took too long, the others get AFTER seconds each. Both methods let SandboxLost through.
    """

    def __init__(
        self,
        with_process: WithProcess,
        seconds: float,
        reference: Reference | None = None,
        before: Remote | None = None,
    ) -> None:
        self._reference = reference
        self._with_process, self._seconds = with_process, seconds
        self._computing, self._waiting, self._left = seconds, 2 * seconds, 3 * seconds
        self._channel: Channel | None = before._channel if before else None
        self._process: StudentProcess | None = before._process if before else None
        self.is_second_hand = self._channel is not None
        self.is_kept, self._has_begun = False, not self.is_second_hand

    def call(self, name: str, *args: object, **kwargs: object) -> Plain:
        """The result of the student's function `name`. Raises StudentError."""
        return self._ask({"call": name, "args": plain(args), "kwargs": plain(kwargs)})

    def run(self, probe: Callable[..., object], **inputs: object) -> Plain:
        """The result of `probe(namespace, **inputs)` beside the student's code. Raises StudentError.

        Raises ValueError when the probe is not self-contained (see `grader.wire.probe`).
        """
        return self._ask({"run": source_of(probe), "inputs": plain(inputs)})

    def keep(self) -> None:
        """Leave the copy, without what it has started, to the next exercise. One with a reference is left to none."""
        if self._reference is None and self._channel is not None:
            with contextlib.suppress(StudentError):
                self._with_process(lambda process: process.end_all_but_copy())
                self.is_kept = True

    def follow(self, source: str, count: int) -> bool:
        """Run a cell in the copy, too, when there is one; whether it ran there without an error."""
        if self._channel is None:
            return True
        try:
            return self._exchange({"cell": source, "count": count}, ANSWER_SECONDS) is True
        except (StudentError, ChannelClosed, DeadlinePassed, WireError):
            return False

    def close(self) -> None:
        """End the copy."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
            with contextlib.suppress(StudentError):
                self._with_process(lambda process: process.end_copy())

    def _ask(self, question: dict[str, object]) -> Plain:
        if self._left < self._waiting and self._process is not None:
            self._left += self._process.grant()
        if self._left <= 0:
            raise self._late()
        started = self._spent()
        try:
            return self._answer(question, min(self._left, self._waiting))
        except DeadlinePassed:
            self.close()
            raise self._late() from None
        except ChannelClosed:
            how = self._how_it_ended()
            if how == OUT_OF_TIME:
                raise self._late() from None
            raise StudentError("Died", f"the process {how}", kind="died") from None
        except WireError as error:
            self.close()
            raise StudentError(
                "Malformed", f"the answer cannot be read: {error}", kind="malformed"
            ) from None
        finally:
            self._left -= self._spent() - started

    def _spent(self) -> float:
        """The time now, without what was waited longer because the processors were busy."""
        return now() - (self._process.granted if self._process is not None else 0.0)

    def _answer(self, question: dict[str, object], seconds: float) -> Plain:
        if self._channel is None:
            computing = math.ceil(self._computing)
            self._process, self._channel = self._with_process(
                lambda process: (process, process.fork(computing))
            )
            if self._reference is not None:
                self._use(self._reference, seconds)
        begins, self._has_begun = not self._has_begun, True
        return self._exchange({"begin": begins, **question}, seconds)

    def _use(self, reference: Reference, seconds: float) -> None:
        try:
            self._exchange({"use": plain(asdict(reference))}, seconds)
        except StudentError as error:
            self.close()  # nothing is to be asked without them
            raise StudentError("Died", error.message, kind="died") from None

    def _exchange(self, question: dict[str, object], seconds: float) -> Plain:
        assert self._channel is not None and self._process is not None
        if self._channel.has_unread():
            raise WireError("it came before the question")
        self._channel.send(question, now() + MESSAGE_SECONDS)
        reply = self._process.receive(self._channel, seconds)
        if isinstance(reply, dict) and set(reply) == {"value"}:
            return reply["value"]
        error = read_error(reply.get("error")) if isinstance(reply, dict) else None
        if error is None:
            raise WireError("it is neither a value nor an error")
        raise error

    def _how_it_ended(self) -> str:
        assert self._channel is not None
        self._channel.close()
        self._channel = None
        try:
            return self._with_process(lambda process: process.how_copy_ended())
        except StudentError as error:
            return error.message.removeprefix("the process ")

    def _late(self) -> StudentError:
        self._computing = min(self._computing, AFTER)
        self._waiting = min(self._waiting, 3 * AFTER)
        return StudentError(
            "Timeout", f"no answer within the {self._seconds:g} s for this exercise", kind="timeout"
        )
