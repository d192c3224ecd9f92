"""Small linear regressions that a learner's code trains and the judge computes again, in float64.

Everything about them is exact: a linear model, plain gradient descent, no luck. What a known mistake gives is
computed in the same way, with one thing changed.
"""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from grader.checks import expect, statistics
from grader.checks.randomness import signed, uniform
from grader.checks.training import BATCH_MEANS, Batch

EVERY = 5
"""The curve has an entry after each so many epochs."""
STABLE_LR = 0.02
Triple = tuple[int, float, float]


@dataclass(frozen=True)
class Fit:
    """What a training run gives: w (inputs, 1), b (1,), and (epoch, train loss, test loss) entries."""

    w: Tensor
    b: Tensor
    curve: list[Triple]

    @property
    def parameters(self) -> list[Tensor]:
        return [self.w, self.b]


class Regression:
    """Batches [X (n, inputs), y (n, 1)] of these sizes to train on, others to test and to validate with,
    and start values, none of which is near zero.
    """

    def __init__(self, sizes: Sequence[int] = (5, 5, 5, 5), inputs: int = 6, lr: float = STABLE_LR):
        self.lr, self.lambd = lr, uniform(0.8, 2.5)
        self.w, self.b = signed(inputs, 1), signed(1) * 2
        truth = torch.randn(inputs, 1)
        self.train, self.test, self.valid = (
            [labelled(n, truth) for n in sizes_] for sizes_ in (sizes, (4, 4, 3), (6, 5))
        )

    @property
    def start(self) -> list[Tensor]:
        return [self.w, self.b]

    def fit(
        self,
        epochs: int,
        lambd: float,
        *,
        lr: float | None = None,
        half: float = 0.5,
        start: Sequence[Tensor] | None = None,
        times: float = 1.0,
        bias_decay: float = 0.0,
        carried: float = 0.0,
        carried_decay: float = 0.0,
    ) -> Fit:
        """Gradient descent on the mean of `half` times the squared error, with the decay `lambd` of w.

        Of known mistakes: times, what the gradient of the loss is multiplied by; bias_decay, the decay of b;
        carried, whether (1) the gradient of the loss has those of earlier batches in it, and carried_decay, whether
        the decay has.
        """
        lr = self.lr if lr is None else lr
        w, b = (p.double() for p in start or self.start)
        slopes, decays = [0 * w, 0 * b], [0 * w, 0 * b]
        curve = []
        for epoch in range(1, epochs + 1):
            for X, y in self.train:
                off = 2 * half * times * (X.double() @ w + b - y.double()) / len(X)
                new = (X.double().T @ off, off.sum(0))
                slopes = [carried * old + now for old, now in zip(slopes, new, strict=True)]
                new = (lambd * w, bias_decay * b)
                decays = [carried_decay * old + now for old, now in zip(decays, new, strict=True)]
                w, b = (
                    p - lr * (slope + decay)
                    for p, slope, decay in zip((w, b), slopes, decays, strict=True)
                )
            if epoch % EVERY == 0:
                losses = [loss(w, b, data, half) for data in (self.train, self.test)]
                curve.append((epoch, losses[0], losses[1]))
        return Fit(w, b, curve)


def labelled(n: int, truth: Tensor) -> Batch:
    """n examples of a linear truth, with noise."""
    X = torch.randn(n, len(truth))
    return [X, X @ truth + 0.5 + 0.3 * torch.randn(n, 1)]


def loss(w: Tensor, b: Tensor, data: Sequence[Batch], half: float = 0.5) -> float:
    """Mean of `half` times the squared error over all examples, in float64."""
    return float(torch.cat([half * off**2 for off in _residuals(w, b, data)]).mean())


def mean_of_means(w: Tensor, b: Tensor, data: Sequence[Batch], half: float = 0.5) -> float:
    """As `loss`, with every batch counted alike: a known mistake."""
    return float(torch.stack([(half * off**2).mean() for off in _residuals(w, b, data)]).mean())


