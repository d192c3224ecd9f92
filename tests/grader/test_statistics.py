"""The bounds of randomised checks, held against exact probabilities."""

from __future__ import annotations

import math

import pytest
import torch

from grader.checks.statistics import (
    ERROR,
    binomial_bounds,
    covariance,
    covariance_bound,
    miss_probability,
)
from grader.exercises.ch01.dropout import SIDE
from grader.exercises.ch01.net import EXAMPLES


def exact_tails(n: int, p: float, low: int, high: int) -> tuple[float, float]:
    """P(count < low) and P(count > high), summed up in double precision."""
    k = torch.arange(n + 1, dtype=torch.float64)
    n_ = torch.tensor(float(n), dtype=torch.float64)
    log = torch.lgamma(n_ + 1) - torch.lgamma(k + 1) - torch.lgamma(n_ - k + 1)
    log = log + k * math.log(p) + (n_ - k) * math.log1p(-p)
    mass = log.exp()
    return float(mass[:low].sum()), float(mass[high + 1 :].sum())


@pytest.mark.parametrize("n", [5, 100, 4000, SIDE * SIDE])
@pytest.mark.parametrize("p", [0.01, 0.2, 0.5, 0.95])
def test_a_right_rate_is_hardly_ever_rejected(n: int, p: float) -> None:
    low, high = binomial_bounds(n, p)
    assert 0 <= low <= n * p <= high <= n
    assert sum(exact_tails(n, p, low, high)) <= ERROR


def test_bounds_are_not_wider_than_need_be() -> None:
    low, high = binomial_bounds(10_000, 0.3)
    assert exact_tails(10_000, 0.3, low + 20, high - 20)[1] > ERROR / 20
    assert high - low < 2 * 7 * math.sqrt(10_000 * 0.3 * 0.7)


def test_certain_rates_leave_no_room() -> None:
    assert binomial_bounds(50, 0.0) == (0, 0)
    assert binomial_bounds(50, 1.0) == (50, 50)
    assert binomial_bounds(0, 0.5) == (0, 0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        binomial_bounds(5, 1.5)


@pytest.mark.parametrize("p", [0.15, 0.25, 0.35, 0.5, 0.6, 0.7])
@pytest.mark.parametrize("shift", [0.01, -0.01])
def test_dropout_layer_detects_a_rate_that_is_off_by_one_percent(p: float, shift: float) -> None:
    n = SIDE * SIDE
    assert miss_probability(n, p, shift) <= 1e-3
    low, high = binomial_bounds(n, p)
    below, above = exact_tails(n, p + shift, low, high)
    assert 1 - below - above <= miss_probability(n, p, shift) + 1e-9  # of 1e5 sums in doubles


@pytest.mark.parametrize("p", [0.2, 0.4, 0.6])
@pytest.mark.parametrize("shift", [0.021, -0.021])
def test_net_detects_rates_that_are_off_by_two_percent(p: float, shift: float) -> None:
    for units in (16, 32):
        assert miss_probability(EXAMPLES * units, p, shift) <= 1e-3


def test_a_shift_that_is_too_small_may_be_missed_always() -> None:
    assert miss_probability(100, 0.5, 0.01) == 1.0


def test_no_check_makes_more_than_ten_comparisons() -> None:
    assert 10 * ERROR <= 1e-9


def test_covariance_tells_shared_bits_from_independent_ones() -> None:
    torch.manual_seed(0)
    n = SIDE * SIDE // 2
    a, b = torch.rand(2, n) < 0.35
    assert abs(covariance(a, b)) < covariance_bound(n) / 5
    assert covariance(a, a) == pytest.approx(0.35 * 0.65, abs=0.01)
    assert covariance_bound(n) < 0.3 * 0.7 / 5
    assert covariance(a, ~a) < -covariance_bound(n)
