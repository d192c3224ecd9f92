"""Chapter 4: choosing λ. The exercises `find_the_validation_bug` and `lambda_path`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.functions import called
from grader.checks.randomness import shuffled, signed, uniform
from grader.checks.regression import Regression, loss, mean_of_means, pairs, silently
from grader.checks.student import Student
from grader.checks.training import BATCH_MEANS, Batch

APART = 0.01
"""By how much the two models of `wrong_choice` differ, either way."""
EPOCHS = 5
LARGEST = 1_000_000
LONG = 40
"""Epochs after which w has overflowed in float32."""
EXPLODES = 1000.0
"""A λ with which the training of `Regression` overflows: lr times it is 20."""


class FindTheValidationBug(Exercise):
    name, points = "find_the_validation_bug", 3
    hints = (
        "What does the published number contain that says nothing about the predictions?",
        "It is the true loss plus lambd · ‖w‖² / 2. So a model that predicts perfectly, with weights that are "
        "not zero and with a large lambd, looks bad.",
        "One example, x = 1 and y = 1. First: w = 1, b = 0, lambd = 3, whose true loss is 0. Second: w = 0, "
        "b = 0, lambd = 0. To fix the function, measure the squared loss alone.",
    )

    @check("two models of which the published loss chooses the worse one")
    def wrong_choice(self, student: Student) -> None:
        """Let the better model have a large lambd."""
        parts = expect.items(
            called(student, "wrong_choice"), 4, expected="four values: `return X, y, first, second`"
        )
        X, y = (expect.finite(part) for part in parts[:2])
        expect.true(
            X.dim() == 2 and 0 < X.numel() <= LARGEST,
            seen=f"an X of shape {tuple(X.shape)}",
            expected="(n, num_inputs)",
        )
        expect.tensor(y, shape=(len(X), 1), because="y has shape (n, 1)")
        true, published = zip(*(losses_of(model, X, y) for model in parts[2:]), strict=True)
        expect.true(
            true[0] <= true[1] - APART,
            seen=f"true losses {true[0]:.4g} of `first` and {true[1]:.4g} of `second`",
            expected=f"`first` is better, by {APART} at least",
        )
        expect.true(
            published[1] <= published[0] - APART,
            seen=f"published losses {published[0]:.4g} of `first` and {published[1]:.4g} of `second`",
            expected=f"that of `second` is smaller, by {APART} at least",
        )

    behind = compares(
        "the true loss behind a reported one",
        function="loss_behind",
        inputs=lambda: (uniform(40.0, 60.0), signed(4, 1), uniform(0.5, 3.0)),
        right=lambda reported, w, lambd: reported - lambd * float((w.double() ** 2).sum()) / 2,
        mistakes={
            "the penalty was added; take it off": (
                lambda reported, w, lambd: reported + lambd * float((w**2).sum()) / 2
            ),
            "the half of the penalty is missing": (
                lambda reported, w, lambd: reported - lambd * float((w**2).sum())
            ),
            "lambd is missing: the penalty was multiplied by it": (
                lambda reported, w, lambd: reported - float((w**2).sum()) / 2
            ),
            "the penalty has the square of the norm, not the norm": (
                lambda reported, w, lambd: reported - lambd * float((w**2).sum() ** 0.5)
            ),
        },
        hint="The penalty was added to the loss of each example, so to their mean, once.",
    )

    @check("the fixed function gives the mean loss of the data", weight=2, essential=True)
    def fixed(self, student: Student) -> None:
        """`d2l.evaluate_loss` with `d2l.squared_loss`, or the published loop without one term."""
        problem = Regression()
        w, b, lambd = *problem.start, problem.lambd
        seen = called_with_batches(student, problem.valid, w, b, lambd)
        right, penalty = loss(w, b, problem.valid), float((w**2).sum()) / 2
        expect.close(
            seen,
            right,
            tolerance=expect.LAYERS,
            mistakes={
                "the penalty is still in": right + lambd * penalty,
                "the penalty is still in, without lambd": right + penalty,
                "the penalty was taken off, but it was never in": right - lambd * penalty,
                BATCH_MEANS: mean_of_means(w, b, problem.valid),
                "this is the sum over all examples, not their mean": right * 11,
                "this is the squared error; the loss is half of it": 2 * right,
            },
        )


class LambdaPath(Exercise):
    name, points = "lambda_path", 5
    uses = ("train_scratch", "find_the_validation_bug")
    hints = (
        "One loop over `lambds`: a fresh copy of the start, a call of `train_scratch`, two losses.",
        "`[p.detach().clone().requires_grad_(True) for p in params]` is a copy that can be trained. "
        "`fixed_validation_loss` measures, on the validation and on the test data.",
        "Keep two lists. At the end look at pairs of validation loss and λ, leave out those whose loss is not "
        "below `float('inf')` (NaN is not below anything), and take the λ of the smallest.",
    )

    @cached_property
    def grid(self) -> Grid:
        """A problem on which the best λ differs between validation, test and training data."""
        return Grid()

    @check("the test loss for each λ, always from the same start", weight=1.5, essential=True)
    def test_losses(self, student: Student) -> None:
        """`train_scratch` trains in place what it is given: give it a copy, a fresh one for each λ."""
        grid = self.grid
        seen = losses_in_order(grid.path(student)[2], grid, "test")
        expect.close(seen, grid.test, tolerance=expect.LAYERS, mistakes=grid.wrong_losses("test"))

    @check("the validation loss for each λ", weight=1)
    def valid_losses(self, student: Student) -> None:
        """The same model, measured on `valid_iter`."""
        grid = self.grid
        seen = losses_in_order(grid.path(student)[1], grid, "validation")
        mistakes = {**grid.wrong_losses("valid"), "these are the test losses": grid.test}
        expect.close(seen, grid.valid, tolerance=expect.LAYERS, mistakes=mistakes)

    @check("the best λ is the one with the smallest validation loss", weight=1.5, essential=True)
    def best(self, student: Student) -> None:
        """Of the validation losses, find the smallest, and return the λ that belongs to it."""
        grid = self.grid
        best, *both, _ = grid.path(student)
        # A slip in the losses costs its own checks: the best may be that of known wrong losses.
        valid, test = (
            [expect.number(value) for value in losses_in_order(losses, grid, name)]
            for losses, name in zip(both, ("validation", "test"), strict=True)
        )
        known = [grid.valid, *grid.wrong_losses("valid").values(), grid.test]
        if not any(expect.agrees(valid, losses, expect.LAYERS) for losses in known):
            valid = grid.valid
        expect.close(
            best,
            grid.argmin(valid),
            because=f"validation losses {rounded(valid)} for lambds = {grid.lambds}",
            mistakes={
                "chosen on the test data, which are then no test any more": grid.argmin(test),
                "chosen on the training data": grid.argmin(
                    grid.train if self.passed("test_losses") else valid
                ),
                "this is the place of the λ in the list, not the λ": float(valid.index(min(valid))),
                "this is the loss, not its λ": min(valid),
                "this is the λ with the largest loss": grid.argmin([-value for value in valid]),
            },
        )

    @check("a λ that makes the training explode is never the best", weight=0.5)
    def explosion(self, student: Student) -> None:
        """Which comparisons with NaN are true? None: so ask for a loss that is below infinity."""
        grid = Grid(explodes=True)
        best = expect.number(grid.path(student)[0])
        expect.true(
            best != EXPLODES,
            seen=f"{best:.4g}, whose weights have exploded: its loss is infinite or NaN",
            expected="a λ with a finite loss",
        )
        if self.passed("best"):
            expect.close(best, grid.argmin([v if v == v else math.inf for v in grid.valid]))

    @check("params stay as they are", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """Copy with `.detach().clone()`; a list in a new list still holds the same tensors."""
        grid = self.grid
        expect.close(
            grid.path(student)[3],
            grid.problem.start,
            tolerance=expect.EXACT,
            because="the caller may still need them",
        )
        expect.true(
            self.passed("test_losses"),
            seen="losses that do not belong to these params",
            expected="a path that starts at them; see the check on the test losses",
        )
        again = grid.path_of(student, twice=True)[2]
        expect.true(
            expect.agrees(losses_in_order(again, grid, "test"), grid.test, expect.LAYERS),
            seen="a second path from the same params gives other losses",
            expected="the same: params are left as they were",
        )


class Grid:
    """A regression, a few λ in an order that is drawn, and the losses that each leads to.

    Which λ is best is another one on validation, test and training data, and none of these has the largest
    validation loss: a choice tells how it was made.
    """

    def __init__(self, explodes: bool = False) -> None:
        while True:
            self.problem = Regression((5, 5), inputs=8)
            self.lambds = shuffled([uniform(0.01, 0.1), uniform(1.1, 1.9), uniform(5.0, 9.0), 20.0])
            fits = [self.problem.fit(EPOCHS, lambd) for lambd in self.lambds]
            self.train, self.valid, self.test = (
                [loss(fit.w, fit.b, data) for fit in fits]
                for data in (self.problem.train, self.problem.valid, self.problem.test)
            )
            self._fits = fits
            roles = [self.argmin(losses) for losses in (self.train, self.valid, self.test)]
            roles.append(self.argmin([-value for value in self.valid]))
            if len(set(roles)) == 4 and lead(self.valid) > 0.02 and lead(self.test) > 0.02:
                break
        self.epochs = EPOCHS
        if explodes:  # first, where `min` starts
            self.lambds, self.epochs = [EXPLODES, *self.lambds], LONG
            self.valid = [loss_of_long_run(self.problem, lambd) for lambd in self.lambds]
        self._path: list | None = None

    def argmin(self, losses: Sequence[float]) -> float:
        """The λ with the smallest of these losses."""
        return self.lambds[losses.index(min(losses))]

    def wrong_losses(self, which: str) -> dict[str, object]:
        """Sentence to the losses that the mistake gives. which: "test" or "valid"."""
        data, problem = getattr(self.problem, which), self.problem
        start, warm = problem.start, []
        for lambd in self.lambds:
            fit = problem.fit(EPOCHS, lambd, start=start)
            start = fit.parameters
            warm.append(loss(fit.w, fit.b, data))
        right = [loss(fit.w, fit.b, data) for fit in self._fits]
        penalties = [
            lambd * float((fit.w**2).sum()) / 2
            for lambd, fit in zip(self.lambds, self._fits, strict=True)
        ]
        return {
            "each λ goes on where the one before it ended; all must start at params": warm,
            "the penalty is still in": [a + b for a, b in zip(right, penalties, strict=True)],
            "these are the train losses": self.train,
            "this is the squared error; the loss is half of it": [2 * value for value in right],
        }

    def path(self, student: Student) -> list:
        """What `lambda_path` returns, and the start values after it. Asked once."""
        if self._path is None:
            self._path = self.path_of(student)
        return self._path

    def path_of(self, student: Student, twice: bool = False) -> list:
        """As `path`, asked anew. twice: the values of a second call with the same start values."""
        problem = self.problem
        result = student.run(
            run_lambda_path,
            lambds=self.lambds,
            start=problem.start,
            data=[problem.train, problem.valid, problem.test],
            num_epochs=self.epochs,
            lr=problem.lr,
            times=1 + twice,
        )
        values, after = expect.items(result, 2)
        wanted = "three values: `return best, valid_losses, test_losses`"
        return [*expect.items(values, 3, expected=wanted), after]


def loss_of_long_run(problem: Regression, lambd: float) -> float:
    """Validation loss after a long run; NaN where float32 overflows."""
    if lambd == EXPLODES:
        return math.nan
    fit = problem.fit(LONG, lambd)
    return loss(fit.w, fit.b, problem.valid)


def losses_in_order(value: object, grid: Grid, name: str) -> list:
    """A list of numbers, one for each λ."""
    if isinstance(value, Tensor):
        value = value.flatten().tolist()
    count = len(grid.lambds)
    return expect.items(value, count, expected=f"{count} {name} losses, one for each λ")


def lead(losses: Sequence[float]) -> float:
    """By how much, relatively, the smallest is smaller than the next."""
    first, second, *_ = sorted(losses)
    return (second - first) / first


def rounded(values: Sequence[float]) -> str:
    return "[" + ", ".join(f"{value:.3g}" for value in values) + "]"


def losses_of(model: object, X: Tensor, y: Tensor) -> tuple[float, float]:
    """The true and the published loss of a model (w, b, lambd) on these examples."""
    w, b, lambd = expect.items(model, 3, expected="a model: (w, b, lambd)")
    w = expect.finite(expect.tensor(w, shape=(X.shape[1], 1)))
    b = expect.finite(expect.tensor(b, shape=(1,)))
    true = loss(w, b, [[X, y]])
    strength = expect.between(lambd, 0, 1e9)
    return true, true + strength * float((w.double() ** 2).sum()) / 2


def called_with_batches(
    student: Student, data: Sequence[Batch], w: Tensor, b: Tensor, lambd: float
) -> object:
    """What `fixed_validation_loss` gives for parameters that are being trained."""
    result = student.run(run_validation_loss, data=list(data), w=w, b=b, lambd=lambd)
    expect.true(result != "open", seen="`fixed_validation_loss` is still open")
    return result


# What follows runs beside a student's code.


def run_validation_loss(namespace, data, w, b, lambd):
    function = namespace.get("fixed_validation_loss")
    if function is None:
        return "open"
    try:
        return silently(
            function, w.requires_grad_(True), b.requires_grad_(True), pairs(data), lambd
        )
    except NotImplementedError:
        return "open"


def run_lambda_path(namespace, lambds, start, data, num_epochs, lr, times):
    params = [p.requires_grad_(True) for p in start]
    train, valid, test = (pairs(batches) for batches in data)
    path = namespace["lambda_path"]
    for _ in range(times):
        result = silently(path, lambds, params, train, valid, test, num_epochs=num_epochs, lr=lr)
    return [result, [torch.as_tensor(p) for p in params]]
