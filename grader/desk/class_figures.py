"""The figures of a graded class: points, success by exercise and check, frequent mistakes, what needs a look."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import mean, median, quantiles

from grader.checks.overview import STILL_OPEN
from grader.checks.results import CheckResult, ExerciseResult, SubmissionResult
from grader.desk.similarity import Pair
from grader.grading.marks import StudentMarks

BINS = 10
MAX_MISTAKES = 25
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
MAX_EXAMPLE = 400


@dataclass(frozen=True)
class CheckFigures:
    """How often a check passed, of those for whom it was judged."""

    id: str
    title: str
    hidden: bool
    essential: bool
    passed: int
    count: int


@dataclass(frozen=True)
class ExerciseFigures:
    """points: the maximum. mean: of the points earned. right, nothing: how many earned all, or none."""

    name: str
    points: float
    mean: float
    right: int
    nothing: int
    count: int
    seconds: float
    checks: tuple[CheckFigures, ...] = ()


@dataclass(frozen=True)
class Mistake:
    """What several submissions got wrong in the same way. students: their ids; example: a message one of them got."""

    exercise: str
    check: str
    why: str
    example: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class NeedsLook:
    """A submission that a person should look at, and why."""

    student: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ClassFigures:
    """All figures of a class. marks: of everybody who handed in; absent: ids of who did not.

    seconds: of grading one submission: the median and the longest.
    """

    assignment: str
    max_points: float
    marks: tuple[StudentMarks, ...]
    absent: tuple[str, ...]
    exercises: tuple[ExerciseFigures, ...]
    mistakes: tuple[Mistake, ...]
    looks: tuple[NeedsLook, ...]
    pairs: tuple[Pair, ...]
    seconds: tuple[float, float] = (0.0, 0.0)
    waiting: Mapping[str, int] = field(default_factory=dict)

    @property
    def totals(self) -> list[float]:
        return sorted(entry.total for entry in self.marks)

    @property
    def average(self) -> float:
        return round(mean(self.totals), 2) if self.totals else 0.0

    @property
    def quartiles(self) -> tuple[float, float, float]:
        totals = self.totals
        if len(totals) < 2:
            return (totals[0],) * 3 if totals else (0.0, 0.0, 0.0)
        low, middle, high = quantiles(totals, n=4, method="inclusive")
        return round(low, 2), round(middle, 2), round(high, 2)

    @property
    def histogram(self) -> list[tuple[float, float, int]]:
        """From, up to, and how many, in tenths of the points; who has all of them is in the last one."""
        width = self.max_points / BINS or 1.0
        counts = Counter(min(int(total / width), BINS - 1) for total in self.totals)
        return [(n * width, (n + 1) * width, counts[n]) for n in range(BINS)]

    def as_json(self) -> dict[str, object]:
        """Plain data, for the file beside the page."""
        marks = [{**asdict(entry), "total": entry.total} for entry in self.marks]
        for entry in marks:
            entry["timestamp"] = str(entry["timestamp"] or "")
        return {
            **asdict(self),
            "marks": marks,
            "mean": self.average,
            "quartiles": list(self.quartiles),
            "histogram": self.histogram,
        }


def class_figures(
    assignment: str,
    marks: Sequence[StudentMarks],
    results: Mapping[str, SubmissionResult],
    pairs: Sequence[Pair] = (),
) -> ClassFigures:
    """The figures of a class from the gradebook's marks and the judge's last results, both by student."""
    handed_in = [entry for entry in marks if entry.cells]
    graded = [results[entry.student] for entry in handed_in if entry.student in results]
    seconds = [result.seconds for result in graded]
    return ClassFigures(
        assignment=assignment,
        max_points=max(
            (sum(c.points for c in entry.cells.values()) for entry in handed_in), default=0.0
        ),
        marks=tuple(handed_in),
        absent=tuple(entry.student for entry in marks if not entry.cells),
        exercises=tuple(_exercises(handed_in, graded)),
        mistakes=tuple(_mistakes(graded)),
        looks=tuple(_looks(graded, pairs)),
        pairs=tuple(pairs),
        seconds=(median(seconds), max(seconds)) if seconds else (0.0, 0.0),
        waiting=dict(Counter(cell for entry in handed_in for cell in entry.waiting)),
    )


def _exercises(
    marks: Sequence[StudentMarks], results: Sequence[SubmissionResult]
) -> Iterator[ExerciseFigures]:
    """Every graded cell, what the class knows best last."""
    by_name: dict[str, list[ExerciseResult]] = {}
    for result in results:
        for exercise in result.exercises:
            by_name.setdefault(exercise.exercise, []).append(exercise)
    found = []
    for cell in dict.fromkeys(name for entry in marks for name in entry.cells):
        given = [
            entry.cells[cell]
            for entry in marks
            if cell in entry.cells and not entry.cells[cell].waiting
        ]
        judged = by_name.get(cell.removeprefix("check_"), [])
        points = max(
            (entry.cells[cell].points for entry in marks if cell in entry.cells), default=0.0
        )
        scores = [mark.score for mark in given]
        found.append(
            ExerciseFigures(
                name=cell.removeprefix("check_"),
                points=points,
                mean=round(mean(scores), 2) if scores else 0.0,
                right=sum(score >= points for score in scores),
                nothing=sum(score <= 0 for score in scores),
                count=len(scores),
                seconds=round(max((_seconds(entry) for entry in judged), default=0.0), 2),
                checks=tuple(_checks(judged)),
            )
        )
    yield from sorted(found, key=lambda entry: entry.mean / entry.points if entry.points else 1.0)


def _seconds(exercise: ExerciseResult) -> float:
    return sum(check.seconds for check in exercise.checks)


def _checks(judged: Sequence[ExerciseResult]) -> Iterator[CheckFigures]:
    asked: dict[str, list[CheckResult]] = {}
    for exercise in judged:
        for check in exercise.checks:
            asked.setdefault(check.id, []).append(check)
    for found in sorted(
        asked.values(), key=lambda found: sum(check.passed for check in found) / len(found)
    ):
        one = found[-1]
        passed = sum(check.passed for check in found)
        yield CheckFigures(one.id, one.title, one.hidden, one.essential, passed, len(found))


def _mistakes(results: Sequence[SubmissionResult]) -> list[Mistake]:
    """What most people got wrong in the same way: for the same reason, whatever numbers stand in it."""
    found: dict[tuple[str, str], dict[str, CheckResult]] = {}
    for result in results:
        for exercise in result.exercises:
            for check in () if exercise.problem else exercise.failed:
                if STILL_OPEN in check.seen:
                    continue
                why = _NUMBER.sub("…", _why(check))
                found.setdefault((exercise.exercise, why), {}).setdefault(result.student, check)
    frequent = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))[:MAX_MISTAKES]
    return [_mistake(name, of) for (name, _), of in frequent]


def _mistake(exercise: str, of: Mapping[str, CheckResult]) -> Mistake:
    first = next(iter(of.values()))
    return Mistake(exercise, first.title, _why(first), first.message[:MAX_EXAMPLE], tuple(of))


def _why(check: CheckResult) -> str:
    """The reason; of an exception, which many checks meet at one place, what it says."""
    stopped = check.expected == "no exception"
    return check.because or (check.seen[:MAX_EXAMPLE] if stopped else check.title)


def _looks(results: Sequence[SubmissionResult], pairs: Sequence[Pair]) -> Iterator[NeedsLook]:
    partners: dict[str, list[str]] = {}
    for pair in pairs:
        partners.setdefault(pair.first, []).append(pair.second)
        partners.setdefault(pair.second, []).append(pair.first)
    for result in results:
        reasons = list(result.findings)
        stopped: dict[str, list[str]] = {}
        for exercise in result.exercises:
            if exercise.problem and STILL_OPEN not in exercise.problem:
                stopped.setdefault(exercise.problem[:MAX_EXAMPLE], []).append(exercise.exercise)
        reasons += [f"{', '.join(names)}: {problem}" for problem, names in stopped.items()]
        if result.student in partners:
            reasons.append(f"looks like {', '.join(partners[result.student])}")
        if reasons:
            yield NeedsLook(result.student, tuple(reasons))
