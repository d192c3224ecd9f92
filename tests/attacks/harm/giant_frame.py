"""Announces an answer of four gigabytes and sends nothing of it.

In process: no, there are no frames.
Here: no, a length over the limit is refused before anything is read.
Shown by: nothing
"""
import os


def double(X):
    os.write(3, b"\xff\xff\xff\xff")
    return X
