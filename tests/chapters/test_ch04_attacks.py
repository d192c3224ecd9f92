"""Chapter 4: what a submission claims of itself beside its answers gains nothing.

Each attack changes what a probe reports in the student's process; the judge computes from w and b what would
be true, and asks again.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from grader.wire import probe

from .claims import Claim, outcome, verify_gains_nothing

CHAPTER, PACKAGE = "04_weight_decay", "ch04"
Forge = Callable[[dict, dict], dict]


def claims_a_trainable_network(report: dict, inputs: dict) -> dict:
    """The frozen network has moved, it says, somewhere."""
    weight, bias = report["weight"], report["bias"]
    return {**report, "after": [weight - 1, bias - 1], "again": report["outputs"]}


def claims_untouched_parameters(report: dict, inputs: dict) -> dict:
    """Whatever the network did, w and b are as they were asked with, it says."""
    return {**report, "w": inputs["w"].detach(), "b": inputs["b"].detach()}


def claims_a_curve(report: dict, inputs: dict) -> dict:
    """A history as good as one likes."""
    return {**report, "curve": [[5, 1e-6, 1e-6]]}


def claims_a_zero_bias(report: dict, inputs: dict) -> dict:
    """The start has bias 0, and weights that are as zero as the bias, it says."""
    parameters = report["returned"]
    return (
        {**report, "returned": [torch.zeros_like(p) for p in parameters]} if parameters else report
    )


CLAIMS = {
    "frozen": Claim("match_scratch_and_concise", "network_frozen", claims_a_trainable_network),
    "shared": Claim("match_scratch_and_concise", "memory_shared", claims_untouched_parameters),
    "curve": Claim("train_concise", "penalty_in_the_curve", claims_a_curve),
    "start": Claim("train_concise", "bias_drawn_as_published", claims_a_zero_bias),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_gain_nothing(solutions, monkeypatch, name: str) -> None:
    verify_gains_nothing(CLAIMS[name], PACKAGE, solutions, monkeypatch)


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [("decay_step", "in_place"), ("l1_step", "in_place"), ("decoupled_decay", "in_place")],
)
def test_a_claimed_untouched_input_gains_nothing(solutions, monkeypatch, exercise, answer) -> None:
    original = probe.run

    def forged(namespace, source, inputs):
        if "second_of_two_calls" not in source:
            return original(namespace, source, inputs)
        before = [v.clone() for v in inputs["inputs"] if isinstance(v, torch.Tensor)]
        second, _ = original(namespace, source, inputs)
        return [second, before[: inputs["count"]]]

    monkeypatch.setattr(probe, "run", forged)
    failed = {check.id for check in outcome(PACKAGE, solutions, exercise, answer).failed}
    assert "left_alone" in failed
