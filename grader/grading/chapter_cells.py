"""The marked cells of a chapter as the gradebook has them, read once for all submissions of a run."""

from __future__ import annotations

from collections.abc import Mapping

from nbgrader.api import Assignment, GradeCell, MissingEntry, Notebook, SourceCell, TaskCell
from sqlalchemy import Row, Select, select

from grader.course import Course
from grader.grading.transaction import Transaction, transaction


class ChapterCells:
    """Stands for the gradebook where nbgrader's `OverwriteCells` asks it for one cell after the other."""

    def __init__(self, book: Transaction, assignment: str) -> None:
        cell = SourceCell
        self._sources = _by_name(
            book,
            assignment,
            select(cell.name, cell.cell_type, cell.locked, cell.checksum, cell.source),
        )
        self._graded: dict[str, Row] = {}
        for kind in (TaskCell, GradeCell):
            self._graded |= _by_name(book, assignment, select(kind.name, kind.max_score))

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> Row:
        """Its type, source, checksum, and whether it is locked. Raises MissingEntry."""
        return _found(self._sources, name)

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> Row:
        """Its points. Raises MissingEntry."""
        return _found(self._graded, name)

    def __enter__(self) -> ChapterCells:
        return self

    def __exit__(self, *error: object) -> None:
        """There is nothing to close."""


def read_cells(course: Course, assignment: str) -> ChapterCells:
    """The cells of an assignment that the gradebook knows by now."""
    with transaction(course) as book:
        return ChapterCells(book, assignment)


def _by_name(book: Transaction, assignment: str, columns: Select) -> dict[str, Row]:
    """The rows of the notebook of an assignment, which has its name, by their first column."""
    query = columns.join(Notebook).join(Assignment)
    named = query.filter(Notebook.name == assignment, Assignment.name == assignment)
    return {row.name: row for row in book.db.execute(named)}


def _found(cells: Mapping[str, Row], name: str) -> Row:
    if name not in cells:
        raise MissingEntry(f"No such cell: {name}")
    return cells[name]
