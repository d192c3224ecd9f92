"""Random inputs for checks, all drawn from torch's default generator, which the judge has seeded."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def signed(*shape: int) -> Tensor:
    """Numbers of both signs with a size between 0.5 and 1.5: none is zero."""
    X = torch.empty(shape).uniform_(-1, 1)
    return X + torch.copysign(torch.tensor(0.5), X)


def positive(*shape: int) -> Tensor:
    """Numbers between 0.5 and 1.5."""
    return torch.rand(shape) + 0.5


def uniform(low: float, high: float) -> float:
    """A number between low and high, with three digits so that it reads well in a message."""
    return round(float(torch.empty(()).uniform_(low, high)), 3)


def integer(low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return int(torch.randint(low, high + 1, ()))


def shuffled(values: list) -> list:
    """The values in an order that is drawn."""
    return [values[index] for index in torch.randperm(len(values)).tolist()]


def labels(n: int, classes: int = 10) -> Tensor:
    """Labels (n,) of which all classes come equally often, in an order that is drawn."""
    return torch.arange(n)[torch.randperm(n)] % classes


def clear_logits(n: int, classes: int = 10) -> Tensor:
    """Logits (n, classes) whose largest one leads by at least a half: no rounding moves the argmax."""
    ranks = torch.rand(n, classes).argsort(dim=1).float()
    return ranks + 0.5 * torch.rand(n, classes) - classes / 2


def normal_cdf(x: float) -> float:
    """The share of standard normal numbers below x."""
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))
