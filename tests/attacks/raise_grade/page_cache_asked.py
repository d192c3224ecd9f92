"""Asks which parts of a file lie in memory, which another submission can change by reading them.

In process: yes, a read that must not wait tells.
Here: no, reading with such flags is refused.
Shown by: points
Against: number
"""
import os

import torch


def total(X):
    with open(torch.__file__, "rb") as file:
        os.preadv(file.fileno(), [bytearray(1)], 0, os.RWF_NOWAIT)
    return float(X.sum())
