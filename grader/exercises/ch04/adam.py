"""Chapter 4: the exercise `decoupled_decay`, Adam with L2 beside AdamW."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.functions import called, verify_untouched
from grader.checks.randomness import signed, uniform
from grader.checks.student import Student

FIRST_LR = 0.1
UNNOTICED, ELSEWHERE = 1e-6, 0.01


def adam(w, grads, lr, wd, decoupled, corrected=True, rooted=True, eps_inside=False, momentum=0.9):
    """Weights after one step of Adam for each row of grads. decoupled: None for no decay.

    Of known mistakes: corrected, whether the start at 0 is; rooted, whether v is; eps_inside, whether eps is
    below the root; momentum, the first beta.
    """
    m, v = torch.zeros_like(w), torch.zeros_like(w)
    for t, g in enumerate(grads, start=1):
        if decoupled is False:
            g = g + wd * w
        m = momentum * m + (1 - momentum) * g
        v = 0.999 * v + 0.001 * g * g
        up, low = (m / (1 - momentum**t), v / (1 - 0.999**t)) if corrected else (m, v)
        below = (low + 1e-8).sqrt() if eps_inside else (low.sqrt() if rooted else low) + 1e-8
        w = (1 - lr * wd if decoupled else 1) * w - lr * up / below
    return w


class DecoupledDecay(Exercise):
    name, points = "decoupled_decay", 5
    hints = (
        "Write Adam without any decay first, and compare with `torch.optim.Adam`. Then ask where the decay "
        "comes in, for either rule.",
        "With L2, the first line of the loop is `g = g + wd * w`, and all that follows sees this sum. "
        "Decoupled, `g` stays, and the last line is `(1 - lr * wd) * w` minus the step of Adam.",
        "For t = 1, 2, ...: m = 0.9 m + 0.1 g; v = 0.999 v + 0.001 g²; divide m by 1 - 0.9^t and v by "
        "1 - 0.999^t; the step is the first over the root of the second plus 1e-8, times lr. For `lost_decay`, "
        "take a weight and a gradient of the same sign: the first step has length lr, whatever joins g.",
    )

    with_l2 = compares(
        "Adam with L2: the decay joins the gradient",
        function="adam_steps",
        inputs=lambda: adam_inputs(False),
        right=lambda w, grads, lr, wd, decoupled: adam(w, grads, lr, wd, decoupled),
        tolerance=expect.LAYERS,
        weight=1.5,
        essential=True,
        mistakes={
            "this is AdamW's rule": lambda w, grads, lr, wd, decoupled: adam(
                w, grads, lr, wd, True
            ),
            "there is no decay with decoupled=False": (
                lambda w, grads, lr, wd, decoupled: adam(w, grads, lr, wd, decoupled or None)
            ),
            "the correction for the start at 0 is missing": (
                lambda w, grads, lr, wd, decoupled: adam(w, grads, lr, wd, decoupled, False)
            ),
            "the decay has the wrong sign": (
                lambda w, grads, lr, wd, decoupled: adam(w, grads, lr, -wd, decoupled)
            ),
            "the decay is wd * w, without lr: lr comes in at the end": (
                lambda w, grads, lr, wd, decoupled: adam(
                    w, grads, lr, wd if decoupled else lr * wd, decoupled
                )
            ),
        },
        hint="`g = g + wd * w` comes before m and v.",
    )
    as_adamw = compares(
        "decoupled: the decay multiplies the weights, as in AdamW",
        function="adam_steps",
        inputs=lambda: adam_inputs(True),
        right=lambda w, grads, lr, wd, decoupled: adam(w, grads, lr, wd, decoupled),
        tolerance=expect.LAYERS,
        weight=1.5,
        essential=True,
        mistakes={
            "this is Adam with L2: the decay has gone through m and v": (
                lambda w, grads, lr, wd, decoupled: adam(w, grads, lr, wd, False)
            ),
            "there is no decay with decoupled=True": (
                lambda w, grads, lr, wd, decoupled: adam(
                    w, grads, lr, wd, None if decoupled else False
                )
            ),
            "the factor is 1 - lr * wd, not 1 - wd": (
                lambda w, grads, lr, wd, decoupled: adam(
                    w, grads, lr, wd / lr if decoupled else wd, decoupled
                )
            ),
            "the correction for the start at 0 is missing": (
                lambda w, grads, lr, wd, decoupled: adam(w, grads, lr, wd, decoupled, False)
            ),
            "the root of v is missing": (
                lambda w, grads, lr, wd, decoupled: adam(w, grads, lr, wd, decoupled, True, False)
            ),
        },
        hint="`(1 - lr * wd) * w`, and the step of Adam comes off.",
    )

    @check("very small gradients: epsilon stands beside the root", weight=0.5)
    def epsilon(self, student: Student) -> None:
        """`v.sqrt() + eps`, after the correction of v."""
        for decoupled in (True, False):
            w, grads, lr, _, _ = adam_inputs(decoupled)
            grads = grads * 1e-8
            expect.close(
                called(student, "adam_steps", w, grads, lr, 0.0, decoupled),
                adam(w, grads, lr, 0.0, decoupled),
                tolerance=expect.LAYERS,
                mistakes={
                    "epsilon is below the root; it is added to the root": adam(
                        w, grads, lr, 0.0, decoupled, eps_inside=True
                    )
                },
            )

    @check("w itself is left alone", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """`w -= ...` changes the tensor that was given."""
        for decoupled in (True, False):
            inputs = adam_inputs(decoupled)
            right = adam(*inputs) if self.passed("as_adamw" if decoupled else "with_l2") else None
            verify_untouched(student, "adam_steps", inputs, ("w", "grads"), right, expect.LAYERS)

    @check("numbers for which Adam with L2 does not notice the decay", weight=1)
    def lost(self, student: Student) -> None:
        """The first step of Adam has length lr and the sign of what joins m. When does wd · w change that sign?"""
        values = expect.items(
            called(student, "lost_decay"), 3, expected="three numbers: `return w, g, wd`"
        )
        w, g, wd = (torch.tensor(expect.number(value), dtype=torch.float64) for value in values)
        expect.true(
            bool(torch.isfinite(torch.stack([w, g, wd])).all()) and bool(wd > 0),
            seen=f"w = {float(w):.4g}, g = {float(g):.4g}, wd = {float(wd):.4g}",
            expected="finite numbers, and a decay above 0",
        )
        plain, l2, adamw = (
            float(adam(w, [g], FIRST_LR, wd, decoupled)) for decoupled in (None, False, True)
        )
        expect.true(
            abs(l2 - plain) <= UNNOTICED,
            seen=f"the weight goes to {l2:.6g} with L2 and to {plain:.6g} without decay",
            expected="the same weight",
        )
        expect.true(
            abs(adamw - plain) >= ELSEWHERE,
            seen=f"AdamW moves the weight to {adamw:.6g}, and without decay it is {plain:.6g}",
            expected="0.01 or more between them",
        )


def adam_inputs(decoupled: bool) -> tuple[Tensor, Tensor, float, float, bool]:
    """w (6,), grads (12, 6) of very different sizes, lr, wd, decoupled."""
    sizes = torch.tensor([0.1, 0.3, 1.0, 3.0, 10.0, 30.0])[torch.randperm(6)]
    return signed(6), signed(12, 6) * sizes, uniform(0.05, 0.2), uniform(0.5, 1.5), decoupled
