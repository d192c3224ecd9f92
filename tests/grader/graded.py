"""Grades of the small course that are recorded without a sandbox."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from grader.checks.results import CheckResult, ExerciseResult, SubmissionResult
from grader.course import Course
from grader.grading.grade_submission import _outputs
from grader.grading.gradebook import register
from grader.grading.recording import record
from grader.grading.records import read_records
from grader.grading.release import read_release
from grader.grading.submission import Submission
from grader.grading.transaction import transaction
from grader.simulated_class import solved

NAME = "01_double"


def registered(course: Course) -> Course:
    """The course, whose gradebook knows the small chapter."""
    register(course, read_release(course, NAME))
    return course


def judged(student: str, share: float) -> SubmissionResult:
    """A result in which this share of the points of each exercise is earned."""
    checks = (
        CheckResult("half", "it holds", share, True),
        CheckResult("rest", "it holds, too", 1 - share, False, seen="this", expected="that"),
    )
    exercises = tuple(ExerciseResult(name, 4, checks) for name in ("double", "quiz_double"))
    return SubmissionResult(student, NAME, exercises, ("found",), 1.5)


def executed(course: Course, result: SubmissionResult, answer: str = "because") -> NotebookNode:
    """The notebook of that result, as the engine leaves it."""
    notebook = solved(course, NAME)
    earned = {f"check_{exercise.exercise}": exercise for exercise in result.exercises}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in earned:
            cell.execution_count, cell.outputs = 1, _outputs(earned[name], 1)
        if name == "why_double":
            cell.source = answer
    return notebook


def put(
    course: Course, student: str, share: float = 1.0, answer: str = "because", mark: str = "old"
) -> SubmissionResult:
    """Record such a result; `mark` is its fingerprint."""
    result = judged(student, share)
    notebook = executed(course, result, answer)
    submission = Submission(
        student, NAME, nbformat.v4.new_notebook(), timestamp="2026-11-01 10:00:00"
    )
    return record(course, submission, notebook, result, mark)


def state(course: Course, student: str) -> dict[str, object]:
    """All that is kept of a student: points, the record, and the files."""
    folder = course.notebook("autograded", NAME, student).parent
    with Gradebook(course.database, "dropout-lab") as book:
        points = {
            grade.name: grade.auto_score
            for submission in book.assignment_submissions(NAME)
            if submission.student_id == student
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
    with transaction(course) as book:
        record = read_records(book, NAME).get(student)
    return {
        "points": points,
        "record": record and (record.fingerprint, record.notebook, record.result.earned),
        "files": {path.name: path.read_text() for path in _files(folder)},
        "beside": [path.name for path in _files(folder.parent)],
    }


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
