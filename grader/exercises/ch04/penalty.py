"""Chapter 4: prices for weights, and one step with them: `l2_penalty`, `find_the_norm_bug`, `decay_step`,
`l1_step`.
"""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.functions import called, verify_untouched
from grader.checks.randomness import shuffled, signed, uniform
from grader.checks.student import Student

LARGEST = 1_000_000
"""How many numbers the student's input may have."""


class L2Penalty(Exercise):
    name, points = "l2_penalty", 2
    hints = (
        "The squared norm is the sum of the squares of all elements.",
        "`w**2` squares each element, `torch.sum` adds them all up. What is missing?",
        "`torch.sum(w**2)`, divided by 2. No root is taken.",
    )

    @staticmethod
    def right(w):
        return float((w.double() ** 2).sum()) / 2

    value = compares(
        "half of the sum of the squares",
        inputs=lambda: (signed(6, 1),),
        weight=2,
        essential=True,
        mistakes={
            "the half is missing": lambda w: (w**2).sum(),
            "this is the norm; the penalty is half of its square": lambda w: (w**2).sum().sqrt(),
            "this is half the norm, not half of its square": lambda w: (w**2).sum().sqrt() / 2,
            "this is a mean; the squares are to be added up": lambda w: (w**2).mean() / 2,
            "this is a mean, not half of a sum": lambda w: (w**2).mean(),
            "this is the L1 norm, the sum of the absolute values": lambda w: w.abs().sum(),
            "half of the absolute values; square them": lambda w: w.abs().sum() / 2,
        },
        hint="By hand: for w = (3, 4) the squares are 9 and 16.",
    )
    any_shape = compares(
        "for tensors of other shapes too",
        inputs=lambda: (signed(*shuffled([2, 3, 4])[: int(torch.randint(1, 4, ()))]),),
        times=4,
        weight=0.5,
        hint="`w.T @ w` is a sum of squares for a column only. `w**2` and a sum know no shapes.",
    )

    @check("its gradient is w", essential=True)
    def gradient(self, student: Student) -> None:
        """Stay with operations on tensors: `.item()`, `float()` and `.data` cut the gradient off."""
        A, z = (
            signed(5, 3),
            signed(3, 1),
        )  # behind other layers, so that it is not one of the inputs
        grad = student.run(gradient_of_the_penalty, A=A, z=z)
        expect.true(
            grad is not None,
            seen="no gradient comes back to what w was made of",
            expected="a tensor that autograd can differentiate",
        )
        if self.passed("value"):
            expect.close(grad, A.T @ (A @ z), because="w came from other tensors here, w = A @ z")


class FindTheNormBug(Exercise):
    name, points = "find_the_norm_bug", 3
    hints = (
        "Call `published_report` with a vector whose length you know, such as (3, 4).",
        "What it prints is half of the square of the norm. To get from there to the norm, do the two "
        "steps backwards, in the other order.",
        "First double the printed number, then take the root. The fixed function is the root of the sum "
        "of the squares; `.item()` makes a number of it.",
    )

    @check("weights for which the published number is wrong", weight=1)
    def wrong_input(self, student: Student) -> None:
        """At which lengths are half of the square and the length the same? Stay away from there."""
        w = expect.tensor(called(student, "wrong_norm_input"))
        expect.true(
            0 < w.numel() <= LARGEST,
            seen=f"a tensor of {w.numel():,} numbers",
            expected="some numbers, and not more than a million",
        )
        norm = float(expect.finite(w).double().norm())
        printed = norm**2 / 2
        expect.true(
            abs(printed - norm) > norm / 2,
            seen=f"a w of norm {norm:.4g}, for which {printed:.4g} is printed",
            expected="a number that is off by more than half of the norm",
        )

    behind = compares(
        "the norm behind a printed number",
        function="norm_behind",
        inputs=lambda: (uniform(0.05, 40.0),),
        right=lambda printed: (2 * printed) ** 0.5,
        times=3,
        mistakes={
            "the half is still in it: what was printed is half of the square": (
                lambda printed: printed**0.5
            ),
            "this is the square of the norm; a root is missing": lambda printed: 2 * printed,
            "the square was halved, so double before you take the root": (
                lambda printed: 2 * printed**0.5
            ),
            "halved once more, where the half should be undone": (
                lambda printed: (printed / 2) ** 0.5
            ),
        },
        hint="Solve printed = norm² / 2 for the norm.",
    )
    fixed = compares(
        "the fixed function gives the L2 norm",
        function="fixed_report",
        inputs=lambda: (2 * signed(5, 1),),
        right=lambda w: float(w.double().norm()),
        essential=True,
        mistakes={
            "this is the square of the norm; a root is missing": lambda w: float((w**2).sum()),
            "this is half of the square, as before": lambda w: float((w**2).sum() / 2),
            "the half is still in it": lambda w: float(((w**2).sum() / 2) ** 0.5),
            "this is the sum of the absolute values, the L1 norm": lambda w: float(w.abs().sum()),
        },
        hint="For w = (3, 4) it must be 5.",
    )

    @check("also for other shapes, and for weights that are being trained", weight=0.5)
    def trained_weights(self, student: Student) -> None:
        """`.detach()` gives the numbers without the gradients."""
        for w in (signed(7), signed(2, 3)):
            seen = student.run(report_of_trained_weights, w=w)
            if self.passed("fixed"):
                expect.close(expect.number(seen), float(w.double().norm()))


