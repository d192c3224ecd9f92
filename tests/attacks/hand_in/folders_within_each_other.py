"""Has 1,200 folders within each other, more than Python walks through.

In process: no, there is nobody yet who collects what was handed in.
Here: no, what lies deeper than 16 is left out.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    for _ in range(1200):
        folder /= "d"
        folder.mkdir()
    (folder / "deep.txt").write_text("?")
