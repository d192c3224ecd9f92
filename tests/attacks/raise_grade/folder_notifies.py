"""Likewise, by the older call, which sends a signal.

In process: yes, any folder that can be opened can be asked for it.
Here: no, it is refused as well.
Shown by: points
Against: number
"""
import fcntl
import os
import sys


def total(X):
    folder = os.open(os.path.dirname(sys.executable), os.O_RDONLY)
    fcntl.fcntl(folder, fcntl.F_NOTIFY, 0)
    return float(X.sum())
