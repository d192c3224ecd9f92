"""Forks without end.

In process: no, not run: a plain process has no limit that would stop it.
Here: no, the number of processes is limited, and all of them end with the cell's time.
Shown by: nothing
"""
import os
import time

assert os.geteuid() == 65534, "only in the sandbox"
started = time.monotonic()
while time.monotonic() < started + 20:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
