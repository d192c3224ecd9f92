"""d2l's own loop and loader, at home in a notebook of this course.

The book's functions stay as they are. What surrounds them here keeps a notebook quiet and readable: the
curves have a text alternative, a warning of a newer PyTorch is not shown, the loader finds the data that
the course has already, and an assertion at the end of training is told, not raised.
"""

from __future__ import annotations

import contextlib
import struct
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import torch
from torch import Tensor

from lab.fashion import load_fashion_mnist
from lab.progress import Progress
from lab.training import History

# torch: "Converting a tensor with requires_grad=True to a scalar ..."; d2l 0.17 does it at every batch.
_CONVERTING = "Converting a tensor with requires_grad"


@contextlib.contextmanager
def d2l_loop(device: torch.device | str = "cpu", *, quiet: bool = False) -> Iterator[History]:
    """While d2l's `train_ch3` runs: live curves in place of its Animator, and a history of its numbers.

    Prints device, time and final metrics. `train_ch3` ends in assertions about the result
    (`train_loss < 0.5`); one that does not hold is printed, since a bad result is a result too. Any
    other exception passes through.
    """
    from d2l import torch as d2l

    history = History(device=str(device))
    loop = _Loop(history, quiet=quiet)
    with warnings.catch_warnings(), patch.object(d2l, "Animator", loop.animator):
        warnings.filterwarnings("ignore", message=_CONVERTING)
        try:
            yield history
        except AssertionError as error:
            if traceback.extract_tb(error.__traceback__)[-1].filename != d2l.__file__:
                raise
            print(
                f"train_ch3 ends in assertions, and {error.args[0]:.3f} did not pass. The network is "
                "trained all the same."
            )
    loop.close()


class _Loop:
    """Collects what d2l hands to its Animator, epoch by epoch, and shows it."""

    def __init__(self, history: History, *, quiet: bool) -> None:
        self._history, self._quiet = history, quiet
        self._start = time.perf_counter()
        self._progress: Progress | None = None

    def animator(self, *, xlim: list[int], **_: object) -> _Loop:
        """What stands for the class: d2l makes one at the start of each training."""
        self._progress = Progress(self._history, xlim[1], (), quiet=self._quiet)
        return self

    def add(self, epoch: int, metrics: tuple[float, float, float]) -> None:
        """Called by d2l after each epoch."""
        h = self._history
        curves = (h.train_loss, h.train_acc, h.test_acc)
        for curve, value in zip(curves, metrics, strict=True):
            curve.append(value)
        h.seconds = time.perf_counter() - self._start
        if self._progress:
            self._progress.epoch_done()

    def close(self) -> None:
        if self._progress:
            self._progress.close()


@contextlib.contextmanager
def d2l_data() -> Iterator[None]:
    """While d2l's `load_data_fashion_mnist` runs: it finds the course's pictures, and needs no network.

    d2l looks in `../data`; so the pictures, real ones or the stand-in, are laid there for it, in a
    folder that is gone afterwards. Its loaders, which read them at once, work in this process: four
    worker processes, d2l's default, make PyTorch warn on a small machine.
    """
    from d2l import torch as d2l

    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "data" / "FashionMNIST" / "raw"
        raw.mkdir(parents=True)
        for prefix, split in zip(("train", "t10k"), load_fashion_mnist(), strict=True):
            _write_idx(raw / f"{prefix}-images-idx3-ubyte", split.images)
            _write_idx(raw / f"{prefix}-labels-idx1-ubyte", split.labels)
        here = Path(folder) / "notebook"
        here.mkdir()
        with contextlib.chdir(here), patch.object(d2l, "get_dataloader_workers", lambda: 0):
            yield


def _write_idx(path: Path, values: Tensor) -> None:
    """The format of the original files: a magic number (type and dimensions), the sizes, the bytes."""
    header = struct.pack(">HBB", 0, 8, values.dim()) + struct.pack(
        f">{values.dim()}I", *values.shape
    )
    path.write_bytes(header + values.to(torch.uint8).numpy().tobytes())
