"""Hands in a device that never ends.

In process: no, there is nobody yet who collects what was handed in.
Here: no, likewise, what is no plain file is not read.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    import os

    notebook = folder / f"{folder.name}.ipynb"
    notebook.unlink()
    try:
        os.mknod(notebook, 0o020666, os.makedev(1, 5))
    except PermissionError:  # only root makes devices
        os.mkfifo(notebook)
