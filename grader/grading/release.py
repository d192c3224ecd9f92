"""An assignment as it was handed out, and what the sandbox should import for it.

Imports nothing large: this is read before a sandbox is launched, and that should not have to wait.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from grader.course import CONFIG_FILE, Course
from grader.errors import CourseError

DEMO = "demo"  # the tag of cells that grading leaves out
FINDINGS = "findings"  # what a graded notebook says of the file that was handed in
BONUS = "bonus"  # what a check's output says of points that count on top

# What every submission needs. The last two are imported by torch itself on the first step of an
# optimizer and on the first fake tensor, which takes seconds: once is enough.
LIBRARIES = (
    "torch",
    "numpy",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "grader",
    "torch._dynamo",
    "torch._subclasses.fake_tensor",
)


@dataclass(frozen=True)
class Release:
    """An assignment as it was handed out, as the instructor has it (`source`), the sources of its demo
    cells, and what to preload for it. dropped, bonus: exercises that do not count, or on top; in both
    notebooks their cells have 0 points."""

    assignment: str
    notebook: NotebookNode
    source: NotebookNode
    demos: frozenset[str]
    modules: tuple[str, ...]
    dropped: frozenset[str] = frozenset()
    bonus: frozenset[str] = frozenset()


def read_release(course: Course, assignment: str) -> Release:
    """The release notebook of `assignment`. Raises CourseError when there is no such assignment, or it
    was not built."""
    source = nbformat.read(course.require(assignment), as_version=4)
    path = course.notebook("release", assignment)
    if not path.is_file():
        raise CourseError(f"{path} is missing: run `grader build` to make the student notebooks.")
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    demos = frozenset(cell.source for cell in code if DEMO in cell.metadata.get("tags", []))
    imported = _imported(cell.source for cell in code)
    dropped, bonus = (_chosen(course, assignment, kind, source) for kind in ("dropped", "bonus"))
    for cell in (*source.cells, *notebook.cells):
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade_id", "").removeprefix("check_") in dropped | bonus and marks.get(
            "grade"
        ):
            marks["points"] = 0
    modules = (*LIBRARIES, *imported)
    return Release(assignment, notebook, source, demos, modules, dropped, bonus)


def grade_id(cell: NotebookNode) -> str:
    """The name by which nbgrader knows a cell, empty for one without marks."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _chosen(course: Course, assignment: str, kind: str, source: NotebookNode) -> frozenset[str]:
    """The exercises that the configuration drops, or counts on top. Raises CourseError for unknown ones."""
    chosen = frozenset(dict(course.config.SandboxExecute.get(kind, {})).get(assignment, ()))
    names = map(grade_id, source.cells)
    known = [name.removeprefix("check_") for name in names if name.startswith("check_")]
    if unknown := sorted(chosen.difference(known)):
        raise CourseError(
            f"{CONFIG_FILE}: c.SandboxExecute.{kind} names {', '.join(unknown)}, no exercise of {assignment}. "
            f"There are: {', '.join(known)}."
        )
    return chosen


def _imported(sources: Iterable[str]) -> tuple[str, ...]:
    """The modules that these cells import, worth importing once before the first fork."""
    found: dict[str, None] = {}
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:  # a magic
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update(dict.fromkeys(alias.name for alias in node.names))
            elif isinstance(node, ast.ImportFrom) and node.module:
                # What is imported from a package may be a module too: `from d2l import torch`.
                names = (f"{node.module}.{alias.name}" for alias in node.names)
                found.update(dict.fromkeys((node.module, *names)))
    return tuple(found)
