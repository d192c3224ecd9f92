"""Opens a terminal, whose other end any other submission could open.

In process: yes, terminals belong to whoever has the same user.
Here: no, there are no terminals.
Shown by: points
Against: number
"""
import os


def total(X):
    ours = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
    os.close(ours)
    return float(X.sum())
