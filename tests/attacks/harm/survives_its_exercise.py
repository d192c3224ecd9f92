"""Forks inside the judged function, and the copies try to answer and go on.

In process: yes, a copy goes on when the grader has left.
Here: no, copies do not speak for the original, and end with it.
Shown by: process
"""
import os
import subprocess
import sys


def double(X):
    if os.fork() == 0:
        nothing = subprocess.DEVNULL
        waits = "import time; time.sleep(60)"
        subprocess.Popen([sys.executable, "-c", waits, "@MARK@"], stdin=nothing, stdout=nothing, stderr=nothing)
        if os.fork() == 0:
            os._exit(0)
        return 2 * X
    os.wait()
    return X
