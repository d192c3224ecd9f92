"""Sends small well-formed answers without end.

In process: no, there are no frames.
Here: no, one answer is read to a question, and an answer before its question is refused.
Shown by: nothing
"""
import os
import time

from grader.wire.codec import encode


def double(X):
    body = encode({"value": None})
    frame = len(body).to_bytes(4, "big") + body
    until = time.monotonic() + 20
    while time.monotonic() < until:
        os.write(3, frame)
    return X
