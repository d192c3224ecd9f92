"""Reads the environment of every process that /proc shows.

In process: yes, /proc shows the processes of the same user.
Here: no, a submission sees no process but its own, and an empty /proc.
Shown by: canary environment
"""
import glob
import os

for path in ["/proc/self/environ", f"/proc/{os.getppid()}/environ", *glob.glob("/proc/*/environ")]:
    try:
        with open(path, "rb") as file:
            print(file.read()[-20000:])
    except OSError:
        continue
