"""The error rate and the power of randomised comparisons.

A comparison of random draws rejects a right answer now and then. Each one here books the bound on how
often: `make prove` adds up what a right answer risks in all checks of an exercise together (at most
1e-9), and says what is detected. All bounds are proven ones (Chernoff, Hoeffding, union), not normal
approximations: they hold at any sample size, at the price of being a little wider than needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import torch
from torch import Tensor

ERROR = 2e-11
"""Chance that one comparison rejects a right answer: fifty of them stay within 1e-9."""


@dataclass(frozen=True)
class Comparison:
    """One comparison as it was booked: the check's id, the bound on the chance that it rejects a right
    answer, what it looks at, over how many draws n, and the rate p that was expected.
    """

    check: str
    error: float
    kind: str
    n: int = 0
    p: float = 0.0


_ledger: ContextVar[list[Comparison] | None] = ContextVar("ledger", default=None)
_account: ContextVar[str] = ContextVar("account", default="")


@contextmanager
def ledger() -> Iterator[list[Comparison]]:
    """Collect what is booked meanwhile."""
    booked: list[Comparison] = []
    token = _ledger.set(booked)
    try:
        yield booked
    finally:
        _ledger.reset(token)


@contextmanager
def account(check_id: str) -> Iterator[None]:
    """What is booked meanwhile belongs to this check."""
    token = _account.set(check_id)
    try:
        yield
    finally:
        _account.reset(token)


def book(kind: str, error: float, n: int = 0, p: float = 0.0) -> None:
    """Note that a right answer has just been rejected with probability `error` at most."""
    booked = _ledger.get()
    if booked is not None:
        booked.append(Comparison(_account.get(), error, kind, n, p))


def fits(hits: Tensor, p: float) -> bool:
    """Whether a bool tensor of independent draws fits the rate p. Books ERROR."""
    book("rate", ERROR, hits.numel(), p)
    return looks_like(hits, p)


def looks_like(hits: Tensor, p: float) -> bool:
    """As `fits`, to name a mistake when the verdict has been reached: books nothing."""
    low, high = binomial_bounds(hits.numel(), p)
    return low <= int(torch.count_nonzero(hits)) <= high


def independent(a: Tensor, b: Tensor) -> bool:
    """Whether two bool tensors of one shape look like draws that know nothing of each other. Books ERROR."""
    book("copies", ERROR, a.numel())
    return abs(covariance(a, b)) <= covariance_bound(a.numel())


def mean_fits(share: float, n: int, p: float) -> bool:
    """As `fits` for a share that was computed from a mean, in float32: 1e-4 more on each side."""
    book("mean", ERROR, n, p)
    low, high = binomial_bounds(n, p)
    return 0.9999 * low <= share * n <= 1.0001 * high


def counts_vary(counts: Tensor, size: int, p: float) -> bool:
    """Whether these counts, each of `size` independent draws of rate p, are not all the same.

    No value of a binomial count has more than probability 1 / sqrt(2 size p (1 - p)).
    """
    book("counts", (2 * size * p * (1 - p)) ** (-(len(counts) - 1) / 2), size, p)
    return bool((counts != counts[0]).any())


def zeros_fit(count: int, n: int) -> bool:
    """Whether so many of n uniform numbers may be exactly 0 by chance. Books what it risks."""
    few, risk = zeros_allowed(n)
    book("zeros", risk, n)
    return count <= few


def zeros_allowed(n: int) -> tuple[int, float]:
    """How many of n uniform numbers may be exactly 0, and the bound on the chance of more, at most ERROR.

    `torch.rand` gives multiples of 2^-24 in float32, so each is 0 with probability 2^-24, and
    `rand > dropout` drops such a unit at dropout = 0. (float64: 2^-53.)
    P(count >= k) <= (n 2^-24)^k / k!, the union bound over all groups of k.
    """
    few = 0
    while (risk := _power_bound(n * 2.0**-24, few + 1)) > ERROR:
        few += 1
    return few, risk


def binomial_bounds(n: int, p: float, error: float = ERROR) -> tuple[int, int]:
    """Return counts (low, high) that a Binomial(n, p) leaves with probability at most `error`.

    Chernoff's bound: P(count >= n a) <= exp(-n KL(a, p)) for a >= p, and likewise below, with
    KL(a, p) = a log(a/p) + (1-a) log((1-a)/(1-p)); each side gets half of `error`.
    Raises ValueError for p outside [0, 1].
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p is {p}; a probability lies between 0 and 1")
    if n == 0 or p in (0, 1):
        return round(n * p), round(n * p)
    enough = math.log(2 / error) / n
    # The first count on each side whose tail is improbable enough is already outside.
    return n - _last_inside(n, 1 - p, enough), _last_inside(n, p, enough)


def miss_probability(n: int, p: float, shift: float, error: float = ERROR) -> float:
    """Upper bound on the chance that counts of rate p + shift pass the bounds for rate p."""
    low, high = binomial_bounds(n, p, error)
    rate = p + shift
    edge = high / n if shift > 0 else low / n
    if (edge - rate) * shift >= 0:
        return 1.0
    return math.exp(-n * divergence(edge, rate))


def covariance_bound(n: int, error: float = ERROR) -> float:
    """What |mean(ab) - mean(a) mean(b)| stays below, for n independent pairs of independent bits.

    Hoeffding's bound t for each of the three means, at a third of `error` each: the product of
    two means that are off by t is off by at most 2t + t^2. Needs no knowledge of the rate.
    """
    t = math.sqrt(math.log(6 / error) / (2 * n))
    return 3 * t + t * t


def covariance(a: Tensor, b: Tensor) -> float:
    """mean(ab) - mean(a) mean(b) for two bool tensors of one shape."""
    a, b = a.flatten(), b.flatten()
    n = max(a.numel(), 1)
    both, first, second = (int(torch.count_nonzero(bits)) / n for bits in (a & b, a, b))
    return both - first * second


def tail(n: int, p: float, share: float) -> float:
    """Chernoff's bound on the chance that n draws of rate p give less than `share`, which is below p."""
    return math.exp(-n * divergence(share, p))


def divergence(a: float, p: float) -> float:
    """Kullback-Leibler divergence of two coins that show heads with probability a and p."""
    if p in (0, 1):
        return 0.0 if a == p else math.inf
    heads = a * math.log(a / p) if a > 0 else 0.0
    tails = (1 - a) * math.log((1 - a) / (1 - p)) if a < 1 else 0.0
    return heads + tails


def _power_bound(expected: float, count: int) -> float:
    return expected**count / math.factorial(count)


def _last_inside(n: int, p: float, enough: float) -> int:
    """The largest count c >= n p with KL(c/n, p) < enough; KL grows with c, so bisect."""
    inside, outside = math.floor(n * p), n + 1
    while outside - inside > 1:
        middle = (inside + outside) // 2
        if divergence(middle / n, p) < enough:
            inside = middle
        else:
            outside = middle
    return inside
