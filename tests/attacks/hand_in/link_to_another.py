"""Hands in a link to another student's folder.

In process: no, there is nobody yet who collects what was handed in.
Here: no, likewise: what it leads to is not this student's.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.symlink_to(f"../another/{folder.name}")
