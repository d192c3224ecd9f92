"""Chapter 7: the exercise `find_the_endless_loop`: a loop that never ends on infinity and changes its input."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.functions import asked, called
from grader.checks.randomness import integer, shuffled, signed
from grader.checks.registration import Endless, within_lines
from grader.checks.student import Student

FIXED = "fixed_halve"
HALVINGS = 3000
"""No float type has a number that is left after so many halvings."""
LINES = 40_000
"""Sums of exact fractions take most of them, and a loop without end is stopped within half a second."""
ENDLESS = "Endless"
RETURNED = (
    "an error that is returned is a value like any other, and the program goes on: `raise` it"
)


class FindTheEndlessLoop(Exercise):
    name, points = "find_the_endless_loop", 5
    hints = (
        "Which number is still larger than 1 after any number of halvings? And whose tensor does `X /= 2` "
        "write into?",
        "`torch.isfinite(X).all()` tells whether neither infinity nor NaN is in X. `X = X / 2` makes a new "
        "tensor and calls it X; the caller's stays as it is.",
        "`endless_input`: a tensor with `float('inf')` in it, without NaN. `fixed_halve`: raise ValueError "
        "unless all numbers are finite; then the same loop with `X = X / 2`; return X.",
    )

    @check("the published loop does not end on your input", weight=2, essential=True)
    def endless(self, student: Student) -> None:
        """`float("inf") / 2` is infinity again."""
        X = expect.tensor(called(student, "endless_input"))
        expect.true(
            X.is_floating_point(),
            seen=f"a tensor of type {str(X.dtype).removeprefix('torch.')}, on which `X /= 2` raises",
            expected="a tensor of floats",
        )
        count = halvings(X)
        expect.true(
            count is None,
            seen=f"an input on which the loop ends, after {count} halvings",
            expected="an input on which it never does",
            because="NaN > 1 is False: on NaN the loop ends at once" if X.isnan().any() else "",
        )

    @check("`fixed_halve` halves as often as needed, and no more", weight=2, essential=True)
    def halves(self, student: Student) -> None:
        """Before each halving, look at the sum of the absolute values."""
        for size in shuffled([0.3, 0.9, 1.5, 40.0, 1e6]):
            X = of_size(size, 3, 4)
            right = halved(X)
            more = {"it is halved once at most: an `if` is no `while`": X / 2} if size > 2 else {}
            expect.close(
                self._asked(student, X),
                right,
                text="{}" + f" for an X whose absolute values add up to {size:g}",
                mistakes=more
                | {
                    "this divides by the sum": X / X.abs().sum(),
                    "halved once more than needed": right / 2,
                    "each number is halved on its own, and not X as a whole": _each_number(X),
                    "the loop looks at the sum, not at the sum of the absolute values": _by_sum(X),
                },
            )

    @check("X stays as it was", weight=1.5, essential=True)
    def left_alone(self, student: Student) -> None:
        """Print X before and after the call."""
        X = of_size(7.0, 3, 4)
        answer = asked(student, FIXED, second_of_two_halvings, X=X)
        second, after = expect.items(answer, 2)
        expect.true(
            expect.agrees(after, X, expect.EXACT),
            seen="X has changed after the call",
            expected="X as it was",
            because="what writes in place, as `X /= 2` does, writes into the tensor that the caller still holds",
        )
        if self.passed("halves"):
            expect.close(second, halved(X), text="{} in a second call with the same X")

    @check("infinite numbers raise an exception, finite ones do not", weight=1.5, essential=True)
    def refuses(self, student: Student) -> None:
        """A loop that cannot end is an error: say so before it begins."""
        for X, raised, answer in self._answers(student, [math.inf, -math.inf]):
            if len(bad := X[~torch.isfinite(X)]):
                expect.true(
                    raised not in ("", ENDLESS),
                    seen=f"{told(raised, answer)} for an X with {bad[0].item()} in it",
                    expected="a ValueError",
                    because=RETURNED if isinstance(answer, str) else "",
                )
            else:
                expect.true(
                    isinstance(answer, Tensor),
                    seen=f"{told(raised, answer)} for a finite X",
                    expected="X, halved as often as needed",
                )

    @check("the exception is a ValueError, and NaN raises it, too", weight=0.5)
    def kind(self, student: Student) -> None:
        """On NaN the loop ends, but what it gives means nothing."""
        for X, raised, answer in self._answers(student, [math.inf, math.nan]):
            if len(bad := X[~torch.isfinite(X)]):
                expect.true(
                    raised == "ValueError",
                    seen=f"{told(raised, answer)} for an X with {bad[0].item()} in it",
                    expected="a ValueError",
                )

    def _answers(self, student: Student, values: list[float]) -> list[tuple[Tensor, str, object]]:
        """Inputs, some of which have one of these numbers in them, and what came of each, as `outcomes` gives it."""
        inputs = [of_size(size, 3, 4) for size in (0.6, 5.0, 300.0)]
        inputs = shuffled(inputs + [with_one(value) for value in values])
        came = asked(student, FIXED, answers_to_inputs, inputs=inputs)
        return [
            (X, *outcome) for X, outcome in zip(inputs, outcomes(came, len(inputs)), strict=True)
        ]

    @check("gradients flow through it", weight=0.5)
    def gradient(self, student: Student) -> None:
        """Did you leave autograd with `.data`, `detach` or `no_grad`?"""
        X, slope = of_size(11.0, 3, 4), signed(3, 4)
        grad = asked(student, FIXED, gradient_through, X=X, slope=slope)
        expect.true(grad is not None, seen="no gradient reaches X", expected="2 to the power of -k")
        factor = (halved(X) / X).mean()
        expect.close(
            grad, slope * factor, because="after k halvings, the gradient is halved k times"
        )

    @check("large finite numbers are halved, even where their sum is infinite", weight=0.5)
    def large(self, student: Student) -> None:
        """Ask of each number whether it is finite, not of the sum."""
        X = torch.full((integer(3, 6),), 3e38)
        expect.close(self._asked(student, X), halved(X))

    def _asked(self, student: Student, X: Tensor) -> object:
        """What `fixed_halve` returns."""
        ((raised, answer),) = outcomes(asked(student, FIXED, answers_to_inputs, inputs=[X]), 1)
        if raised:
            expect.fail(f"{told(raised)} for a finite X", "X, halved as often as needed")
        return answer


def of_size(size: float, *shape: int) -> Tensor:
    """Numbers of both signs whose absolute values add up to this."""
    X = signed(*shape)
    X.view(-1)[:2] = torch.tensor([1.3, -1.3])
    return X * (size / X.abs().sum())


def with_one(value: float) -> Tensor:
    """A tensor with this number somewhere in it."""
    X = signed(3, 4)
    X.view(-1)[integer(0, X.numel() - 1)] = value
    return X


def halved(X: Tensor) -> Tensor:
    """X, halved until the absolute values add up to 1 at most."""
    while X.abs().sum() > 1:
        X = X / 2
    return X


def halvings(X: Tensor) -> int | None:
    """After how many halvings the published loop ends on X; None for never."""
    for count in range(HALVINGS):
        if not bool(X.abs().sum() > 1):
            return count
        X = X / 2
    return None


def _by_sum(X: Tensor) -> Tensor:
    while X.sum() > 1:
        X = X / 2
    return X


def _each_number(X: Tensor) -> Tensor:
    while bool((X.abs() > 1).any()):
        X = torch.where(X.abs() > 1, X / 2, X)
    return X


def outcomes(answers: object, count: int) -> list[tuple[str, object]]:
    """The name of the exception that each call raised, empty where none was, and what it returned."""
    pairs = [expect.items(answer, 2) for answer in expect.items(answers, count)]
    return [(str(raised), answer) for raised, answer in pairs]


def told(raised: str, answer: object = None) -> str:
    """An outcome in words."""
    if raised == ENDLESS:
        return "a loop that does not end"
    if raised == "ValueError":
        return "a ValueError"
    return f"an exception of type {raised}" if raised else f"{expect.show(answer)} came back"


# What follows runs beside a student's code.


def answers_to_inputs(namespace, name, inputs):
    """For each, the name of the exception, or nothing, and what came back."""
    answers = []
    for X in inputs:
        try:
            answer = within_lines(LINES, namespace[name], X)
            answers.append(["", repr(answer) if isinstance(answer, Exception) else answer])
        except NotImplementedError:
            raise
        except ValueError:  # also one of its kinds
            answers.append(["ValueError", None])
        except Endless:
            answers.append(["Endless", None])
        except Exception as error:
            answers.append([type(error).__name__, None])
    return answers


def second_of_two_halvings(namespace, name, X):
    """What the second call with the same X returns, and X as it is between both."""
    within_lines(LINES, namespace[name], X)
    between = X.clone()
    return [within_lines(LINES, namespace[name], X), between]


def gradient_through(namespace, name, X, slope):
    X.requires_grad_(True)
    out = within_lines(LINES, namespace[name], X)
    if not out.requires_grad:
        return None
    (out * slope).sum().backward()
    return X.grad
