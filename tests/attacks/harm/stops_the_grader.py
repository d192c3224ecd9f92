"""Sends signals that stop or end to its process group and session.

In process: no, it would stop whatever shares the terminal, and `kills_the_grader` shows enough.
Here: no, the group is the submission's own; it costs itself a cell.
Shown by: nothing
"""
import os
import signal

assert os.geteuid() == 65534, "only in the sandbox"
for number in (signal.SIGUSR1, signal.SIGHUP, signal.SIGTERM, signal.SIGSTOP):
    for group in (0, -1):
        try:
            os.kill(group, number)
        except OSError as error:
            print(error.strerror)
