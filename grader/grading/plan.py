"""What a run has to do: who is to be graded, and whose grade stands."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from grader.checks.results import SubmissionResult
from grader.course import Course
from grader.errors import CourseError
from grader.grading.fingerprint import Fingerprints
from grader.grading.gradebook import due_dates
from grader.grading.names import matches, student_of
from grader.grading.recording import digest_of, repair
from grader.grading.records import Record, read_records
from grader.grading.release import Release
from grader.grading.secret import read_secret
from grader.grading.transaction import transaction
from grader.wire.limits import Limits


@dataclass(frozen=True)
class Plan:
    """waiting: the students who are to be graded, in order. unchanged: the results that stand. earlier:
    the last results of all others."""

    waiting: list[str]
    fingerprints: Fingerprints
    unchanged: dict[str, SubmissionResult] = field(default_factory=dict)
    earlier: dict[str, SubmissionResult] = field(default_factory=dict)


def make_plan(
    course: Course,
    release: Release,
    *,
    pattern: str = "*",
    limits: Limits | None = None,
    backend: str = "bubblewrap",
    data: Path | None = None,
    force: bool = False,
) -> Plan:
    """Whom to grade of the students whose names match `pattern`; first brings to its end what a killed run left.

    A grade stands when nothing that it depends on has changed, and the gradebook and `autograded` still
    hold it; with `force`, none does. Raises CourseError without submissions, and for a secret that is
    not whole.
    """
    names = students(course, release.assignment, pattern)
    with transaction(course) as book:
        repair(course, book, release.assignment)
        records = read_records(book, release.assignment)
        due = due_dates(book, release.assignment)
    secret, limits = read_secret(course), limits or course.limits
    prints = Fingerprints(
        course, release, secret=secret, limits=limits, backend=backend, data=data, due=due
    )
    stand = {
        name: records[name].result
        for name in ([] if force else names)
        if name in records and _stands(course, records[name], prints)
    }
    return Plan(
        waiting=[name for name in names if name not in stand],
        fingerprints=prints,
        unchanged=stand,
        earlier={name: record.result for name, record in records.items() if name not in stand},
    )


def _stands(course: Course, record: Record, prints: Fingerprints) -> bool:
    result = record.result
    try:
        if record.fingerprint != prints.of(result.student):
            return False
    except OSError:  # grading it will say why
        return False
    return record.notebook == digest_of(
        course.notebook("autograded", result.assignment, result.student)
    )


def students(course: Course, assignment: str, pattern: str = "*") -> list[str]:
    """The students who handed in `assignment`, in order. Raises CourseError when there are none."""
    folder = course.folder("submitted")
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        names = []
    except OSError as error:
        raise CourseError(f"{folder} cannot be read: {error.strerror}.") from None
    found = [
        student_of(name)
        for name in names
        if matches(name, pattern) and _may_hold(folder / name / assignment)
    ]
    if not found:
        raise CourseError(
            f"There are no submissions of {assignment} by {pattern!r} in {folder}: expected "
            f"{folder.name}/STUDENT/{assignment}/{assignment}.ipynb."
        )
    return found


def _may_hold(folder: Path) -> bool:
    """Whether something is there, or it cannot be looked at, which must not pass in silence."""
    try:
        return os.path.lexists(folder)
    except OSError:
        return True
