"""Tries to raise its limits, to become less interruptible, and to leave its walls.

In process: no, there is nothing to raise.
Here: no, hard limits cannot be raised, and a longer cell is ended all the same.
Shown by: nothing
"""
import os
import resource
import signal
import time

assert os.geteuid() == 65534, "only in the sandbox"
for name in ("AS", "NPROC", "FSIZE", "NOFILE", "CPU", "CORE"):
    try:
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (-1, -1))
        print("raised", name)
    except (OSError, ValueError) as error:
        print(name, error)
try:
    os.nice(-10)
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
except OSError as error:
    print(error.strerror)
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
while True:
    try:
        time.sleep(60)
    except BaseException:
        continue
