"""The bounds of randomised comparisons, held against exact probabilities and against simulation."""

from __future__ import annotations

import math
import threading

import pytest
import torch
from torch import Tensor

from grader.checks import expect, statistics
from grader.checks.exercise import Exercise, check
from grader.checks.judge import judge
from grader.checks.statistics import (
    ERROR,
    Comparison,
    binomial_bounds,
    covariance,
    covariance_bound,
    miss_probability,
)
from grader.checks.student import LocalStudent

SIDE = 560
ZERO = 2.0**-24  # how often `torch.rand` gives exactly 0


def pmf(n: int, p: float) -> Tensor:
    """P(count = k) for k from 0 to n, in double precision."""
    k = torch.arange(n + 1, dtype=torch.float64)
    n_ = torch.tensor(float(n), dtype=torch.float64)
    log = torch.lgamma(n_ + 1) - torch.lgamma(k + 1) - torch.lgamma(n_ - k + 1)
    return (log + k * math.log(p) + (n_ - k) * math.log1p(-p)).exp()


def exact_tails(n: int, p: float, low: int, high: int) -> tuple[float, float]:
    """P(count < low) and P(count > high)."""
    mass = pmf(n, p)
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
    assert high - low < 2 * 7.2 * math.sqrt(10_000 * 0.3 * 0.7)


