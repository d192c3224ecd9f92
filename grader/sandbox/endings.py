"""How a process ended, in words."""

from __future__ import annotations

import contextlib
import signal


def ending_of(status: int) -> str:
    """What a wait status says, as the end of a sentence that begins with "the process"."""
    number = status & 0x7F
    if number:
        with contextlib.suppress(ValueError):
            return f"was ended by the signal {signal.Signals(number).name}"
        return f"was ended by the signal {number}"
    return f"ended itself with exit code {status >> 8 & 0xFF}"
