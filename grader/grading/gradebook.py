"""nbgrader's database: the one place that writes grades.

Everything goes through nbgrader's own preprocessors, so that its commands and formgrader read what
they expect.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from nbconvert.preprocessors import ClearMetadataPreprocessor, Preprocessor
from nbformat import NotebookNode
from nbgrader import preprocessors as steps
from nbgrader.api import (
    Assignment,
    Grade,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import saveautogrades
from nbgrader.utils import parse_utc
from sqlalchemy import select

from grader.course import Course
from grader.errors import CourseError
from grader.grading.chapter_cells import ChapterCells
from grader.grading.names import printable
from grader.grading.release import BONUS, Release
from grader.grading.submission import Submission
from grader.grading.transaction import Transaction, one_commit, steps_ask, transaction

REGISTER = (
    steps.LockCells,
    steps.ClearSolutions,
    steps.ClearOutput,
    steps.CheckCellMetadata,
    steps.ComputeChecksums,
    steps.SaveCells,
)
SANITISE = (steps.OverwriteCells,)


class SaveGrades(steps.SaveAutoGrades):
    """nbgrader's step that records points; a bonus, which the judge's output tells, becomes extra credit."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        with one_commit():  # not one for each cell
            nb, resources = super().preprocess(nb, resources)
        about = resources["nbgrader"]
        key = (about["notebook"], about["assignment"], about["student"])
        checks = [
            cell for cell in nb.cells if _is_check(cell) and not cell.metadata.nbgrader.points
        ]
        if checks:
            with saveautogrades.Gradebook(about["db_url"]) as book:
                for cell in checks:
                    grade = book.find_grade(cell.metadata.nbgrader.grade_id, *key)
                    grade.extra_credit = _bonus(cell)
                book.db.commit()
        return nb, resources


def _is_check(cell: NotebookNode) -> bool:
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("grade") and marks.get("locked")) and cell.cell_type == "code"


def _bonus(cell: NotebookNode) -> float | None:
    return next(
        (output.metadata[BONUS] for output in cell.outputs if BONUS in output.get("metadata", {})),
        None,
    )


RECORD = (
    steps.IgnorePattern,
    ClearMetadataPreprocessor,
    steps.LimitOutput,
    SaveGrades,
    steps.AssignLatePenalties,
)
log = logging.getLogger("grader.grading.gradebook")
log.setLevel(logging.ERROR)  # nbgrader's remarks on a changed cell are findings of ours


def register(course: Course, release: Release) -> list[str]:
    """Tell the gradebook which cells the assignment has, as `nbgrader generate_assignment` does.

    Returns what has to be said: marks by hand that were given out of other points are flagged.
    """
    assignment = release.assignment
    with transaction(course) as book:
        book.update_or_create_assignment(assignment)
        points = _points(book, assignment)
        try:
            run_steps(REGISTER, course, deepcopy(release.source), assignment, ".")
        except RuntimeError as error:
            raise CourseError(
                f"{assignment} has other cells now than when its submissions were graded ({error}). "
                "Grade them with the chapter as it was, or start a new gradebook."
            ) from None
        return _flag_other_points(book, assignment, points)


def _points(book: Transaction, assignment: str) -> dict[str, float]:
    """The points of every graded cell."""
    notebooks = book.find_assignment(assignment).notebooks
    return {cell.name: cell.max_score for notebook in notebooks for cell in notebook.grade_cells}


def _flag_other_points(
    book: Transaction, assignment: str, before: Mapping[str, float]
) -> list[str]:
    said = []
    for name, points in _points(book, assignment).items():
        if points == before.get(name, points):
            continue
        if before[name] == 0:  # it counted as a bonus
            for grade in _grades(book, assignment):
                if grade.name == name:
                    grade.extra_credit = None
        marked = [grade for grade in _marked(book, assignment) if grade.name == name]
        for grade in marked:
            grade.needs_manual_grade = True
        if marked:
            said.append(
                f"{name} counts {points:g} points now and {before[name]:g} before: {len(marked)} marks "
                "by hand were given out of the former. Formgrader asks for another look at them."
            )
    return said


def _marked(book: Transaction, assignment: str) -> list[Grade]:
    """The grades of an assignment that a person has given."""
    return [grade for grade in _grades(book, assignment) if grade.manual_score is not None]


