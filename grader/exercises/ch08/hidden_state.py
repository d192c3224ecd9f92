"""Chapter 8: the exercise `find_the_hidden_state`: a cell that was run twice."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.functions import called
from grader.checks.randomness import integer, shuffled, signed
from grader.checks.student import Student
from grader.wire.probe import StudentError

SET = "set_weights"


class FindTheHiddenState(Exercise):
    name, points = "find_the_hidden_state", 5
    hints = (
        "What does one run of the cell do to a weight, and what do k runs do? Which weight says nothing about k?",
        "`times_run`: a difference of two weights, at a place that is not [0, 0]. It is a whole number but for "
        "rounding. `set_weights`: compute from `original`, which does not change, and not from what is there.",
        "`round((after - before)[0, 1].item())` for the first. For the second, under `torch.no_grad()`: "
        "`layer.weight.copy_(original + 1)`, then `layer.weight[0, 0] = 42`.",
    )

    @check("the number of runs, from the weights before and after", weight=2, essential=True)
    def runs(self, student: Student) -> None:
        """Try it on weights that you have run the cell on yourself, once, twice, three times."""
        for count in shuffled([1, 2, 3, integer(4, 9)]):
            before = exact(integer(2, 4), integer(3, 5))
            after = before
            for _ in range(count):
                after = published(after)
            difference = after - before
            expect.close(
                called(student, "times_run", before, after),
                count,
                mistakes={
                    "the weight at [0, 0] says nothing: it is 42 after every run": round(
                        float(difference.mean())
                    ),
                    "this is what the weight at [0, 0] says, which is 42 after every run": round(
                        float(difference[0, 0])
                    ),
                },
            )

    @check("a whole number, although the weights are rounded", weight=0.5)
    def whole(self, student: Student) -> None:
        """`round` gives an int."""
        before = signed(3, 4) / 3
        after = published(published(before)) - 4e-5  # as if printed with four digits
        seen = called(student, "times_run", before, after)
        expect.true(
            type(seen) is int and seen == 2,
            seen=f"{expect.show(seen)}, of type {type(seen).__name__}",
            expected="2, of type int",
        )

    @check("`set_weights` gives the same, however often it runs", weight=2, essential=True)
    def same(self, student: Student) -> None:
        """Compute from `original`, not from the weights that are there."""
        original, start = signed(3, 4), signed(3, 4)
        for count in (1, 2, 5):
            answer = _guarded(student, original=original, start=start, count=count)
            weight = expect.tensor(expect.items(answer, 2)[0])
            expect.close(
                weight,
                published(original),
                mistakes={
                    "1 is added in every run": original
                    + count * _others(original)
                    + _corner(original),
                    "it is computed from the weights that were there": published(start),
                    "the weight at [0, 0] is to be 42": original + 1,
                },
            )

    @check("`original` stays as it was")
    def kept(self, student: Student) -> None:
        """`weight += 1` would be harmless if the weight were not `original` itself."""
        original, start = signed(3, 4), signed(3, 4)
        answer = _guarded(student, original=original, start=start, count=2)
        expect.true(
            expect.agrees(expect.items(answer, 2)[1], original, expect.EXACT),
            seen="`original` has changed",
            expected="the numbers that it had",
            because="the next run would begin from other ones: hidden state again",
        )

    @check("the layer's own parameter gets the numbers", weight=0.5)
    def in_place(self, student: Student) -> None:
        """An optimizer may hold the parameter already."""
        original, start = signed(3, 4), signed(3, 4)
        held = _guarded(student, original=original, start=start, count=1, held=True)
        expect.close(
            expect.items(held, 2)[0],
            published(original),
            mistakes={
                "the layer has got another `Parameter`: the one that it had keeps its old numbers": start
            }
            if self.passed("same")
            else {},
        )


def exact(*shape: int) -> Tensor:
    """Random weights with which float32 adds and subtracts whole numbers exactly: rounding is another check's matter."""
    return (256 * signed(*shape)).round() / 256


def published(weight: Tensor) -> Tensor:
    """What one run of the published cell makes of a weight."""
    weight = weight + 1
    weight[0, 0] = 42
    return weight


def _others(weight: Tensor) -> Tensor:
    others = torch.ones_like(weight)
    others[0, 0] = 0
    return others


def _corner(weight: Tensor) -> Tensor:
    corner = torch.zeros_like(weight)
    corner[0, 0] = 42 - weight[0, 0]
    return corner


def _guarded(student: Student, **inputs: object) -> object:
    """The probe's answer. A function that is still open costs its own checks only."""
    try:
        return student.run(weights_after_runs, **{"held": False, **inputs})
    except StudentError as error:
        if error.is_unanswered:
            expect.fail(f"`{SET}` is still open")
        raise


# What follows runs beside a student's code.


def weights_after_runs(namespace, original, start, count, held):
    """The layer's weight afterwards, or what a reference to it from before holds, and `original`."""
    layer = torch.nn.Linear(start.shape[1], start.shape[0])
    with torch.no_grad():
        layer.weight.copy_(start)
    known = layer.weight
    given = original.clone()
    for _ in range(count):
        namespace["set_weights"](layer, given)
    weight = known if held else layer.weight
    return [weight.detach().clone(), given.detach().clone()]
