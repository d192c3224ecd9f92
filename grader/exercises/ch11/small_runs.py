"""Chapter 11: a small problem on which training on any device can be computed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.checks.randomness import signed, uniform
from grader.checks.training import CLASSES, FEATURES, Batch


@dataclass(frozen=True)
class Problem:
    """A linear network and batches of which the last one is smaller.

    weight (4, 6), bias (4,); in eval mode, `shift` (4, 6) is added to the weight.
    """

    weight: Tensor
    bias: Tensor
    shift: Tensor
    batches: list[Batch]
    lr: float = 0.3

    @classmethod
    def drawn(cls, sizes: Sequence[int] = (8, 8, 3)) -> Problem:
        draw = [[signed(n, FEATURES), torch.randint(CLASSES, (n,))] for n in sizes]
        weight, shift = signed(CLASSES, FEATURES) / 2, signed(CLASSES, FEATURES)
        return cls(weight, signed(CLASSES), shift, draw, uniform(0.1, 0.3))

    def trained(
        self, epochs: int, factor: float = 1.0, evaluating: bool = False, momentum: float = 0.0
    ) -> tuple[list[Tensor], list[float]]:
        """Parameters and mean losses on a device that counts in this unit.

        evaluating: in eval mode. With a momentum of 1, it is as if gradients of earlier batches were still in.
        """
        leaves = [(p * factor).requires_grad_(True) for p in (self.weight, self.bias)]
        shift = self.shift * factor if evaluating else 0
        losses, kept = [], [torch.zeros_like(p) for p in leaves]
        for _ in range(epochs):
            total = 0.0
            for X, y in self.batches:
                with torch.enable_grad():
                    out = X * factor @ (leaves[0] + shift).T + leaves[1]
                    loss = F.cross_entropy(out, y)
                    grads = torch.autograd.grad(loss, leaves)
                kept = [g + momentum * k for g, k in zip(grads, kept, strict=True)]
                moved = [p.detach() - self.lr * g for p, g in zip(leaves, kept, strict=True)]
                leaves = [p.requires_grad_(True) for p in moved]
                total += float(loss.detach()) * len(y)
            losses.append(total / sum(len(y) for _, y in self.batches))
        return [p.detach() for p in leaves], losses

    def sent(self) -> dict[str, object]:
        """As the probes take it."""
        return {
            "parameters": [self.weight, self.bias, self.shift],
            "batches": self.batches,
            "lr": self.lr,
        }


# What follows runs beside a student's code.


class InTwoModes(nn.Module):
    """A linear network that computes something else in eval mode. counting: recording gradients raises."""

    def __init__(self, weight, bias, shift, counting=False):
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight.clone()), nn.Parameter(bias.clone())
        self.register_buffer("shift", shift.clone())
        self.counting = counting

    def forward(self, X):
        if self.counting:
            self.bias.add_(0.0)
        weight = self.weight if self.training else self.weight + self.shift
        return X @ weight.T + self.bias
