"""Is another student: the folder of all submissions is the link.

In process: no, there is nobody yet who collects what was handed in.
Here: no, what lies behind a link in the way counts as empty, too.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.parent.rmdir()
    folder.parent.symlink_to("another")
