"""Chapter 8: the initialisers in a network of another type, and layers tied in a long network."""

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

TITLE = "in a network of float64, all the same"
INPUTS, OUTPUTS = 60, 40


class NormalInFloat64(HiddenChecks):
    exercise = "init_normal"

    @check(TITLE, weight=0.5)
    def in_float64(self, student: Student) -> None:
        """Fill the tensor that is there: it has a type already."""
        # A normal number is further than 9 standard deviations from 0 with probability 2.3e-19.
        statistics.book("far from 0", INPUTS * OUTPUTS * 2.3e-19)
        verify_in_float64(student, "init_normal", lambda w: 0.005 < float(w.abs().max()) < 0.09)


class ConstantInFloat64(HiddenChecks):
    exercise = "init_constant"

    @check(TITLE, weight=0.5)
    def in_float64(self, student: Student) -> None:
        """Fill the tensor that is there: it has a type already."""
        verify_in_float64(student, "init_constant", lambda w: bool((w == 1).all()))


class XavierInFloat64(HiddenChecks):
    exercise = "init_xavier"

    @check(TITLE, weight=0.5)
    def in_float64(self, student: Student) -> None:
        """Fill the tensor that is there: it has a type already."""
        bound = math.sqrt(6 / (INPUTS + OUTPUTS))
        statistics.book("no large weight", 0.8 ** (INPUTS * OUTPUTS))
        verify_in_float64(
            student, "init_xavier", lambda w: 0.8 * bound < float(w.abs().max()) <= 1.00001 * bound
        )


class MineInFloat64(HiddenChecks):
    exercise = "my_init"

    @check(TITLE, weight=0.5)
    def in_float64(self, student: Student) -> None:
        """Fill the tensor that is there: it has a type already."""
        verify_in_float64(
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


def verify_in_float64(student: Student, name: str, fits: Callable[[Tensor], bool]) -> None:
    """The weight of a layer of float64 has been filled, and has kept its type."""
    before = torch.randn(OUTPUTS, INPUTS).double() + 20
    weight = student.run(weight_of_float64, name=name, before=before)
    weight = expect.finite(expect.tensor(weight, shape=before.shape, dtype=torch.float64))
    expect.true(
        fits(weight),
        seen=f"weights of size {float(weight.abs().min()):.3g} to {float(weight.abs().max()):.3g}",
        expected="the start that the text asks for",
    )


# What follows runs beside a student's code.


def weight_of_float64(namespace, name, before):
    layer = nn.Linear(before.shape[1], before.shape[0]).double()
    with torch.no_grad():
        layer.weight.copy_(before)
    nn.Sequential(layer).apply(namespace[name])
    return layer.weight
