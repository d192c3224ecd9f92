"""Chapter 5: the exercise `find_the_init_bug`, a variance where a standard deviation is asked for."""

from __future__ import annotations

import itertools
from functools import cached_property

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.expect import CheckFailed
from grader.checks.functions import called
from grader.checks.randomness import integer, signed
from grader.checks.regression import verify_normal
from grader.checks.student import Student

SIZES = (300, 200, 200, 200, 120)
"""Of the network that is initialised: its two layers in the middle have one size."""
TOO_SMALL, LARGEST = 10, 1_000_000


class FindTheInitBug(Exercise):
    name, points = "find_the_init_bug", 4
    uses = ("xavier_std",)
    hints = (
        "The second argument of N(0, σ²) is a variance. Of what kind is the argument of `nn.init.normal_`?",
        "The function draws with σ = 2 / (n_in + n_out), which is the σ² that Xavier asks for. For n inputs and n "
        "outputs that is σ = 1 / n; the factor of the variance is n σ².",
        "100 inputs and 100 outputs are wrong enough. The fixed function takes the root, `std=xavier_std(...)` with "
        "`m.in_features` and `m.out_features`; the rest may stay.",
    )

    @check("sizes for which the published σ is ten times too small", weight=0.5)
    def wrong_input(self, student: Student) -> None:
        """By which factor is it too small? Write it with n_in + n_out."""
        pair = expect.items(
            called(student, "wrong_sizes"), 2, expected="two sizes: `return n_in, n_out`"
        )
        n_in, n_out = (expect.number(size) for size in pair)
        expect.true(
            all(1 <= n <= LARGEST and n == int(n) for n in (n_in, n_out)),
            seen=f"n_in = {n_in:g}, n_out = {n_out:g}",
            expected="whole numbers from 1 to a million",
        )
        published, xavier = 2 / (n_in + n_out), (2 / (n_in + n_out)) ** 0.5
        expect.true(
            xavier >= TOO_SMALL * published * (1 - 1e-9),
            seen=f"sizes for which σ is {published:.4g} in place of {xavier:.4g}",
            expected="ten times too small, or more",
        )

    factor = compares(
        "the factor of the variance from layer to layer",
        function="published_factor",
        inputs=lambda: (integer(3, 600),),
        right=lambda n: 1 / n,
        times=3,
        mistakes={
            "this is the factor of the standard deviation; its square is asked for": (
                lambda n: n**-0.5
            ),
            "1 is the factor that it should be": lambda n: 1.0,
            "this is σ²; n products with this variance are added up": lambda n: n**-2.0,
            "it is the wrong way up: the signal shrinks": lambda n: n * 1.0,
            "half of what it is: 2 / (n + n) is 1 / n": lambda n: 1 / (2 * n),
        },
        hint="Each output is a sum of n products, and σ = 2 / (n + n).",
    )

    @cached_property
    def network(self) -> dict[str, list[Tensor]]:
        """Drawn parameters that a network has before it is initialised, by kind."""
        pairs = list(itertools.pairwise(SIZES))
        return {
            "weights": [signed(n_out, n_in) for n_in, n_out in pairs],
            "biases": [signed(n_out) for _, n_out in pairs],
            "others": [signed(SIZES[1]), signed(SIZES[1])],
        }

    def initialised(self, student: Student, kind: str) -> list[Tensor]:
        """The parameters of this kind after `net.apply(fixed_init)`, in the shapes that they had."""
        report = expect.record(student.run(apply_fixed_init, **self.network))
        after = expect.items(report.get(kind), len(self.network[kind]))
        return [
            expect.tensor(new, shape=old.shape)
            for new, old in zip(after, self.network[kind], strict=True)
        ]

    @check("the fixed function draws with Xavier's σ", weight=2, essential=True)
    def fixed(self, student: Student) -> None:
        """Print `m.weight.std()` next to `xavier_std(m.in_features, m.out_features)`."""
        for weight in self.initialised(student, "weights"):
            verify_xavier(weight)

    @check("it draws each layer anew", weight=0.5)
    def anew(self, student: Student) -> None:
        """Set no seed, and copy no layer."""
        weights = self.initialised(student, "weights")
        expect.true(
            not expect.agrees(weights[1], weights[2]),
            seen="two layers of one size with the same weights",
            expected="other numbers in each layer",
        )

    @check("biases are 0, and layers that are not linear stay", weight=0.5)
    def rest(self, student: Student) -> None:
        """As in the published function: that part was right."""
        for bias in self.initialised(student, "biases"):
            expect.close(
                bias, torch.zeros_like(bias), tolerance=expect.EXACT, because="biases start at 0"
            )
        expect.close(
            self.initialised(student, "others"),
            self.network["others"],
            tolerance=expect.EXACT,
            because="a parameter of an `nn.LayerNorm` has changed",
        )


def verify_xavier(weight: Tensor) -> None:
    """Weights (n_out, n_in) are normal with Xavier's standard deviation."""
    n_out, n_in = weight.shape
    std = (2 / (n_in + n_out)) ** 0.5
    try:
        verify_normal(weight / std, "weights, divided by Xavier's σ,")
    except CheckFailed as failure:
        slips = {
            "the variance is still given as the standard deviation": std**2,
            "this fits the forward pass alone": n_in**-0.5,
            "this fits the backward pass alone": n_out**-0.5,
            "this is He's σ, which is for ReLU and looks at n_in alone": (2 / n_in) ** 0.5,
            "the half in the condition is lost": std / 2**0.5,
            "the weights have not changed": float(signed(4000).std()),
            "σ is right; the weights are to be normal": std,
        }
        because = expect.named(weight.std(), -1.0, slips, expect.Tolerance(0.02, 0))
        raise CheckFailed(failure.seen, failure.expected, because) from None


# What follows runs beside a student's code.


def apply_fixed_init(namespace, weights, biases, others):
    """Parameters by kind, of a network that `fixed_init` was applied to."""
    linear = [nn.Linear(weight.shape[1], weight.shape[0]) for weight in weights]
    norm = nn.LayerNorm(len(others[0]))
    with torch.no_grad():
        for layer, weight, bias in zip(linear, weights, biases):  # noqa: B905
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)
        for p, value in zip(norm.parameters(), others):  # noqa: B905
            p.copy_(value)
    net = nn.Sequential(linear[0], norm, nn.ReLU(), *linear[1:])
    net.apply(namespace["fixed_init"])
    return {
        "weights": [layer.weight.detach() for layer in linear],
        "biases": [layer.bias.detach() for layer in linear],
        "others": [p.detach() for p in norm.parameters()],
    }
