"""Chapter 1: the exercise `find_the_randn_bug`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from grader.checks import expect, statistics
from grader.checks.exercise import Exercise, check
from grader.checks.functions import called, called_for_each, verify_refusals
from grader.checks.randomness import normal_cdf, signed, uniform
from grader.checks.student import Student
from grader.exercises.ch01.dropout import (
    KEPT,
    SIDE,
    verify_nothing_dropped,
    verify_share,
    verify_survivors,
    zeros_of,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MISSED = 1e-3
"""How often the published code may look right on the student's input."""
LARGEST = 10_000_000
"""How many numbers the student's input may have."""
DRAWS = 1_000_000
"""With how many draws a learner may measure a rate, as the text says."""
MEASURED = expect.Tolerance(0, 0.004)


class FindTheRandnBug(Exercise):
    name, points = "find_the_randn_bug", 5
    hints = (
        "`torch.rand` and `torch.randn` differ by one letter. Draw a hundred thousand numbers "
        "with each, and look at the share that is larger than 0.",
        "A unit is dropped when its number is not larger than p. For normal numbers that share is "
        "Φ(p), the cumulative distribution function of the standard normal. At p = 0 it is one "
        "half: a layer that should do nothing drops every second unit.",
        "Φ(p) = (1 + erf(p / √2)) / 2, and `math.erf` is there. For the input, take a thousand "
        "ones and dropout 0. The fixed function differs from the published one by one letter.",
    )

    @check("the true drop rate of the published code", weight=2)
    def drop_rate(self, student: Student) -> None:
        """Feed a million ones to the published function and count the zeros, then compare."""
        rates = (0.0, uniform(0.1, 0.4), uniform(0.5, 0.65), uniform(0.8, 0.99))
        answers = called_for_each(student, "randn_drop_rate", [(p,) for p in rates])
        for p in rates:
            # A learner may measure: Hoeffding's bound.
            measuring = 2 * math.exp(-2 * DRAWS * MEASURED.absolute**2)
            statistics.book("measured rate", measuring, DRAWS, p)
            expect.close(
                next(answers),
                normal_cdf(p),
                tolerance=MEASURED,
                because=f"asked for p = {p}",
                mistakes={
                    "this is the rate that was meant, not the one that happens": p,
                    "this is the share kept": 1 - normal_cdf(p),
                },
            )

    @check("an input on which it is wrong")
    def wrong_input(self, student: Student) -> None:
        """For which dropout do you know the right output without any luck?"""
        pair = expect.items(
            called(student, "wrong_input"), 2, expected="a tensor and a number: `return X, dropout`"
        )
        X = expect.tensor(pair[0])
        expect.true(
            X.numel() <= LARGEST,
            seen=f"an X of {X.numel():,} numbers",
            expected=f"at most {LARGEST:,}: a few thousand tell enough",
        )
        n, p = int((expect.finite(X) != 0).sum()), expect.between(pair[1], 0, 1)
        expect.true(n > 0, seen="an X without a single non-zero value", expected="units to drop")
        expect.true(
            p < 1,
            seen="dropout = 1, where the published code returns zeros, as it should",
            expected="a dropout at which it is wrong",
        )
        missed = statistics.miss_probability(n, p, normal_cdf(p) - p)
        expect.true(
            missed <= MISSED,
            seen=f"with {n} non-zero units and dropout = {p:.4g}, the published code drops "
            f"{100 * normal_cdf(p):.3g} % on average, but it may look right in {runs(missed)}",
            expected="an input on which no right layer could give such an output",
            because="the larger X is, the less can be blamed on chance",
        )

    @check("the fixed function drops the right share", essential=True)
    def fixed_share(self, student: Student) -> None:
        """One letter is enough."""
        # Enough to tell rates that are 0.02 apart; with `randn`, they are 0.05 apart.
        X, rates = signed(SIDE // 2, SIDE // 2), (uniform(0.15, 0.35), uniform(0.6, 0.7))
        for p, out in zip(rates, fixed(student, X, rates), strict=True):
            verify_share(zeros_of(out, X), p)

    @check("the fixed function is right in all else")
    def fixed_rest(self, student: Student) -> None:
        """Keep what was right in the published code: its checks, its scale, its branch at 1."""
        X, p = signed(*KEPT), uniform(0.2, 0.7)
        outs = fixed(student, X, (p, 0.0, 1.0))
        verify_survivors(next(outs), X, p)
        verify_nothing_dropped(next(outs), X)
        expect.close(next(outs), torch.zeros_like(X))
        verify_refusals(student, "fixed_dropout_layer")

    def picture(self, student: Student) -> Figure | None:
        from grader.checks.pictures import drop_rates

        rates = [p / 20 for p in range(21)]
        answers = [expect.number(student.call("randn_drop_rate", p)) for p in rates]
        return drop_rates(rates, [normal_cdf(p) for p in rates], answers)


def fixed(student: Student, X: Tensor, rates: Sequence[float]) -> Iterator[object]:
    """What the fixed function gives for X and each of the rates."""
    return called_for_each(student, "fixed_dropout_layer", [(X, p) for p in rates])


def runs(probability: float) -> str:
    """`1 of 8 runs`, for a bound on a probability."""
    return "every run" if probability > 0.5 else f"1 of {round(1 / max(probability, 1e-9))} runs"
