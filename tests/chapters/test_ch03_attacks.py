"""Chapter 3: what a submission claims of itself beside its answers gains nothing.

Each attack changes what a probe reports in the student's process. The judge computes from losses and
accuracies what would be true, or asks again.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .claims import Claim, verify_gains_nothing

CHAPTER, PACKAGE = "03_dropout_experiments", "ch03"
Forge = Callable[[list, dict], list]


def claims_an_untouched_configuration(report: list, inputs: dict) -> list:
    """The configuration is as it was, it says."""
    return [report[0], dict(inputs["config"])] if "config" in inputs else report


def claims_good_accuracies(report: list, inputs: dict) -> list:
    """Every network is right about everything, it says."""
    return [[{**record, "test_acc": 1.0, "train_acc_eval": 1.0} for record in report[0]], report[1]]


def claims_an_untouched_table(report: list, inputs: dict) -> list:
    """The table is as it was, it says."""
    columns = inputs.get("columns") or inputs.get("done")
    if columns is None:
        return report
    count = len(next(iter(columns.values())))
    index = inputs.get("index") or list(range(count))
    return [report[0], {"columns": dict(columns), "index": list(index)}]


CLAIMS = {
    "config": Claim(
        "run_config", "config_written_into", claims_an_untouched_configuration, kind=list
    ),
    "accuracy": Claim(
        "run_config", "test_accuracy_in_train_mode", claims_good_accuracies, kind=list
    ),
    "done": Claim("sweep", "done_grows", claims_an_untouched_table, kind=list),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_gain_nothing(solutions, monkeypatch, name: str) -> None:
    verify_gains_nothing(CLAIMS[name], PACKAGE, solutions, monkeypatch)
