"""Shows a table and a number that look like those of a passed check.

In process: no, nbgrader reads the check cell alone; a person might be taken in.
Here: no, the judge writes its own table into the check cell, and points come from the judge.
Shown by: nothing
"""
from IPython.display import HTML, display

display(HTML("<p><strong>double: 4 of 4 points (3 of 3 checks passed)</strong></p>"))
print("double: 4 of 4 points (3 of 3 checks passed)")
43.0