def _grades(book: Transaction, assignment: str) -> list[Grade]:
    query = book.db.query(Grade).join(SubmittedNotebook).join(SubmittedAssignment).join(Assignment)
    return query.filter(Assignment.name == assignment).all()


def due_dates(book: Transaction, assignment: str) -> dict[str, str]:
    """Until when students may hand in who have an extension; "" stands for the others."""
    columns = select(SubmittedAssignment.student_id, SubmittedAssignment.extension).join(Assignment)
    extended = columns.filter(
        Assignment.name == assignment, SubmittedAssignment.extension.is_not(None)
    )
    date = book.db.scalar(select(Assignment.duedate).filter_by(name=assignment))
    return {"": str(date)} | {who: f"{date} + {more}" for who, more in book.db.execute(extended)}


def sanitise(course: Course, submission: Submission, cells: ChapterCells) -> NotebookNode:
    """The submission's notebook with locked cells restored and marks as in `cells`, the gradebook's."""
    about = (submission.assignment, submission.student)
    notebook, _ = run_steps((steps.DeduplicateIds,), course, submission.notebook, *about)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader") == {}:  # what is left of an id that stands twice
            del cell.metadata["nbgrader"]
            first = printable((cell.source.splitlines() or [""])[0], 60)
            submission.findings.append(f"A cell stands twice (`{first}`); the last one counts.")
    before = {cell.id: cell.source for cell in notebook.cells}
    with steps_ask(cells):
        notebook, _ = run_steps(SANITISE, course, notebook, *about)
    edited = [cell for cell in notebook.cells if before.get(cell.id, cell.source) != cell.source]
    for cell in edited:
        submission.findings.append(
            f"The locked cell {cell.metadata.nbgrader.grade_id} was edited; it was put back."
        )
    return notebook


def save_grades(
    book: Transaction,
    course: Course,
    submission: Submission,
    notebook: NotebookNode,
    before: Callable[[], Mapping[str, str] | None],
) -> tuple[NotebookNode, float]:
    """Send the grades of an executed notebook to `book`.

    before: gives the cells of the notebook that was graded last, by their names; None when there is none.
    A mark by hand is flagged only where the answer or its automatic points have changed. Returns the
    notebook as it is kept, and the late penalty.
    """
    assignment, student = submission.assignment, submission.student
    extra = {"timestamp": parse_utc(submission.timestamp)} if submission.timestamp else {}
    book.update_or_create_student(student)
    submitted = book.update_or_create_submission(assignment, student, **extra)
    # Whoever marks on a server just now is waited for, and waits: SQLite leaves this out.
    parts = [part.id for part in submitted.notebooks]
    mine = book.db.query(Grade).filter(Grade.notebook_id.in_(parts))
    grades = mine.populate_existing().with_for_update(of=Grade).all()
    marked = {
        grade.name: (grade.needs_manual_grade, grade.auto_score)
        for grade in grades
        if grade.manual_score is not None
    }
    notebook, _ = run_steps(RECORD, course, notebook, assignment, student)
    if marked:
        earlier, now = before() or {}, cells_by_name(notebook)
        for grade in grades:
            if grade.name in marked:
                needed, points = marked[grade.name]
                answer = grade.name.removeprefix("check_")
                same = answer in earlier and earlier[answer] == now.get(answer)
                grade.needs_manual_grade = needed or not same or grade.auto_score != points
    return notebook, sum(part.late_submission_penalty or 0.0 for part in submitted.notebooks)


def cells_by_name(notebook: NotebookNode) -> dict[str, str]:
    """The sources of the cells that nbgrader knows, by their names."""
    marked = (cell for cell in notebook.cells if cell.metadata.get("nbgrader"))
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in marked}


def run_steps(
    pipeline: Sequence[type[Preprocessor]],
    course: Course,
    notebook: NotebookNode,
    assignment: str,
    student: str,
) -> tuple[NotebookNode, dict[str, Any]]:
    """What these steps of nbgrader make of `notebook`, and their resources."""
    resources: dict[str, Any] = {
        "nbgrader": {
            "assignment": assignment,
            "notebook": assignment,
            "student": student,
            "db_url": course.database,
        },
        "unique_key": assignment,
        "metadata": {"path": str(course.root)},
    }
    for step in pipeline:
        preprocessor = step(config=course.config)
        if hasattr(preprocessor, "log"):
            preprocessor.log = log
        notebook, resources = preprocessor(notebook, resources)
    return notebook, resources
