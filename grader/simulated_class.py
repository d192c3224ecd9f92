"""A simulated class: submissions made from the chapter's solutions and from catalogued answers.

The demonstration, the benchmarks and the tests grade such classes. Answers come from the catalogue
in `tests/answers`, so that a mistake is written down in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.authoring.catalogue import read_catalogue
from grader.authoring.chapter import handed_in
from grader.course import Course
from grader.errors import CourseError


def solved(course: Course, assignment: str) -> NotebookNode:
    """The notebook of a student who gets everything right: the release with the solutions in it."""
    release = handed_out(course, assignment)
    source = nbformat.read(course.require(assignment), as_version=4)
    solutions = {cell.id: cell.source for cell in source.cells}
    for cell in release.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = handed_in(solutions[cell.id])
    return release


def handed_out(course: Course, assignment: str) -> NotebookNode:
    """The notebook as the student gets it, nothing filled in."""
    return nbformat.read(course.notebook("release", assignment), as_version=4)


def answered(notebook: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """A copy of `notebook` in which the cell of each named exercise holds the given code."""
    copy = deepcopy(notebook)
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in copy.cells}
    for exercise, code in answers.items():
        cells[exercise].source = code
    return copy


def catalogued(exercise: str, answer: str, chapter: str = "ch01") -> str:
    """The code of a catalogued answer, such as ("dropout_layer", "wrong/scale_forgotten").

    Raises CourseError for an unknown one, and without the catalogue of a source checkout.
    """
    path = f"{chapter}/{exercise}/{answer}"
    found = [entry.code for entry in read_catalogue() if entry.path == path]
    if not found:
        raise CourseError(f"The catalogue has no answer {path!r}: look into tests/answers.")
    return found[0]


def submit(course: Course, student: str, assignment: str, content: NotebookNode | bytes) -> Path:
    """Put a student's file where nbgrader collects it: `submitted/STUDENT/ASSIGNMENT/`."""
    path = course.notebook("submitted", assignment, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else nbformat.writes(content).encode())
    return path
