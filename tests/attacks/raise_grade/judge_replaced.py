"""Replaces the function of `grader.checks.judge` that asks a check by one that always passes.

In process: yes, the package that judges can be imported and changed.
Here: no, the module that is changed is a copy which judges nothing.
Shown by: points
"""
from grader.checks import judge
from grader.checks.results import CheckResult

judge._ask = lambda exercise, entry, student, seed: judge._Outcome(
    CheckResult(entry.id, entry.title, entry.weight, True)
)
