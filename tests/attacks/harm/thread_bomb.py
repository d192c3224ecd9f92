"""Starts threads without end, and raises torch's number of threads before it is judged.

In process: no, not run: a plain process has no limit that would stop it.
Here: no, threads count as processes do, and the judged copy has none of them.
Shown by: nothing
"""
import os
import threading
import time

import torch

assert os.geteuid() == 65534, "only in the sandbox"
torch.set_num_threads(16)
torch.ones(1000, 1000) @ torch.ones(1000, 1000)
threads = []
while len(threads) < 500:
    try:
        threads.append(threading.Thread(target=time.sleep, args=(30,), daemon=True))
        threads[-1].start()
    except RuntimeError:
        break
