"""What the gradebook says of an assignment, as plain data: for reports, exports and written answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    GradeCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Row, select

from grader.checks.results import as_points
from grader.course import Course
from grader.grading.transaction import transaction


@dataclass(frozen=True)
class CellMark:
    """The points of one graded cell. waiting: a person has to give them and has not."""

    points: float
    score: float
    waiting: bool


@dataclass(frozen=True)
class StudentMarks:
    """All points of a student in one assignment; `cells` is empty for who handed in nothing."""

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""
    timestamp: datetime | None = None
    late_penalty: float = 0.0
    cells: Mapping[str, CellMark] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name)))

    @property
    def total(self) -> float:
        """What counts: all points less the penalty, never below 0, to two decimals."""
        return round(
            max(0.0, sum(cell.score for cell in self.cells.values()) - self.late_penalty), 2
        )

    def shown(self, cell: str) -> str:
        """The points of a cell as they are written; nothing where there are none yet."""
        mark = self.cells.get(cell)
        return "" if mark is None or mark.waiting else as_points(mark.score)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The cells that no person has graded yet."""
        return tuple(name for name, cell in self.cells.items() if cell.waiting)


def read_marks(course: Course, assignment: str) -> list[StudentMarks]:
    """The marks of everybody in the gradebook, by id; who handed in nothing is there, too."""
    with transaction(course) as book:
        return marks_in(book, assignment)


def marks_in(book: Gradebook, assignment: str) -> list[StudentMarks]:
    cells = _cells(book, assignment)
    query = (
        select(
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedNotebook.late_submission_penalty,
        )
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == assignment)
    )
    handed_in = {who: (when, penalty or 0.0) for who, when, penalty in book.db.execute(query)}
    found = []
    for person in book.db.execute(select(Student).order_by(Student.id)).scalars():
        when, penalty = handed_in.get(person.id, (None, 0.0))
        names = (person.first_name or "", person.last_name or "", person.email or "")
        found.append(
            StudentMarks(
                *(person.id, *names, person.lms_user_id or "", when, penalty),
                cells.get(person.id, {}),
            )
        )
    return found


def _cells(book: Gradebook, assignment: str) -> dict[str, dict[str, CellMark]]:
    """The graded cells by student, in the notebook's order."""
    query = (
        select(SubmittedAssignment.student_id, GradeCell.name, GradeCell.max_score, Grade)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(GradeCell, GradeCell.id == Grade.cell_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == assignment)
    )
    found: dict[str, dict[str, CellMark]] = {}
    graded = set()  # who has an extension and has not handed in has cells as well
    for who, name, points, grade in book.db.execute(query):
        if grade.auto_score is not None:
            graded.add(who)
        given = grade.auto_score if grade.manual_score is None else grade.manual_score
        score = (given or 0.0) + (grade.extra_credit or 0.0)
        found.setdefault(who, {})[name] = CellMark(points, score, is_waiting(grade))
    return {who: cells for who, cells in found.items() if who in graded}


def is_waiting(grade: Grade | Row[Any]) -> bool:
    """Whether a person has to give these points and has not. grade: one of nbgrader's, or its columns."""
    return bool(grade.needs_manual_grade) and grade.manual_score is None
