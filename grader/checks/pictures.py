"""Figures that `check` draws below its table: the target beside what the student's code gave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from matplotlib.axes import Axes
from torch import Tensor

from lab.alt_figure import AltFigure


def masks(layer: Callable[[Tensor, float], Tensor]) -> AltFigure:
    """A garment, what a right dropout layer makes of it, and what `layer` makes of it, twice."""
    from lab import synthetic_fashion_mnist

    X = 0.15 + 0.85 * synthetic_fashion_mnist(1, 1)[0].images[0].float() / 255
    p = 0.5
    target = (torch.rand(X.shape) >= p) * X / (1 - p)
    panels = {
        "input": X,
        "what it should look like": target,
        "yours, first call": layer(X, p),
        "yours, second call": layer(X, p),
    }
    zeros = {name: 100 * float((out == 0).float().mean()) for name, out in panels.items()}
    told = "; ".join(
        f"{name}: {share:.0f} % of the pixels are 0, mean {panels[name].mean():.2f}"
        for name, share in zeros.items()
    )
    figure = AltFigure(f"Dropout with p = 0.5 on one image. {told}", (10.0, 3.0))
    images = {f"{name}\n{zeros[name]:.0f} % zeros": image for name, image in panels.items()}
    for axes in _images(figure, images, vmax=2):
        axes.set_xticks([])
    return figure


def drop_rates(
    rates: Sequence[float], true: Sequence[float], answers: Sequence[float]
) -> AltFigure:
    """The drop rate that was meant, the one that `randn` gives, and the student's function."""
    off = max(abs(a - t) for a, t in zip(answers, true, strict=True))
    figure = AltFigure(
        "Share of units dropped against dropout. Meant: the diagonal. With randn: from 0.50 at "
        f"dropout 0 to 0.84 at dropout 1. Your function is at most {off:.3f} away from it.",
        (4.6, 3.4),
    )
    axes = figure.add_subplot()
    axes.plot(rates, rates, "--", color="#555555", label="meant")
    axes.plot(rates, true, "-", color="#0072b2", label="drawn with randn")
    axes.plot(rates, answers, "o", color="#d55e00", markersize=4, label="your function")
    axes.set_xlabel("dropout")
    axes.set_ylabel("share dropped")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def hidden_units(training: Tensor, evaluating: Tensor) -> AltFigure:
    """Which hidden units are 0, one row an example: in train mode and in eval mode."""
    panels = {"train mode": training, "eval mode": evaluating}
    told = "; ".join(
        f"{name}: {100 * float(dropped.float().mean()):.0f} % of the second hidden layer is 0"
        for name, dropped in panels.items()
    )
    figure = AltFigure(f"Hidden units of {len(training)} examples. {told}", (8.0, 2.6))
    images = {
        f"{name}: white kept, black 0": 1 - dropped.float() for name, dropped in panels.items()
    }
    for axes in _images(figure, images, vmax=1, aspect="auto"):
        axes.set_xlabel("hidden unit")
        axes.set_ylabel("example")
        axes.set_xticks([])
    return figure


def _images(figure: AltFigure, images: dict[str, Tensor], **how: Any) -> Iterator[Axes]:
    """Draw images in a row, each under its title, in grey from 0, and give their axes."""
    for i, (title, image) in enumerate(images.items(), 1):
        axes = figure.add_subplot(1, len(images), i)
        axes.imshow(image.detach().float().numpy(), cmap="gray", vmin=0, **how)
        axes.set_title(title, fontsize=9)
        axes.set_yticks([])
        yield axes


def curves(history: dict[str, list[float]]) -> AltFigure:
    """Loss and accuracies of the judge's small problem, one point an epoch."""
    told = "; ".join(f"{k} from {v[0]:.2f} to {v[-1]:.2f}" for k, v in history.items() if v)
    figure = AltFigure(f"Your network on the easy problem of this check. {told}", (4.6, 3.0))
    axes = figure.add_subplot()
    for (name, values), style in zip(history.items(), ("o-", "s--", "^:"), strict=False):
        axes.plot(range(1, len(values) + 1), [float(v) for v in values], style, label=name)
    axes.set_title("the easy problem of this check", fontsize=9)
    axes.set_xlabel("epoch")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure
