"""What a notebook imports: the `check` and the `hint` of its chapter."""

from __future__ import annotations

import copy
import random
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import replace
from typing import Protocol

from IPython import get_ipython
from IPython.display import Markdown, display

from grader.checks.exercise import Exercise
from grader.checks.judge import judge
from grader.checks.registry import get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent, Student
from grader.checks.table import ResultTable
from grader.errors import CourseError
from grader.wire.probe import torch_state_as_at_the_start

FIX_FIRST = (
    "`{used}` does not pass its own checks yet, and `{name}` builds on it: fix that one first."
)


class Hint(Protocol):
    """The `hint` of a chapter."""

    def __call__(self, name: str, level: int = 1) -> None: ...


def chapter(number: int) -> tuple[Callable[[str], float], Hint]:
    """The `check` and the `hint` of the chapter of this number.

    `check(name)` judges the exercise `name` in this notebook, shows the table, and returns the points
    earned, a float that nbgrader reads as (partial) credit. `hint(name, level=1)` shows hint 1, 2 or
    3, each of which says more. Both raise CourseError for a name that no exercise of the chapter has.
    """
    package = f"ch{number:02}"

    def check(name: str) -> float:
        exercise = get_exercise(package, name)
        student = LocalStudent(_namespace())
        # nbgrader gives a cell that wrote to stderr 0 points, be it a warning in the student's code.
        with redirect_stderr(sys.stdout), torch_state_as_at_the_start():
            result = judge(exercise, student, _fresh_seed())
            if result.failed:
                result = replace(result, note=_what_to_fix_first(package, exercise, student))
            display(ResultTable(result))
            if not result.problem:
                _show_picture(exercise, student)
        return result.earned

    def hint(name: str, level: int = 1) -> None:
        hints = get_exercise(package, name).hints
        if not isinstance(level, int) or not 1 <= level <= len(hints):
            raise CourseError(f"{name} has hints 1 to {len(hints)}; there is no hint {level!r}.")
        more = f"\n\n*There is more: `hint({name!r}, {level + 1})`*" if level < len(hints) else ""
        display(Markdown(f"**Hint {level} of {len(hints)}.** {hints[level - 1]}{more}"))

    return check, hint


def _what_to_fix_first(package: str, exercise: Exercise, student: Student) -> str:
    """A sentence that names the first of the exercises which this one uses and which fails itself."""
    for used in exercise.uses:
        result: ExerciseResult = judge(get_exercise(package, used), student, _fresh_seed())
        if result.failed:
            return FIX_FIRST.format(used=used, name=exercise.name)
    return ""


def _fresh_seed() -> int:
    return random.SystemRandom().getrandbits(63)


def _show_picture(exercise: Exercise, student: Student) -> None:
    from matplotlib import pyplot as plt

    try:
        figure = copy.copy(exercise).picture(student)
    except Exception:  # the table has already said what is wrong
        return
    if figure is not None:
        display(figure)
        plt.close(figure)


def _namespace() -> dict[str, object]:
    shell = get_ipython()
    if shell is not None:
        return shell.user_ns
    return sys._getframe(2).f_globals
