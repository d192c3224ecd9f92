"""Whose grade changed when a class was graded again: by how much, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.checks.results import CheckResult, ExerciseResult, SubmissionResult, as_points

MAX_WHY = 200


@dataclass(frozen=True)
class GradeChange:
    """A student's points before and after, late penalties included, and the reasons."""

    student: str
    before: float
    after: float
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        step = self.after - self.before
        sign = "+" if step > 0 else "−" if step < 0 else "±"
        points = (
            f"{as_points(self.before)} → {as_points(self.after)} ({sign}{as_points(abs(step))})"
        )
        return f"{self.student}: {points}: {'; '.join(self.reasons)}"


def counted(result: SubmissionResult) -> float:
    """What the gradebook counts, as long as nobody has given marks by hand."""
    return round(max(0.0, result.earned - result.late_penalty), 2)


def change(before: SubmissionResult, after: SubmissionResult) -> GradeChange | None:
    """What changed from one grading to the next; None where no exercise's points and no penalty did."""
    reasons = [] if before.content == after.content else ["handed in something else"]
    earlier = {exercise.exercise: exercise for exercise in before.exercises}
    moved = False
    for exercise in after.exercises:
        old = earlier.pop(exercise.exercise, None)
        if old is None:
            reasons.append(f"{exercise.exercise} is new")
            moved = True
        elif (old.earned, old.points) != (exercise.earned, exercise.points):
            steps = f"{as_points(old.earned)} → {as_points(exercise.earned)}"
            why = ", ".join(_why(old, exercise))
            reasons.append(f"{exercise.exercise} {steps}" + (f" ({why})" if why else ""))
            moved = True
    for name in earlier:
        reasons.append(f"{name} is gone")
        moved = True
    if before.late_penalty != after.late_penalty:
        steps = f"{as_points(before.late_penalty)} → {as_points(after.late_penalty)}"
        reasons.append(f"late penalty {steps}")
        moved = True
    if not moved:
        return None
    return GradeChange(after.student, counted(before), counted(after), tuple(reasons))


def _why(old: ExerciseResult, new: ExerciseResult) -> Iterator[str]:
    if old.points != new.points:
        yield f"counts {as_points(new.points)} points, not {as_points(old.points)}"
    if new.problem and new.problem != old.problem:
        yield new.problem[:MAX_WHY]
        return
    former = {check.id: check for check in old.checks}
    for check in new.checks:
        known = former.pop(check.id, None)
        if known is None:
            yield f"new check “{check.title}” {_passed(check)}"
        elif known.passed != check.passed:
            message = "" if check.passed else f": {check.message[:MAX_WHY]}"
            yield f"“{check.title}” {_passed(check)} now{message}"
        elif (known.weight, known.essential) != (check.weight, check.essential):
            yield f"“{check.title}” {_passed(check)} and weighs {_weight(check)}, not {_weight(known)}"
    for check in former.values():
        yield f"the check “{check.title}” is gone, which {_passed(check)}"


def _passed(check: CheckResult) -> str:
    return "passes" if check.passed else "fails"


def _weight(check: CheckResult) -> str:
    return f"{check.weight:g}" + (" (essential)" if check.essential else "")
