"""Progress of a training run: a bar and live curves in a notebook, a line an epoch elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sized
from typing import Protocol

from lab.curves import svg_curves
from lab.notebook import has_kernel

SECONDS_BETWEEN_UPDATES = 0.25


class Measured(Protocol):
    """What a run has measured so far, one number an epoch in each list."""

    started: float
    seconds: float
    device: str

    def curves(self) -> dict[str, list[float]]: ...


def show_progress(history: Measured, num_epochs: int) -> None:
    """Show how far a training loop of one's own is: call it after each epoch, when `history` has its numbers.

    In a notebook it redraws one panel with a bar and the curves; elsewhere it prints a line.
    """
    progress = vars(history).get("_progress")
    if progress is None:
        progress = Progress(history, num_epochs, (), quiet=False)
        vars(history)["_progress"] = progress
    progress.epoch_done()


class Progress:
    """Shows how far a run is. Writes to the notebook's display and to stdout, never to stderr."""

    def __init__(
        self, history: Measured, num_epochs: int, train_iter: Iterable[object], *, quiet: bool
    ) -> None:
        self._history = history
        self._num_epochs = num_epochs
        self._per_epoch = len(train_iter) if isinstance(train_iter, Sized) else 0
        self._quiet = quiet
        self._epochs = self._batches = 0
        self._shown_at = time.perf_counter()
        self._panel = None if quiet else _open_panel(self)

    def batch_done(self) -> None:
        """Count a batch; redraw when the last drawing is old enough."""
        self._batches += 1
        if self._panel is None:
            return
        now = time.perf_counter()
        if now - self._shown_at >= SECONDS_BETWEEN_UPDATES:
            self._shown_at = now
            self._panel.update(self)

    def epoch_done(self) -> None:
        """Count an epoch and show its numbers, which are in the history by now."""
        self._epochs += 1
        self._batches = 0
        if self._panel is not None:
            self._shown_at = time.perf_counter()
            self._panel.update(self)
        elif not self._quiet:
            print(self._numbers(), flush=True)

    def close(self) -> None:
        """Print the device, the time and the final metrics."""
        if self._quiet:
            return
        h = self._history
        final = f", {self._numbers()}" if any(h.curves().values()) else ""
        print(f"trained on {h.device} in {h.seconds:.1f} s{final}", file=sys.stdout, flush=True)

    def _numbers(self) -> str:
        curves = self._history.curves()
        latest = ", ".join(f"{name} {values[-1]:.3f}" for name, values in curves.items() if values)
        return f"epoch {self._epochs}/{self._num_epochs}: {latest or 'nothing measured'}"

    def _share_done(self) -> float:
        within = min(self._batches / self._per_epoch, 1.0) if self._per_epoch else 0.0
        return min((self._epochs + within) / max(self._num_epochs, 1), 1.0)

    def _remaining(self) -> str:
        share = self._share_done()
        if not 0.02 < share < 1:
            return ""
        seconds = (time.perf_counter() - self._history.started) * (1 - share) / share
        return f", about {seconds:.0f} s to go"

    def __repr__(self) -> str:
        if not any(self._history.curves().values()):
            return f"epoch 1/{self._num_epochs}{self._remaining()}"
        return self._numbers() + self._remaining()

    def _repr_html_(self) -> str:
        share = self._share_done()
        return (
            f'<progress max="1" value="{share:.3f}" style="width: 24em" '
            f'aria-label="training progress"></progress> {self!r}<br>'
            f"{svg_curves(self._history.curves(), self._num_epochs)}"
        )


class _Panel(Protocol):
    def update(self, shown: object) -> None: ...


def _open_panel(progress: Progress) -> _Panel | None:
    """A display that can be redrawn, where a notebook kernel runs; None elsewhere.

    None, too, where what is printed goes elsewhere, as while a check runs a learner's code.
    """
    if not has_kernel() or not hasattr(sys.stdout, "pub_thread"):
        return None
    from IPython.display import display

    panel: _Panel | None = display(progress, display_id=True)
    return panel
