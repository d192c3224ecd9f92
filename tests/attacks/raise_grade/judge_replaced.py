"""Replaces the function of `grader.judge` that runs a check by one that always passes.

In process: yes, the package that judges can be imported and changed.
Here: no, the module that is changed is a copy which judges nothing.
Shown by: points
"""
import grader.judge
from grader.results import CheckResult

grader.judge._run = lambda exercise, entry, student: (
    CheckResult(entry.title, entry.weight, True),
    "",
)
