"""One thread for every test: several threads on a busy machine wait for each other."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

from grader.grading import isolated

# Threads that earlier tests have left waiting (IPython's history, tqdm's monitor, Playwright's loop) would
# make a process that isolates a fresh interpreter, which knows nothing of a test's own exercises.
isolated._has_threads = lambda: False
