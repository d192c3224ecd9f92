"""Ctrl-C and SIGTERM: out at once, but never in the middle of a record."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(KeyboardInterrupt):
    """Somebody pressed Ctrl-C or sent SIGTERM. exit_code: what a shell expects of such a command."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


class _State:
    """Whether a record is in hand, and the signal that came."""

    in_hand = False
    signal = 0


@contextmanager
def stoppable() -> Iterator[None]:
    """Ctrl-C and SIGTERM raise Stopped in the main thread, or at the end of what is being `finished`.

    The second one ends the process there and then: recording withstands that.
    """
    _State.signal = 0
    before = {number: signal.signal(number, _stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def finished() -> Iterator[None]:
    """What is done in here is finished before the process stops."""
    _State.in_hand = True
    try:
        yield
    finally:
        _State.in_hand = False
    if _State.signal:
        raise Stopped(_State.signal)


def _stop(number: int, frame: FrameType | None) -> None:
    if _State.signal:
        os._exit(128 + number)
    _State.signal = number
    if not _State.in_hand:
        raise Stopped(number)
