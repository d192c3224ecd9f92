"""nbgrader's marks on the cells of a submission: those of the release, whatever the file says."""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode


def restore_marks(notebook: NotebookNode, release: NotebookNode) -> None:
    """Give every marked cell the marks that its name has in `release`; others lose theirs.

    A file may say that an answer is a graded, locked cell, or name cells that there are not;
    nbgrader would refuse it as a whole, and a submission is not to go without a grade for that.
    """
    known = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader
        for cell in release.cells
        if "nbgrader" in cell.metadata
    }
    for cell in notebook.cells:
        marks = cell.metadata.pop("nbgrader", None)
        name = marks.get("grade_id") if marks else None
        if name in known:
            cell.metadata["nbgrader"] = deepcopy(known[name])
