"""What the terminal shows of a graded class: a table of points, and the reasons for lost ones."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.checks.results import ExerciseResult, SubmissionResult
from grader.errors import CourseError
from grader.grading.names import printable
from grader.grading.outcome import Failure, Outcome, Outcomes
from grader.grading.plan import Plan
from grader.grading.release import Release
from grader.grading.transaction import GradebookLocked

MAX_REASONS = 20
"""Students of whom every lost point is explained on the screen."""
MIN_NAME, MAX_SHOWN = 12, 60
"""Columns of a name."""


def print_grades(console: Console, outcomes: Outcomes) -> None:
    """One row a student, one numbered column an exercise, the total, and the numbers' names.

    Fits 80 columns whatever the names are; where many exercises leave no room, there is the total alone.
    """
    graded = [outcome for outcome in outcomes if isinstance(outcome, SubmissionResult)]
    if not graded:
        return
    exercises, late = graded[0].exercises, any(result.late_penalty for result in graded)
    columns = [(f"{n}\n/{_short(e.points)}", _earned(n - 1)) for n, e in enumerate(exercises, 1)]
    ends = [("late\n", lambda result: _short(-result.late_penalty))] if late else []
    ends.append((f"total\n/{_short(graded[0].points)}", lambda result: _short(total(result))))
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


def total(result: SubmissionResult) -> float:
    """What the gradebook counts, as long as nobody has given marks by hand."""
    return max(0.0, result.earned - result.late_penalty)


Column: TypeAlias = tuple[str, Callable[[SubmissionResult], str]]


def _earned(number: int) -> Callable[[SubmissionResult], str]:
    return lambda result: _short(result.exercises[number].earned)


def _short(points: float) -> str:
    return f"{points + 0.0:.4g}"


def _room(columns: Sequence[Column], graded: Sequence[SubmissionResult]) -> int:
    """How wide a name can be in 80 columns when no number is cut."""
    widths = [
        max(len(part) for text in (head, *map(shown, graded)) for part in text.split("\n"))
        for head, shown in columns
    ]
    return min(78 - sum(widths) - len(widths) - 3, MAX_SHOWN)


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
    return f"{exercise.exercise} {_short(exercise.earned)}/{_short(exercise.points)}"


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


class Report:
    """What is told of one run: failures as they come, then JSON, then the table and the last lines."""

    def __init__(self, release: Release, plan: Plan, path: Path | None = None) -> None:
        self.release, self._plan, self._path = release, plan, path
        self._new: dict[str, Outcome] = {}

    def add(self, outcome: Outcome) -> str:
        """Take in what has just been graded; what has to be said of it at once."""
        self._new[outcome.student] = outcome
        return _failed(outcome) if isinstance(outcome, Failure) else ""

    @property
    def outcomes(self) -> list[Outcome]:
        """All that is known, the results that stand among it, in the order of the students."""
        known = {**self._plan.unchanged, **self._new}
        return [known[name] for name in sorted(known)]

    @property
    def failures(self) -> list[Failure]:
        return [outcome for outcome in self.outcomes if isinstance(outcome, Failure)]

    def write(self) -> None:
        """Write the JSON file, if one is asked for. Raises CourseError when that fails."""
        try:
            if self._path is not None:
                write_json(self._path, self.outcomes)
        except OSError as error:
            raise CourseError(
                f"{self._path} could not be written ({error.strerror}); the grades are recorded. "
                "The same command grades nothing again and writes it."
            ) from None

    def show(self, console: Console, interruption: BaseException | None = None) -> None:
        """The table of what was graded now, reasons where they are not too many, and the last lines."""
        new = [self._new[name] for name in sorted(self._new)]
        graded = [outcome for outcome in new if isinstance(outcome, SubmissionResult)]
        if interruption is None:
            print_grades(console, graded)
            if len(graded) <= MAX_REASONS:
                print_reasons(console, graded)
            else:
                console.print(
                    "Why points were lost is in --json and on the feedback pages; --student NAME shows it "
                    "here."
                )
        for line in self._last_lines(len(graded), interruption):
            console.print(escape(line), soft_wrap=True, highlight=False)

    def _last_lines(self, graded: int, interruption: BaseException | None) -> Iterator[str]:
        yield from map(_failed, self.failures)
        if interruption is None:
            yield from self._other_points()
        results = [o for o in self.outcomes if isinstance(o, SubmissionResult)]
        parts = [f"{graded:,} graded", f"{len(self._plan.unchanged):,} unchanged"]
        if self.failures:
            parts.append(f"{len(self.failures):,} not graded")
        mean = ""
        if results:
            points = sum(map(total, results)) / len(results)
            mean = f" Mean: {_short(points)} of {_short(results[0].points)}."
        yield f"{', '.join(parts)}.{mean}"
        if interruption is not None:
            if isinstance(interruption, GradebookLocked):
                yield f"Given up: {interruption}."
            everybody = len(self._plan.waiting) + len(self._plan.unchanged)
            yield f"{len(results):,} of {everybody:,} graded; run the same command to go on."

    def _other_points(self) -> Iterator[str]:
        """Grades that stay in the gradebook although they count exercises with other points."""
        now = {
            cell.metadata.nbgrader.grade_id.removeprefix("check_"): cell.metadata.nbgrader.points
            for cell in self.release.source.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        }
        changed: dict[str, int] = {}
        for name, result in self._plan.earlier.items():
            if isinstance(self._new.get(name), SubmissionResult):
                continue
            for exercise in result.exercises:
                points = now.get(exercise.exercise)
                if points is not None and points != exercise.points:
                    what = f"{exercise.exercise} counted {_short(exercise.points)}, now {_short(points)}"
                    changed[what] = changed.get(what, 0) + 1
        for what, count in changed.items():
            yield f"{count:,} grades are on another scale ({what}): grade the whole class once more."


def _failed(failure: Failure) -> str:
    return f"{printable(failure.student, MAX_SHOWN)}: not graded: {failure.reason}"
