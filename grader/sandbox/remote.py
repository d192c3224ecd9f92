"""Calls and probes in a copy of a submission's process: what the judge asks an exercise with."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from grader.probe import StudentError, source_of
from grader.sandbox.frames import Channel, ChannelClosed, DeadlinePassed
from grader.sandbox.process import read_error
from grader.wire import Plain, WireError, plain

if TYPE_CHECKING:
    from grader.sandbox.session import Session


class Remote:
    """A student's functions, out of reach. From `Session.exercise`.

    A copy that dies or talks nonsense costs the question that it was asked; the next question goes to
    a fresh copy. The time of all questions together is limited. Both methods raise WireError for
    arguments that are not plain data.
    """

    def __init__(self, session: Session, seconds: float) -> None:
        self._session, self._seconds, self._left = session, seconds, seconds
        self._channel: Channel | None = None

    def call(self, name: str, *args: object, **kwargs: object) -> Plain:
        """The result of the student's function `name`. Raises StudentError."""
        return self._ask({"call": name, "args": plain(args), "kwargs": plain(kwargs)})

    def run(self, probe: Callable[..., object], **inputs: object) -> Plain:
        """The result of `probe(namespace, **inputs)` beside the student's code. Raises StudentError.

        Raises ValueError when the probe is not self-contained (see `grader.probe`).
        """
        return self._ask({"run": source_of(probe), "inputs": plain(inputs)})

    def close(self) -> None:
        """End the copy."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
            with contextlib.suppress(StudentError):
                self._session.with_process(lambda process: process.reap())

    def _ask(self, question: dict[str, object]) -> Plain:
        if self._left <= 0:
            raise self._late()
        started = time.monotonic()
        try:
            return self._answer(question, started + self._left)
        except DeadlinePassed:
            self._left = 0.0
            self.close()
            raise self._late() from None
        except ChannelClosed:
            raise StudentError("Died", f"the process {self._how_it_ended()}", kind="died") from None
        except WireError as error:
            self.close()
            raise StudentError(
                "Malformed", f"the answer cannot be read: {error}", kind="malformed"
            ) from None
        finally:
            self._left -= time.monotonic() - started

    def _answer(self, question: dict[str, object], deadline: float) -> Plain:
        if self._channel is None:
            self._channel = self._session.with_process(lambda process: process.fork())
        if self._channel.has_unread():
            raise WireError("it came before the question")
        self._channel.send(question, deadline)
        reply = self._channel.receive(deadline)
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
            return self._session.with_process(lambda process: process.reap())
        except StudentError as error:
            return error.message.removeprefix("the process ")

    def _late(self) -> StudentError:
        return StudentError(
            "Timeout", f"no answer within the {self._seconds:g} s for this exercise", kind="timeout"
        )
