"""Defines a `check` of its own that returns full marks.

In process: yes, the check cell calls whatever has this name.
Here: no, check cells are not run in the student's namespace.
Shown by: points
"""


def check(name):
    return 4.0
