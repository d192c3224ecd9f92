"""Has more files beside the notebook than the home folder can hold.

In process: no, there is nobody yet who collects what was handed in.
Here: no, a thousand of them are brought along.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    for number in range(20_100):
        (folder / f"{number:05}.txt").touch()
