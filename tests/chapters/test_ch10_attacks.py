"""Chapter 10: what a submission claims of its files, beside what is in them, gains nothing."""

from __future__ import annotations

import pytest

from grader.exercises.ch10.resuming import Problem

from .claims import Claim, verify_gains_nothing

CHAPTER, PACKAGE = "10_saving_and_loading", "ch10"


def claims_that_no_code_ran(report: list, inputs: dict) -> list:
    """Of each file: nothing in it was run."""
    if "files" not in inputs:
        return report
    return [[*entry[:2], False] if isinstance(entry, list) else entry for entry in report]


def claims_that_runs_were_resumed(report: list, inputs: dict) -> list:
    """A run that goes through, in place of one that goes on from the file: the process knows how."""
    if "problems" not in inputs or not all(isinstance(entry, dict) for entry in report):
        return report
    problems = [Problem(**problem) for problem in inputs["problems"]]
    return [
        {**entry, "end": problem.outcome(), "epoch": problem.stop, "error": "", "ran": False}
        for entry, problem in zip(report, problems, strict=True)
    ]


CLAIMS = {
    "tensors loaded with their code": Claim(
        "load_tensors", "weights_only_switched_off", claims_that_no_code_ran, list
    ),
    "a network loaded with its code": Claim(
        "load_model", "weights_only_switched_off", claims_that_no_code_ran, list
    ),
    "a run that was not resumed": Claim(
        "checkpoint", "nothing_put_back", claims_that_runs_were_resumed, list
    ),
    "a run without its momentum": Claim(
        "checkpoint", "optimizer_forgotten", claims_that_runs_were_resumed, list
    ),
    "a checkpoint in memory": Claim(
        "checkpoint", "kept_in_memory", claims_that_runs_were_resumed, list
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_gain_nothing(solutions, monkeypatch, name: str) -> None:
    verify_gains_nothing(CLAIMS[name], PACKAGE, solutions, monkeypatch)
