"""What a notebook imports: the `check` and the `hint` of its chapter."""

from __future__ import annotations

import copy
import io
import random
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from typing import Protocol

import torch
from IPython.display import Markdown, display

from grader.checks import endless, registry
from grader.checks.cell_runs import CellRuns
from grader.checks.exercise import Exercise
from grader.checks.judge import UNWRITTEN, judge, unjudged
from grader.checks.overview import NOT_DEFINED, Overview, is_open
from grader.checks.registry import get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent, Student
from grader.checks.table import ResultTable
from grader.errors import CourseError, Interrupted
from grader.wire.probe import torch_state_as_at_the_start
from lab.notebook import shell as notebook_shell

FIX_FIRST = (
    "`{used}` does not pass its own checks yet, and `{name}` builds on it: fix that one first."
)
RUN_IT_FIRST = "The cell of this exercise has not run yet: run it first, and the check again."
SAY_WHO = (
    "This chapter has a variant for each student: write your id into `variant({number}, student=...)`, near the top, "
    "and run that cell first."
)
NOTHING_RAN = (
    "No other cell has run since the last check of this exercise. Have you changed your code? Then run its cell "
    "(Shift + Enter), and the check again."
)
SOMETHING_ELSE = (
    "`{}` should be a {}, but it is of type {} by now: look where you give this name to something else, then run "
    "this exercise's cell again."
)
PRINTED_LINES = 20
PRINTED_CHARACTERS = 2000
students: dict[str, str] = {}
"""Whose variant this notebook works on, by chapter."""


class CheckFunction(Protocol):
    """The `check` of a chapter."""

    def __call__(self, name: str | None = None) -> float: ...


class Hint(Protocol):
    """The `hint` of a chapter."""

    def __call__(self, name: str | None = None, level: int = 1) -> None: ...


def chapter(number: int) -> tuple[CheckFunction, Hint]:
    """The `check` and the `hint` of the chapter of this number.

    `check(name)` judges the exercise `name` in this notebook, shows the table, and returns the points
    earned, a float that nbgrader reads as (partial) credit. `check()` judges all of them, shows a line
    for each, and returns their sum. `hint(name, level=1)` shows hint 1, 2 or 3, each of which says
    more. For a name that no exercise of the chapter has, both raise CourseError, which a notebook
    shows as one sentence.
    """
    package = f"ch{number:02}"
    runs = cell_runs()

    def check(name: str | None = None) -> float:
        if name is None:
            return _check_all(package, runs)
        exercise = own_exercise(package, as_name(package, name, "check"))
        student = LocalStudent(names := namespace())
        with quietly(names):
            result = _judged(package, exercise, student, names)
            if result.failed:
                result = replace(result, note=_what_to_fix_first(package, exercise, student))
        display(_table(result, registry.defined_by(package, name), runs))
        if not result.problem:
            _show_picture(exercise, student, names)
        return result.earned

    def hint(name: str | None = None, level: int = 1) -> None:
        name = as_name(package, name, "hint")
        hints = get_exercise(package, name).hints
        if not isinstance(level, int) or not 1 <= level <= len(hints):
            raise CourseError(f"{name} has hints 1 to {len(hints)}; there is no hint {level!r}.")
        more = f"\n\n*There is more: `hint({name!r}, {level + 1})`*" if level < len(hints) else ""
        display(Markdown(f"**Hint {level} of {len(hints)}.** {hints[level - 1]}{more}"))

    return check, hint


def _judged(
    package: str, exercise: Exercise, student: Student, names: dict[str, object]
) -> ExerciseResult:
    """What the judge says; a cell that has not run is not asked, or it would read of errors that are not its own."""
    needs = registry.defined_by(package, exercise.name)
    if needs and not any(name in names for name in needs):
        return unjudged(exercise, f"`{next(iter(needs))}` {NOT_DEFINED}")
    for name, kind in needs.items():
        value = names.get(name, judge)
        if (kind and not callable(value)) or (
            kind == "class" and isinstance(value, torch.nn.Module)
        ):
            return unjudged(exercise, SOMETHING_ELSE.format(name, kind, type(value).__name__))
    return judge(exercise, student, fresh_seed())


