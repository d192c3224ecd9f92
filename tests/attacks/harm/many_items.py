"""Answers with millions of small items, each of which would become an object of the judge's.

In process: no, they are the process's own.
Here: no, items are counted in the text before it is parsed.
Shown by: nothing
"""
import os
import struct


def double(X):
    text = b"[" + b'["list"],' * 3_000_000 + b"0]"
    body = struct.pack(">I", len(text)) + text
    sent = memoryview(struct.pack(">I", len(body)) + body)
    while sent:
        sent = sent[os.write(3, sent) :]
    return X
