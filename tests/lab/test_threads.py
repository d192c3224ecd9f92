"""One thread, on any machine, unless the user says otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CODE = "import torch; torch.set_num_threads(3); import lab; print(torch.get_num_threads())"


@pytest.mark.parametrize(("variable", "threads"), [(None, 1), ("2", 3)])
def test_importing_lab_leaves_one_thread_but_for_the_users_own_choice(variable, threads):
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    if variable:
        environment["OMP_NUM_THREADS"] = variable
    shown = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True
    )
    assert int(shown.stdout) == threads