def _table(result: ExerciseResult, needs: Collection[str], runs: CellRuns | None) -> ResultTable:
    """The result, with what is known of the runs of the exercise's cell, which must give the names `needs`."""
    judged, warning, again = "", "", False
    if runs:
        judged, warning = runs.judged(result.exercise, needs), runs.warning(result.exercise, needs)
        again = runs.is_asked_again(result.exercise)
        if result.problem == UNWRITTEN and result.note and runs.is_written(result.exercise):
            # What is open is another exercise, which this one uses.
            result = replace(result, problem=result.note, note="")
    if warning and is_open(result):
        return ResultTable(replace(result, problem=warning), judged)
    if result.problem.endswith(NOT_DEFINED):
        result = replace(result, note=RUN_IT_FIRST)
    elif again and result.failed and not warning:
        warning = NOTHING_RAN
    return ResultTable(result, judged, warning)


def _check_all(package: str, runs: CellRuns | None) -> float:
    student = LocalStudent(names := namespace())
    exercises = [each.at_home() for each in registry.in_order(package, student_of(package))]
    with quietly(names):
        results = [_judged(package, exercise, student, names) for exercise in exercises]
    warnings = [
        f"{exercise.name}: {warning}"
        for exercise in exercises
        if runs
        and (warning := runs.warning(exercise.name, registry.defined_by(package, exercise.name)))
    ]
    overview = Overview(results, warnings)
    display(overview)
    return overview.earned


def own_exercise(package: str, name: str) -> Exercise:
    """The exercise `name` in the variant of whose notebook this is, without what only grading asks."""
    return get_exercise(package, name, student_of(package)).at_home()


def student_of(package: str) -> str:
    """Whose variant counts here. Raises CourseError in a notebook that has to say so first."""
    if package in students or notebook_shell() is None or not registry.has_variants(package):
        return students.get(package, "")
    raise CourseError(SAY_WHO.format(number=int(package[2:])))


def as_name(package: str, name: object, function: str) -> str:
    """`name`, when it is a text. Raises CourseError for nothing, or a function or class, in its place."""
    if isinstance(name, str):
        return name
    called = getattr(name, "__name__", registry.in_order(package)[0].name)
    raise CourseError(
        f'Give the name of the exercise in quotes: {function}("{called}"). '
        + registry.names_there_are(package)
    )


@contextmanager
def quietly(names: dict[str, object]) -> Iterator[None]:
    """For judging what a notebook's `names` hold: torch's state is as at the start, and prints of the learner's
    code are cut. Where that code is, is said when it takes long or is interrupted.

    Nothing goes to stderr, be it a warning: nbgrader gives a cell that wrote there 0 points.
    """
    printed = io.StringIO()
    try:
        with (
            endless.telling_where(names),
            redirect_stdout(printed),
            redirect_stderr(printed),
            torch_state_as_at_the_start(),
        ):
            yield
    except KeyboardInterrupt as stop:
        raise Interrupted(endless.interrupted(stop, names)) from None
    finally:
        print(_cut(printed.getvalue()), end="")


def _cut(text: str) -> str:
    """The beginning of what the learner's code printed while it was checked."""
    lines = text[:PRINTED_CHARACTERS].splitlines(keepends=True)[:PRINTED_LINES]
    shown = "".join(lines)
    if shown == text:
        return shown
    left_out = len(text) - len(shown)
    return f"{shown.rstrip()}\n… ({left_out:,} more characters that your code printed)\n"


def _what_to_fix_first(package: str, exercise: Exercise, student: Student) -> str:
    """A sentence that names the first of the exercises which this one uses and which fails itself."""
    for used in exercise.uses:
        result: ExerciseResult = judge(own_exercise(package, used), student, fresh_seed())
        if result.failed:
            return FIX_FIRST.format(used=used, name=exercise.name)
    return ""


def fresh_seed() -> int:
    """Another seed each time: a learner meets other inputs at every check."""
    return random.SystemRandom().getrandbits(63)


def _show_picture(exercise: Exercise, student: Student, names: dict[str, object]) -> None:
    from matplotlib import pyplot as plt

    try:
        with quietly(names):
            figure = copy.copy(exercise).picture(student)
    except Exception:  # the table has already said what is wrong
        return
    if figure is not None:
        display(figure)
        plt.close(figure)


def cell_runs() -> CellRuns | None:
    """What is known of the runs of cells, once a shell; None where there is none."""
    shell = notebook_shell()
    if shell is None:
        return None
    if not hasattr(shell, "dropout_lab_runs"):
        shell.dropout_lab_runs = CellRuns(shell)
    return shell.dropout_lab_runs


def namespace() -> dict[str, object]:
    """The notebook's names, or, where there is no notebook, those of the module that calls."""
    shell = notebook_shell()
    if shell is not None:
        return shell.user_ns
    frame = sys._getframe(1)
    while str(frame.f_globals.get("__name__")).startswith("grader.") and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_globals
