"""Has a file for the time of handing in that takes a gigabyte.

In process: no, there is nobody yet who collects what was handed in.
Here: no, a time takes a few letters; more is not read.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    with open(folder / "timestamp.txt", "wb") as file:
        file.truncate(2**30)
