"""The stored results of the dropout sweep on the real Fashion-MNIST, and of variations of it.

Made by `python -m experiments.dropout_sweep` and `python -m experiments.dropout_variations`, in the
project's repository. Not imported by `import lab`, because pandas is slow to import.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

import pandas as pd

RESULTS = files("lab") / "results"
CURVES = ("train_loss_by_epoch", "test_acc_by_epoch")


@dataclass(frozen=True)
class SweepOrigin:
    """Where the stored results come from."""

    date: str
    """Of the last run, as YYYY-MM-DD."""
    versions: dict[str, str]
    """Of python, torch and torchvision."""
    cpu: str
    """Architecture and vector instructions; another kind may give other last digits."""
    num_threads: int
    seeds: tuple[int, ...]
    cpu_seconds: float
    """Processor time of all runs together."""
    method: dict[str, str]
    """Network, initialisation, optimizer, data: what was done, in words."""


def published_sweep() -> pd.DataFrame:
    """Return the full dropout sweep, one row a run: configuration, seed, and what was measured.

    The configuration: num_hiddens (units in each of two hidden layers), dropout1, dropout2,
    train_size (images; 1,000 means the first 1,000), num_epochs, lr, batch_size, and seed, which
    sets initial weights, order of the examples, and masks.

    Measured after the last epoch: train_loss (mean cross-entropy an example, in nats) and
    train_acc, both with dropout, as means over the last epoch while the network was trained;
    train_acc_eval and test_acc without dropout, on the training images and on all 10,000 test
    images. Accuracies are fractions. A diverged run has NaN as its train_loss.

    train_loss_by_epoch and test_acc_by_epoch hold a list of floats in each row, one number an
    epoch, rounded to four digits. Each call reads the table anew, so change it as you like.
    """
    return _read("dropout_sweep")


def published_variations() -> pd.DataFrame:
    """Return runs that differ from those of the sweep in one thing or two, one row a run.

    Columns as in `published_sweep`, and four more: init_std (standard deviation of normal initial
    weights; 0: those of `nn.Linear`), schedule of the learning rate ("constant", or "linear" from lr
    down to 0), weight_decay (of all parameters), and noise ("dropout"; in its place, with the same
    two rates, "dropconnect" on the weights behind, or "gaussian" with dropout's mean and variance).
    """
    return _read("dropout_variations")


def _read(name: str) -> pd.DataFrame:
    with (RESULTS / f"{name}.csv").open() as file:
        table = pd.read_csv(file)
    for curve in CURVES:
        table[curve] = [[float(number) for number in text.split()] for text in table[curve]]
    return table


def published_sweep_origin() -> SweepOrigin:
    """Return the versions, seeds and settings with which `published_sweep` was made."""
    about = json.loads((RESULTS / "dropout_sweep.json").read_text(encoding="utf-8"))
    return SweepOrigin(
        date=about["date"],
        versions=about["versions"],
        cpu=about["cpu"],
        num_threads=about["num_threads"],
        seeds=tuple(about["seeds"]),
        cpu_seconds=about["cpu_seconds"],
        method=about["method"],
    )
