"""Raises exceptions that a grader may take for a pass, or that end it.

In process: no, nbgrader gives 0 for an exception of any kind; this tries what a judge might overlook.
Here: no, whatever is raised is a failed check with the exception's name.
Shown by: nothing
"""
count = 0


class CheckPassed(Exception):
    passed = True


def double(X):
    global count
    from grader.wire.probe import StudentError

    count += 1
    errors = [SystemExit(0), StudentError("passed", "", kind="ok"), GeneratorExit(), CheckPassed()]
    raise errors[count % len(errors)]
