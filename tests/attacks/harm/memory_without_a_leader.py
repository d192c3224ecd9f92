"""Takes memory in processes whose first thread has ended, where /proc shows none.

In process: no, not run: a plain process has no limit that would stop it.
Here: no, likewise; and the measuring asks the other threads.
Shown by: nothing
Against: number
"""
import ctypes
import os
import threading
import time


def total(X):
    assert os.geteuid() == 65534, "only in the sandbox"
    told, tell = os.pipe()

    def hold():
        time.sleep(0.3)
        held = bytearray(b"x") * (300 * 2**20)
        os.write(tell, b"+")
        time.sleep(60)

    for _ in range(4):
        if os.fork() == 0:
            threading.Thread(target=hold).start()
            ctypes.CDLL(None).pthread_exit(None)
    seen = 0
    while seen < 4:
        seen += len(os.read(told, 4))
    time.sleep(1.5)
    return float(X.sum())
