"""Put back what a submission lost of its chapter: missing cells, and checks that were moved."""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode


def restore(notebook: NotebookNode, release: NotebookNode) -> list[str]:
    """Make `notebook` hold every marked cell of the `release` notebook, checks after their code.

    Changes `notebook` in place and returns findings. A missing cell comes back as it was handed
    out, right after the marked cell that stands before it in the chapter; when the order of the
    marked cells was changed, the locked ones return to their places. Other cells stay. The kernel
    becomes the release's.
    """
    notebook.metadata = deepcopy(release.metadata)
    wanted = [cell for cell in release.cells if _name(cell)]
    order = [_name(cell) for cell in wanted]
    for cell in notebook.cells:
        if _name(cell) and _name(cell) not in order:
            del cell.metadata["nbgrader"]  # a cell of another chapter is the student's own
    present = [_name(cell) for cell in notebook.cells if _name(cell)]
    missing = [name for name in order if name not in present]
    findings = []
    if missing:
        findings.append(f"Missing cells were put back as handed out: {', '.join(missing)}.")
    moved = present != [name for name in order if name in present]
    if moved:
        findings.append("Cells were in another order; the checks were put back in their places.")
    if missing or moved:
        _place(notebook, wanted, moved)
    return findings


def _place(notebook: NotebookNode, wanted: list[NotebookNode], moved: bool) -> None:
    own = {_name(cell): cell for cell in notebook.cells if _name(cell)}
    if moved:
        notebook.cells = [
            cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("locked")
        ]
    position = 0
    for cell in wanted:
        name = _name(cell)
        placed = [index for index, other in enumerate(notebook.cells) if _name(other) == name]
        if placed:
            position = max(position, placed[0] + 1)
        else:
            notebook.cells.insert(position, own.get(name) or deepcopy(cell))
            position += 1


def _name(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")
