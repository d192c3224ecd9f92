"""Chapter 5: what grows and what is cut. The exercises `product_of_matrices`, `clip_by_norm`."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import integer, signed, uniform
from grader.checks.student import Student


class ProductOfMatrices(Exercise):
    name, points = "product_of_matrices", 6
    hints = (
        "Begin with a loop that keeps the product so far, and notes the log of its norm.",
        "log ‖cP‖ = log c + log ‖P‖. So you may divide the product by its norm after each factor, if you add "
        "the log of that norm to a running sum.",
        "In the loop: `P = P @ M`; the norm of P; its log joins the sum; the sum is appended; P is divided by the "
        "norm. For `stable_std`: a sum of n products has n times the variance of one, so n · std² must be 1.",
    )

    @staticmethod
    def right(Ms):
        return logs_of_products(Ms)

    value = compares(
        "the log of the norm after each factor",
        inputs=lambda: (uniform(0.6, 1.6) * signed(integer(5, 7), 3, 3),),
        tolerance=expect.LAYERS,
        weight=2,
        essential=True,
        mistakes={
            "the norms of the factors were multiplied; the norm of a product is smaller": (
                lambda Ms: Ms.double().flatten(1).norm(dim=1).log().cumsum(0).tolist()
            ),
            "these are the norms of the single factors": (
                lambda Ms: Ms.double().flatten(1).norm(dim=1).log().tolist()
            ),
            "the new factor comes from the right, P @ M": (
                lambda Ms: logs_of_products(Ms.transpose(1, 2))
            ),
            "multiplied element by element; matrices are multiplied with @": (
                lambda Ms: Ms.double().cumprod(0).flatten(1).norm(dim=1).log().tolist()
            ),
            "these are logarithms to base 10; the natural one was asked for": (
                lambda Ms: [value / math.log(10) for value in logs_of_products(Ms)]
            ),
            "these are the norms; take the log": (
                lambda Ms: [math.exp(value) for value in logs_of_products(Ms)]
            ),
            "the log of the squared norm": lambda Ms: [2 * x for x in logs_of_products(Ms)],
            "the largest singular value; the norm is the root of the sum of all squares": (
                lambda Ms: logs_of_products(Ms, 2)
            ),
            "the growth of this step alone; add the logs up": (
                lambda Ms: torch.tensor(logs_of_products(Ms)).diff(prepend=torch.zeros(1)).tolist()
            ),
        },
        because="the log of the Frobenius norm of M1, of M1 @ M2, of M1 @ M2 @ M3, and so on",
        hint="For `torch.stack([2 * torch.eye(2)] * 3)` the norms are √2 times 2, 4 and 8.",
    )
    growing = compares(
        "no overflow, however many factors",
        inputs=lambda: (uniform(80.0, 120.0) * torch.randn(300, 4, 4),),
        times=1,
        tolerance=expect.LAYERS,
        not_finite="the product itself is too large for any float: divide it by its norm in every step",
        hint="Nothing in your loop may grow but the sum of the logs.",
    )
    shrinking = compares(
        "no underflow either",
        inputs=lambda: (uniform(0.0008, 0.0012) * torch.randn(300, 4, 4),),
        times=1,
        tolerance=expect.LAYERS,
        not_finite="the product itself is so small that a float makes 0 of it, and log 0 is minus infinity",
        hint="Divide the product by its norm in every step, also when it is small.",
    )
    stable = compares(
        "the standard deviation that neither grows nor shrinks",
        function="stable_std",
        inputs=lambda: (integer(2, 500),),
        right=lambda n: n**-0.5,
        times=3,
        weight=1.5,
        mistakes={
            "this is the variance; the standard deviation is its root": lambda n: 1 / n,
            "this grows with n; the more numbers are added up, the smaller each has to be": (
                lambda n: n**0.5
            ),
            "the sum of n products has n times their variance, not n times n": lambda n: n**-2.0,
            "1 is right for n = 1 only": lambda n: 1.0,
            "the 2 belongs to layers with ReLU; here is none": lambda n: (2 / n) ** 0.5,
        },
        hint="Solve n · std² = 1.",
    )


class ClipByNorm(Exercise):
    name, points = "clip_by_norm", 4
    hints = (
        "One number decides for all tensors: the length of the vector that has all their elements.",
        "The square of that length is the sum of the squares of all elements of all tensors. The factor is "
        "theta over the length, and never above 1.",
        "`norm = torch.sqrt(sum((g**2).sum() for g in grads))`; where norm > theta, each g is multiplied by "
        "theta / norm; otherwise it stays.",
    )

    @staticmethod
    def right(grads, theta):
        return scaled(grads, min(1.0, theta / max(length(grads), 1e-30)))

    long = compares(
        "long gradients get the length theta, and keep their direction",
        inputs=lambda: gradients_of_length(uniform(4.0, 9.0)),
        weight=2,
        essential=True,
        mistakes={
            "each tensor was clipped on its own, so that the direction has changed": (
                lambda grads, theta: [g * min(1.0, theta / float(g.norm())) for g in grads]
            ),
            "each number was clipped on its own, so that the direction has changed": (
                lambda grads, theta: [g.clamp(-theta, theta) for g in grads]
            ),
            "they have the length 1; theta is missing": (
                lambda grads, theta: scaled(grads, 1 / length(grads))
            ),
            "divided by the square of the length; a root is missing": (
                lambda grads, theta: scaled(grads, theta / length(grads) ** 2)
            ),
            "the lengths of the tensors were added up; their squares are to be": (
                lambda grads, theta: scaled(grads, theta / sum(float(g.norm()) for g in grads))
            ),
            "measured by the longest tensor alone": (
                lambda grads, theta: scaled(grads, theta / max(float(g.norm()) for g in grads))
            ),
            "they are as long as before": lambda grads, theta: grads,
            "they got longer: the factor is theta / norm": (
                lambda grads, theta: scaled(grads, length(grads) / theta)
            ),
        },
        because="all of them together are one vector, which gets the length theta",
        hint="Compute the length of what you return.",
    )
    short = compares(
        "short gradients stay as they are",
        inputs=lambda: gradients_of_length(uniform(0.2, 0.8)),
        essential=True,
        mistakes={
            "stretched to the length theta; a small gradient is no trouble": (
                lambda grads, theta: scaled(grads, theta / length(grads))
            ),
            "set to 0; a small gradient is no trouble": lambda grads, theta: scaled(grads, 0.0),
        },
        because="their length is below theta already",
        hint="The factor is at most 1.",
    )
    zero = compares(
        "gradients that are 0",
        inputs=lambda: ([torch.zeros(2, 3), torch.zeros(4)], uniform(0.5, 2.0)),
        times=1,
        because="their length is 0, and they stay 0",
        weight=0.5,
        hint="theta / 0 is not a number that helps. Ask for the length first.",
    )

    @check("the gradients that were given are left alone", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """`g * factor` is a new tensor, `g *= factor` changes the old one."""
        grads, theta = gradients_of_length(uniform(4.0, 9.0))
        pair = student.run(second_clipping, grads=grads, theta=theta)
        second, after = expect.items(pair, 2)
        expect.true(
            expect.agrees(after, grads, expect.EXACT),
            seen="`grads` have changed after the call",
            expected="new tensors, and the old ones as they were",
        )
        if self.passed("long"):
            because = "a second call with the same gradients, and a larger theta, is not right"
            expect.close(second, self.right(grads, theta), because=because)


def logs_of_products(Ms, order="fro"):
    """The logs of the norms of M1, M1 @ M2, ... for Ms (T, n, n)."""
    P, total, logs = torch.eye(Ms.shape[1], dtype=torch.float64), 0.0, []
    for M in Ms.double():
        P = P @ M
        size = float(torch.linalg.matrix_norm(P))
        logs.append(total + math.log(float(torch.linalg.matrix_norm(P, order))))
        P, total = P / size, total + math.log(size)
    return logs


def length(grads):
    """Of the vector that has all elements of all tensors."""
    return float(torch.cat([g.flatten() for g in grads]).double().norm())


def scaled(grads, factor):
    return [g * factor for g in grads]


def gradients_of_length(times: float) -> tuple[list[Tensor], float]:
    """Tensors of a few shapes, and theta: together they are `times` theta long. From 4 times on, one tensor
    and one number in it are longer than theta on their own.
    """
    theta = uniform(0.5, 2.0)
    grads = [2 * signed(2, 3), signed(4), 3 * signed(3, 1, 2)]
    grads[0][0, 0] = 5.0
    return scaled(grads, times * theta / length(grads)), theta


# What follows runs beside a student's code.


def second_clipping(namespace, grads, theta):
    """What the second call gives, and the gradients as they are between both. The first call clips more."""
    namespace["clip_by_norm"](grads, theta / 2)
    between = [g.clone() for g in grads]
    return [list(namespace["clip_by_norm"](grads, theta)), between]
