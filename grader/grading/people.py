"""The people of a course in nbgrader's gradebook: their names, which formgrader and exports show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.course import Course
from grader.grading.transaction import transaction


@dataclass(frozen=True)
class Named:
    """What the gradebook keeps of a student."""

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str


def name_students(course: Course, people: Iterable[Named]) -> int:
    """Put these students and their names into the gradebook; returns how many it did not know before."""
    with transaction(course) as book:
        known = {student.id for student in book.students}
        new = 0
        for person in people:
            new += person.id not in known
            said = {
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": person.email,
                "lms_user_id": person.lms_user_id,
            }
            book.update_or_create_student(
                person.id, **{name: value for name, value in said.items() if value}
            )
    return new
