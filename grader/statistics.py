"""How sure a randomised check is: bounds outside which a right answer falls at most once in 10^10.

All bounds are proven ones (Chernoff, Hoeffding), not normal approximations: they hold at any sample
size, at the price of being a little wider than needed.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

ERROR = 1e-10
"""Chance that one comparison rejects a right answer. A check makes at most ten comparisons."""


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


def divergence(a: float, p: float) -> float:
    """Kullback-Leibler divergence of two coins that show heads with probability a and p."""
    if p in (0, 1):
        return 0.0 if a == p else math.inf
    heads = a * math.log(a / p) if a > 0 else 0.0
    tails = (1 - a) * math.log((1 - a) / (1 - p)) if a < 1 else 0.0
    return heads + tails


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
