"""Likewise, where the copy never makes a group, and the first thread of the helper has ended.

In process: no, one process answers all questions there, so nothing need outlive one.
Here: no, the worker outside finds what was not there before, by when it was started.
Shown by: nothing
"""
import ctypes
import os
import socket
import threading
import time

os.setpgid = lambda *group: None
shell = get_ipython()


def double(X):
    if os.fork() == 0:
        os.close(3)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("\0helper")
        listener.listen()
        ctypes.CDLL(None).setpgid(0, 0)
        threading.Thread(target=time.sleep, args=(60,)).start()
        ctypes.CDLL(None).pthread_exit(None)
        os._exit(0)
    time.sleep(0.2)
    return X


def total(X):
    socket.socket(socket.AF_UNIX).connect("\0helper")
    return float(X.sum())


kept = total
shell.events.register("post_run_cell", lambda *_: shell.user_ns.update(total=kept))
