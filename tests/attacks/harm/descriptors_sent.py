"""Sends open descriptors along with its answers, as many as fit.

In process: no, there is no channel.
Here: no, the judge's side takes bytes only; the kernel closes what came along.
Shown by: nothing
"""
import os
import socket


def double(X):
    judge = socket.socket(fileno=os.dup(3))
    fds = [os.open("/dev/null", os.O_RDONLY) for _ in range(50)]
    for _ in range(20):
        try:
            socket.send_fds(judge, [b"\0"], fds)
        except OSError:
            break
    return X
