"""The chapter's own code, out of the instructor's notebook: what stands before an exercise, solved."""

from __future__ import annotations

import ast

from nbformat import NotebookNode

from grader.checks.exercise import Exercise
from grader.errors import CourseError
from grader.grading.release import DEMO
from grader.sandbox.remote import Reference


def cells_before(source: NotebookNode, exercise: str) -> dict[str, str]:
    """What a learner has run when they come to `exercise`: id to code, with the solutions in it.

    Leaves out checks and demonstrations. source: the instructor's notebook.
    """
    found: dict[str, str] = {}
    for cell in source.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade_id") == exercise:
            break
        demo = DEMO in cell.metadata.get("tags", [])
        if cell.cell_type == "code" and not demo and not marks.get("grade"):
            found[marks.get("grade_id") or cell.id] = cell.source
    return found


def reference_for(source: NotebookNode, exercise: Exercise) -> Reference | None:
    """What grading puts in place of the earlier exercises that this one uses; None when it uses none.

    Raises CourseError when the chapter has one of them not before it.
    """
    if not exercise.uses:
        return None
    cells = cells_before(source, exercise.name)
    for used in exercise.uses:
        if used not in cells:
            raise CourseError(
                f"{exercise.name!r} uses {used!r}, but its chapter has no such exercise before it."
            )
    names = [name for used in exercise.uses for name in _defined(cells[used])]
    return Reference(tuple(cells.values()), tuple(names))


def _defined(code: str) -> list[str]:
    """The functions, classes and variables at the top of a cell."""
    found: dict[str, None] = {}
    for node in ast.parse(code).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found[node.name] = None
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            stored = (name for name in ast.walk(node) if isinstance(name, ast.Name))
            found |= {name.id: None for name in stored if isinstance(name.ctx, ast.Store)}
    return list(found)
