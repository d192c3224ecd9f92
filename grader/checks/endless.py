"""Says where a learner's code is, when a check takes long or is interrupted: a loop that never ends shows itself."""

from __future__ import annotations

import linecache
import signal
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

PATIENCE = 20.0  # seconds
STILL = "Still checking."
STOP = "Should that never end, stop it: the square ■ above, or Esc and then I, I."
INTERRUPTED = "Interrupted. Nothing is lost: run the check again."


def _where(frames: Iterable[tuple[FrameType, int]], namespace: Mapping[str, object]) -> str:
    """`Your code was in double, line 2 of its cell: while True:` for the last of `frames` that belongs to a
    notebook; empty when none does."""
    own = [(frame, line) for frame, line in frames if frame.f_globals is namespace]
    if not own:
        return ""
    frame, line = own[-1]
    source = linecache.getline(frame.f_code.co_filename, line).strip()
    return f"Your code was in {frame.f_code.co_name}, line {line} of its cell: {source}"


def interrupted(stop: KeyboardInterrupt, namespace: Mapping[str, object]) -> str:
    """What a learner reads who has interrupted a check."""
    place = _where(traceback.walk_tb(stop.__traceback__), namespace)
    return f"{INTERRUPTED}\n{place}" if place else INTERRUPTED


@contextmanager
def telling_where(namespace: Mapping[str, object]) -> Iterator[None]:
    """Prints, once, where the learner's code is after `PATIENCE` seconds.

    By a signal, since a thread would be in the way of code that forks. Does nothing where signals are not ours to
    use: outside the main thread, on Windows, or where the learner has a handler.
    """
    if not (
        hasattr(signal, "SIGALRM")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
    ):
        yield
        return
    out = sys.stdout

    def tell(number: int, frame: FrameType | None) -> None:
        place = _where(reversed(list(traceback.walk_stack(frame))), namespace)
        if place:
            print(STILL, place, STOP, sep="\n", file=out, flush=True)

    signal.signal(signal.SIGALRM, tell)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGALRM) is tell:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
