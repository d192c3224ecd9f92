"""What is told of one run over a class: failures as they come, then JSON, the table, and the last lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from grader.checks.results import SubmissionResult, as_points
from grader.errors import CourseError, GivenUp
from grader.grading.changes import GradeChange, change, counted
from grader.grading.names import listed, printable
from grader.grading.outcome import Failure, Outcome
from grader.grading.plan import Plan
from grader.grading.release import Release
from grader.grading.report import MAX_SHOWN, print_grades, print_reasons, write_json

MAX_REASONS = 20
"""Students of whom every lost point is explained on the screen."""


class Report:
    """What is told of one run: failures as they come, then JSON, then the table and the last lines."""

    def __init__(
        self, release: Release, plan: Plan, path: Path | None = None, *, dry_run: bool = False
    ) -> None:
        self.release, self._plan, self._path, self._dry_run = release, plan, path, dry_run
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

    @property
    def changes(self) -> list[GradeChange]:
        """Whose grade is another one now, of those who had one."""
        pairs = (
            (self._plan.earlier[name], outcome)
            for name, outcome in sorted(self._new.items())
            if name in self._plan.earlier and isinstance(outcome, SubmissionResult)
        )
        return [found for pair in pairs if (found := change(*pair))]

    def tell(self, console: Console, interruption: BaseException | None = None) -> None:
        """Write the JSON file, if one is asked for; then the table of what was graded now, reasons where
        they are not too many, and the last lines. Raises CourseError when the file cannot be written.
        """
        problem = self._write()
        self._show(console, interruption)
        if problem is not None:
            raise CourseError(
                f"{self._path} could not be written ({problem.strerror}); the grades are recorded. "
                "The same command grades nothing again and writes it."
            )

    def _write(self) -> OSError | None:
        try:
            if self._path is not None:
                write_json(self._path, self.outcomes)
        except OSError as error:
            return error
        return None

    def _show(self, console: Console, interruption: BaseException | None) -> None:
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
        if interruption is None:
            yield from self._other_points()
        if changes := self.changes:
            yield f"{len(changes):,} grades {'would change' if self._dry_run else 'changed'}:"
            yield from (f"  {found}" for found in changes)
        elif self._dry_run:
            yield "No grade would change."
        results = [o for o in self.outcomes if isinstance(o, SubmissionResult)]
        parts = [f"{graded:,} graded", f"{len(self._plan.unchanged):,} unchanged"]
        if self.failures:
            named = listed([failure.student for failure in self.failures])
            parts.append(f"{len(self.failures):,} not graded ({named})")
        mean = ""
        if results:
            points = sum(map(counted, results)) / len(results)
            mean = f" Mean: {as_points(points)} of {as_points(results[0].points)}."
        yield f"{', '.join(parts)}.{mean}"
        if self._dry_run:
            yield "A dry run: nothing was recorded."
        if interruption is not None:
            if isinstance(interruption, GivenUp):
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
        changed: Counter[str] = Counter()
        for name, result in self._plan.earlier.items():
            if isinstance(self._new.get(name), SubmissionResult):
                continue
            for exercise in result.exercises:
                points = now.get(exercise.exercise)
                if points is not None and points != exercise.points:
                    what = f"{exercise.exercise} counted {as_points(exercise.points)}, now {as_points(points)}"
                    changed[what] += 1
        for what, count in changed.items():
            yield f"{count:,} grades are on another scale ({what}): grade the whole class once more."


def _failed(failure: Failure) -> str:
    return f"{printable(failure.student, MAX_SHOWN)}: not graded: {failure.reason}"
