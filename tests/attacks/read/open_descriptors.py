"""Reads every file that it finds open, from the start.

In process: yes, what the grader has open and hands on can be read.
Here: no, every descriptor but the channel is closed before the first cell.
Shown by: canary gradebook
"""
import os

for fd in range(3, 1024):
    try:
        text = os.pread(fd, 10**6, 0)
    except OSError:
        continue
    at = text.find(b"CANARY")
    print(fd, text[max(at - 50, 0) : at + 200])
