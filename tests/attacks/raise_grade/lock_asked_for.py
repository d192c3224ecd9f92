"""Likewise, by asking who holds a lock on a part of a file.

In process: yes, everybody who can read a file can lock its parts for reading, and ask for locks.
Here: no, such questions are refused.
Shown by: points
Against: number
"""
import fcntl
import os
import struct

import torch


def total(X):
    with open(torch.__file__) as file:
        told, tell = os.pipe()
        if (child := os.fork()) == 0:
            fcntl.lockf(file, fcntl.LOCK_SH)
            os.write(tell, b"+")
            os.read(os.pipe()[0], 1)
        os.read(told, 1)
        try:
            asked = struct.pack("hhxxxxqqixxxx", fcntl.F_WRLCK, 0, 0, 0, 0)
            kind = struct.unpack("h", fcntl.fcntl(file, fcntl.F_GETLK, asked)[:2])[0]
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)
    return float(X.sum()) if kind == fcntl.F_RDLCK else 0.0
