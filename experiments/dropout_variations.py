"""Variations of the dropout sweep, for the further questions of chapter 3, written to `lab/results`.

    python -m experiments.dropout_variations [--workers N] [--table FILE]

One thing is otherwise than in the sweep: the weights that a network begins with, the schedule of the
learning rate, the number of epochs, a weight decay, or the kind of noise. Goes on where it was stopped,
and refuses the stand-in, as the sweep does.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.dropout_run import Outcome, Run, network, train_with
from experiments.dropout_sweep import TABLE as SWEEP
from experiments.dropout_sweep import TRAININGS, sweep
from experiments.real_data import NotTheRealData, require_real_fashion_mnist
from experiments.run_table import AnotherEnvironment, RunTable
from lab.training import Updater

TABLE = SWEEP.with_name("dropout_variations.csv")
LARGE, SMALL = TRAININGS
SCRIPT = "experiments.dropout_variations"
DIFFERS = {
    "initialisation": "init_std 0: PyTorch's default of nn.Linear; otherwise normal weights of this "
    "standard deviation, and the default for biases",
    "optimizer": "SGD without momentum; schedule and weight_decay say the rest",
    "noise": "in the place of dropout after each hidden layer; dropconnect: one mask a batch",
}
LONG = (60_000, 40, 0.5, 256)
BEGUN_OTHERWISE = ((0.2, 0.5), (0.2, 0.2), (0.8, 0.3))
SEEDS, FEW_SEEDS = range(5), range(3)


@dataclass(frozen=True, order=True)
class Variation(Run):
    """A run that differs from one of the sweep in one of these."""

    init_std: float = 0.0
    """Standard deviation of normal weights, as `init_weights` draws them; 0: as `nn.Linear` does."""
    schedule: str = "constant"
    """Of the learning rate: "constant", or "linear" from lr down to 0, step by step."""
    weight_decay: float = 0.0
    """Of all weights and biases."""
    noise: str = "dropout"
    """In place of dropout with the same two rates: "dropconnect" or "gaussian"."""


def planned_variations() -> list[Variation]:
    """Every run in its order."""
    return [
        *varied(((0.0, 0.0), (0.2, 0.5), (0.6, 0.6)), LARGE, SEEDS, schedule="linear"),
        *varied(((0.0, 0.0), (0.4, 0.4)), SMALL, SEEDS, schedule="linear"),
        *varied(((0.0, 0.0), (0.4, 0.4)), SMALL, SEEDS, schedule="linear", weight_decay=0.003),
        *varied(((0.0, 0.0), (0.4, 0.4)), SMALL, SEEDS, schedule="linear", weight_decay=0.01),
        *varied(((0.4, 0.4),), SMALL, SEEDS, schedule="linear", noise="dropconnect"),
        *varied(((0.4, 0.4),), SMALL, SEEDS, schedule="linear", noise="gaussian"),
        *varied(BEGUN_OTHERWISE, LARGE, FEW_SEEDS, init_std=0.01),
        *varied(((0.0, 0.0), (0.2, 0.5)), LONG, FEW_SEEDS, schedule="linear"),
    ]


def varied(
    pairs: Sequence[tuple[float, float]],
    training: tuple[int, int, float, int],
    seeds: range,
    **changes: float | str,
) -> list[Variation]:
    """A run for each pair of rates and each seed, with 256 hidden units."""
    return [Variation(256, *pair, *training, seed, **changes) for seed in seeds for pair in pairs]  # type: ignore[arg-type]


def train_variation(run: Run) -> Outcome:
    """Train and measure one network, as the sweep does, with what the variation changes."""
    assert isinstance(run, Variation)
    return train_with(run, lambda _: varied_network(run), lambda net: varied_updater(run, net))


def varied_network(run: Variation) -> nn.Module:
    """The network of the sweep, with other noise or other weights."""
    if run.noise == "dropconnect":
        net: nn.Module = DropConnectNet(run)
    else:
        net = network(run)
    if run.noise == "gaussian":
        net[3], net[6] = GaussianNoise(run.dropout1), GaussianNoise(run.dropout2)  # type: ignore[index,operator]
    if run.init_std:
        for module in net.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=run.init_std)
    return net


class GaussianNoise(nn.Module):
    """Multiplies each unit by a normal number with the mean and variance that dropout's factor has.

    They are 1 and p / (1 - p). Source: N. Srivastava and others, JMLR 15, 2014, section 10.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.std = (p / (1 - p)) ** 0.5

    def forward(self, X: Tensor) -> Tensor:
        return X * (1 + self.std * torch.randn_like(X)) if self.training else X


class DropConnectNet(nn.Module):
    """Drops single weights, those behind the hidden units that dropout would drop; one mask a batch.

    Source: L. Wan and others, ICML 2013. There each example has a mask of its own.
    """

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.rates = run.dropout1, run.dropout2
        linear = (module for module in network(run) if isinstance(module, nn.Linear))
        self.first, self.second, self.third = linear

    def forward(self, X: Tensor) -> Tensor:
        H = self.first(X.flatten(1))
        for layer, rate in zip((self.second, self.third), self.rates, strict=True):
            H = F.linear(H.relu(), F.dropout(layer.weight, rate, self.training), layer.bias)
        return H


def varied_updater(run: Variation, net: nn.Module) -> Updater:
    """SGD with the variation's weight decay and schedule."""
    sgd = torch.optim.SGD(net.parameters(), lr=run.lr, weight_decay=run.weight_decay)
    if run.schedule == "constant":
        return sgd
    steps = run.num_epochs * -(-run.train_size // run.batch_size)
    scheduler = torch.optim.lr_scheduler.LambdaLR(sgd, lambda step: 1 - step / steps)

    def update(batch_size: int) -> None:
        """As `d2l.sgd`: the gradients are those of the summed loss."""
        for parameter in net.parameters():
            if parameter.grad is not None:
                parameter.grad /= batch_size
        sgd.step()
        sgd.zero_grad()
        scheduler.step()

    return update


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=1, help="processes, of one thread each")
    parser.add_argument("--table", type=Path, default=TABLE, help="the CSV file; settings beside")
    options = parser.parse_args(arguments)
    try:
        data = require_real_fashion_mnist()
        table = RunTable(options.table, data, Variation, SCRIPT, DIFFERS)
    except (NotTheRealData, AnotherEnvironment) as error:
        raise SystemExit(str(error)) from None
    sweep(planned_variations(), table, workers=options.workers, run=train_variation)


if __name__ == "__main__":
    main()
