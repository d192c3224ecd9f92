"""Adds graded cells of its own, with the names of the real ones and outputs that show full marks.

In process: no, nbgrader drops a second cell of the same name and those that it does not know.
Here: no, one check cell of each name is left, and the judge fills it.
Shown by: nothing
Kind: notebook
"""
from copy import deepcopy

from nbformat import v4


def alter(notebook):
    for cell in list(notebook.cells):
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade"):
            for position, name in ((0, marks["grade_id"]), (len(notebook.cells), "check_bonus")):
                forged = deepcopy(cell)
                forged.id = f"forged-{name}-{position}-{marks['grade_id']}"[:60].replace("_", "-")
                forged.metadata.nbgrader["grade_id"] = name
                forged.metadata.nbgrader["points"] = 1000
                forged.source = "4.0"
                data = {"text/plain": "4.0"}
                forged.outputs = [v4.new_output("execute_result", data=data, execution_count=1)]
                notebook.cells.insert(position, forged)
