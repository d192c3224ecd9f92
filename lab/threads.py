"""How many threads to compute with."""

from __future__ import annotations

import os

import torch


def use_one_thread() -> None:
    """Compute with one thread, unless the user has set another number (OMP_NUM_THREADS).

    The threads of OpenMP wait for each other by spinning. As soon as something else wants a core, on
    Binder, on a course server, or beside a browser, several of them take up to twenty times as long as
    one (`python benchmarks/threads.py`). The networks of the course are small: one is enough.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)
