"""Replaces the function of `grader.checks.judge` that runs a check by one that always passes.

In process: yes, the package that judges can be imported and changed.
Here: no, the module that is changed is a copy which judges nothing.
Shown by: points
"""
import grader.checks.judge
from grader.checks.results import CheckResult

grader.checks.judge._run = lambda exercise, entry, student: (
    CheckResult(entry.title, entry.weight, True),
    "",
)
