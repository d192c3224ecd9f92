"""Answers with lists in lists a hundred thousand deep, and with lists that contain themselves.

In process: no, the result is compared and thrown away there.
Here: no, depth is limited on both sides; the JSON reader's own limit is caught too.
Shown by: nothing
"""
import os
import struct

itself = []
itself.append(itself)


def double(X):
    text = b"[" * 100_000 + b"]" * 100_000
    body = struct.pack(">I", len(text)) + text
    os.write(3, struct.pack(">I", len(body)) + body)
    return X


def total(X):
    return itself


quiz_double = {1: itself}
