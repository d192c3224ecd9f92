"""Chapter 8: the initialisers and layers of other sizes, and layers tied in a long network."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from grader.checks import expect, statistics
from grader.checks.exercise import HiddenChecks, check
from grader.checks.networks import MLP, logits
from grader.checks.randomness import integer, shuffled, signed
from grader.checks.student import Student
from grader.exercises.ch08.tied import outputs_after_tying

TITLE = "layers with a single unit, and with a single input"
SHAPES = ((1, 60), (40, 1))
"""Of the weights."""
Fits = Callable[[Tensor], bool]


class NormalInSmallLayers(HiddenChecks):
    exercise = "init_normal"

    @check(TITLE, weight=0.5)
    def in_small_layers(self, student: Student) -> None:
        """The size of a layer does not matter."""
        # A normal number is further than 9 standard deviations from 0 with probability 2.3e-19.
        statistics.book("far from 0", 100 * 2.3e-19)
        verify_in_small_layers(student, "init_normal", lambda w: 0 < float(w.abs().max()) < 0.09)


class ConstantInSmallLayers(HiddenChecks):
    exercise = "init_constant"

    @check(TITLE, weight=0.5)
    def in_small_layers(self, student: Student) -> None:
        """The size of a layer does not matter."""
        verify_in_small_layers(student, "init_constant", lambda w: bool((w == 1).all()))


class XavierInSmallLayers(HiddenChecks):
    exercise = "init_xavier"

    @check(TITLE, weight=0.5)
    def in_small_layers(self, student: Student) -> None:
        """The size of a layer does not matter."""
        verify_in_small_layers(
            student,
            "init_xavier",
            lambda w: 0 < float(w.abs().max()) <= 1.00001 * math.sqrt(6 / sum(w.shape)),
        )


class MineInSmallLayers(HiddenChecks):
    exercise = "my_init"

    @check(TITLE, weight=0.5)
    def in_small_layers(self, student: Student) -> None:
        """The size of a layer does not matter."""
        verify_in_small_layers(
            student,
            "my_init",
            lambda w: bool(((w == 0) | ((w.abs() >= 5) & (w.abs() <= 10))).all()),
        )


class TiedInLongNetworks(HiddenChecks):
    exercise = "tie"

    @check("a network of fifteen places", weight=0.5)
    def in_a_long_network(self, student: Student) -> None:
        """The places count from 0, however many there are."""
        width, last = integer(5, 7), integer(5, 6)
        shapes = MLP((4, *[width] * 7, 3)).shapes
        values = [signed(*shape) / (1 + shape[-1]) ** 0.5 for shape in shapes]
        X, places = signed(8, 4), shuffled([2 * integer(1, 4), 2 * last])
        out = student.run(outputs_after_tying, values=values, places=places, X=X)
        first, second = places
        values[second : second + 2] = values[first : first + 2]
        expect.close(out, logits(values, X), tolerance=expect.LAYERS)


def verify_in_small_layers(student: Student, name: str, fits: Fits) -> None:
    """The weights of small layers have been filled."""
    before = [torch.randn(shape) + 20 for shape in SHAPES]
    weights = expect.items(student.run(filled_weights, name=name, before=before), len(before))
    for old, weight in zip(before, weights, strict=True):
        weight = expect.finite(expect.tensor(weight, shape=old.shape))
        expect.true(
            fits(weight),
            seen=f"weights of size {float(weight.abs().min()):.3g} to {float(weight.abs().max()):.3g} "
            f"in a layer of shape {tuple(old.shape)}",
            expected="the start that the text asks for",
        )


# What follows runs beside a student's code.


def filled_weights(namespace, name, before):
    layers = nn.ModuleList(nn.Linear(w.shape[1], w.shape[0]) for w in before)
    with torch.no_grad():
        for layer, weight in zip(layers, before):  # noqa: B905
            layer.weight.copy_(weight)
    layers.apply(namespace[name])
    return [layer.weight for layer in layers]
