"""Feedback: nbgrader's own pages, one a student, from the autograded notebooks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from grader.course import Course
from grader.errors import CourseError
from grader.grading.pages import FeedbackPage


def feedback(
    course: Course,
    assignment: str,
    *,
    pattern: str = "*",
    progress: Callable[[str, int], None] = lambda student, total: None,
) -> list[Path]:
    """Write the feedback page of every autograded submission; return the pages' paths.

    Raises CourseError for an unknown assignment, or when nothing has been autograded.
    """
    course.require(assignment)
    found = sorted(course.folder("autograded").glob(f"{pattern}/{assignment}/{assignment}.ipynb"))
    if not found:
        raise CourseError(
            f"Nothing of {assignment} has been autograded yet: run `grader autograde {assignment}`."
        )
    pages = []
    for path in found:
        student = path.parent.parent.name
        _convert(course, assignment, student)
        progress(student, len(found))
        pages.append(course.notebook("feedback", assignment, student).with_suffix(".html"))
    return pages


def _convert(course: Course, assignment: str, student: str) -> None:
    config = deepcopy(course.config)
    config.CourseDirectory.assignment_id = assignment
    config.CourseDirectory.student_id = student
    config.GenerateFeedback.exporter_class = (
        FeedbackPage  # also where an older file does not say so
    )
    log = logging.getLogger("grader.grading.feedback")
    log.setLevel(logging.ERROR)
    folder = CourseDirectory(config=config)
    GenerateFeedback(coursedir=folder, config=config, log=log, force=True).start()