def _residuals(w: Tensor, b: Tensor, data: Sequence[Batch]) -> list[Tensor]:
    return [X.double() @ w.double() + b.double() - y.double() for X, y in data]


def verify_fit(seen: Sequence[object], right: Fit, mistakes: Mapping[str, Fit]) -> None:
    """w and b are where the training leads. mistakes: sentence to where it leads."""
    for value, wanted in zip(seen, right.parameters, strict=True):
        expect.tensor(value, shape=wanted.shape)
    expect.close(
        list(seen),
        right.parameters,
        tolerance=expect.LAYERS,
        mistakes={text: fit.parameters for text, fit in mistakes.items()},
    )


def verify_epochs(curve: object, epochs: int) -> list[list]:
    """The curve has an entry of three numbers after each fifth epoch; returns the entries."""
    wanted = list(range(EVERY, epochs + 1, EVERY))
    if isinstance(curve, Tensor) and curve.dim() == 2:
        curve = curve.tolist()
    entries = expect.items(curve, expected="a list: `curve`")
    triples = [entry.tolist() if isinstance(entry, Tensor) else entry for entry in entries]
    for triple in triples:
        expect.items(triple, 3, expected="entries (epoch, train_loss, test_loss)")
    seen = [expect.number(triple[0]) for triple in triples]
    expect.true(
        seen == wanted,
        seen=f"for {epochs} epochs, a curve with the epochs {expect.show(seen)}",
        expected=f"the epochs {wanted}",
        because="count from 1" if seen and seen == [epoch - 1 for epoch in wanted] else "",
    )
    return triples


def verify_losses(
    triple: Sequence[object], w: Tensor, b: Tensor, problem: Regression, half: float, lambd: float
) -> None:
    """The losses of the curve's last entry are those of the parameters w and b that came back."""
    data = (problem.train, problem.test)
    right = [loss(w, b, batches, half) for batches in data]
    penalty = lambd * float((w.double() ** 2).sum()) / 2
    other = "the error is squared, and not halved" if half == 1 else "half the squared error"
    expect.close(
        list(triple[1:]),
        right,
        tolerance=expect.LAYERS,
        mistakes={
            "the penalty is still in: what is reported is the loss of the data alone": [
                value + penalty for value in right
            ],
            "the test loss comes after the train loss": right[::-1],
            f"the loss here is another one: {other}": [
                value * (2 - 1.5 * (half == 1)) for value in right
            ],
            BATCH_MEANS: [mean_of_means(w, b, batches, half) for batches in data],
            "these are sums over all examples, not means": [
                value * sum(len(y) for _, y in batches)
                for value, batches in zip(right, data, strict=True)
            ],
        },
    )


def verify_normal(numbers: Tensor, what: str) -> None:
    """Numbers drawn from N(0, 1): by Massart's bound on the distance of the two distribution functions."""
    n = numbers.numel()
    statistics.book("standard normal", statistics.ERROR, n)
    ranks = torch.arange(n + 1, dtype=torch.float64) / n
    shares = torch.special.ndtr(expect.finite(numbers).double().flatten().sort().values)
    distance = float(torch.maximum(ranks[1:] - shares, shares - ranks[:-1]).max())
    expect.true(
        distance <= math.sqrt(math.log(2 / statistics.ERROR) / (2 * n)),
        seen=f"{what} with mean {float(numbers.mean()):.3g} and standard deviation "
        f"{float(numbers.std()):.3g}",
        expected="draws from N(0, 1)",
    )


# What follows runs beside a student's code: it travels with the probes that name it.


def silently(function, *args, **kwargs):
    """What the function returns; what it prints is not shown."""
    with contextlib.redirect_stdout(io.StringIO()):
        return function(*args, **kwargs)


def pairs(batches):
    return [tuple(batch) for batch in batches]


def linear_net(w, b):
    """An `nn.Sequential` with one linear layer of these parameters, w (inputs, 1) and b (1,)."""
    layer = nn.Linear(len(w), 1)
    with torch.no_grad():
        layer.weight.copy_(w.T)
        layer.bias.copy_(b)
    return nn.Sequential(layer)
