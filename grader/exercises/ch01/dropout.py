"""Chapter 1: dropping units. The exercises `dropout_moments` and `dropout_layer`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from grader.checks import expect, statistics
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.functions import (
    answers_to,
    layouts,
    outputs_of_layouts,
    two_calls,
    verify_device,
    verify_gradient,
    verify_refusals,
)
from grader.checks.randomness import normal_cdf, signed, uniform
from grader.checks.student import Student

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDE = 560
"""Share of dropped units: 560 x 560 draws tell rates that are 0.01 apart (tests/grader)."""
IMAGES = (16, 8, 32, 32)
SMALL = (40, 25)
CALLS = 12
KEPT = (60, 50)


class DropoutMoments(Exercise):
    name, points = "dropout_moments", 3
    hints = (
        "h' takes two values only. Write down both, with their probabilities.",
        "The variance is E[h'²] − E[h']². The square of h' is 0 with probability p, and the "
        "square of h / (1 − p) otherwise.",
        "E[h'²] = (1 − p) · h² / (1 − p)² = h² / (1 − p). Subtract h² and put both over one "
        "denominator: what is 1 − (1 − p)?",
    )

    returns = ("mean", "variance")

    @staticmethod
    def right(h, p):
        return h, h * h * p / (1 - p)

    mean = compares(
        "the mean of h' is h",
        inputs=lambda: (signed(5, 4), uniform(0.1, 0.45)),
        part=0,
        mistakes={"a unit that survives is divided by 1 - p": lambda h, p: (1 - p) * h},
        hint="Sum value times probability over both outcomes.",
    )
    variance = compares(
        "the variance of h' is right",
        inputs=lambda: (signed(5, 4), uniform(0.1, 0.45)),
        part=1,
        weight=2,
        essential=True,
        mistakes={
            "the noise is unbiased, but it is noise: h' varies although h does not": (
                lambda h, p: 0 * h
            ),
            "this is the standard deviation, the root of the variance": (
                lambda h, p: h.abs() * (p / (1 - p)) ** 0.5
            ),
            "without the scale 1 / (1 - p) it would be this": lambda h, p: h * h * p * (1 - p),
            "this is E[h'²]; the square of the mean is still to be taken off": (
                lambda h, p: h * h / (1 - p)
            ),
            "p is the probability to be dropped, not to be kept": lambda h, p: h * h * (1 - p) / p,
            "the unit of a variance is the square of that of h": lambda h, p: h.abs() * p / (1 - p),
        },
        hint="Measure it: drop units of `torch.full((100000,), 2.0)` and take the variance.",
    )
    nothing_at_zero = compares(
        "without dropout there is no variance",
        inputs=lambda: (signed(5, 4), 0.0),
        times=1,
        hint="What is h' at p = 0?",
    )


class DropoutLayer(Exercise):
    name, points = "dropout_layer", 8
    hints = (
        "Work in three steps: draw one random number for each element of `X`, turn the numbers "
        "into a mask of zeros and ones, multiply. What must the ones be multiplied by, so that "
        "the mean stays?",
        "`torch.rand(X.shape, device=X.device)` draws uniformly between 0 and 1: what share of "
        "these numbers is larger than `dropout`? A comparison gives `True` and `False`, which "
        "multiply like 1 and 0. And look at `dropout = 1` first: there 1 - dropout is 0, and "
        "nothing may be divided by it.",
        "Four lines are enough. First: assert that dropout lies between 0 and 1, both allowed. "
        "Second: for dropout 1, return zeros like X. Third: the mask, true where the uniform "
        "number is larger than dropout, drawn on the device of X. Fourth: the mask times X, "
        "divided by the probability to be kept.",
    )

    @cached_property
    def large(self) -> Large:
        """The calls with a large X that several checks look at."""
        return Large(self.name)

    @check("every element is drawn on its own", essential=True)
    def draws_each_element(self, student: Student) -> None:
        """The mask needs one random number for each element of X, in all its dimensions."""
        verify_independence(self.large.dropped(student, self.large.high), ("row", "column"))

    @check("the share of dropped units is dropout", weight=2, essential=True)
    def drops_the_right_share(self, student: Student) -> None:
        """Call your function with a tensor of ones and count the zeros."""
        for p in (self.large.low, self.large.high):
            verify_share(self.large.dropped(student, p), p)

    @check("survivors are scaled by 1 / (1 - dropout)", weight=2, essential=True)
    def scales_survivors(self, student: Student) -> None:
        """With dropout = 0.75, one unit in four survives. By what must it grow, so that the mean of
        all four stays?"""
        inputs = [(signed(*KEPT), p) for p in (uniform(0.1, 0.4), uniform(0.91, 0.97))]
        for (X, p), out in zip(inputs, answers_to(student, self.name, inputs), strict=True):
            verify_survivors(out, X, p)

    @check("the mean stays", weight=0.5)
    def keeps_the_mean(self, student: Student) -> None:
        """Compare the mean of the output with the mean of the input."""
        p, value = uniform(0.2, 0.6), uniform(1.0, 3.0)
        X = torch.full((SIDE // 2, SIDE // 2), value)
        out = expect.finite(expect.tensor(student.call(self.name, X, p), shape=X.shape))
        mean = float(out.sum(dtype=torch.float64)) / X.numel()
        expect.true(
            statistics.mean_fits(mean * (1 - p) / value, X.numel(), 1 - p),
            seen=f"a mean of {mean:.4g} for an input that is {value:.4g} everywhere",
            expected=f"about {value:.4g}",
            because=f"E[h'] = p · 0 + (1 - p) · h / (1 - p) = h, here with p = {p}",
        )

    @check("every call draws a fresh mask", essential=True)
    def draws_a_fresh_mask(self, student: Student) -> None:
        """Draw the random numbers inside the function, and set no seed in it."""
        p = self.large.high
        first, second = (self.large.dropped(student, p, call) for call in (0, 1))
        same = 100 * float((first == second).double().mean())
        # Elements that share their fate are another check's matter, and far fewer draws.
        alone = self.passed("draws_each_element")
        expect.true(
            statistics.independent(first, second) if alone else bool((first != second).any()),
            seen=f"two calls agree on {same:.3g} % of the units",
            expected=f"two masks that know nothing of each other agree on "
            f"{100 * (p * p + (1 - p) ** 2):.3g} %",
        )

    @check("images: every pixel is drawn on its own", weight=0.5, essential=True)
    def images(self, student: Student) -> None:
        """The random numbers need the shape of X, whatever it is."""
        X, p = signed(*IMAGES), uniform(0.3, 0.6)
        dropped = zeros_of(student.call(self.name, X, p), X)
        verify_independence(dropped, ("example", "channel", "row", "column"))

    @check("how many units are dropped is left to chance", weight=0.5, essential=True)
    def numbers_vary(self, student: Student) -> None:
        """Call your function five times with 100 ones, and count the zeros each time."""
        X, p = signed(*SMALL), uniform(0.3, 0.6)
        outs = [zeros_of(out, X) for out in answers_to(student, self.name, [(X, p)] * CALLS)]
        for counts, size, where in (
            (torch.stack([out.sum() for out in outs]), X.numel(), f"{CALLS} calls"),
            (outs[0].sum(1), SMALL[1], f"{SMALL[0]} rows"),
            (outs[0].sum(0), SMALL[0], f"{SMALL[1]} columns"),
        ):
            expect.true(
                statistics.counts_vary(counts, size, p),
                seen=f"in {where}, always {int(counts[0])} units are dropped (dropout = {p})",
                expected="sometimes more, sometimes less",
                because="units that are drawn independently do not keep count of each other",
            )

    @check("X itself is left alone")
    def leaves_the_input_alone(self, student: Student) -> None:
        """Work on a copy, or make a new tensor by multiplying."""
        expected = "a new tensor, and X as it was: the caller may still need it"
        for p in (uniform(0.3, 0.7), 1.0):
            X, again = signed(*KEPT), uniform(0.3, 0.5)
            two = student.run(two_calls, name=self.name, X=X, rates=[p, again])
            second, after = expect.items(two, 2)
            changed = int((expect.tensor(after, shape=X.shape) != X).sum())
            expect.true(
                changed == 0,
                seen=f"{changed} of {X.numel()} elements of X have changed after the call "
                f"(dropout = {p})",
                expected=expected,
            )
            if self.passed("scales_survivors") and self.passed("drops_the_right_share"):
                dropped = zeros_of(second, X)
                right = torch.where(dropped, 0.0, X / (1 - again))
                expect.true(
                    expect.agrees(second, right) and statistics.fits(dropped, again),
                    seen=f"after a call with dropout = {p}, the next call gives another output "
                    "than for X as it was",
                    expected=expected,
                )

    @check("the gradient passes the same mask", essential=True)
    def passes_the_gradient(self, student: Student) -> None:
        """Stay with operations on tensors: no `.data`, no `detach`, no numpy on the way from X to
        the output."""
        verify_gradient(student, self.name)

    @check("dropout = 0 gives X back")
    def keeps_all_at_zero(self, student: Student) -> None:
        """Which elements does a drop rate of 0 drop?"""
        X = signed(30, 20)
        verify_nothing_dropped(student.call(self.name, X, 0.0), X)

    @check("dropout = 1 gives zeros")
    def drops_all_at_one(self, student: Student) -> None:
        """What is left of X when everything is dropped? And what is 1 - dropout then?"""
        X = signed(30, 20)
        out = expect.tensor(student.call(self.name, X, 1.0), shape=X.shape)
        expect.true(
            not out.isnan().any(),
            seen=f"{int(out.isnan().sum())} of {out.numel()} values are NaN",
            expected="zeros",
            because="0 / 0 is not a number: is dropout = 1.0 caught before the division?",
        )
        expect.close(out, torch.zeros_like(X), because="everything is dropped at 1")

    @check("the output has the shape and type of X")
    def keeps_shape_and_type(self, student: Student) -> None:
        """Print `X.shape`, `X.dtype` and those of your output. A mask of `True` and `False` leaves
        the type of X alone, one of floats may not."""
        Xs = (signed(50), signed(4, 5, 6), signed(6, 7).double(), signed(20, 30).half())
        inputs = [(X, p) for X in Xs for p in (0, uniform(0.3, 0.7), 1)]
        answers = answers_to(student, self.name, inputs)
        for (X, p), out in zip(inputs, answers, strict=True):
            expect.tensor(out, shape=X.shape, dtype=X.dtype)
            if X.dtype == torch.float16 and 0 < p < 1 and self.passed("scales_survivors"):
                verify_values(out, X, p, expect.HALF)

    @check("a single number, an empty tensor, and one that is not contiguous", weight=0.5)
    def rare_shapes(self, student: Student) -> None:
        """Nothing in the function needs to know how many dimensions X has."""
        verify_layouts(student, self.name, signed(1)[0], torch.zeros(0, 5), signed(6, 8))

    @check("the mask is drawn on the device of X", weight=0)
    def device(self, student: Student) -> None:
        """`torch.rand(X.shape, device=X.device)`; also for the zeros at dropout = 1."""
        verify_device(student, self.name)

    @check("a dropout outside [0, 1] is refused")
    def refuses_impossible_rates(self, student: Student) -> None:
        """An `assert` at the top is enough. How does NaN compare with a number?"""
        verify_refusals(student, self.name)

    def picture(self, student: Student) -> Figure | None:
        from grader.checks.pictures import masks

        return masks(lambda X, p: expect.tensor(student.call(self.name, X, p), shape=X.shape))


class Large:
    """A large X and two rates, and which units are dropped from X: each call is made once."""

    def __init__(self, name: str) -> None:
        self.name, self.X = name, signed(SIDE, SIDE)
        self.low, self.high = uniform(0.15, 0.35), uniform(0.6, 0.7)
        self._dropped: dict[tuple[float, int], Tensor] = {}

    def dropped(self, student: Student, p: float, call: int = 0) -> Tensor:
        """Where the output of this call with rate p is 0."""
        if (p, call) not in self._dropped:
            self._dropped[p, call] = zeros_of(student.call(self.name, self.X, p), self.X)
        return self._dropped[p, call]


def verify_nothing_dropped(out: object, X: Tensor) -> None:
    """The output is X; a unit whose uniform number is exactly 0 may be missing (`rand > dropout`)."""
    dropped = zeros_of(out, X)
    enough = statistics.zeros_fit(int(dropped.sum()), X.numel())
    expect.close(out, X.masked_fill(dropped & enough, 0.0), because="nothing is dropped at 0")


def verify_survivors(out: object, X: Tensor, p: float) -> None:
    """Every value is 0 or X / (1 - p); a constant wrong factor is called by its name."""
    dropped = zeros_of(out, X)
    statistics.book("none left", p ** X.numel())
    expect.true(
        not dropped.all(),
        seen=f"every unit is 0 (dropout = {p})",
        expected="survivors, larger than before",
    )
    factors = (expect.tensor(out).double() / X.double())[~dropped]
    factor = float(factors.median())
    if expect.agrees(factors, torch.full_like(factors, factor)):
        expect.close(
            factor,
            1 / (1 - p),
            text=f"survivors are {{}} times their input (dropout = {p})",
            mistakes={
                "the scale is missing: survivors must make up for those that were dropped": 1.0,
                "multiplied by 1 - p, which makes survivors smaller; divide instead": 1 - p,
                "divided by p, the probability to be dropped; divide by that to be kept": 1 / p,
                "multiplied by p, the probability to be dropped": p,
                "the scale has been applied twice": (1 - p) ** -2,
                "1 + p is close to 1 / (1 - p) only for a small p": 1 + p,
            },
        )
    verify_values(out, X, p)


def verify_values(
    out: object, X: Tensor, p: float, tolerance: expect.Tolerance = expect.CLOSE
) -> None:
    """Every value is 0 or X / (1 - p)."""
    right = torch.where(zeros_of(out, X), 0.0, X.double() / (1 - p))
    expect.close(out, right, tolerance=tolerance, because=f"a value is 0 or X / (1 - {p})")


def verify_share(dropped: Tensor, p: float) -> None:
    """The share of zeros fits a drop rate p; other well-known rates are called by their name."""
    expect.rate(
        dropped,
        p,
        what=f"of the units are 0 (dropout = {p})",
        mistakes={
            "nothing is dropped at all": 0.0,
            "everything is dropped": 1.0,
            "1 - p are dropped: the comparison looks the wrong way round": 1 - p,
            "this is the share of normal numbers below p: `randn` in place of `rand`": (
                normal_cdf(p)
            ),
            "this is the share of normal numbers above 1 - p: `randn` in place of `rand`": (
                1 - normal_cdf(1 - p)
            ),
            "this is one half: does the mask depend on dropout?": 0.5,
        },
    )


def verify_independence(dropped: Tensor, dimensions: tuple[str, ...]) -> None:
    """Neighbours along each dimension, and its two halves, are dropped independently; else, where they are most alike."""
    alike: dict[int, float] = {}
    for dim in range(len(dimensions)):
        half = dropped.shape[dim] // 2
        pairs = dropped.narrow(dim, 0, 2 * half)
        even, odd = pairs.unflatten(dim, (half, 2)).unbind(dim + 1)
        halves = pairs.unflatten(dim, (2, half)).unbind(dim)
        for one, other in ((even, odd), halves):
            if not statistics.independent(one, other):
                share = float((one == other).double().mean())
                alike[dim] = max(alike.get(dim, 0.0), share)
    if alike:
        dim = max(alike, key=alike.__getitem__)
        same = bool((dropped == dropped.narrow(dim, 0, 1)).all())
        expect.fail(
            f"from one {dimensions[dim]} to another, {100 * alike[dim]:.3g} % of the units share their fate",
            "units that know nothing of each other",
            f"every {dimensions[dim]} gets the same mask" if same else "",
        )


def verify_layouts(student: Student, name: str, *inputs: Tensor) -> None:
    """Values are right for these inputs, the last one also transposed, with gaps, and expanded."""
    p = uniform(0.3, 0.7)
    outs = expect.items(student.run(outputs_of_layouts, name=name, inputs=list(inputs), p=p))
    for X, out in zip(layouts(list(inputs)), outs, strict=True):
        verify_values(out, X, p)


def zeros_of(out: object, X: Tensor) -> Tensor:
    """Which units are 0, after making sure that `out` is a finite tensor like X."""
    return expect.finite(expect.tensor(out, shape=X.shape)) == 0
