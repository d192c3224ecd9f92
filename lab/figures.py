"""Figures of the notebooks: images, dropout masks, training curves; each with a text alternative.

In a notebook a function here shows its figure at once, as an HTML image whose `alt` text a screen
reader reads out (an inline matplotlib figure has none), and returns it. Returned as the last
value of the same cell it is not shown twice. `figure.alt_text` holds the text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from lab.alt_figure import AltFigure
    from lab.training import History


def show_images(
    images: Tensor, num_rows: int, num_cols: int, titles: Sequence[str] | None = None
) -> AltFigure:
    """Draw the first `num_rows * num_cols` images, with their titles.

    images: (n, 28, 28) or (n, 1, 28, 28), or any other height and width. Raises ValueError for
    another shape.
    """
    pictures = _pictures(images)[: num_rows * num_cols]
    names = list(titles or [])[: len(pictures)]
    listed = f": {', '.join(' / '.join(n.split(chr(10))) for n in names)}" if names else ""
    figure = _new_figure((1.5 * num_cols, 1.7 * num_rows), f"{len(pictures)} images{listed}")
    for i, picture in enumerate(pictures):
        axes = figure.add_subplot(num_rows, num_cols, i + 1)
        _draw(axes, picture, names[i] if i < len(names) else "")
    return figure.show_once()


def show_mask(X: Tensor, out: Tensor) -> AltFigure:
    """Draw an input, the mask that dropout drew, and dropout's output, side by side.

    X, out: one image each, of equal shape, (28, 28), (1, 28, 28), (784,) or the like. Where X is
    0 nobody can see what the mask was: those pixels are grey. Raises ValueError for shapes
    that differ or are no single image.
    """
    if X.shape != out.shape:
        raise ValueError(
            f"X has shape {tuple(X.shape)} and out {tuple(out.shape)}; make them equal"
        )
    before, after = _single_picture(X), _single_picture(out)
    unknown = before == 0
    kept = (after != 0) & ~unknown
    known = int((~unknown).sum())
    scale = (after[kept] / before[kept]).median().item() if kept.any() else math.nan
    told = (
        f"Input, dropout mask and output of one image. Of {known} non-zero pixels "
        f"{int(kept.sum())} were kept and {known - int(kept.sum())} dropped"
        + ("" if math.isnan(scale) else f"; a kept pixel is {scale:.2f} times its input")
    )
    figure = _new_figure((9.0, 3.8), told)
    brightest = max(before.max().item(), after.max().item(), 1e-12)
    first, middle, last = (figure.add_subplot(1, 3, i) for i in (1, 2, 3))
    _draw(first, before, "input", brightest)
    mask = torch.where(unknown, 0.5, kept.float())
    _draw(middle, mask, "mask: white kept, black dropped,\ngrey: input is 0", 1.0)
    _draw(last, after, "output", brightest)
    return figure.show_once()


def plot_history(history: History) -> AltFigure:
    """Draw train loss, train accuracy and test accuracy over the epochs.

    The numbers of `history` may be tensors, also such that ask for gradients.
    """
    curves = history.curves()
    told = "; ".join(
        f"{name} from {values[0]:.3f} to {values[-1]:.3f}"
        for name, values in curves.items()
        if values
    )
    from matplotlib.ticker import MaxNLocator

    num_epochs = len(history)
    figure = _new_figure(
        (5.0, 3.2), f"Training curves over {num_epochs} epochs: {told or 'nothing measured'}"
    )
    axes = figure.add_subplot()
    for (name, values), line, marker in zip(curves.items(), ("-", "--", ":"), "os^", strict=True):
        axes.plot(range(1, len(values) + 1), values, line, marker=marker, markersize=4, label=name)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend()
    return figure.show_once()


def plot_histories(histories: Mapping[str, History]) -> AltFigure:
    """Draw several training runs in one figure, by name: train accuracy on the left, test accuracy on the right.

    Raises ValueError for no history at all.
    """
    if not histories:
        raise ValueError("there is no history to draw; give at least one, by name")
    curves = {name: history.curves() for name, history in histories.items()}
    told = "; ".join(
        f"{name}: "
        + ", ".join(f"{kind} {of[kind][-1]:.3f}" for kind in ("train acc", "test acc") if of[kind])
        for name, of in curves.items()
    )
    figure = _new_figure((8.0, 3.2), f"{len(curves)} training runs; after the last epoch {told}")
    left, right = figure.subplots(1, 2, sharey=True)
    styles = cycle(("-", "--", ":", "-."))
    for (name, of), line in zip(curves.items(), styles, strict=False):
        for axes, kind in ((left, "train acc"), (right, "test acc")):
            axes.plot(range(1, len(of[kind]) + 1), of[kind], line, label=name)
            axes.set_title(kind)
            axes.set_xlabel("epoch")
            axes.grid(alpha=0.3)
    right.legend()
    return figure.show_once()


def show_figure(alt_text: str) -> None:
    """Show the figure that was drawn with pyplot, with `alt_text`, a sentence for those who cannot see it.

    pyplot forgets it, so that a notebook shows it once. Raises ValueError when nothing was drawn.
    """
    from matplotlib import pyplot as plt

    from lab.alt_figure import show_with_alt

    if not plt.get_fignums():
        raise ValueError("there is no figure: draw one first, as plt.plot([1, 2]) does")
    figure = plt.gcf()
    if figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")
    show_with_alt(figure, alt_text)


def _new_figure(size: tuple[float, float], alt_text: str) -> AltFigure:
    from lab.alt_figure import AltFigure  # imports matplotlib, which a grader may never need

    return AltFigure(alt_text, size)


def _draw(axes, picture: Tensor, title: str, brightest: float | None = None) -> None:  # type: ignore[no-untyped-def]
    axes.imshow(picture.numpy(), cmap="gray", vmin=0, vmax=brightest)
    axes.set_title(title, fontsize=9)
    axes.set_xticks([])
    axes.set_yticks([])


def _pictures(images: Tensor) -> Tensor:
    """(n, height, width) of floats on the CPU, from images with or without a channel."""
    if images.dim() == 4 and images.shape[1] == 1:
        images = images.squeeze(1)
    if images.dim() != 3:
        raise ValueError(
            f"images have shape {tuple(images.shape)}; expected (n, height, width) or "
            "(n, 1, height, width)"
        )
    return images.detach().to("cpu", torch.float32)


def _single_picture(X: Tensor) -> Tensor:
    """(height, width) of floats on the CPU, from one image in any of the usual shapes."""
    flat = X.detach().to("cpu", torch.float32).squeeze()
    side = math.isqrt(flat.numel())
    if flat.dim() == 1 and side * side == flat.numel() and side > 0:
        return flat.reshape(side, side)
    if flat.dim() != 2:
        raise ValueError(
            f"shape {tuple(X.shape)} is no single image; pass one, for example X[0] of a batch"
        )
    return flat
