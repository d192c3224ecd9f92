"""Tasks in forks: results come back, and nothing that a task does reaches the caller."""

from __future__ import annotations

import os

import pytest

from tests.prove.forked import run_forked


def loops():
    while True:
        pass


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_results_and_problems_come_back_by_index():
    def raises():
        raise ValueError("no")

    tasks = [lambda: 1, loops, raises, lambda: os._exit(3), lambda: "five"]
    outcomes = {o.index: o for o in run_forked(tasks, seconds=1.0)}
    assert (outcomes[0].result, outcomes[4].result) == (1, "five")
    assert outcomes[1].problem == "timeout"
    assert outcomes[2].problem == "ValueError: no"
    assert outcomes[3].problem == "the process died"
