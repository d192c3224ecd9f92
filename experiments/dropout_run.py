"""One run of the dropout sweep: a configuration and a seed go in, measurements come out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

import lab
from lab.fashion import NUM_TEST, load_fashion_mnist
from lab.training import Updater

NUM_INPUTS, NUM_OUTPUTS = 28 * 28, 10
EVALUATION_BATCH = 1_000


@dataclass(frozen=True, order=True)
class Run:
    """A configuration and its seed; two equal runs give equal outcomes on the same machine."""

    num_hiddens: int
    """Units in each of the two hidden layers."""
    dropout1: float
    """Probability of dropping a unit of the first hidden layer."""
    dropout2: float
    """The same for the second hidden layer."""
    train_size: int
    """The first so many of the 60,000 training images, the same ones for every seed."""
    num_epochs: int
    lr: float
    batch_size: int
    seed: int
    """Sets initial weights, order of the examples, and masks."""

    @property
    def work(self) -> int:
        """Forward passes of one image, a backward pass counted as two: what a run costs."""
        return self.num_epochs * (3 * self.train_size + NUM_TEST)

    def __str__(self) -> str:
        return (
            f"{self.num_hiddens} units, dropout ({self.dropout1:g}, {self.dropout2:g}), "
            f"{self.train_size:,} images, seed {self.seed}"
        )


@dataclass(frozen=True)
class Outcome:
    """What a run measured. Losses are means over examples, accuracies fractions."""

    train_loss: float
    """Of the last epoch, with dropout, as the network was trained."""
    train_acc: float
    """Of the last epoch, with dropout, as the network was trained."""
    train_acc_eval: float
    """On the training images after the last epoch, without dropout."""
    test_acc: float
    """On the 10,000 test images after the last epoch, without dropout."""
    train_loss_by_epoch: tuple[float, ...]
    test_acc_by_epoch: tuple[float, ...]
    cpu_seconds: float


def train(run: Run) -> Outcome:
    """Train and measure one network on one thread of the CPU. A diverged run is an outcome, too.

    Plain SGD on the mean cross-entropy of a batch; pixels in [0, 1].
    """
    return train_with(run, network, lambda net: torch.optim.SGD(net.parameters(), lr=run.lr))


def train_with(
    run: Run,
    network: Callable[[Run], nn.Module],
    updater: Callable[[nn.Module], Updater],
) -> Outcome:
    """As `train`, with a network and an updater of another kind."""
    torch.set_num_threads(1)
    start = time.process_time()
    train_split, test_split = load_fashion_mnist()
    train_split = train_split.first(run.train_size)
    train_iter = train_split.batches(run.batch_size, shuffle=True, device="cpu")
    test_iter = test_split.batches(EVALUATION_BATCH, shuffle=False, device="cpu")
    torch.manual_seed(run.seed)
    net = network(run)
    history = lab.train_classifier(
        net,
        train_iter,
        test_iter,
        nn.CrossEntropyLoss(reduction="none"),
        run.num_epochs,
        updater(net),
        quiet=True,
    )
    still = train_split.batches(EVALUATION_BATCH, shuffle=False, device="cpu")
    return Outcome(
        train_loss=history.train_loss[-1],
        train_acc=history.train_acc[-1],
        train_acc_eval=lab.evaluate_accuracy(net, still),
        test_acc=history.test_acc[-1],
        train_loss_by_epoch=tuple(history.train_loss),
        test_acc_by_epoch=tuple(history.test_acc),
        cpu_seconds=time.process_time() - start,
    )


def network(run: Run) -> nn.Sequential:
    """784-h-h-10 with ReLU, then dropout, after each hidden layer.

    Weights and biases start as `nn.Linear` draws them: uniform in ±1/√(number of inputs).
    """
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(NUM_INPUTS, run.num_hiddens),
        nn.ReLU(),
        nn.Dropout(run.dropout1),
        nn.Linear(run.num_hiddens, run.num_hiddens),
        nn.ReLU(),
        nn.Dropout(run.dropout2),
        nn.Linear(run.num_hiddens, NUM_OUTPUTS),
    )
