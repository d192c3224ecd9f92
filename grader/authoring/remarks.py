"""Remarks on a solution, which `solution` shows after full marks and no notebook holds.

They stand in the chapter, below the exercise's check: `# %% [markdown] remarks="dropout_layer"`.
"""

from __future__ import annotations

from nbformat import NotebookNode

from grader.errors import CourseError


def take_out_remarks(notebook: NotebookNode) -> dict[str, str]:
    """Remove the cells of remarks from `notebook`; return their Markdown by the name of the exercise.

    Raises CourseError for remarks that do not stand below the check of their exercise, come twice, are empty, or
    are no Markdown. A quiz has none: its options explain themselves.
    """
    remarks: dict[str, str] = {}
    checked: set[str] = set()
    kept = []
    for cell in notebook.cells:
        if "remarks" not in cell.metadata:
            kept.append(cell)
            checked.add(cell.metadata.get("check", ""))
            continue
        name, text = cell.metadata["remarks"], cell.source.strip()
        for wrong, problem in (
            (cell.cell_type != "markdown", "belong into a Markdown cell"),
            (name not in checked, f'do not stand below check("{name}")'),
            (name in remarks, "are there twice"),
            (not text, "are empty"),
        ):
            if wrong:
                raise CourseError(f"the remarks on {name!r} {problem}")
        remarks[name] = text
    notebook.cells = kept
    return remarks
