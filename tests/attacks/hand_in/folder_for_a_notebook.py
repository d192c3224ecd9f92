"""Hands in a folder under the name of the notebook.

In process: no, there is nobody yet who collects what was handed in.
Here: no, likewise: 0 points, and a reason.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    notebook = folder / f"{folder.name}.ipynb"
    notebook.unlink()
    notebook.mkdir()
    (notebook / notebook.name).write_text("{}")
