"""What a randomised check detects with probability 0.999, from what it looks at and over how many draws.

All bounds are proven ones, see `grader.checks.statistics`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from grader.checks.statistics import (
    Comparison,
    binomial_bounds,
    covariance_bound,
    divergence,
    miss_probability,
    zeros_allowed,
)

MISS = 1e-3


def detected(kind: str, booked: Sequence[Comparison]) -> str:
    """In words, the smallest mistake that comparisons of one kind find, each of them.

    A kind whose power is not computed names itself: what would have to happen for a right answer to fail.
    """
    describe = _WORDS.get(kind)
    return describe(booked) if describe else f"({kind})"


def shift_found(n: int, p: float) -> float:
    """The smallest shift of a rate, up or down, that n draws find at the rate p."""
    up = smallest(lambda shift: miss_probability(n, p, shift), most=1 - p)
    down = smallest(lambda shift: miss_probability(n, p, -shift), most=p)
    return max(up, down)


def mean_found(n: int, p: float) -> float:
    """The smallest relative error that shows in the share of n draws of rate p, see `mean_fits`."""
    low, high = binomial_bounds(n, p)
    often_low, often_high = binomial_bounds(n, p, MISS)
    return max(1.0001 * high / often_low - 1, 1 - 0.9999 * low / often_high)


def copies_found(n: int) -> float:
    """The smallest share of n units that copy a partner and are found, at a rate of 0.3 to 0.7.

    A share q of copies has the covariance q p (1 - p), of which p (1 - p) is at least 0.21.
    """
    return (covariance_bound(n) + covariance_bound(n, MISS)) / 0.21


def zeros_found(n: int) -> float:
    """The smallest rate at which n units are set to 0 where none should be, and it is found."""
    few, _ = zeros_allowed(n)
    return smallest(
        lambda rate: math.exp(-n * divergence(few / n, rate)) if few < n * rate else 1.0
    )


def share_found(n: int, p: float) -> float:
    """The share that may be right at most of n, where p is asked for, so that it fails."""
    return p - smallest(lambda shift: math.exp(-n * divergence(p, p - shift)), most=p)


def smallest(missed: Callable[[float], float], most: float = 0.5) -> float:
    """The smallest shift that is missed with probability MISS or less, to a thousandth of it."""
    low, high = 0.0, most * 0.999
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if missed(middle) <= MISS else (middle, high)
    return high


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"


def _rate(booked: Sequence[Comparison]) -> str:
    return f"a rate that is off by {max(shift_found(c.n, c.p) for c in booked):.2g}"


def _mean(booked: Sequence[Comparison]) -> str:
    return f"a mean that is off by {_percent(max(mean_found(c.n, c.p) for c in booked))}"


def _copies(booked: Sequence[Comparison]) -> str:
    share = max(copies_found(c.n) for c in booked)
    return f"{_percent(share)} of the units copied from others"


def _zeros(booked: Sequence[Comparison]) -> str:
    return f"{_percent(max(zeros_found(c.n) for c in booked))} of the units set to 0"


def _share(booked: Sequence[Comparison]) -> str:
    return f"fewer than {_percent(min(share_found(c.n, c.p) for c in booked))} right"


_WORDS: dict[str, Callable[[Sequence[Comparison]], str]] = {
    "rate": _rate,
    "mean": _mean,
    "copies": _copies,
    "zeros": _zeros,
    "share": _share,
    "counts": lambda _: "a number of dropped units that never changes",
}
