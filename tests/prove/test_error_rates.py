"""What a right answer risks, and the power of the checks: added up, and as large as it is said to be."""

from __future__ import annotations

import pytest
import torch

from grader.checks.statistics import ERROR, Comparison, binomial_bounds, covariance
from tests.prove.error_rates import ErrorRates
from tests.prove.judging import judge_here
from tests.prove.power import MISS, copies_found, detected, shift_found, zeros_found
from tests.prove.setting import settings

RATE = Comparison("share", 4e-10, "rate", 1000, 0.3)


def test_the_risk_of_one_judging_is_added_up_and_the_largest_counts():
    rates = ErrorRates("double")
    rates.add([RATE, RATE, Comparison("mean", 1e-10, "mean", 1000, 0.3)])
    rates.add([RATE])
    assert rates.risk == pytest.approx(9e-10) and rates.problems == []
    share, mean = rates.rates()
    assert (share.check, share.error) == ("share", pytest.approx(8e-10))
    assert "rate that is off by" in share.detects and "mean" in mean.detects
    rates.add([RATE, RATE, RATE])
    assert "1.2e-09, more than 1e-09" in rates.problems[0]


def test_the_reference_of_dropout_layer_books_what_it_risks():
    setting = settings()["ch01", "dropout_layer"]
    booked = judge_here(setting, setting.reference, seed=1).booked
    assert {"drops_the_right_share", "draws_each_element"} <= {entry.check for entry in booked}
    assert 0 < sum(entry.error for entry in booked) <= 1e-9
    share = [entry for entry in booked if entry.check == "drops_the_right_share"]
    assert all(shift_found(entry.n, entry.p) <= 0.01 for entry in share)


def test_the_shift_that_is_said_to_be_found_is_found():
    n, p = 291_600, 0.6
    shift = shift_found(n, p)
    low, high = binomial_bounds(n, p)
    torch.manual_seed(0)
    rate = torch.tensor([p + shift, p - shift])
    counts = torch.distributions.Binomial(n, rate).sample((20_000,))
    missed = ((counts >= low) & (counts <= high)).double().mean(0)
    assert bool((missed <= MISS).all()) and shift < 0.01


def test_the_copies_and_zeros_that_are_said_to_be_found_are_found():
    n = 150_000
    torch.manual_seed(0)
    first = torch.rand(n) < 0.3
    copied = torch.where(torch.rand(n) < copies_found(n), first, torch.rand(n) < 0.3)
    assert abs(covariance(first, copied)) > 0.21 * copies_found(n) / 2
    assert (1 - zeros_found(600)) ** 600 <= MISS


@pytest.mark.parametrize("kind", ["rate", "mean", "copies", "zeros", "share", "counts"])
def test_the_power_is_said_in_words(kind: str):
    assert not detected(kind, [Comparison("c", ERROR, kind, 500, 0.4)]).startswith("(")
    assert detected("none left", []) == "(none left)"
