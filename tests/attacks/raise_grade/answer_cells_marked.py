"""Marks the own answer cells as graded and locked, so that their results are read as points.

In process: no, nbgrader puts the marks of known cells back.
Here: no, likewise: these marks come from the gradebook.
Shown by: nothing
Kind: notebook
"""


def alter(notebook):
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            marks.update(grade=True, locked=True, points=4)
            cell.source += "\n4.0"
