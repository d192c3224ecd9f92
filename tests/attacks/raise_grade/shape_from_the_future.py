"""Sends a frame that claims more elements than it has bytes for, in place of a result.

In process: no, there is no wire on which to lie; the tensor itself would have to.
Here: no, every size is compared with the bytes that are there before memory is spent.
Shown by: nothing
Base: misshapen
"""
import json
import os
import struct


def double(X):
    shape = [2**20, 2**20]
    text = json.dumps([["dict", ["value", ["tensor", 0]]], [["float32", shape]]]).encode()
    body = struct.pack(">I", len(text)) + text
    os.write(3, struct.pack(">I", len(body)) + body)
    return X
