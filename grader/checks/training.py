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
EPSILON = 1e-5
"""What `nn.BatchNorm1d` adds to a variance."""
BATCH_MEANS = "this is the mean of the batch means: a small batch counts too much"


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
            X = clear_examples(n, self.weight, self.centre)
            y = (X @ self.weight.T).argmax(1)
            last = number == len(self.sizes) > 1
            wrong = integer(1, n // 3) if n > 3 and not last else 0
            y[:wrong] = (y[:wrong] + 1) % CLASSES
            self.batches.append([X, y])

    @property
    def centre(self) -> Tensor:
        """Around what the examples lie."""
        return torch.zeros(FEATURES)

    @property
    def raw(self) -> list[Batch]:
        """The batches as the network gets them."""
        return self.batches

    def hits(self) -> list[int]:
        """How many examples of each batch the weight gets right."""
        return [int((X @ self.weight.T).argmax(1).eq(y).sum()) for X, y in self.batches]

    @property
    def accuracy(self) -> float:
        """The share of all examples that the weight gets right."""
        return sum(self.hits()) / sum(self.sizes)


@dataclass(frozen=True)
class Normalised(Labelled):
    """As what it is made from, behind batch normalisation in eval mode: in train mode, where each batch
    is its own measure, fewer examples of each batch are right.

    running: stored means and variances (2, 6). In `batches`, X is what eval mode makes of `raw`.
    """

    running: Tensor = field(default_factory=lambda: torch.rand(2, FEATURES) + 0.5)

    @classmethod
    def drawn(cls, sizes: tuple[int, ...]) -> Normalised:
        while True:
            data = cls(sizes)
            pairs = zip(data.hits_in_train_mode(), data.hits(), strict=True)
            if all(mine < yours for mine, yours in pairs) and data._is_clear():
                return data

    @property
    def centre(self) -> Tensor:
        return torch.randn(FEATURES)

    @property
    def raw(self) -> list[Batch]:
        mean, variance = self.running
        return [[X * (variance + EPSILON).sqrt() + mean, y] for X, y in self.batches]

    def in_train_mode(self) -> list[Tensor]:
        """Of each batch, what batch normalisation gives in train mode."""
        return [batch_normalised(X) for X, _ in self.raw]

    def hits_in_train_mode(self) -> list[int]:
        """How many examples of each batch the network gets right in train mode."""
        seen = zip(self.in_train_mode(), self.batches, strict=True)
        return [int((X @ self.weight.T).argmax(1).eq(y).sum()) for X, (_, y) in seen]

    def _is_clear(self) -> bool:
        return all(lead(X @ self.weight.T) > MARGIN for X in self.in_train_mode())


@dataclass(frozen=True)
class Epoch:
    """What one epoch gives: the parameters after it, the losses and the right answers by batch."""

    parameters: list[Tensor]
    losses: list[Tensor]
    hits: list[int]
    clear: bool


class EpochProblem:
    """One epoch of a linear network with four batches, of which the last one is smaller.

    normalised: behind batch normalisation, so that the network computes something else in eval mode.
    running: what it has stored. raw: the batches as the network gets them.
    """

    def __init__(self, lr: float = 0.3, normalised: bool = False) -> None:
        self.lr = lr
        while True:
            self._epochs: dict[tuple[str, bool, str], Epoch] = {}
            data = (Normalised if normalised else Labelled)((8, 8, 8, 3))
            self.sizes, self.batches, self.raw = data.sizes, data.batches, data.batches
            self.running: Tensor | None = None
            if isinstance(data, Normalised):
                self.running, self.raw = data.running, data.raw
                seen = zip(data.in_train_mode(), data.batches, strict=True)
                self.batches = [[X, y] for X, (_, y) in seen]
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
    """An easy problem: images of four classes, each with 78 pixels of its own, and noise; the last batch is smaller.

    No pixel belongs to two classes, because a step with lr = 0.5 overshoots now and then when images have much in
    common. A third of the test labels are wrong, so that the accuracy there is another number than on the training
    data. train, test: batches. new_X, new_y: fresh examples, labelled right.
    """

    def __init__(self, train: int, test: int, new: int) -> None:
        self.patterns = F.one_hot(labels(784)).T.float()
        self.classes = torch.randperm(10)[:4]
        self.train, self.test = self._batches(train), self._batches(test)
        for _, y in self.test:
            y[::3] = (y[::3] + 1) % 10
        self.new_X, self.new_y = self._batch(labels(new, 4))

    def _batches(self, n: int) -> list[Batch]:
        return [self._batch(which) for which in labels(n, 4).split(12)]

    def _batch(self, which: Tensor) -> Batch:
        y = self.classes[which]
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


def batch_normalised(X: Tensor) -> Tensor:
    """X (n, features) as batch normalisation gives it in train mode."""
    return (X - X.mean(0)) / (X.var(0, unbiased=False) + EPSILON).sqrt()


def clear_examples(n: int, weight: Tensor, centre: Tensor) -> Tensor:
    """Rows (n, features) around `centre` of which none lies near a border between two classes."""
    X = torch.randn(8 * n + 40, weight.shape[1]) + centre
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
    """A linear network after batch normalisation, or without it when `running` is None.

    running: stored means and variances (2, features), which stay as they are. data: with it, a second
    pass for the same batch gives the opposite logits. counting: a pass that autograd records raises,
    as every change in place of a leaf does.
    """

    def __init__(self, weight, bias, running=None, data=None):
        super().__init__()
        self.weight, self.bias, self.data = nn.Parameter(weight), nn.Parameter(bias), data
        self.norm, self.served, self.counting = nn.Identity(), 0, False
        if running is not None:
            self.norm = nn.BatchNorm1d(weight.shape[1], momentum=0.0, affine=False)
            self.norm.running_mean.copy_(running[0])
            self.norm.running_var.copy_(running[1])

    def forward(self, X):
        if self.counting:
            self.bias.add_(0.0)
        y_hat = self.norm(X) @ self.weight.T + self.bias
        if self.data is None:
            return y_hat
        again, self.served = self.served == self.data.served, self.data.served
        return -y_hat if again else y_hat
