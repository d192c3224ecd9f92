"""Chapter 1: dropping units. The exercises `dropout_layer` and `dropout_moments`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.statistics import binomial_bounds, covariance, covariance_bound
from grader.checks.student import Student

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDE = 540
"""Share of dropped units: 540 x 540 draws tell rates that are 0.01 apart (tests/grader)."""
KEPT = (60, 50)
"""The shape of an X that is to be left alone."""
SCALE = 1e-4
"""How far off a survivor may be, relatively: `/ (1 - dropout + 1e-6)` is no mistake."""


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
    scale_is_right = share_is_right = False
    large: Large | None = None

    @check("dropout = 0 gives X back", hint="Which elements does a drop rate of 0 drop?")
    def keeps_all_at_zero(self, student: Student) -> None:
        X = signed(30, 20)
        expect.close(student.call(self.name, X, 0.0), X, because="nothing is dropped at 0")

    @check(
        "dropout = 1 gives zeros",
        hint="Return zeros before you divide: 1 - dropout is 0 here.",
    )
    def drops_all_at_one(self, student: Student) -> None:
        X = signed(30, 20)
        out = expect.tensor(student.call(self.name, X, 1.0), shape=X.shape)
        expect.true(
            not out.isnan().any(),
            seen=f"{int(out.isnan().sum())} of {out.numel()} values are NaN",
            expected="zeros",
            because="0 / 0 is not a number: dropout = 1 needs a branch of its own",
        )
        expect.close(out, torch.zeros_like(X), because="everything is dropped at 1")

    @check(
        "survivors are scaled by 1 / (1 - dropout)",
        weight=2,
        hint="With dropout = 0.75, one unit in four survives. By what must it grow, so that the "
        "mean of all four stays?",
    )
    def scales_survivors(self, student: Student) -> None:
        for p in (uniform(0.1, 0.4), uniform(0.6, 0.9)):
            X = signed(60, 50)
            verify_survivors(student.call(self.name, X, p), X, p)
        self.scale_is_right = True

    @check(
        "the share of dropped units is dropout",
        weight=2,
        hint="Call your function with a tensor of ones and count the zeros.",
    )
    def drops_the_right_share(self, student: Student) -> None:
        large = self._large()
        verify_share(large.dropped(student, large.low), large.low)
        verify_share(large.dropped(student, large.high), large.high)
        self.share_is_right = True

    @check(
        "the mean stays",
        weight=0.5,
        hint="Compare the mean of the output with the mean of the input.",
    )
    def keeps_the_mean(self, student: Student) -> None:
        p, value = uniform(0.2, 0.6), uniform(1.0, 3.0)
        X = torch.full((SIDE, SIDE), value)
        out = expect.finite(expect.tensor(student.call(self.name, X, p), shape=X.shape))
        low, high = (
            value * (X.numel() - dropped) / X.numel() / (1 - p)
            for dropped in reversed(binomial_bounds(X.numel(), p))
        )
        mean = float(out.sum(dtype=torch.float64)) / X.numel()
        expect.true(
            low * 0.9999 <= mean <= high * 1.0001,
            seen=f"a mean of {mean:.4g} for an input that is {value:.4g} everywhere",
            expected=f"about {value:.4g}",
            because=f"E[h'] = p · 0 + (1 - p) · h / (1 - p) = h, here with p = {p}",
        )

    @check(
        "every element is drawn on its own",
        hint="The mask needs one random number for each element of X, in all its dimensions.",
    )
    def draws_each_element(self, student: Student) -> None:
        large = self._large()
        verify_independence(large.dropped(student, large.high), ("row", "column"))

    @check(
        "every call draws a fresh mask",
        hint="Draw the random numbers inside the function, and set no seed in it.",
    )
    def draws_a_fresh_mask(self, student: Student) -> None:
        large = self._large()
        p = large.high
        first, second = (large.dropped(student, p, call) for call in (0, 1))
        same = 100 * float((first == second).double().mean())
        expect.true(
            abs(covariance(first, second)) <= covariance_bound(first.numel()),
            seen=f"two calls agree on {same:.3g} % of the units",
            expected=f"two masks that know nothing of each other agree on "
            f"{100 * (p * p + (1 - p) ** 2):.3g} %",
        )

    @check("X itself is left alone", hint="Work on a copy, or make a new tensor by multiplying.")
    def leaves_the_input_alone(self, student: Student) -> None:
        for p in (uniform(0.3, 0.7), 1.0):
            X, again = signed(*KEPT), uniform(0.3, 0.5)
            two = student.run(two_calls, name=self.name, X=X, rates=[p, again])
            second, after = expect.items(two, 2)
            expected = "a new tensor, and X as it was: the caller may still need it"
            changed = int((expect.tensor(after, shape=X.shape) != X).sum())
            expect.true(
                changed == 0,
                seen=f"{changed} of {X.numel()} elements of X have changed after the call "
                f"(dropout = {p})",
                expected=expected,
            )
            if self.scale_is_right and self.share_is_right:
                dropped = zeros_of(second, X)
                right = torch.where(dropped, 0.0, X / (1 - again))
                expect.true(
                    agrees(second, right) and inside(int(dropped.sum()), X.numel(), again),
                    seen=f"after a call with dropout = {p}, the next call gives another output "
                    "than for X as it was",
                    expected=expected,
                )

    @check(
        "the output has the shape and type of X",
        hint="Print `X.shape`, `X.dtype` and those of your output.",
    )
    def keeps_shape_and_type(self, student: Student) -> None:
        for X in (signed(50), signed(4, 5, 6), signed(6, 7).double()):
            for p in (0, uniform(0.3, 0.7), 1):
                expect.tensor(student.call(self.name, X, p), shape=X.shape, dtype=X.dtype)

    @check(
        "the gradient passes the same mask",
        hint="Stay with operations on tensors: no `.data`, no `detach`, no numpy on the way from "
        "X to the output.",
    )
    def passes_the_gradient(self, student: Student) -> None:
        X, p, weights = signed(40, 30), uniform(0.3, 0.7), signed(40, 30)
        result = expect.record(
            student.run(gradient_of_the_input, name=self.name, X=X, p=p, weights=weights)
        )
        out, grad = result["out"], result["grad"]
        expect.true(
            grad is not None,
            seen="the output is cut off from X: no gradient comes back",
            expected="the gradient 1 / (1 - dropout) where a unit was kept, and 0 where dropped",
        )
        zeros_of(out, X)
        expect.close(grad, weights * out / X, because="the gradient is the factor h' / h")

    @check(
        "a dropout outside [0, 1] is refused",
        hint="An `assert` at the top is enough. How does NaN compare with a number?",
    )
    def refuses_impossible_rates(self, student: Student) -> None:
        verify_refusals(student, self.name)

    def _large(self) -> Large:
        """The calls with a large X that several checks look at."""
        if self.large is None:
            self.large = Large(self.name)
        return self.large

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
            out = student.call(self.name, self.X, p)
            self._dropped[p, call] = zeros_of(out, self.X)
        return self._dropped[p, call]


class DropoutMoments(Exercise):
    name, points = "dropout_moments", 3
    hints = (
        "h' takes two values only. Write down both, with their probabilities.",
        "The variance is E[h'²] − E[h']². The square of h' is 0 with probability p, and the "
        "square of h / (1 − p) otherwise.",
        "E[h'²] = (1 − p) · h² / (1 − p)² = h² / (1 − p). Subtract h² and put both over one "
        "denominator: what is 1 − (1 − p)?",
    )

    @check("the mean of h' is h", hint="Sum value times probability over both outcomes.")
    def mean(self, student: Student) -> None:
        h, p = signed(5, 4), uniform(0.1, 0.45)
        mean, _ = self._moments(student, h, p)
        if agrees(mean, (1 - p) * h):
            expect.fail("(1 - p) · h", "h", "a unit that survives is divided by 1 - p")
        expect.close(mean, h)

    @check(
        "the variance of h' is right",
        weight=2,
        hint="Measure it: drop units of `torch.full((100000,), 2.0)` and take the variance.",
    )
    def variance(self, student: Student) -> None:
        for p in (uniform(0.1, 0.45), uniform(0.55, 0.9)):
            h = signed(5, 4)
            right = h * h * p / (1 - p)
            _, variance = self._moments(student, h, p)
            for wrong, because in (
                (0 * h, "the noise is unbiased, but it is noise: h' varies although h does not"),
                (right.sqrt(), "this is the standard deviation, the root of the variance"),
                (h * h * p * (1 - p), "without the scale 1 / (1 - p) it would be this"),
                (
                    h * h / (1 - p),
                    "this is E[h'²]; the square of the mean is still to be taken off",
                ),
                (h * h * (1 - p) / p, "p is the probability to be dropped, not to be kept"),
                (h.abs() * p / (1 - p), "the unit of a variance is the square of that of h"),
            ):
                if agrees(variance, wrong):
                    seen, given = (expect.show(x.flatten()[:3]) for x in (variance, h))
                    expect.fail(f"{seen} for h = {given} and p = {p}", because=because)
            expect.close(variance, right, because=f"p = {p}, h = {expect.show(float(h[0, 0]))}")

    @check("without dropout there is no variance", hint="What is h' at p = 0?")
    def nothing_at_zero(self, student: Student) -> None:
        h = signed(5, 4)
        mean, variance = self._moments(student, h, 0.0)
        expect.close(mean, h)
        expect.close(variance, torch.zeros_like(h), because="at p = 0, h' is h")

    def _moments(self, student: Student, h: Tensor, p: float) -> tuple[Tensor, Tensor]:
        pair = student.call(self.name, h, p)
        if isinstance(pair, Tensor) and pair.dim() > h.dim():
            pair = list(pair)
        pair = expect.items(pair, 2, expected="two tensors: `return mean, variance`")
        mean, variance = (expect.tensor(value, shape=h.shape) for value in pair)
        return mean, variance


def verify_survivors(out: object, X: Tensor, p: float) -> None:
    """Every value is 0 or X / (1 - p); a constant wrong factor is called by its name."""
    dropped = zeros_of(out, X)
    expect.true(
        not dropped.all(),
        seen=f"every unit is 0 (dropout = {p})",
        expected="survivors, larger than before",
    )
    factors = (out.double() / X.double())[~dropped]  # type: ignore[attr-defined]
    factor, right = float(factors.median()), 1 / (1 - p)
    if not near(factors, right) and near(factors, factor):
        known = {
            1.0: "the scale is missing: survivors must make up for those that were dropped",
            1 - p: "multiplied by 1 - p, which makes survivors smaller; divide instead",
            1 / p: "divided by p, the probability to be dropped; divide by that to be kept",
            p: "multiplied by p, the probability to be dropped",
            right * right: "the scale has been applied twice",
            1 + p: "1 + p is close to 1 / (1 - p) only for a small p",
        }
        because = [text for value, text in known.items() if abs(factor - value) < 1e-3 * value]
        expect.fail(
            f"survivors are {factor:.4g} times their input (dropout = {p})",
            f"1 / (1 - {p}) = {right:.4g} times",
            because[0] if len(because) == 1 else "",
        )
    verify_values(out, X, p)


def verify_values(out: object, X: Tensor, p: float, rtol: float = SCALE) -> None:
    """Every value is 0 or, up to `rtol`, X / (1 - p)."""
    dropped = zeros_of(out, X)
    expected = torch.where(dropped, 0.0, X.double() / (1 - p) if p < 1 else 0 * X.double())
    expect.close(out, expected, rtol=rtol, because=f"a value is 0 or X / (1 - {p})")


def verify_share(dropped: Tensor, p: float) -> None:
    """The share of zeros fits a drop rate p; other well-known rates are called by their name."""
    count, n = int(dropped.sum()), dropped.numel()
    if inside(count, n, p):
        return
    known = {
        0.0: "nothing is dropped at all",
        1.0: "everything is dropped",
        1 - p: "1 - p are dropped: the comparison looks the wrong way round",
        normal_cdf(p): "this is the share of normal numbers below p: `randn` in place of `rand`",
        1 - normal_cdf(1 - p): "this is the share of normal numbers above 1 - p: `randn` in place "
        "of `rand`",
        0.5: "this is one half: does the mask depend on dropout?",
    }
    because = [text for rate, text in known.items() if inside(count, n, rate)]
    expect.fail(
        f"{100 * count / n:.4g} % of the units are 0 (dropout = {p})",
        f"{100 * p:.4g} %, give or take {100 * (binomial_bounds(n, p)[1] / n - p):.2g}",
        because[0] if len(because) == 1 else "",
    )


def verify_independence(dropped: Tensor, dimensions: tuple[str, ...]) -> None:
    """Neighbours along each dimension, and its two halves, are dropped independently."""
    for dim, name in enumerate(dimensions):
        half = dropped.shape[dim] // 2
        pairs = dropped.narrow(dim, 0, 2 * half)
        even, odd = pairs.unflatten(dim, (half, 2)).unbind(dim + 1)
        halves = pairs.unflatten(dim, (2, half)).unbind(dim)
        for one, other in ((even, odd), halves):
            if abs(covariance(one, other)) > covariance_bound(one.numel()):
                same = 100 * float((one == other).double().mean())
                expect.fail(
                    f"from one {name} to another, {same:.3g} % of the units share their fate",
                    "units that know nothing of each other",
                    f"every {name} gets the same mask" if all_alike(dropped, dim) else "",
                )


def verify_refusals(student: Student, name: str) -> None:
    """Rates that are no probabilities raise AssertionError or ValueError, and others do not.

    Both come in an order that is drawn, so that nobody can say "refused" without looking at them.
    """
    bad = [-0.001, 1.001, uniform(-0.9, -0.1), uniform(1.1, 1.9), math.nan]
    rates = bad + [uniform(0.2, 0.8) for _ in bad]
    order = torch.randperm(len(rates)).tolist()
    asked = [rates[index] for index in order]
    answers = student.run(answers_to_rates, name=name, X=signed(3, 4), rates=asked)
    in_order = dict(zip(order, expect.items(answers, len(rates)), strict=True))
    for index, p in enumerate(rates):
        answer = in_order[index]
        if index < len(bad):
            expect.true(
                answer == "refused",
                seen=f"{answer} for dropout = {p}",
                expected="an AssertionError or a ValueError",
            )
        else:
            expect.true(
                answer != "refused",
                seen=f"dropout = {p} is refused",
                expected="an output: rates between 0 and 1 are possible",
            )


def all_alike(dropped: Tensor, dim: int) -> bool:
    """Whether all slices along `dim` are the same."""
    return bool((dropped == dropped.narrow(dim, 0, 1)).all())


def zeros_of(out: object, X: Tensor) -> Tensor:
    """Which units are 0, after making sure that `out` is a finite tensor like X."""
    return expect.finite(expect.tensor(out, shape=X.shape)) == 0


def inside(count: int, n: int, p: float) -> bool:
    low, high = binomial_bounds(n, p)
    return low <= count <= high


def near(values: Tensor, value: float) -> bool:
    return bool(((values - value).abs() <= SCALE * abs(value)).all())


def agrees(a: Tensor, b: Tensor) -> bool:
    return torch.allclose(a.double(), b.double(), rtol=1e-4, atol=1e-6)


def normal_cdf(x: float) -> float:
    """The share of standard normal numbers below x."""
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


def signed(*shape: int) -> Tensor:
    """Numbers of both signs with a size between 0.5 and 1.5: none is zero."""
    X = torch.empty(shape).uniform_(-1, 1)
    return X + torch.copysign(torch.tensor(0.5), X)


def uniform(low: float, high: float) -> float:
    """A number between low and high, with three digits so that it reads well in a message."""
    return round(float(torch.empty(()).uniform_(low, high)), 3)


def two_calls(namespace, name, X, rates):  # type: ignore[no-untyped-def]
    """The second output, and the X that both calls were given."""
    first, second = rates
    namespace[name](X, first)
    between = X.clone()
    return [namespace[name](X, second), between]


def gradient_of_the_input(namespace, name, X, p, weights):  # type: ignore[no-untyped-def]
    X.requires_grad_(True)
    out = namespace[name](X, p)
    if not (isinstance(out, torch.Tensor) and out.requires_grad):
        return {"out": out, "grad": None}
    (out * weights).sum().backward()
    return {"out": out, "grad": X.grad}


def answers_to_rates(namespace, name, X, rates):  # type: ignore[no-untyped-def]
    answers = []
    for rate in rates:
        try:
            result = namespace[name](X, rate)
        except (AssertionError, ValueError):
            answers.append("refused")
        except Exception as error:
            answers.append("an exception of type " + type(error).__name__)
        else:
            answers.append("a result of type " + type(result).__name__)
    return answers
