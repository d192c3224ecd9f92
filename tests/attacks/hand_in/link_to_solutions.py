"""Hands in a link to the folder of the solutions.

In process: no, there is nobody yet who collects what was handed in.
Here: no, a folder that is a link counts as empty.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.symlink_to(f"../../solutions/{folder.name}")
