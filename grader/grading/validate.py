"""What a learner wants to know before handing in: is the notebook whole, what is open, what is not right."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from grader.course import Course
from grader.errors import CourseError
from grader.grading.names import printable
from grader.grading.release import DEMO
from grader.wire.answer_box import answer_in


@dataclass(frozen=True)
class CheckedExercise:
    """One row: what a check cell said. points: the maximum; earned: None when the cell stopped."""

    name: str
    points: float
    earned: float | None
    state: str


@dataclass(frozen=True)
class Validation:
    """exercises: in the notebook's order. unanswered: names of written answers that are still empty.
    problems: sentences about the notebook's structure.
    """

    exercises: tuple[CheckedExercise, ...]
    unanswered: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def earned(self) -> float:
        return round(sum(exercise.earned or 0.0 for exercise in self.exercises), 2)

    @property
    def points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)


def validate(path: Path, course: Course | None = None) -> Validation:
    """Run the notebook at `path` from top to bottom, but for the cells that only demonstrate.

    Writes nothing. With a course, the cells are compared with those of its release. Raises CourseError
    when the file is no notebook of the course.
    """
    notebook = _read(path)
    problems = [*_changed(notebook)]
    if course is not None:
        problems += _missing(notebook, course, path)
    client = NotebookClient(
        notebook,
        timeout=None,
        allow_errors=True,
        skip_cells_with_tag=DEMO,
        resources={"metadata": {"path": str(path.parent)}},
    )
    with open(os.devnull, "w") as nowhere:
        client.execute(stderr=nowhere)  # what the kernel logs is none of the learner's
    exercises = tuple(_exercise(cell) for cell in notebook.cells if _is_check(cell))
    return Validation(exercises, tuple(_unanswered(notebook)), tuple(problems))


def _read(path: Path) -> NotebookNode:
    try:
        notebook = nbformat.read(path, as_version=4)
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from None
    except Exception:
        raise CourseError(f"{path} is not a notebook: open it in JupyterLab and save it.") from None
    if not any(map(_is_check, notebook.cells)):
        raise CourseError(f"{path} has no check of the course in it: is it the right notebook?")
    return notebook


def _marks(cell: NotebookNode) -> dict:
    return cell.metadata.get("nbgrader", {})


def _is_check(cell: NotebookNode) -> bool:
    return bool(_marks(cell).get("grade") and _marks(cell).get("locked"))


def _changed(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        marks = _marks(cell)
        if marks.get("locked") and marks.get("checksum", "") not in ("", compute_checksum(cell)):
            yield f"The locked cell {marks['grade_id']} was edited; grading puts it back."


def _missing(notebook: NotebookNode, course: Course, path: Path) -> Iterator[str]:
    number = re.match(r"\d+", path.stem)
    released = course.folder("release").glob(f"{number[0]}_*/*.ipynb") if number else ()
    present = {_marks(cell).get("grade_id") for cell in notebook.cells}
    for source in released:
        for cell in nbformat.read(source, as_version=4).cells:
            name = _marks(cell).get("grade_id")
            if name and name not in present:
                yield f"The cell {name} is missing; grading puts it back as it was handed out."


def _exercise(cell: NotebookNode) -> CheckedExercise:
    name = _marks(cell)["grade_id"].removeprefix("check_")
    points = float(_marks(cell).get("points", 0))
    earned, state = None, "✗ its check did not run"
    for output in cell.outputs:
        text = output.get("data", {}).get("text/plain", "")
        if output.output_type == "execute_result" and re.fullmatch(r"[\d.]+", text):
            earned = float(text)
        elif output.output_type == "display_data" and text.startswith(f"{name}:"):
            state = _state(text)
        elif output.output_type == "error":
            state = f"✗ {output.ename}: {printable(output.evalue, 100)}"
    if earned == points:
        state = "✓ done"
    return CheckedExercise(name, points, earned, state)


def _state(table: str) -> str:
    """The first check that failed, or why nothing could be judged."""
    lines = [line.strip() for line in table.splitlines()[1:]]
    first = next((line for line in lines if line.startswith("✗")), lines[0] if lines else "")
    return "open" if "still open" in first else printable(first, 100)


def _unanswered(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        marks = _marks(cell)
        if marks.get("grade") and not marks.get("locked") and not answer_in(cell.source):
            yield marks["grade_id"]
