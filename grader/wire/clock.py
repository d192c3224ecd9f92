"""A clock that stands still while this process is stopped, so that a pause is nobody's lost time.

Ctrl-Z and `fg`, a machine that sleeps, one that is overloaded: a wait of a second comes back much later
than it should. What it took beyond that counts for nobody.
"""

from __future__ import annotations

import select
import threading
import time

_SLICE = 1.0
_LATE = 0.5
_LOCK = threading.Lock()
_paused, _counted_until = 0.0, 0.0


def now() -> float:
    """Seconds since some moment, without the pauses that were noticed."""
    return time.monotonic() - _paused


def is_ready(fd: int, deadline: float | None, *, to_write: bool = False) -> bool:
    """Wait until `fd` can be read (or written) without waiting; false when `deadline` has passed.

    deadline: a moment of `now`, or None for ever. What is there already is found whatever the time.
    """
    poll = select.poll()
    poll.register(fd, select.POLLOUT if to_write else select.POLLIN)
    while True:
        left = _SLICE if deadline is None else min(_SLICE, max(0.0, deadline - now()))
        due = time.monotonic() + left
        if poll.poll(left * 1000):
            return True
        _notice_pause(due)
        if deadline is not None and now() >= deadline:
            return bool(poll.poll(0))


def _notice_pause(due: float) -> None:
    """Count what has passed since `due`, the moment at which a wait should have ended.

    Several threads notice the same pause; it counts once.
    """
    global _paused, _counted_until
    with _LOCK:
        ended = time.monotonic()
        pause = ended - max(due, _counted_until)
        if pause > _LATE:
            _paused += pause
            _counted_until = ended