def test_certain_rates_leave_no_room() -> None:
    assert binomial_bounds(50, 0.0) == (0, 0)
    assert binomial_bounds(50, 1.0) == (50, 50)
    assert binomial_bounds(0, 0.5) == (0, 0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        binomial_bounds(5, 1.5)


@pytest.mark.parametrize("p", [0.15, 0.25, 0.35, 0.5, 0.6, 0.7])
@pytest.mark.parametrize("shift", [0.01, -0.01])
def test_what_is_detected_is_no_promise_too_many(p: float, shift: float) -> None:
    n = SIDE * SIDE
    assert miss_probability(n, p, shift) <= 1e-3
    low, high = binomial_bounds(n, p)
    below, above = exact_tails(n, p + shift, low, high)
    assert 1 - below - above <= miss_probability(n, p, shift) + 1e-9  # of 1e5 sums in doubles


def test_a_shift_that_is_too_small_may_be_missed_always() -> None:
    assert miss_probability(100, 0.5, 0.01) == 1.0


def test_fifty_comparisons_stay_within_the_goal() -> None:
    assert 50 * ERROR <= 1e-9


@pytest.mark.parametrize("n", [1, 600, SIDE * SIDE])
def test_exact_zeros_that_chance_allows(n: int) -> None:
    """`rand > 0` drops a unit with probability 2^-24: a right answer, once in 28,000 for 600 units."""
    allowed = max(count for count in range(9) if statistics.zeros_fit(count, n))
    assert allowed >= 1 and not statistics.zeros_fit(n // 2 + 5, n)
    with statistics.ledger() as booked:
        statistics.zeros_fit(0, n)
    (entry,) = booked
    assert (entry.kind, entry.n) == ("zeros", n) and 0 < entry.error <= ERROR
    if n == 600:
        exact = float(pmf(n, ZERO)[allowed + 1 :].sum())
        assert exact <= entry.error <= 1.1 * exact


def test_a_mean_in_float32_has_a_little_more_room() -> None:
    n, p = SIDE * SIDE, 0.6
    low, high = binomial_bounds(n, p)
    for count in (low, high):
        assert statistics.mean_fits(count / n * (1 + 5e-5), n, p)
        assert statistics.mean_fits(count / n * (1 - 5e-5), n, p)
    assert not statistics.mean_fits(low / n * 0.999, n, p)
    assert not statistics.mean_fits(high / n * 1.001, n, p)


@pytest.mark.parametrize(("size", "p"), [(40, 0.5), (100, 0.2), (560, 0.7)])
def test_counts_are_all_the_same_by_chance_no_oftener_than_booked(size: int, p: float) -> None:
    for groups in (2, 5, 20):
        counts = torch.full((groups,), 7)
        with statistics.ledger() as booked:
            assert not statistics.counts_vary(counts, size, p)
        exact = float((pmf(size, p) ** groups).sum())
        assert exact <= booked[0].error <= exact * 4**groups


def test_covariance_tells_shared_bits_from_independent_ones() -> None:
    torch.manual_seed(0)
    n = SIDE * SIDE // 2
    a, b = torch.rand(2, n) < 0.35
    assert abs(covariance(a, b)) < covariance_bound(n) / 5
    assert covariance(a, a) == pytest.approx(0.35 * 0.65, abs=0.01)
    assert covariance_bound(n) < 0.3 * 0.7 / 5
    assert covariance(a, ~a) < -covariance_bound(n)
    assert statistics.independent(a, b)
    assert not statistics.independent(a, a) and not statistics.independent(a, ~a)


def test_bounds_hold_in_simulation() -> None:
    """At an error that can be simulated, right answers are rejected no oftener than that."""
    torch.manual_seed(1)
    n, trials, error = 400, 2000, 0.05
    for p in (0.1, 0.5, 0.8):
        low, high = binomial_bounds(n, p, error)
        bits = torch.rand(trials, 2, n) < p
        counts = bits[:, 0].sum(dim=1)
        assert int(((counts < low) | (counts > high)).sum()) <= error * trials
        bound = covariance_bound(n, error)
        assert sum(abs(covariance(one, other)) > bound for one, other in bits) <= error * trials


def test_right_answers_pass_in_simulation() -> None:
    torch.manual_seed(2)
    for _ in range(300):
        p = float(torch.rand(()))
        hits, others = torch.rand(2, 2000) < p
        assert statistics.fits(hits, p) and statistics.independent(hits, others)
        assert statistics.zeros_fit(int((torch.rand(2000) == 0).sum()), 2000)
        assert statistics.mean_fits(float(hits.float().mean()), 2000, p)
        assert not statistics.fits(hits, p + 0.2 if p < 0.5 else p - 0.2)


class Random(Exercise):
    name, points = "drops", 1

    @check("a rate")
    def rate(self, student):
        for p in (0.25, 0.5):
            expect.rate(student.call("drops", p) == 0, p)

    @check("two of them")
    def independence(self, student):
        first, second = student.call("drops", 0.5), student.call("drops", 0.5)
        expect.true(statistics.independent(first == 0, second == 0), seen="copies")

    @check("nothing random")
    def shape(self, student):
        expect.tensor(student.call("drops", 0.5), shape=(1000,))


def drops(p: float) -> Tensor:
    return (torch.rand(1000) > p).float()


def test_the_ledger_has_each_comparison_under_its_check() -> None:
    with statistics.ledger() as booked:
        assert judge(Random(), LocalStudent({"drops": drops}), 1).earned == 1
    assert booked == [
        Comparison("rate", ERROR, "rate", 1000, 0.25),
        Comparison("rate", ERROR, "rate", 1000, 0.5),
        Comparison("independence", ERROR, "copies", 1000),
    ]
    judge(Random(), LocalStudent({"drops": drops}), 1)
    assert len(booked) == 3, "closed"


def test_without_a_ledger_and_in_other_threads_nothing_is_kept() -> None:
    assert statistics.fits(torch.zeros(9, dtype=torch.bool), 0.0)
    with statistics.ledger() as booked:
        thread = threading.Thread(target=statistics.book, args=("elsewhere", 0.5))
        thread.start()
        thread.join()
        with statistics.ledger() as inner, statistics.account("mine"):
            statistics.book("inner", 0.1)
        statistics.book("outer", 0.2)
    assert [(entry.check, entry.kind) for entry in inner] == [("mine", "inner")]
    assert [(entry.check, entry.kind) for entry in booked] == [("", "outer")]


def test_nothing_is_booked_to_a_check_that_has_failed_already() -> None:
    with statistics.ledger() as booked:
        judge(Random(), LocalStudent({"drops": lambda p: torch.ones(1000)}), 1)
    assert [entry.check for entry in booked] == ["rate", "independence"]
