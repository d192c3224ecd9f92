"""Leaves ended processes that nobody waits for, until no more can be started.

In process: no, not run: they would stay until the grader ends.
Here: no, they count towards the submission's own limit, and vanish with it.
Shown by: nothing
"""
import os

assert os.geteuid() == 65534, "only in the sandbox"
for _ in range(200):
    try:
        if os.fork() == 0:
            os._exit(0)
    except OSError:
        break
