"""The statistics of randomised checks: errors small enough, mistakes small enough to be found."""

from __future__ import annotations

import pytest
import torch

from grader.checks.exercise import get_exercise
from grader.checks.statistics import binomial_bounds
from grader.exercises.ch01.dropout import SIDE
from tests.prove.sureness import MISS, RATE_ERROR, SCALE_ERROR, Sureness, shift_found, sureness

ENTRIES = sureness()


@pytest.mark.parametrize("entry", ENTRIES, ids=[f"{e.exercise}: {e.check}" for e in ENTRIES])
def test_a_right_answer_is_rejected_with_one_in_a_billion_at_most(entry: Sureness):
    assert 0 < entry.error <= 1e-9
    assert entry.check in {check.title for check in get_exercise(entry.exercise).checks()}
    assert entry.finds


def test_dropout_layer_finds_rates_and_scales_that_are_a_little_off():
    effects = {e.kind: e.effect for e in ENTRIES if e.exercise == "dropout_layer"}
    assert effects[SCALE_ERROR] <= 0.005
    rates = [e for e in ENTRIES if e.exercise == "dropout_layer" and e.kind == RATE_ERROR]
    assert len(rates) == 2 and all(entry.effect <= 0.01 for entry in rates)


def test_the_shift_that_is_said_to_be_found_is_found():
    n, p = SIDE * SIDE, 0.6
    shift = shift_found(n, (p,))
    low, high = binomial_bounds(n, p)
    torch.manual_seed(0)
    rate = torch.tensor([p + shift, p - shift])
    counts = torch.distributions.Binomial(n, rate).sample((20_000,))
    missed = ((counts >= low) & (counts <= high)).double().mean(0)
    assert bool((missed <= MISS).all()) and shift < 0.01
