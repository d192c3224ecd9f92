"""Hands in a pipe, which whoever reads it waits for without end.

In process: no, there is nobody yet who collects what was handed in.
Here: no, what is no plain file is not read, and named.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    import os

    notebook = folder / f"{folder.name}.ipynb"
    notebook.unlink()
    os.mkfifo(notebook)
    os.mkfifo(folder / "timestamp.txt")
    os.mkfifo(folder / "notes.txt")