class DecayStep(Exercise):
    name, points = "decay_step", 4
    returns = ("w", "b")
    hints = (
        "Take it apart: the residual of each example, X @ w + b - y; from it the gradients for w and b; "
        "then the two steps.",
        "The gradient for w is the mean over the examples of x times residual, in matrices `X.T @ residual / "
        "len(X)`; that for b is the mean of the residuals.",
        "Return `(1 - lr * lambd) * w` minus lr times the gradient for w, and `b` minus lr times the mean of "
        "the residuals. Nothing is changed in place.",
    )

    @staticmethod
    def right(w, b, X, y, lr, lambd):
        off = X @ w + b - y
        return (1 - lr * lambd) * w - lr * X.T @ off / len(X), b - lr * off.mean(0)

    weights = compares(
        "the weights after the step",
        inputs=lambda: step_inputs(),
        part=0,
        times=3,
        weight=2,
        essential=True,
        mistakes={
            "the decay is missing": lambda w, b, X, y, lr, lambd: w - lr * slope(w, b, X, y),
            "in a step the share lr * lambd is lost, not lambd": (
                lambda w, b, X, y, lr, lambd: (1 - lambd) * w - lr * slope(w, b, X, y)
            ),
            "the decay is divided by the number of examples, as the gradient is": (
                lambda w, b, X, y, lr, lambd: (1 - lr * lambd / len(X)) * w - lr * slope(w, b, X, y)
            ),
            "half the decay: the gradient of half the squared norm is w": (
                lambda w, b, X, y, lr, lambd: (1 - lr * lambd / 2) * w - lr * slope(w, b, X, y)
            ),
            "twice the decay: the gradient of half the squared norm is w": (
                lambda w, b, X, y, lr, lambd: (1 - 2 * lr * lambd) * w - lr * slope(w, b, X, y)
            ),
            "the weights grow: the decay has the wrong sign": (
                lambda w, b, X, y, lr, lambd: (1 + lr * lambd) * w - lr * slope(w, b, X, y)
            ),
            "the gradient is the mean over the examples, this is the sum": (
                lambda w, b, X, y, lr, lambd: (1 - lr * lambd) * w - lr * len(X) * slope(w, b, X, y)
            ),
            "twice the gradient: half the squared error has no factor 2 any more": (
                lambda w, b, X, y, lr, lambd: (1 - lr * lambd) * w - 2 * lr * slope(w, b, X, y)
            ),
            "up the slope: the residual is the prediction minus the label": (
                lambda w, b, X, y, lr, lambd: (1 - lr * lambd) * w + lr * slope(w, b, X, y)
            ),
            "the step along the gradient is decayed too; only the old w is": (
                lambda w, b, X, y, lr, lambd: (1 - lr * lambd) * (w - lr * slope(w, b, X, y))
            ),
            "the gradient is taken at weights that have decayed already, not at the old ones": (
                lambda w, b, X, y, lr, lambd: (
                    (1 - lr * lambd) * w - lr * slope((1 - lr * lambd) * w, b, X, y)
                )
            ),
            "the bias is missing in the prediction": (
                lambda w, b, X, y, lr, lambd: (1 - lr * lambd) * w - lr * slope(w, 0 * b, X, y)
            ),
        },
        hint="Compute the example of the text with pencil and paper.",
    )
    bias = compares(
        "the bias after the step",
        inputs=lambda: step_inputs(),
        part=1,
        mistakes={
            "the bias decays too": lambda w, b, X, y, lr, lambd: (
                (1 - lr * lambd) * b - lr * (X @ w + b - y).mean(0)
            ),
            "the sum of the residuals; it should be their mean": (
                lambda w, b, X, y, lr, lambd: b - lr * (X @ w + b - y).sum(0)
            ),
            "up the slope: the residual is the prediction minus the label": (
                lambda w, b, X, y, lr, lambd: b + lr * (X @ w + b - y).mean(0)
            ),
            "the bias has not moved": lambda w, b, X, y, lr, lambd: b,
            "the residuals are those of the new w; both gradients are taken at the old values": (
                lambda w, b, X, y, lr, lambd: (
                    b - lr * (X @ ((1 - lr * lambd) * w - lr * slope(w, b, X, y)) + b - y).mean(0)
                )
            ),
        },
        hint="Its gradient is the mean of the residuals, and it does not decay.",
    )

    @check("the old w and b are left alone", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """`w -= ...` changes the tensor that was given; `w = w - ...` makes a new one."""
        inputs = step_inputs()
        right = (
            list(self.right(*inputs)) if self.passed("weights") and self.passed("bias") else None
        )
        verify_untouched(student, "decay_step", inputs, ("w", "b", "X", "y"), right)


class L1Step(Exercise):
    name, points = "l1_step", 2
    hints = (
        "Work with the absolute values first: by how much does each shrink, and where must it stop?",
        "`(w.abs() - lr * lambd)` may be negative; `.clamp(min=0)` stops at 0. The signs come back with "
        "`torch.sign(w)`.",
        "The product of `torch.sign(w)` and the clamped difference.",
    )

    @staticmethod
    def right(w, lr, lambd):
        return w.sign() * (w.abs() - lr * lambd).clamp(min=0)

    value = compares(
        "closer to 0 by lr * lambd, and never beyond",
        inputs=lambda: near_the_threshold(8),
        times=3,
        weight=2,
        essential=True,
        mistakes={
            "small weights jump over 0 to the other side": (
                lambda w, lr, lambd: w - lr * lambd * w.sign()
            ),
            "this is the L2 step, a share of each weight": lambda w, lr, lambd: (
                (1 - lr * lambd) * w
            ),
            "the step is lr * lambd, not lambd": (
                lambda w, lr, lambd: w.sign() * (w.abs() - lambd).clamp(min=0)
            ),
            "small weights become 0, and the large ones have not paid": (
                lambda w, lr, lambd: w * (w.abs() > lr * lambd)
            ),
            "the signs are lost": lambda w, lr, lambd: (w.abs() - lr * lambd).clamp(min=0),
            "negative weights are 0 now; they should come closer from below": (
                lambda w, lr, lambd: (w - lr * lambd).clamp(min=0)
            ),
        },
        hint="Try 1, -1, 0.1 and -0.1 with a step of 0.5.",
    )
    any_shape = compares(
        "any shape, and zeros stay zeros",
        inputs=lambda: zeros_among(near_the_threshold(12)),
        times=1,
        weight=0.5,
        hint="`torch.sign(0)` is 0, but `w / w.abs()` is NaN there.",
    )

    @check("w itself is left alone", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """Make a new tensor."""
        inputs = near_the_threshold(8)
        right = self.right(*inputs) if self.passed("value") else None
        verify_untouched(student, "l1_step", inputs, ("w",), right)


def slope(w, b, X, y):
    """The gradient of half the mean squared error for w."""
    return X.T @ (X @ w + b - y) / len(X)


def step_inputs(n: int = 5, inputs: int = 4) -> tuple[Tensor, Tensor, Tensor, Tensor, float, float]:
    """w, b, X, y, lr, lambd with a residual that is far from 0 on average."""
    X, y = signed(n, inputs), torch.randn(n, 1) - 6
    return signed(inputs, 1), signed(1), X, y, uniform(0.05, 0.2), uniform(0.5, 3.0)


def near_the_threshold(n: int) -> tuple[Tensor, float, float]:
    """w (n,), lr and lambd: weights of both signs, half of them smaller than lr * lambd."""
    lr, lambd = uniform(0.05, 0.3), uniform(0.5, 3.0)
    times = torch.cat([torch.rand(n // 2) * 0.8 + 0.1, torch.rand(n - n // 2) * 3 + 1.2])
    signs = torch.tensor([1.0, -1.0]).repeat(n)[:n]
    return (lr * lambd * times * signs)[torch.randperm(n)], lr, lambd


def zeros_among(drawn: tuple[Tensor, float, float]) -> tuple[Tensor, float, float]:
    """As a matrix, with a zero in it."""
    w, lr, lambd = drawn
    w[0] = 0
    return w.reshape(3, -1), lr, lambd


# What follows runs beside a student's code.


def gradient_of_the_penalty(namespace, A, z):
    z.requires_grad_(True)
    penalty = namespace["l2_penalty"](A @ z)
    if not (isinstance(penalty, torch.Tensor) and penalty.requires_grad):
        return None
    penalty.sum().backward()
    return z.grad


def report_of_trained_weights(namespace, w):
    return namespace["fixed_report"](w.requires_grad_(True))
