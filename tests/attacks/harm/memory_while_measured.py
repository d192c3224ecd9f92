"""Lets many processes take memory at once, while what they use is still being added up.

In process: no, not run: a plain process has no limit that would stop it.
Here: no, the kernel keeps the limit where it can, and the measuring never waits longer than half a second.
Shown by: nothing
Against: number
"""
import os
import time


def total(X):
    assert os.geteuid() == 65534, "only in the sandbox"
    told, tell = os.pipe()
    for _ in range(30):
        if os.fork() == 0:
            time.sleep(1)
            held = bytearray(b"x") * (40 * 2**20)
            os.write(tell, b"+")
            time.sleep(60)
    seen = 0
    while seen < 30:
        seen += len(os.read(told, 30))
    time.sleep(1)
    return float(X.sum())
