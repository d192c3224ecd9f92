"""Chapter 6: what a submission claims of itself beside its answers gains nothing.

Each attack changes what a probe reports in the student's process; the judge computes what would be true.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from .claims import Claim, outcome, verify_gains_nothing

CHAPTER, PACKAGE = "06_house_prices", "ch06"
Forge = Callable[[dict, dict], dict]


def claims_shuffled_batches(report: dict, inputs: dict) -> dict:
    """Other batches in each epoch, it says; the parameters are those of the real ones."""
    if "batches" not in report:
        return report
    X, size = inputs["data"][0], inputs["numbers"][3]
    batches = [
        X[rows] for _ in range(inputs["numbers"][0]) for rows in torch.randperm(len(X)).split(size)
    ]
    return {**report, "batches": batches}


def claims_good_folds(report: dict, inputs: dict) -> dict:
    """Rows are split as they should be, it says, whatever `get_k_fold_data` does."""
    if "folds" not in report:
        return report
    return {**report, "folds": list(inputs["X"].tensor_split(inputs["k"]))}


def claims_perfect_scores(report: dict, inputs: dict) -> dict:
    """Scores as good as one likes."""
    zeros = [0.0] * inputs["k"]
    return {**report, "returned": [zeros, zeros]}


def claims_untouched_tables(report: dict, inputs: dict) -> dict:
    """Both frames are as they were, it says: with that it is believed, and no more than that is gained."""
    return {**report, "train_after": inputs["train"], "test_after": inputs["test"]}


def claims_a_file(report: dict, inputs: dict) -> dict:
    """A file of the right form, with made-up prices."""
    rows = "".join(f"{number},180000\n" for number in inputs["table"]["Id"])
    return {
        **report,
        "names": [inputs["path"] or "submission.csv"],
        "text": "Id,SalePrice\n" + rows,
    }


CLAIMS = {
    "batches": Claim("train", "not_shuffled", claims_shuffled_batches),
    "batches, shuffled once": Claim("train", "shuffled_once", claims_shuffled_batches),
    "folds": Claim("k_fold", "one_network_for_all", claims_good_folds),
    "scores": Claim("k_fold", "first_epoch", claims_perfect_scores),
    "file": Claim("train_and_pred", "not_trained", claims_a_file),
    "tables": Claim("preprocess", "published", claims_untouched_tables),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_gain_nothing(solutions, monkeypatch, name: str) -> None:
    verify_gains_nothing(CLAIMS[name], PACKAGE, solutions, monkeypatch)


def test_an_error_page_with_the_right_bytes_is_refused_all_the_same(solutions) -> None:
    """The sum alone would accept it; the check asks for the status."""
    failed = {
        check.id for check in outcome(PACKAGE, solutions, "download", "status_not_asked").failed
    }
    assert failed == {"error_page"}
