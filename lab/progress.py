"""Progress of a training run: a bar and live curves in a notebook, a line an epoch elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sized
from typing import Protocol

from lab.curves import svg_curves

SECONDS_BETWEEN_UPDATES = 0.25


class Measured(Protocol):
    """What a run has measured so far, one number an epoch in each list."""

    train_loss: list[float]
    train_acc: list[float]
    test_acc: list[float]
    seconds: float
    device: str


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
        self._start = self._shown_at = time.perf_counter()
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
        final = f", {self._numbers()}" if h.train_loss else ""
        print(f"trained on {h.device} in {h.seconds:.1f} s{final}", file=sys.stdout, flush=True)

    def _numbers(self) -> str:
        h = self._history
        return (
            f"epoch {self._epochs}/{self._num_epochs}: train loss {h.train_loss[-1]:.3f}, "
            f"train acc {h.train_acc[-1]:.3f}, test acc {h.test_acc[-1]:.3f}"
        )

    def _share_done(self) -> float:
        within = min(self._batches / self._per_epoch, 1.0) if self._per_epoch else 0.0
        return min((self._epochs + within) / max(self._num_epochs, 1), 1.0)

    def _remaining(self) -> str:
        share = self._share_done()
        if not 0.02 < share < 1:
            return ""
        seconds = (time.perf_counter() - self._start) * (1 - share) / share
        return f", about {seconds:.0f} s to go"

    def __repr__(self) -> str:
        if not self._history.train_loss:
            return f"epoch 1/{self._num_epochs}{self._remaining()}"
        return self._numbers() + self._remaining()

    def _repr_html_(self) -> str:
        h = self._history
        curves = {"train loss": h.train_loss, "train acc": h.train_acc, "test acc": h.test_acc}
        share = self._share_done()
        return (
            f'<progress max="1" value="{share:.3f}" style="width: 24em" '
            f'aria-label="training progress"></progress> {self!r}<br>'
            f"{svg_curves(curves, self._num_epochs)}"
        )


class _Panel(Protocol):
    def update(self, shown: object) -> None: ...


def _open_panel(progress: Progress) -> _Panel | None:
    """A display that can be redrawn, where a notebook kernel runs; None elsewhere."""
    ipython = sys.modules.get("IPython")  # a process that never imported it is no notebook
    shell = ipython.get_ipython() if ipython is not None else None
    if getattr(shell, "kernel", None) is None:
        return None
    from IPython.display import display

    panel: _Panel | None = display(progress, display_id=True)
    return panel
