"""Sends an answer byte by byte, and never the last one.

In process: no, there are no frames.
Here: no, an answer has to be complete within the exercise's time, and its copy is ended.
Shown by: nothing
"""
import os
import time


def double(X):
    os.write(3, (1000).to_bytes(4, "big"))
    for _ in range(999):
        os.write(3, b"\0")
        time.sleep(0.02)
    return X
