"""Chapter 1: what the visible checks ask of `dropout_layer`, on inputs that students do not have."""

from __future__ import annotations

import torch

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.functions import answers_to
from grader.checks.randomness import signed, uniform
from grader.checks.student import Student
from grader.exercises.ch01.dropout import (
    DropoutLayer,
    verify_layouts,
    verify_share,
    verify_values,
    zeros_of,
)

NAME = DropoutLayer.name
SIDE = 320


class OtherInputs(HiddenChecks):
    exercise = NAME

    @check("very small and very large rates", weight=0.5)
    def extreme_rates(self, student: Student) -> None:
        """Compare the share of zeros with dropout at 0.02 and at 0.95."""
        X, rates = signed(SIDE, SIDE), (uniform(0.01, 0.05), uniform(0.92, 0.98))
        answers = answers_to(student, NAME, [(X, p) for p in rates])
        for p, out in zip(rates, answers, strict=True):
            verify_share(zeros_of(out, X), p)
            verify_values(out, X, p)

    @check("other types and shapes", weight=0.5)
    def other_types_and_shapes(self, student: Student) -> None:
        """The output takes its shape and its type from X, whatever they are."""
        p = uniform(0.3, 0.7)
        for X, tolerance in (
            (signed(9, 2, 3, 4, 5), expect.CLOSE),
            (signed(20, 30).bfloat16(), expect.HALF),
        ):
            out = expect.tensor(student.call(NAME, X, p), shape=X.shape, dtype=X.dtype)
            verify_values(out, X, p, tolerance)
        verify_layouts(student, NAME, torch.zeros(3, 0), signed(5, 10))
