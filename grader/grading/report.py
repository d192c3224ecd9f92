"""What the terminal shows of a graded class: a table of points, and the reasons for lost ones."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.checks.expect import show
from grader.checks.overview import WHAT_GRADING_ADDS
from grader.checks.results import ExerciseResult, SubmissionResult
from grader.grading.grade_class import Failure
from grader.grading.validate import Validation

Outcomes = Sequence[SubmissionResult | Failure]


def print_grades(console: Console, outcomes: Outcomes) -> None:
    """One row a student, one numbered column an exercise, the total, and the numbers' names."""
    graded = [outcome for outcome in outcomes if isinstance(outcome, SubmissionResult)]
    if not graded:
        return
    exercises = graded[0].exercises
    title = f"Points for {graded[0].assignment}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("student", no_wrap=True, overflow="ellipsis", max_width=_room(graded))
    for number, exercise in enumerate(exercises, 1):
        table.add_column(
            f"{number}\n/{show(float(exercise.points))}", justify="right", no_wrap=True
        )
    table.add_column(f"total\n/{show(float(graded[0].points))}", justify="right", no_wrap=True)
    for result in graded:
        points = [show(float(exercise.earned)) for exercise in result.exercises]
        table.add_row(escape(result.student), *points, show(float(result.earned)))
    console.print(table)
    names = ", ".join(f"{number} {e.exercise}" for number, e in enumerate(exercises, 1))
    console.print(f"{names}. Written answers are graded by a person.\n")


def print_validation(console: Console, found: Validation) -> None:
    """One row an exercise, then written answers that are empty, then what is odd about the notebook."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("exercise", "points", "state"):
        table.add_column(name, no_wrap=name == "points", overflow="fold")
    for row in found.exercises:
        points = f"{show(row.earned or 0.0)} of {show(row.points)}"
        table.add_row(escape(row.name), points, escape(row.state))
    console.print(table)
    total = f"{show(found.earned)} of {show(found.points)} points"
    console.print(f"{total}. {WHAT_GRADING_ADDS}", highlight=False)
    if found.unanswered:
        console.print(f"Not written yet: {', '.join(found.unanswered)}", markup=False)
    for problem in found.problems:
        console.print(problem, markup=False)


def _room(graded: Sequence[SubmissionResult]) -> int:
    """Columns that are left for the names when 80 are there: points are not to be cut, names may."""
    exercises = graded[0].exercises
    points = (float(exercise.points) for exercise in exercises)
    numbers = [max(len(show(p)), 4 if p >= 1 else 3) + 1 for p in points]
    return max(12, 78 - sum(numbers) - 8)


def print_reasons(console: Console, outcomes: Outcomes) -> None:
    """For every student: what was found in the file, and why each lost point was lost."""
    for outcome in outcomes:
        name = f"[bold]{escape(outcome.student)}[/bold]"
        if isinstance(outcome, Failure):
            console.print(f"{name}: not graded: {escape(outcome.reason)}", soft_wrap=True)
            continue
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
    return f"{exercise.exercise} {show(float(exercise.earned))}/{show(float(exercise.points))}"


def write_json(path: Path, outcomes: Outcomes) -> None:
    """Everything as JSON: per student, exercise and check the points, outcome, message and seconds."""
    records = [
        outcome.as_json()
        if isinstance(outcome, SubmissionResult)
        else {"student": outcome.student, "failure": outcome.reason}
        for outcome in outcomes
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(records, file, indent=2, ensure_ascii=False)
    os.replace(scratch, path)
