"""Has a file whose name is no text, so that it can be in no message.

In process: no, there is nobody yet who collects what was handed in.
Here: no, it is left out, and named as far as it can be.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    import os

    (folder / os.fsdecode(b"\xff\x1b[31m\n.txt")).write_text("?")
