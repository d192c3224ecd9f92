"""The declarative check: an exercise that is a function of its inputs, compared with its reference.

    class L2Penalty(Exercise):
        name, points = "l2_penalty", 2

        @staticmethod
        def right(w):
            return (w**2).sum() / 2

        value = compares(
            "half of the sum of the squares",
            inputs=lambda: (signed(4, 3),),
            mistakes={"the half is missing": lambda w: (w**2).sum()},
            hint="...",
        )

Every mistake is an executable wrong answer: `make prove` judges each as one of the catalogue.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Check, Exercise
from grader.checks.functions import answers_to, called_for_each
from grader.checks.student import Student

Function = Callable[..., object]


class compares:
    """A check that the exercise's function gives what `right`, a static method of the exercise, gives.

    inputs: draws the arguments of one call. times: how many calls. mistakes: sentence to the function
    that this mistake computes. part: which of several returned values this check is about; then
    `mistakes` compute that part alone, and `returns` of the exercise names all of them. function: the learner's
    function, by default the exercise's name; one of several that is still open costs its own checks
    only. right: for this one of several, in place of the exercise's.
    because: what is said when no mistake is named, in place of the arguments. not_finite: the same, of an answer in
    which a number is NaN or infinite.
    """

    check: Check

    def __init__(
        self,
        title: str,
        *,
        inputs: Callable[[], Sequence[object]],
        mistakes: Mapping[str, Function] | None = None,
        part: int | None = None,
        times: int = 2,
        tolerance: expect.Tolerance = expect.CLOSE,
        function: str = "",
        right: Function | None = None,
        because: str = "",
        not_finite: str = "",
        weight: float = 1.0,
        essential: bool = False,
        hint: str = "",
    ) -> None:
        self.title, self.inputs, self.mistakes = title, inputs, mistakes or {}
        self.part, self.times, self.tolerance, self.function = part, times, tolerance, function
        self.because, self.not_finite, self.right = because, not_finite, right
        self._more = {"weight": weight, "essential": essential, "hint": hint}

    def __set_name__(self, owner: type[Exercise], name: str) -> None:
        self.check = Check(name, self.title, function=self._judge, **self._more)  # type: ignore[arg-type]

    def _judge(self, exercise: Exercise, student: Student) -> None:
        rule = self.right or exercise.right  # type: ignore[attr-defined]
        inputs = [self.inputs() for _ in range(self.times)]
        each = called_for_each if self.function else answers_to
        answers = each(student, self.function or exercise.name, inputs)
        for arguments in inputs:
            right, seen = rule(*arguments), next(answers)
            if isinstance(right, tuple):
                seen = _parts(seen, right, getattr(exercise, "returns", ("one", "two")))
            if self.part is not None:
                seen, right = seen[self.part], right[self.part]  # type: ignore[index]
            because = "" if _is_finite(seen) else self.not_finite
            expect.close(
                seen,
                right,
                tolerance=self.tolerance,
                because=because or self.because or _given(rule, arguments),
                mistakes={text: wrong(*arguments) for text, wrong in self.mistakes.items()},
            )


def _parts(seen: object, right: tuple[object, ...], names: tuple[str, ...]) -> list[object]:
    """Several returned values: a tuple arrives as a list, and may be one tensor with a further axis."""
    dims = right[0].dim() if isinstance(right[0], Tensor) else 0
    if isinstance(seen, Tensor) and seen.dim() == dims + 1:
        seen = list(seen[: len(right) + 1])
    wanted = f"{len(right)} values: `return {', '.join(names)}`"
    return expect.items(seen, len(right), expected=wanted)


def _is_finite(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_finite, value))
    if isinstance(value, Tensor):
        return bool(torch.isfinite(value).all())
    return not isinstance(value, float) or math.isfinite(value)


def _given(rule: Function, arguments: Sequence[object]) -> str:
    """The arguments that fit into a line: `for h = 2, p = 0.5`."""
    names = inspect.signature(rule).parameters
    shown = [
        f"{name} = {expect.show(value)}"
        for name, value in zip(names, arguments, strict=False)
        if not isinstance(value, Tensor) or value.numel() <= 8
    ]
    return f"for {', '.join(shown)}" if shown else ""
