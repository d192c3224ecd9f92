"""Training runs that are computed again: a linear network whose mode, seed and configuration show in numbers.

The network is linear, and in eval mode another weight is added to its own. So an accuracy tells in which mode it
was taken, and a loss in which mode was trained. No example lies near a border between two classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.checks.training import BATCH_MEANS, CLASSES, FEATURES, Batch, Labelled, lead, linear

APART = 1e-2
"""By how much an accuracy that a mistake gives differs from the right one, at least."""
LEAD = 1e-3
"""By how much the largest logit leads, at least. After a few steps in float32, logits differ by 1e-5."""


@dataclass(frozen=True)
class Pass:
    """One epoch: the losses of each batch, the share of right answers in it, and the parameters after it."""

    losses: list[Tensor]
    shares: list[float]
    parameters: list[Tensor]

    @property
    def loss(self) -> float:
        return float(torch.cat(self.losses).mean())


class RunProblem:
    """A run on four batches, of which the last one is smaller, measured on three.

    The accuracies that known mistakes give are other ones than the right ones.
    """

    def __init__(self, epochs: int = 4, sizes: Sequence[int] = (8, 8, 8, 3), lr: float = 1.5):
        self.epochs, self.lr = epochs, lr
        while True:
            train = Labelled(tuple(sizes))
            self.train = train.batches
            self.test = Labelled((16, 16, 6), train.weight).batches
            self.start = [train.weight, torch.randn(CLASSES)]
            self.shift = torch.randn(CLASSES, FEATURES)
            self._clear = True
            vars(self).pop("passes", None)
            if self._decides():
                return

    @cached_property
    def passes(self) -> list[Pass]:
        """What a right run goes through."""
        return self.trained()

    def trained(
        self,
        shifted: Sequence[int] = (),
        lr: float | None = None,
        carried: bool = False,
        summed: bool = False,
    ) -> list[Pass]:
        """The epochs of a run. Of known mistakes: shifted, the epochs that are trained in eval mode; lr, another
        rate; carried, gradients of earlier batches are still in; summed, gradients of the summed loss.
        """
        lr = self.lr if lr is None else lr
        parameters, kept = self.start, [torch.zeros_like(p) for p in self.start]
        passes = []
        for epoch in range(self.epochs):
            losses, shares = [], []
            for X, y in self.train:
                y_hat = linear(self._seen(parameters, epoch in shifted), X)
                self._clear = self._clear and lead(y_hat) > LEAD
                losses.append(F.cross_entropy(y_hat, y, reduction="none"))
                shares.append(share([[X, y]], [y_hat]))
                off = (F.softmax(y_hat, 1) - F.one_hot(y, CLASSES)) / (1 if summed else len(y))
                new = [off.T @ X, off.sum(0)]
                kept = [g + (k if carried else 0) for g, k in zip(new, kept, strict=True)]
                parameters = [p - lr * g for p, g in zip(parameters, kept, strict=True)]
            passes.append(Pass(losses, shares, parameters))
        return passes

    def accuracy(self, data: Sequence[Batch], evaluating: bool = True, epoch: int = -1) -> float:
        """After an epoch, on these batches, in one of the modes; every example counts the same."""
        return share(data, self._outputs(data, evaluating, epoch))

    def mean_of_batches(self, data: Sequence[Batch]) -> float:
        """As `accuracy`, with every batch counted alike: a known mistake."""
        outputs = self._outputs(data, True, -1)
        shares = [share([batch], [out]) for batch, out in zip(data, outputs, strict=True)]
        return sum(shares) / len(shares)

    def loss_afterwards(self, evaluating: bool) -> float:
        """The mean loss on the training data after the last epoch."""
        outputs = self._outputs(self.train, evaluating, -1)
        pairs = zip(outputs, self.train, strict=True)
        return float(
            torch.cat([F.cross_entropy(o, y, reduction="none") for o, (_, y) in pairs]).mean()
        )

    def running(self, epoch: int = -1) -> float:
        """The accuracy of an epoch while it trains."""
        return weighted(self.passes[epoch].shares, self.train)

    def test_mistakes(self) -> dict[str, float]:
        """Sentence to the test accuracy that the mistake gives."""
        by_epoch = [self.accuracy(self.test, epoch=epoch) for epoch in range(self.epochs)]
        return {
            "this was taken in train mode: with dropout, it would be a matter of luck": self.accuracy(
                self.test, evaluating=False
            ),
            "this is the mean of the batch accuracies: a small batch counts too much": (
                self.mean_of_batches(self.test)
            ),
            "this is the best of all epochs: who chooses an epoch by its test accuracy has no test any more": (
                max(by_epoch)
            ),
            "this is the accuracy after the first epoch": by_epoch[0],
            "this is the accuracy on the training images": self.accuracy(self.train),
        }

    def eval_mistakes(self) -> dict[str, float]:
        """Sentence to the accuracy on the training data that the mistake gives."""
        return {
            "this was taken in train mode: with dropout, it would be a matter of luck": self.accuracy(
                self.train, evaluating=False
            ),
            "this is the accuracy while the last epoch trains, with dropout": self.running(),
            "this is the mean of the batch accuracies: a small batch counts too much": (
                self.mean_of_batches(self.train)
            ),
            "this is the accuracy on the test images": self.accuracy(self.test),
        }

    def running_mistakes(self) -> dict[str, float]:
        """Sentence to the accuracy of the last epoch that the mistake gives."""
        shares = self.passes[-1].shares
        return {
            "this is that of the first epoch": self.running(0),
            "this is the mean of the batch accuracies: a small batch counts too much": (
                sum(shares) / len(shares)
            ),
            "this was taken after the epoch, without dropout": self.accuracy(self.train),
            "this was taken after the epoch": self.accuracy(self.train, evaluating=False),
        }

    def told(self) -> dict[str, float]:
        """Sentence to the train loss of a right run that is taken in a wrong way."""
        losses = self.passes[-1].losses
        means = [float(batch.mean()) for batch in losses]
        return {
            "this is the mean over all epochs": sum(p.loss for p in self.passes) / self.epochs,
            BATCH_MEANS: sum(means) / len(means),
            "this is the sum over all examples": float(torch.cat(losses).sum()),
            "this was taken after the last epoch, not while it trains": self.loss_afterwards(False),
            "this was taken after the last epoch, in eval mode": self.loss_afterwards(True),
        }

    def loss_mistakes(self) -> dict[str, float]:
        """Sentence to the train loss that the mistake gives: as it is taken, or as it comes from the training."""
        later = range(1, self.epochs)
        return {
            **self.told(),
            "this is that of the first epoch": self.passes[0].loss,
            "the network is in eval mode while it trains: there is no dropout": self.trained(
                shifted=range(self.epochs)
            )[-1].loss,
            "from the second epoch on, the network is in eval mode while it trains: after measuring, back to "
            "`train()`": self.trained(shifted=later)[-1].loss,
            "gradients of earlier batches are still in: `zero_grad()`": self.trained(carried=True)[
                -1
            ].loss,
            "the gradient of the summed loss; an optimizer wants the mean": self.trained(
                summed=True
            )[-1].loss,
        }

    def _decides(self) -> bool:
        """Whether each accuracy tells how it was taken; with one epoch, some ways are the same."""
        asked = (
            (self.accuracy(self.test), self.test_mistakes()),
            (self.accuracy(self.train), self.eval_mistakes()),
            (self.running(), self.running_mistakes()),
        )
        by_epoch = [self.accuracy(self.test, epoch=epoch) for epoch in range(self.epochs)]
        apart = max(by_epoch) > by_epoch[0] + APART and all(
            abs(right - wrong) > APART for right, mistakes in asked for wrong in mistakes.values()
        )
        return self._clear and (apart or self.epochs == 1)

    def _seen(self, parameters: Sequence[Tensor], evaluating: bool) -> list[Tensor]:
        weight, bias = parameters
        return [weight + self.shift if evaluating else weight, bias]

    def _outputs(self, data: Sequence[Batch], evaluating: bool, epoch: int) -> list[Tensor]:
        parameters = self._seen(self.passes[epoch].parameters, evaluating)
        outputs = [linear(parameters, X) for X, _ in data]
        self._clear = self._clear and all(lead(out) > LEAD for out in outputs)
        return outputs


def share(data: Sequence[Batch], outputs: Sequence[Tensor]) -> float:
    """The share of all examples that these logits get right."""
    hits = sum(int(out.argmax(1).eq(y).sum()) for out, (_, y) in zip(outputs, data, strict=True))
    return hits / sum(len(y) for _, y in data)


def weighted(shares: Sequence[float], data: Sequence[Batch]) -> float:
    """The mean over examples of shares by batch."""
    sizes = [len(y) for _, y in data]
    return sum(s * n for s, n in zip(shares, sizes, strict=True)) / sum(sizes)


# What follows runs beside a student's code: it travels with the probes that name it.


class Wired(nn.Module):
    """A linear network; in eval mode `shift` is added to its weight.

    noise: how much of each run's own luck is in it, in the start and, in train mode, at every pass.
    """

    def __init__(self, start, shift, noise):
        super().__init__()
        weight, bias = start
        self.weight = nn.Parameter(weight + noise * torch.randn(weight.shape))
        self.bias = nn.Parameter(bias.clone())
        self.shift, self.noise = shift, noise

    def forward(self, X):
        X = X.reshape(len(X), -1)
        if not self.training:
            return X @ (self.weight + self.shift).T + self.bias
        y_hat = X @ self.weight.T + self.bias
        return y_hat * (1 + self.noise * torch.rand(())) if self.noise else y_hat


def factory(start, shift, noise, slopes):
    """`make_net` for a judge's network; slopes: what each unit of (num_hiddens / 100, dropout1, dropout2)
    adds to the weight.
    """

    def make_net(num_hiddens, dropout1, dropout2):
        weight, bias = start
        for slope, value in zip(slopes, (num_hiddens / 100, dropout1, dropout2)):  # noqa: B905
            weight = weight + value * slope
        return Wired([weight, bias], shift, noise)

    return make_net
