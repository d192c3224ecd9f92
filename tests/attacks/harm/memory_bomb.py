"""Takes memory without end, in several processes.

In process: no, not run: a plain process has no limit that would stop it.
Here: no, the submission is ended at its limit, and what remains of it is graded.
Shown by: nothing
"""
import os

assert os.geteuid() == 65534, "only in the sandbox"
for _ in range(3):
    if os.fork() == 0:
        break
held = []
while len(held) < 300:
    held.append(bytearray(b"x") * 2**24)
