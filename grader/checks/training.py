"""Small problems on which a learner's measuring and training can be computed again.

The networks here are linear, with parameters that the judge drew. No example lies near a border
between two classes (`MARGIN`): what is right does not depend on the order in which numbers are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.checks.randomness import integer, labels

Batch = list[Tensor]
FEATURES, CLASSES = 6, 4
MARGIN = 1e-2
"""By how much the largest logit leads, at least. Sums in float32 differ by 1e-5 of it."""


@dataclass(frozen=True)
class Labelled:
    """Batches [X (n, 6), y (n,)] of these sizes, and a weight (4, 6) that gets more than half of each
    right, all of the last batch, and not all of the others.
    """

    sizes: tuple[int, ...]
    weight: Tensor = field(default_factory=lambda: torch.randn(CLASSES, FEATURES))
    batches: list[Batch] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, n in enumerate(self.sizes, 1):
            X = clear_examples(n, self.weight)
            y = (X @ self.weight.T).argmax(1)
            last = number == len(self.sizes) > 1
            wrong = integer(1, n // 3) if n > 3 and not last else 0
            y[:wrong] = (y[:wrong] + 1) % CLASSES
            self.batches.append([X, y])

    def hits(self, weight: Tensor | None = None) -> list[int]:
        """How many examples of each batch a linear network with this weight gets right."""
        weight = self.weight if weight is None else weight
        return [int((X @ weight.T).argmax(1).eq(y).sum()) for X, y in self.batches]

    @property
    def accuracy(self) -> float:
        """The share of all examples that the weight gets right."""
        return sum(self.hits()) / sum(self.sizes)

    def worse(self) -> Tensor:
        """Another weight, with fewer right answers in each batch."""
        while True:
            other = torch.randn_like(self.weight)
            clear = all(lead(X @ other.T) > MARGIN for X, _ in self.batches)
            pairs = zip(self.hits(other), self.hits(), strict=True)
            if clear and all(mine < yours for mine, yours in pairs):
                return other


@dataclass(frozen=True)
class Epoch:
    """What one epoch gives: the parameters after it, the losses and the right answers by batch."""

    parameters: list[Tensor]
    losses: list[Tensor]
    hits: list[int]
    clear: bool


class EpochProblem:
    """One epoch of a linear network with four batches, of which the last one is smaller.

    eval_scale: what the network multiplies its logits by in eval mode.
    """

    def __init__(self, lr: float = 0.3, eval_scale: float = 1.0) -> None:
        self.lr, self.eval_scale = lr, eval_scale
        while True:
            self._epochs: dict[tuple[str, bool, str], Epoch] = {}
            data = Labelled((8, 8, 8, 3))
            self.sizes, self.batches = data.sizes, data.batches
            self.start = [data.weight, torch.randn(CLASSES)]
            if lr == 0 or self.epoch().clear:
                return

    @classmethod
    def whose_steps_show(cls) -> EpochProblem:
        """One in which it matters whether answers are counted before or after each step."""
        while True:
            problem = cls()
            after = problem.epoch(counted="after")
            if after.clear and sum(problem.epoch().hits) != sum(after.hits):
                return problem

    def epoch(self, divisor: str = "n", zeroed: bool = True, counted: str = "before") -> Epoch:
        """What comes of it. Gradients are those of the summed loss, divided by the size of the batch,
        n; of a known mistake, by 1, by n squared, or by the first batch's size ("first"), or with
        those of earlier batches still in. counted: whether answers are "before" or "after" a step.
        """
        which = (divisor, zeroed, counted)
        if which not in self._epochs:
            self._epochs[which] = self._epoch(*which)
        return self._epochs[which]

    def _epoch(self, divisor: str, zeroed: bool, counted: str) -> Epoch:
        parameters = [p.clone() for p in self.start]
        carried = [torch.zeros_like(p) for p in parameters]
        losses, hits, clear = [], [], True
        for X, y in self.batches:
            y_hat = linear(parameters, X)
            losses.append(F.cross_entropy(y_hat, y, reduction="none"))
            by = {"n": len(y), "1": 1, "n n": len(y) ** 2, "first": self.sizes[0]}[divisor]
            off = (F.softmax(y_hat, 1) - F.one_hot(y, CLASSES)) / by
            new = (off.T @ X, off.sum(0))
            carried = [g + (0 if zeroed else old) for g, old in zip(new, carried, strict=True)]
            parameters = [p - self.lr * g for p, g in zip(parameters, carried, strict=True)]
            shown = y_hat if counted == "before" else linear(parameters, X)
            hits.append(int(shown.argmax(1).eq(y).sum()))
            clear = clear and lead(shown) > MARGIN
        return Epoch(parameters, losses, hits, clear)


class EasyImages:
    """An easy problem: ten sparse patterns of 784 pixels, and noise; the last batch is smaller.

    Sparse, because a step with lr = 0.5 overshoots now and then when the inputs are large. A third of
    the test labels are wrong, so that the accuracy there is another number than on the training data.
    train, test: batches. test_X, test_y, new_X, new_y: all of the test data, and fresh right ones.
    """

    def __init__(self, train: int, test: int, new: int) -> None:
        self.patterns = (torch.rand(10, 784) < 0.1).float()
        self.train = [self._batch(y) for y in labels(train).split(20)]
        self.test = [self._batch(y) for y in labels(test).split(40)]
        for _, y in self.test:
            y[::3] = (y[::3] + 1) % 10
        self.test_X, self.test_y = (torch.cat(parts) for parts in zip(*self.test, strict=True))
        self.new_X, self.new_y = self._batch(labels(new))

    def _batch(self, y: Tensor) -> Batch:
        X = (self.patterns[y] + 0.1 * torch.randn(len(y), 784)).clamp(0, 1)
        return [X.reshape(-1, 1, 28, 28), y]


def linear(parameters: Sequence[Tensor], X: Tensor) -> Tensor:
    """Logits of a linear network: weight (classes, features), bias (classes,)."""
    weight, bias = parameters
    return X @ weight.T + bias


def lead(logits: Tensor) -> float:
    """By how much the largest logit leads in the closest row."""
    first, second = logits.topk(2, dim=1).values.unbind(1)
    return float((first - second).min())


def clear_examples(n: int, weight: Tensor) -> Tensor:
    """Rows (n, features) of which none lies near a border between two classes."""
    X = torch.randn(8 * n + 40, weight.shape[1])
    first, second = (X @ weight.T).topk(2, dim=1).values.unbind(1)
    return X[first - second > 10 * MARGIN][:n].clone()


# What follows runs beside a student's code: it travels with the probes that name it.


class Reshuffled:
    """An iterator that gives the same examples in another order and in other batches at every pass,
    as those of the course do. served: how many batches it has given.
    """

    def __init__(self, batches):
        self.sizes = [len(y) for _, y in batches]
        self.X, self.y = (torch.cat(parts) for parts in zip(*batches))  # noqa: B905
        self.served, self.passes = 0, 0

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self):
        order = torch.arange(len(self.y)) if self.passes == 0 else torch.randperm(len(self.y))
        for rows in order.split(self.sizes):
            self.served += 1
            yield self.X[rows], self.y[rows]
        self.passes += 1


class Linear(nn.Module):
    """A linear network that notes its mode and whether autograd records, at every pass.

    other: the weight that it has instead in the state "training" or "recording". data: with it, a
    second pass for the same batch gives the opposite logits.
    """

    def __init__(self, weight, bias, eval_scale=1.0, other=None, state=None, data=None):
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)
        self.eval_scale, self.other, self.state, self.data = eval_scale, other, state, data
        self.notes = []

    def forward(self, X):
        now = {"training": self.training, "recording": torch.is_grad_enabled()}
        self.notes.append(now)
        weight = self.other if self.state and now[self.state] else self.weight
        y_hat = (X @ weight.T + self.bias) * (1.0 if self.training else self.eval_scale)
        again = self.data is not None and len(self.notes) > self.data.served
        return -y_hat if again else y_hat
