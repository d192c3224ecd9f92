"""Marks that people give to written answers, in nbgrader's gradebook, as formgrader keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    GradeCell,
    MissingEntry,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from grader.course import Course
from grader.grading.marks import is_waiting
from grader.grading.transaction import transaction


@dataclass(frozen=True)
class ManualMark:
    """The mark of one written answer. score: None where nothing decides it yet."""

    question: str
    student: str
    name: str
    max_points: float
    score: float | None
    comment: str
    waiting: bool


def manual_marks(course: Course, assignment: str) -> list[ManualMark]:
    """Every written answer that was graded automatically so far, in the order of students and cells."""
    answer = aliased(SolutionCell, flat=True)
    comment = and_(Comment.notebook_id == SubmittedNotebook.id, Comment.cell_id == answer.id)
    query = (
        select(GradeCell.name, Student, GradeCell.max_score, Grade, Comment)
        .select_from(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(Student, Student.id == SubmittedAssignment.student_id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(GradeCell, GradeCell.id == Grade.cell_id)
        .join(
            answer,
            and_(answer.name == GradeCell.name, answer.notebook_id == GradeCell.notebook_id),
        )
        .outerjoin(Comment, comment)
        .filter(Assignment.name == assignment)
        .order_by(Student.id)
    )
    with transaction(course) as book:
        return [
            ManualMark(
                question=name,
                student=student.id,
                name=" ".join(filter(None, (student.first_name, student.last_name))),
                max_points=points,
                score=grade.auto_score if grade.manual_score is None else grade.manual_score,
                comment=(said.manual_comment or "") if said else "",
                waiting=is_waiting(grade),
            )
            for name, student, points, grade, said in book.db.execute(query)
            if grade.needs_manual_grade or (grade.auto_score, grade.manual_score) != (None, None)
        ]


def give_mark(
    course: Course, assignment: str, question: str, student: str, score: float, comment: str
) -> bool:
    """Give a mark and a comment, together; false when there is no such answer."""
    with transaction(course) as book:
        try:
            grade = book.find_grade(question, assignment, assignment, student)
            said = book.find_comment(question, assignment, assignment, student)
        except MissingEntry:
            return False
        grade.manual_score, grade.needs_manual_grade = score, False
        said.manual_comment = comment or None
    return True
