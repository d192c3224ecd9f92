"""Leaves a helper in a process group of its own, which answers in a later exercise.

In process: no, one process answers all questions there, so nothing need outlive one.
Here: no, whatever an exercise has started ends with it.
Shown by: nothing
"""
import ctypes
import os
import socket
import threading
import time


shell = get_ipython()


def double(X):
    if os.fork() == 0:
        os.close(3)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("\0helper")
        listener.listen()
        ctypes.CDLL(None).setpgid(0, 0)
        time.sleep(60)
        os._exit(0)
    time.sleep(0.2)
    return X


def total(X):
    socket.socket(socket.AF_UNIX).connect("\0helper")
    return float(X.sum())


kept = total
shell.events.register("post_run_cell", lambda *_: shell.user_ns.update(total=kept))
