"""Hands in a link to the notebook with the solutions.

In process: no, there is nobody yet who collects what was handed in.
Here: no, a file that is a link is not read.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    notebook = folder / f"{folder.name}.ipynb"
    notebook.unlink()
    notebook.symlink_to(f"../../../solutions/{folder.name}/{notebook.name}")
