"""Chapter 5: variances that stay. The exercises `xavier_std`, `xavier_uniform_bound`, `he_std`,
`activation_stats`.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import integer
from grader.checks.student import Student

ACTIVATIONS = ("tanh", "sigmoid")


class XavierStd(Exercise):
    name, points = "xavier_std", 2
    hints = (
        "Take the condition, and solve it for σ.",
        "½ (n_in + n_out) σ² = 1 gives σ² = 2 / (n_in + n_out). Asked for is σ.",
        "The root of 2 / (n_in + n_out): `(...) ** 0.5`.",
    )

    @staticmethod
    def right(n_in, n_out):
        return (2 / (n_in + n_out)) ** 0.5

    value = compares(
        "σ from the condition ½ (n_in + n_out) σ² = 1",
        inputs=lambda: (integer(2, 400), integer(500, 900)),
        times=3,
        essential=True,
        mistakes={
            "this is the variance; the standard deviation is its root": (
                lambda n_in, n_out: 2 / (n_in + n_out)
            ),
            "this is 1 over the root of the sum; the half in the condition is lost": (
                lambda n_in, n_out: (n_in + n_out) ** -0.5
            ),
            "this fits the forward pass alone, n_in σ² = 1": lambda n_in, n_out: n_in**-0.5,
            "this fits the backward pass alone, n_out σ² = 1": lambda n_in, n_out: n_out**-0.5,
            "this is the bound of the uniform distribution": (
                lambda n_in, n_out: (6 / (n_in + n_out)) ** 0.5
            ),
            "it is the wrong way up: more units, smaller weights": (
                lambda n_in, n_out: ((n_in + n_out) / 2) ** 0.5
            ),
            "the half is inside out: σ² is 2 over the sum, not half over it": (
                lambda n_in, n_out: (0.5 / (n_in + n_out)) ** 0.5
            ),
        },
        hint="Put your σ into the condition: the left side must be 1.",
    )


class XavierUniformBound(Exercise):
    name, points = "xavier_uniform_bound", 2
    uses = ("xavier_std",)
    hints = (
        "What is the variance of a number that is uniform between -a and a?",
        "It is a² / 3. Xavier asks for the variance 2 / (n_in + n_out).",
        "a² = 3 · 2 / (n_in + n_out), and a is the root of it.",
    )

    @staticmethod
    def right(n_in, n_out):
        return (6 / (n_in + n_out)) ** 0.5

    value = compares(
        "the bound of the uniform distribution with Xavier's variance",
        inputs=lambda: (integer(2, 400), integer(500, 900)),
        times=3,
        essential=True,
        mistakes={
            "this is the standard deviation; the bound is √3 times larger": (
                lambda n_in, n_out: (2 / (n_in + n_out)) ** 0.5
            ),
            "this is the square of the bound; a root is missing": (
                lambda n_in, n_out: 6 / (n_in + n_out)
            ),
            "this is the width, from -a to a; the bound is half of it": lambda n_in, n_out: (
                (24 / (n_in + n_out)) ** 0.5
            ),
            "the half in the condition is lost: the variance is 2 over the sum": (
                lambda n_in, n_out: (3 / (n_in + n_out)) ** 0.5
            ),
            "this is three times the standard deviation; the bound is √3 times as large": (
                lambda n_in, n_out: 3 * (2 / (n_in + n_out)) ** 0.5
            ),
            "this fits the forward pass alone": lambda n_in, n_out: (3 / n_in) ** 0.5,
            "this is the bound that `nn.Linear` takes by itself": lambda n_in, n_out: n_in**-0.5,
        },
        hint="Draw 100,000 numbers with `torch.rand`, stretch them to your bound, and look at their `var()`.",
    )


class HeStd(Exercise):
    name, points = "he_std", 2
    uses = ("product_of_matrices", "xavier_std")
    hints = (
        "ReLU keeps the mean square of half of the numbers. How much larger must σ² be to make up for it?",
        "The condition is ½ n_in σ² = 1.",
        "The root of 2 / n_in.",
    )

    @staticmethod
    def right(n_in):
        return (2 / n_in) ** 0.5

    value = compares(
        "σ from the condition ½ n_in σ² = 1",
        inputs=lambda: (integer(3, 900),),
        times=3,
        essential=True,
        mistakes={
            "this is right without an activation; ReLU lets half of the mean square through": (
                lambda n_in: n_in**-0.5
            ),
            "this is the variance; the standard deviation is its root": lambda n_in: 2 / n_in,
            "the half stands on the wrong side: ReLU takes, so the weights must give": (
                lambda n_in: (0.5 / n_in) ** 0.5
            ),
            "this is the bound of the uniform distribution": lambda n_in: (6 / n_in) ** 0.5,
            "it is the wrong way up: more inputs, smaller weights": lambda n_in: (n_in / 2) ** 0.5,
            "the root is taken of the 2 alone": lambda n_in: 2**0.5 / n_in,
        },
        hint="Put your σ into the condition: the left side must be 1.",
    )


class ActivationStats(Exercise):
    name, points = "activation_stats", 4
    returns = ("means", "variances")
    hints = (
        "It is a forward pass: a loop over the weights, in which H is replaced by the next H.",
        "H = phi(H @ W), then one mean and one variance over all numbers of this H.",
        "Start with `H = X` and two empty lists. In the loop, `H = phi(H @ W)`, then append `H.mean().item()` "
        "to the one and `H.var().item()` to the other.",
    )

    @staticmethod
    def right(X, weights, phi=torch.relu):
        return stats(layers(X, weights, phi))

    variances = compares(
        "the variance of each layer's activations",
        inputs=lambda: batch_and_weights(),
        part=1,
        tolerance=expect.LAYERS,
        weight=2,
        essential=True,
        mistakes={
            "these are standard deviations": lambda X, weights: (
                [v**0.5 for v in stats(layers(X, weights))[1]]
            ),
            "of the numbers before the activation": lambda X, weights: stats(before(X, weights))[1],
            "the mean squares; the square of the mean comes off": lambda X, weights: (
                [float((H**2).mean()) for H in layers(X, weights)]
            ),
            "the variance over the examples, unit by unit, and then the mean of these": (
                lambda X, weights: [float(H.var(0).mean()) for H in layers(X, weights)]
            ),
            "the variance over the units, example by example, and then the mean of these": (
                lambda X, weights: [float(H.var(1).mean()) for H in layers(X, weights)]
            ),
            "every layer was given X; it takes the activations of the layer before": (
                lambda X, weights: stats([torch.relu(X @ W) for W in weights])[1]
            ),
            "one layer too early: the first is X itself": lambda X, weights: stats(
                [X, *layers(X, weights)[:-1]]
            )[1],
            "there was no activation": lambda X, weights: stats(layers(X, weights, lambda Z: Z))[1],
            "the last layer has no activation; it has one, too": lambda X, weights: stats(
                [*layers(X, weights)[:-1], before(X, weights)[-1]]
            )[1],
            "the variance of the weights, not of the activations": lambda X, weights: stats(
                weights
            )[1],
        },
        because="H = phi(H @ W), layer by layer, and the variance of all numbers in H",
        hint="One layer at a time: `phi(X @ weights[0]).var()` is the first number.",
    )
    means = compares(
        "their mean",
        inputs=lambda: batch_and_weights(),
        part=0,
        tolerance=expect.LAYERS,
        mistakes={
            "of the numbers before the activation": lambda X, weights, phi=torch.relu: stats(
                before(X, weights, phi)
            )[0],
            "the last layer has no activation; it has one, too": (
                lambda X, weights, phi=torch.relu: stats(
                    [*layers(X, weights, phi)[:-1], before(X, weights, phi)[-1]]
                )[0]
            ),
            "these are the variances: means come first": lambda X, weights, phi=torch.relu: stats(
                layers(X, weights, phi)
            )[1],
            "the mean of their squares": lambda X, weights, phi=torch.relu: (
                [float((H**2).mean()) for H in layers(X, weights, phi)]
            ),
        },
        because="H = phi(H @ W), layer by layer, and the mean of all numbers in H",
        hint="After ReLU it is above 0: negative numbers have become 0.",
    )

    @check("with another activation, and layers of other widths")
    def other_activation(self, student: Student) -> None:
        """`phi` is an argument: `H = phi(H @ W)`, in every layer."""
        for name in ACTIVATIONS:
            X, weights = batch_and_weights((30, 60, 45, 20))
            seen = student.run(stats_with, X=X, weights=weights, activation=name)
            expect.close(
                expect.items(seen, 2)[1],
                self.right(X, weights, getattr(torch, name))[1],
                tolerance=expect.LAYERS,
                mistakes={"this is ReLU, whatever `phi` is": self.right(X, weights)[1]},
            )


def batch_and_weights(sizes: tuple[int, ...] = (50, 50, 50, 50, 50)) -> tuple[Tensor, list[Tensor]]:
    """X (150, n) and the weights of the layers, with a scale of their own each."""
    pairs = itertools.pairwise(sizes)
    weights = [
        torch.randn(n_in, n_out) * float(0.7 + torch.rand(())) * (2 / n_in) ** 0.5
        for n_in, n_out in pairs
    ]
    return 2 * torch.randn(150, sizes[0]) + torch.randn(sizes[0]), weights


def layers(X, weights, phi=torch.relu):
    """The activations of each layer."""
    H, found = X, []
    for W in weights:
        H = phi(H @ W)
        found.append(H)
    return found


def before(X, weights, phi=torch.relu):
    """The numbers that go into each activation."""
    inputs = [X, *layers(X, weights, phi)[:-1]]
    return [H @ W for H, W in zip(inputs, weights)]  # noqa: B905


def stats(tensors):
    """Means and variances, two lists."""
    return [float(H.mean()) for H in tensors], [float(H.var()) for H in tensors]


# What follows runs beside a student's code.


def stats_with(namespace, X, weights, activation):
    return namespace["activation_stats"](X, weights, getattr(torch, activation))
