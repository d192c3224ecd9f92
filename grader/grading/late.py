"""Deadlines: a penalty for every day, extensions for single students."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from nbgrader.api import MissingEntry
from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float

from grader.course import Course
from grader.errors import CourseError
from grader.grading.names import listed
from grader.grading.transaction import transaction

DAY = 24 * 3600.0


class PenaltyPerDay(LateSubmissionPlugin):
    """Takes off a share of the assignment's points for every day that has begun after the deadline.

    nbgrader takes off at most what was earned, and calls this when a submission is graded.
    """

    per_day = Float(0.1, min=0.0, max=1.0, help="The share of all points for one day.").tag(
        config=True
    )
    at_most = Float(1.0, min=0.0, max=1.0, help="The largest share that is taken off.").tag(
        config=True
    )
    grace_minutes = Float(10.0, min=0.0, help="How late is not late yet.").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        if total_seconds_late <= 60 * self.grace_minutes:
            return None
        step = self.parent  # nbgrader's AssignLatePenalties, which has the gradebook open
        notebook = step.gradebook.find_notebook(step.notebook_id, step.assignment_id)
        share = min(self.per_day * math.ceil(total_seconds_late / DAY), self.at_most)
        return round(share * notebook.max_score, 2)


def set_deadline(course: Course, assignment: str, when: datetime) -> None:
    """Until when ASSIGNMENT may be handed in. when: without a zone, in this machine's."""
    utc = when.astimezone(UTC).replace(tzinfo=None)
    with transaction(course) as book:
        book.update_or_create_assignment(assignment, duedate=utc)


def extend(course: Course, assignment: str, students: Sequence[str], more: timedelta) -> None:
    """Let these students hand in later by `more`, instead of any earlier extension; 0 takes it back.

    Raises CourseError for students whom the gradebook does not know, and then changes nothing.
    """
    with transaction(course) as book:
        known = {student.id for student in book.students}
        if unknown := [student for student in students if student not in known]:
            raise CourseError(
                f"The gradebook does not know {listed(unknown)}: give a roster (`grader roster FILE`), or "
                "grade a submission of theirs first."
            )
        for student in students:
            try:
                submission = book.find_submission(assignment, student)
            except MissingEntry:  # who has not handed in yet
                try:
                    submission = book.add_submission(assignment, student)
                except MissingEntry:
                    raise CourseError(
                        f"The gradebook does not know {assignment} yet: set its deadline first."
                    ) from None
            submission.extension = more or None
        book.db.flush()
