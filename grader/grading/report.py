"""What the terminal shows of a graded class: a table of points, and the reasons for lost ones."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.checks.results import ExerciseResult, SubmissionResult, as_points
from grader.grading.changes import counted
from grader.grading.names import printable
from grader.grading.outcome import Failure, Outcomes

if TYPE_CHECKING:
    from grader.grading.validate import Validation

MIN_NAME, MAX_SHOWN = 8, 60
"""Columns of a name."""


def print_grades(console: Console, outcomes: Outcomes) -> None:
    """One row a student, one numbered column an exercise, the total, and the numbers' names.

    Fits 80 columns whatever the names are; where many exercises leave no room, there is the total alone.
    """
    graded = [outcome for outcome in outcomes if isinstance(outcome, SubmissionResult)]
    if not graded:
        return
    exercises, late = graded[0].exercises, any(result.late_penalty for result in graded)
    columns = [(f"{n}\n/{as_points(e.points)}", _earned(n - 1)) for n, e in enumerate(exercises, 1)]
    ends = [("late\n", lambda result: as_points(-result.late_penalty))] if late else []
    ends.append(
        (f"total\n/{as_points(graded[0].points)}", lambda result: as_points(counted(result)))
    )
    room = _room([*columns, *ends], graded)
    if room < MIN_NAME:
        columns, room = [], _room(ends, graded)
    title = f"Points for {graded[0].assignment}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("student", no_wrap=True, overflow="ellipsis", max_width=room)
    for head, _ in (*columns, *ends):
        table.add_column(head, justify="right", no_wrap=True)
    for result in graded:
        table.add_row(escape(result.student), *(shown(result) for _, shown in (*columns, *ends)))
    console.print(table)
    names = ", ".join(f"{number} {e.exercise}" for number, e in enumerate(exercises, 1))
    numbers = f"{names}. " if columns else "The points of each exercise are in --json. "
    console.print(f"{numbers}Written answers are graded by a person.\n")


Column: TypeAlias = tuple[str, Callable[[SubmissionResult], str]]


def _earned(number: int) -> Callable[[SubmissionResult], str]:
    return lambda result: as_points(result.exercises[number].earned)


def _room(columns: Sequence[Column], graded: Sequence[SubmissionResult]) -> int:
    """How wide a name can be in 80 columns when no number is cut."""
    widths = [
        max(len(part) for text in (head, *map(shown, graded)) for part in text.split("\n"))
        for head, shown in columns
    ]
    return min(77 - sum(widths) - 2 * len(widths), MAX_SHOWN)  # two blanks before each


def print_validation(console: Console, found: Validation) -> None:
    """One row an exercise, then written answers that are empty, then what is odd about the notebook."""
    from grader.checks.overview import WHAT_GRADING_ADDS

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("exercise", "points", "state"):
        table.add_column(name, no_wrap=name == "points", overflow="fold")
    for row in found.exercises:
        points = f"{as_points(row.earned or 0.0)} of {as_points(row.points)}"
        table.add_row(escape(row.name), points, escape(row.state))
    console.print(table)
    total = f"{as_points(found.earned)} of {as_points(found.points)} points"
    console.print(f"{total}. {WHAT_GRADING_ADDS}", highlight=False)
    if found.unanswered:
        console.print(f"Not written yet: {', '.join(found.unanswered)}", markup=False)
    for problem in found.problems:
        console.print(problem, markup=False)


def print_reasons(console: Console, outcomes: Outcomes) -> None:
    """For every student: what was found in the file, and why each lost point was lost."""
    for outcome in outcomes:
        name = f"[bold]{escape(printable(outcome.student, MAX_SHOWN))}[/bold]"
        if isinstance(outcome, Failure):
            continue  # said when it happened, and at the end
        lost = [exercise for exercise in outcome.exercises if exercise.earned < exercise.points]
        if not lost and not outcome.findings:
            console.print(f"{name}: everything right")
            continue
        console.print(f"{name}:")
        for finding in outcome.findings:
            console.print(f"  file: {escape(finding)}", soft_wrap=True)
        for reason, exercises in _by_reason(lost).items():
            console.print(f"  {escape(', '.join(map(_points, exercises)))}", soft_wrap=True)
            console.print(escape(reason), soft_wrap=True)


def _by_reason(lost: Sequence[ExerciseResult]) -> dict[str, list[ExerciseResult]]:
    """Exercises that lost points for the very same reason, said once."""
    found: dict[str, list[ExerciseResult]] = {}
    for exercise in lost:
        found.setdefault(_reason(exercise), []).append(exercise)
    return found


def _reason(exercise: ExerciseResult) -> str:
    if exercise.problem:
        return f"    {exercise.problem}"
    messages = {check.message for check in exercise.failed}
    if len(messages) == 1 and len(exercise.failed) > 1:
        return f"    ✗ {len(exercise.failed)} checks: {messages.pop()}"
    return "\n".join(f"    ✗ {check.title}\n      {check.message}" for check in exercise.failed)


def _points(exercise: ExerciseResult) -> str:
    return f"{exercise.exercise} {as_points(exercise.earned)}/{as_points(exercise.points)}"


def write_json(path: Path, outcomes: Outcomes) -> None:
    """Everything as JSON: per student, exercise and check the points, outcome, message and seconds.

    The file changes as a whole. Raises OSError when it cannot be written.
    """
    records = [
        outcome.as_json()
        if isinstance(outcome, SubmissionResult)
        else {"student": outcome.student, "failure": outcome.reason}
        for outcome in outcomes
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(records, file, indent=2, ensure_ascii=False)
        os.replace(scratch, path)
    except BaseException:
        os.unlink(scratch)
        raise
