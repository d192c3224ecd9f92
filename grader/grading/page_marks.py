"""What a student's page says of points and comments: read from the gradebook at once for a class, and put into
each notebook where it is rendered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy import select

from grader.grading.marks import is_waiting


@dataclass(frozen=True)
class PageMarks:
    """about: sums of points, the student's name, when it was handed in. grades, comments: by cell."""

    about: dict[str, Any]
    grades: dict[str, dict[str, Any]] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)

    def put_in(self, notebook: NotebookNode) -> None:
        """Put them where nbgrader's `GetGrades` does, and besides what no person has graded yet.

        Raises ValueError when the notebook has other cells than the gradebook.
        """
        for cell in notebook.cells:
            marks = cell.metadata.get("nbgrader", {})
            try:
                if marks.get("solution") or marks.get("task"):
                    marks["comment"] = self.comments[marks["grade_id"]]
                if marks.get("grade") or marks.get("task"):
                    marks |= self.grades[marks["grade_id"]]
            except KeyError as name:
                raise ValueError(f"the gradebook does not know its cell {name}") from None


def page_marks(
    book: Gradebook, assignment: str, student: str | None = None
) -> dict[str, PageMarks]:
    """The marks of everybody who has handed in, or of one student alone, by student."""
    submitted = (
        select(SubmittedAssignment.student_id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment, Notebook.name == assignment)
    )
    if student is not None:
        submitted = submitted.where(SubmittedAssignment.student_id == student)
    people = submitted.join(Student, Student.id == SubmittedAssignment.student_id).add_columns(
        *(Student.first_name, Student.last_name, SubmittedAssignment.timestamp),
        *(SubmittedNotebook.late_submission_penalty, SubmittedNotebook.max_score),
    )
    found = {}
    for who, first, last, timestamp, penalty, points in book.db.execute(people):
        about = {
            "name": " ".join(filter(None, (first, last))),
            "timestamp": f"{timestamp:%Y-%m-%d %H:%M} UTC" if timestamp else "",
            "max_score": points,
            "late_penalty": penalty or 0.0,
        }
        found[who] = PageMarks(about)
    grades = (
        submitted.join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .add_columns(BaseCell.name, Grade.score, Grade.max_score)
        .add_columns(Grade.needs_manual_grade, Grade.manual_score)
    )
    for row in book.db.execute(grades):
        marks = {"score": row.score, "points": row.max_score, "waiting": is_waiting(row)}
        found[row.student_id].grades[row.name] = marks
    comments = (
        submitted.join(Comment, Comment.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Comment.cell_id)
        .add_columns(BaseCell.name, Comment.comment)
    )
    for who, name, comment in book.db.execute(comments):
        found[who].comments[name] = comment
    for one in found.values():
        score = sum(grade["score"] for grade in one.grades.values())
        one.about["score"] = score - one.about["late_penalty"]
    return found


class Grades(NbGraderPreprocessor):
    """Nbgrader's step before a page, in the place of its `GetGrades`."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as book:
            marks = page_marks(book, about["assignment"], about["student"])[about["student"]]
        marks.put_in(nb)
        about |= marks.about
        return nb, resources
