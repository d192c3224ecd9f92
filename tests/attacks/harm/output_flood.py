"""Prints and displays without end, also control characters and terminal sequences.

In process: no, not run: stock nbgrader keeps it all in memory and in the notebook.
Here: no, the outputs of a cell are cut at a limit, with a note.
Shown by: nothing
"""
from IPython.display import HTML, display

for _ in range(300):
    print("x" * 2**20, "\x1b[2J\x1b]0;owned\x07\0")
    display(HTML("<b>x</b>" * 2**18))
