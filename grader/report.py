"""What the terminal shows of a graded class: a table of points, and the reasons for lost ones."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .autograde import Failure
from .expect import show
from .results import ExerciseResult, SubmissionResult

Outcomes = Sequence[SubmissionResult | Failure]


def print_grades(console: Console, outcomes: Outcomes) -> None:
    """One row a student, one column an exercise, and the total."""
    graded = [outcome for outcome in outcomes if isinstance(outcome, SubmissionResult)]
    if graded:
        table = Table(title=f"Points for {graded[0].assignment} (written answers not counted)")
        table.add_column("student")
        for exercise in graded[0].exercises:
            header = f"{exercise.exercise.replace('_', ' ')}\n/ {show(float(exercise.points))}"
            table.add_column(header, justify="right")
        table.add_column(f"total\n/ {show(float(graded[0].points))}", justify="right")
        for result in graded:
            points = [show(float(exercise.earned)) for exercise in result.exercises]
            table.add_row(escape(result.student), *points, show(float(result.earned)))
        console.print(table)


def print_reasons(console: Console, outcomes: Outcomes) -> None:
    """For every student: what was found in the file, and why each lost point was lost."""
    for outcome in outcomes:
        name = escape(outcome.student)
        if isinstance(outcome, Failure):
            console.print(f"[bold]{name}[/bold]  not graded: {escape(outcome.reason)}")
            continue
        lost = [exercise for exercise in outcome.exercises if exercise.earned < exercise.points]
        if not lost and not outcome.findings:
            console.print(f"[bold]{name}[/bold]  everything right")
            continue
        console.print(f"[bold]{name}[/bold]")
        for finding in outcome.findings:
            console.print(f"  file: {escape(finding)}")
        for exercise in lost:
            _print_lost(console, exercise)


def _print_lost(console: Console, exercise: ExerciseResult) -> None:
    points = f"{show(float(exercise.earned))} of {show(float(exercise.points))}"
    console.print(f"  {escape(exercise.exercise)}: {points}")
    if exercise.problem:
        console.print(f"    {escape(exercise.problem)}")
        return
    for check in exercise.failed:
        console.print(f"    ✗ {escape(check.title)}\n      {escape(check.message)}")


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
