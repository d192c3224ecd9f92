"""Put back what a submission lost of its chapter: its marks, missing cells, checks that were moved."""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode

from grader.grading.release import DEMO, grade_id
from grader.sandbox.markdown_sanitiser import harmless_markdown


def restore(notebook: NotebookNode, release: NotebookNode) -> list[str]:
    """Make `notebook` hold every marked cell of the `release` notebook, checks after their code.

    Changes `notebook` in place and returns findings. A missing cell comes back as it was handed
    out, right after the marked cell that stands before it in the chapter; when the order of the
    marked cells was changed, the locked ones return to their places. The first cell of code, with the
    imports, comes back before all code. Other cells stay. The kernel becomes the release's.
    """
    notebook.metadata = deepcopy(release.metadata)
    wanted = [cell for cell in release.cells if grade_id(cell)]
    order = [grade_id(cell) for cell in wanted]
    present = [grade_id(cell) for cell in notebook.cells if grade_id(cell)]
    missing = [name for name in order if name not in present]
    findings = []
    if missing:
        findings.append(f"Missing cells were put back as handed out: {', '.join(missing)}.")
    moved = present != [name for name in order if name in present]
    if moved:
        findings.append("Cells were in another order; the checks were put back in their places.")
    if missing or moved:
        _place(notebook, wanted, moved)
    first = next((cell for cell in release.cells if _is_plain_code(cell)), None)
    wanted_lines = _imports([first] if first else [])
    own = [cell for cell in notebook.cells if _is_plain_code(cell)]
    if first and wanted_lines and wanted_lines.isdisjoint(_imports(own)):
        findings.append("The cell with the imports was missing; it was put back.")
        kinds = [*(cell.cell_type for cell in notebook.cells), "code"]
        notebook.cells.insert(kinds.index("code"), deepcopy(first))
    return findings


def restore_marks(notebook: NotebookNode, release: NotebookNode) -> None:
    """Give every marked cell the marks and the type that its name has in `release`; others lose their marks.

    A file may say that an answer is a graded, locked cell, or name cells that there are not;
    nbgrader would refuse it as a whole, and a submission is not to go without a grade for that.
    """
    known = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in release.cells
        if "nbgrader" in cell.metadata
    }
    for cell in notebook.cells:
        marks = cell.metadata.pop("nbgrader", None)
        name = marks.get("grade_id") if marks else None
        if name in known:
            cell.metadata["nbgrader"] = deepcopy(known[name].metadata.nbgrader)
            _become(cell, known[name].cell_type)


def _become(cell: NotebookNode, kind: str) -> None:
    """Give a cell this type, and what belongs to it alone. Code that becomes a text was not made harmless yet."""
    if kind == cell.cell_type:
        return
    if kind == "code":
        cell.pop("attachments", None)
        cell.update(execution_count=None, outputs=[])
    elif cell.cell_type == "code":
        del cell["execution_count"], cell["outputs"]
        cell.source = harmless_markdown(cell.source)
    cell.cell_type = kind


def _place(notebook: NotebookNode, wanted: list[NotebookNode], moved: bool) -> None:
    own = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    if moved:
        notebook.cells = [
            cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("locked")
        ]
    position = 0
    for cell in wanted:
        name = grade_id(cell)
        placed = [index for index, other in enumerate(notebook.cells) if grade_id(other) == name]
        if placed:
            position = max(position, placed[0] + 1)
        else:
            notebook.cells.insert(position, own.get(name) or deepcopy(cell))
            position += 1


def _is_plain_code(cell: NotebookNode) -> bool:
    return (
        cell.cell_type == "code"
        and not grade_id(cell)
        and DEMO not in cell.metadata.get("tags", [])
    )


def _imports(cells: list[NotebookNode]) -> set[str]:
    lines = [line for cell in cells for line in cell.source.splitlines()]
    return {line for line in lines if line.startswith(("import ", "from "))}
