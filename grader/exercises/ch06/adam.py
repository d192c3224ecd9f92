"""Chapter 6: linear regression with Adam, computed by the judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from grader.checks.randomness import signed, uniform
from grader.checks.regression import linear_net

BETAS, EPS = (0.9, 0.999), 1e-8
Way = Callable[..., "Trained"]


@dataclass(frozen=True)
class Trained:
    """Parameters w (d, 1), b (1,) after training, and those after each epoch."""

    w: Tensor
    b: Tensor
    epochs: list[tuple[Tensor, Tensor]]

    def score(self, X: Tensor, y: Tensor, epoch: int = -1) -> float:
        """Root mean squared error after an epoch, the last one unless it is given."""
        w, b = self.epochs[epoch]
        return rmse_of(X.double() @ w + b, y.double())


def rmse_of(y_hat: Tensor, y: Tensor) -> float:
    return ((y_hat - y) ** 2).mean().sqrt().item()


def trained(
    start: tuple[Tensor, Tensor],
    X: Tensor,
    y: Tensor,
    batches: Sequence[Sequence[Sequence[int]]],
    lr: float,
    wd: float = 0.0,
    rule: str = "adam",
    carried: bool = False,
) -> Trained:
    """Train on the mean squared error. batches: for each epoch, for each step, the rows.

    rule: "adam"; of known mistakes "adamw", "sgd", "mae" (the mean absolute error), "logs" (labels that are
    logarithms). carried: gradients of earlier batches are still in.
    """
    X, y = X.double(), y.double()
    w, b = start[0].double(), start[1].double()
    if rule == "logs":
        y = y.clamp(min=1).log()
    moments = [[torch.zeros_like(p), torch.zeros_like(p)] for p in (w, b)]
    old = [torch.zeros_like(w), torch.zeros_like(b)]
    epochs, t = [], 0
    for steps in batches:
        for rows in steps:
            t += 1
            off = X[rows] @ w + b - y[rows]
            slope = off.sign() if rule == "mae" else 2 * off
            grads = [X[rows].T @ slope / len(rows), slope.mean(0)]
            if carried:
                grads = old = [g + o for g, o in zip(grads, old, strict=True)]
            w, b = (
                _step(p, g, m, t, lr, wd, rule)
                for p, g, m in zip((w, b), grads, moments, strict=True)
            )
        epochs.append((w, b))
    return Trained(w, b, epochs)


def _step(
    p: Tensor, g: Tensor, moments: list[Tensor], t: int, lr: float, wd: float, rule: str
) -> Tensor:
    if rule == "adamw":
        p = (1 - lr * wd) * p
    else:
        g = g + wd * p
    if rule == "sgd":
        return p - lr * g
    moments[0] = BETAS[0] * moments[0] + (1 - BETAS[0]) * g
    moments[1] = BETAS[1] * moments[1] + (1 - BETAS[1]) * g * g
    mean, square = (m / (1 - beta**t) for m, beta in zip(moments, BETAS, strict=True))
    return p - lr * mean / (square.sqrt() + EPS)


def whole(n: int, epochs: int) -> list[list[list[int]]]:
    """One batch of all n rows an epoch."""
    return [[list(range(n))] for _ in range(epochs)]


@dataclass(frozen=True)
class Prices:
    """A small regression: X (n, 3), y (n, 1) around `level`, and start values."""

    n: int = 12
    level: float = 60.0
    start: tuple[Tensor, Tensor] = field(default_factory=lambda: (signed(3, 1), signed(1)))
    X: Tensor = field(init=False)
    y: Tensor = field(init=False)
    lr: float = field(default_factory=lambda: uniform(0.2, 0.5))

    def __post_init__(self) -> None:
        object.__setattr__(self, "X", torch.randn(self.n, 3))
        noise = torch.randn(self.n, 1)
        object.__setattr__(
            self, "y", self.level + 9 * self.X[:, :1] - 5 * self.X[:, 1:2] + 4 * noise
        )

    def trained(self, epochs: int, wd: float = 0.0, **changed: object) -> Trained:
        """With one batch of all rows an epoch, unless `batches` say otherwise."""
        batches = changed.pop("batches", whole(self.n, epochs))
        return trained(self.start, self.X, self.y, batches, self.lr, wd, **changed)  # type: ignore[arg-type]


ZERO = (torch.zeros(3, 1), torch.zeros(1))


# What follows runs beside a student's code.


def zero_net(in_features):
    """A linear network that starts at zero, so that training it has one outcome."""
    return linear_net(torch.zeros(in_features, 1), torch.zeros(1))


def plain_rmse(net, features, labels):
    """The score that the checks hand over: root mean squared error."""
    with torch.no_grad():
        return ((net(features) - labels) ** 2).mean().sqrt().item()
