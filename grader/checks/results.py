"""What a judgement is made of: plain dataclasses that travel from the judge to tables, reports and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

_T = TypeVar("_T")

CAP = 0.5
"""The share of an exercise's points that is left at most when an essential check failed."""


def as_points(points: float) -> str:
    """Points as they are shown everywhere: at most two decimals, none where there is nothing to show."""
    return f"{round(points, 2) + 0.0:.2f}".rstrip("0").rstrip(".")  # no "-0"


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    `id` names it in every run, `title` in words. `seen`, `expected` and `because` are sentences for the
    student; the first two are empty when the check passed. `seconds` is wall-clock time.
    """

    id: str
    title: str
    weight: float
    passed: bool
    seen: str = ""
    expected: str = ""
    because: str = ""
    hint: str = ""
    essential: bool = False
    hidden: bool = False
    seconds: float = 0.0

    @property
    def message(self) -> str:
        """One line: what was seen, what was expected, and why it matters."""
        parts = []
        if self.seen:
            parts.append(f"seen: {self.seen}")
        if self.expected:
            parts.append(f"expected: {self.expected}")
        if self.because:
            parts.append(self.because)
        return "; ".join(parts)


@dataclass(frozen=True)
class ExerciseResult:
    """The outcome of one exercise: its checks, and what they are worth together.

    `points` is the maximum; `earned` is the share of the weight that passed, in points, at most half
    of them when an essential check failed, rounded to two decimals. `problem` says why nothing could
    be judged, when that is so; `note` is a sentence for the student, such as what to fix first. `bonus` is
    the maximum of an exercise that counts on top: its `points` are 0.
    """

    exercise: str
    points: float
    checks: tuple[CheckResult, ...]
    problem: str = ""
    note: str = ""
    bonus: float = 0.0

    @property
    def earned(self) -> float:
        return round((self.points + self.bonus) * min(self._share, CAP if self.missed else 1.0), 2)

    @property
    def missed(self) -> tuple[CheckResult, ...]:
        """The essential checks that failed."""
        return tuple(check for check in self.failed if check.essential)

    @property
    def capped(self) -> bool:
        """Whether the missed essential checks cost more than their own weight."""
        return bool(self.missed) and self._share > CAP

    @property
    def _share(self) -> float:
        total = sum(check.weight for check in self.checks)
        return sum(check.weight for check in self.checks if check.passed) / total if total else 0.0

    def as_json(self) -> dict[str, object]:
        """Plain data: the points, and per check the outcome, message and seconds."""
        checks = [{**vars(check), "message": check.message} for check in self.checks]
        return {**vars(self), "earned": self.earned, "checks": checks}

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if not check.passed)

    @property
    def passed(self) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if check.passed)


@dataclass(frozen=True)
class SubmissionResult:
    """One student's graded notebook.

    `findings` are sentences about the file itself (cells that were missing, a format that had to
    be upgraded, a cell that was stopped); `seconds` is wall-clock time for the whole submission; `content`
    is the hash of what was handed in, on which the judge's questions depend. `late_penalty` is what the
    gradebook takes off for handing in late, in points.
    """

    student: str
    assignment: str
    exercises: tuple[ExerciseResult, ...]
    findings: tuple[str, ...] = ()
    seconds: float = 0.0
    content: str = ""
    late_penalty: float = 0.0

    @property
    def earned(self) -> float:
        return round(sum(exercise.earned for exercise in self.exercises), 2)

    @property
    def points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)

    def as_json(self) -> dict[str, object]:
        """Plain data for `--json`: per exercise and check the points, the outcome and the message."""
        return {
            **vars(self),
            "earned": self.earned,
            "points": self.points,
            "exercises": [exercise.as_json() for exercise in self.exercises],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SubmissionResult:
        """The result that `as_json` has described. Raises KeyError and TypeError for anything else."""
        exercises = tuple(
            _made(
                ExerciseResult, entry, checks=tuple(_made(CheckResult, c) for c in entry["checks"])
            )
            for entry in data["exercises"]
        )
        return _made(cls, data, exercises=exercises, findings=tuple(data["findings"]))


def _made(cls: type[_T], data: Mapping[str, Any], **parts: object) -> _T:
    """An instance from those of `data` that are fields of it, `parts` in the place of theirs."""
    names = {field.name for field in fields(cls)}  # type: ignore[arg-type]
    return cls(**{name: value for name, value in data.items() if name in names} | parts)
