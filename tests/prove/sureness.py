"""How sure the randomised checks are, computed from the checks' own constants.

Two questions for each: with which probability does it reject a right answer (at most 1e-9), and
which is the smallest mistake that it finds with probability 0.999? All bounds are proven ones, see
`grader.checks.statistics`. Checks that are not listed here are certain for a right answer: their random
inputs change what is computed, not whether it is right.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from grader.checks.statistics import (
    ERROR,
    binomial_bounds,
    covariance_bound,
    divergence,
    miss_probability,
)
from grader.exercises.ch01.dropout import KEPT, SCALE, SIDE
from grader.exercises.ch01.net import EXAMPLES
from grader.exercises.ch01.train_net import LEARNT, NEW, RATE, SIGNALS
from grader.hidden.ch01.dropout import CALLS, IMAGES, LARGE, SMALL

MISS = 1e-3
SCALE_ERROR, RATE_ERROR, COPIES, MEAN_ERROR = "scale", "rate", "copies", "mean"
SHARE, COUNTS, CHANGED = "share", "counts", "changed"


@dataclass(frozen=True)
class Sureness:
    """One randomised check.

    error: upper bound on the probability that it rejects a right answer. kind and effect: the
    smallest mistake that it finds with probability 0.999, as a number; `finds` says it in words.
    """

    exercise: str
    check: str
    error: float
    kind: str
    effect: float

    @property
    def finds(self) -> str:
        percent = f"{100 * self.effect:.2g} %"
        return {
            SCALE_ERROR: f"survivors that are off by {percent}",
            RATE_ERROR: f"a drop rate that is off by {self.effect:.2g}",
            COPIES: f"{percent} of the units copied from others",
            MEAN_ERROR: f"a mean that is off by {percent}",
            SHARE: f"fewer than {percent} right",
            CHANGED: f"an X of which {percent} were set to 0",
            COUNTS: "a number of dropped units that never changes",
        }[self.kind]


def sureness() -> list[Sureness]:
    """Every randomised check of the course."""
    layer, bug, net, train = "dropout_layer", "find_the_randn_bug", "Net", "train_net"
    n = SIDE * SIDE
    rates, share = (0.15, 0.25, 0.35, 0.6, 0.7), "the share of dropped units is dropout"
    return [
        # Nothing survives, at the largest rate: then there is no survivor to look at.
        Sureness(layer, "survivors are scaled by 1 / (1 - dropout)", 0.9**3000, SCALE_ERROR, SCALE),
        Sureness(layer, share, 2 * ERROR, RATE_ERROR, shift_found(n, rates)),
        Sureness(layer, "the mean stays", ERROR, MEAN_ERROR, mean_found(n, (0.2, 0.4, 0.6))),
        Sureness(layer, "every element is drawn on its own", 4 * ERROR, COPIES, copies(n // 2)),
        Sureness(layer, "every call draws a fresh mask", ERROR, COPIES, copies(n)),
        # The rate of a second call is at most a half, so half of what was set to 0 shows in its zeros.
        Sureness(
            layer,
            "X itself is left alone",
            2 * ERROR,
            CHANGED,
            shift_found(math.prod(KEPT), (0.3, 0.4, 0.5)) / 0.5,
        ),
        Sureness(
            layer,
            "images: every pixel is drawn on its own",
            8 * ERROR,
            COPIES,
            copies(math.prod(IMAGES) // 2),
        ),
        Sureness(
            layer,
            "very small and very large rates",
            2 * ERROR,
            RATE_ERROR,
            shift_found(LARGE * LARGE, (0.01, 0.05, 0.92, 0.98)),
        ),
        Sureness(
            layer, "how many units are dropped is left to chance", all_counts_equal(), COUNTS, 0.0
        ),
        # A learner may measure with a million draws: three rates, each within 0.004 (Hoeffding).
        Sureness(
            bug,
            "the true drop rate of the published code",
            4 * 2 * math.exp(-2 * 1_000_000 * 0.004**2),
            RATE_ERROR,
            2 * 0.004,
        ),
        Sureness(
            bug,
            "the mended function drops the right share",
            2 * ERROR,
            RATE_ERROR,
            shift_found(n, rates),
        ),
        Sureness(
            net,
            "in train mode, dropout1 acts on the first hidden layer",
            ERROR,
            RATE_ERROR,
            shift_found(EXAMPLES * 16, (0.2, 0.4, 0.6)),
        ),
        Sureness(
            net,
            "in train mode, dropout2 acts on the second hidden layer",
            ERROR,
            RATE_ERROR,
            shift_found(EXAMPLES * 32, (0.2, 0.4, 0.6)),
        ),
        Sureness(
            net,
            "without rates given, they are 0.2 and 0.5",
            2 * ERROR,
            RATE_ERROR,
            pair_found(EXAMPLES * 16, 0.2, 0.5),
        ),
        # A network that is right on 99 % of the problem; the long run measures that it is.
        Sureness(
            train, "the network learns", math.exp(-NEW * divergence(LEARNT, 0.99)), SHARE, worst()
        ),
        Sureness(
            train,
            "dropout1 and dropout2 reach the network, 0.2 and 0.5 when not given",
            # No unit is left at the largest rates; else the size of those that are says it all.
            3 * (1 - 0.6 * 0.3) ** (5 * SIGNALS) + 3 * 0.7 ** (5 * SIGNALS),
            RATE_ERROR,
            RATE,
        ),
    ]


def shift_found(n: int, rates: tuple[float, ...]) -> float:
    """The smallest shift of a rate, up or down, that n draws find at each of these rates."""
    return smallest(
        lambda shift: max(
            miss_probability(n, p, sign * shift)
            for p in rates
            for sign in (1, -1)
            if 0 < p + sign * shift < 1
        )
    )


def pair_found(n: int, first: float, second: float) -> float:
    """The smallest shift of either rate that the pattern of n pairs of units finds.

    Exactly one unit of a pair is 0 with probability `one`, both are with probability `both`.
    """

    def one(a: float, b: float) -> float:
        return 2 * (1 - a) * b * (1 - b)

    def both(a: float, b: float) -> float:
        return a + (1 - a) * b * b

    def missed(a: float, b: float) -> float:
        a, b = (min(max(rate, 1e-9), 1 - 1e-9) for rate in (a, b))
        return min(
            miss_probability(n, pattern(first, second), pattern(a, b) - pattern(first, second))
            for pattern in (one, both)
        )

    return smallest(
        lambda shift: max(
            missed(first + da * shift, second + db * shift)
            for da, db in ((1, 0), (-1, 0), (0, 1), (0, -1))
        )
    )


def mean_found(n: int, rates: tuple[float, ...]) -> float:
    """The smallest relative error of the mean that shows in n units, which are wrong by a factor."""
    found = []
    for p in rates:
        low, high = binomial_bounds(n, p)
        often_low, often_high = binomial_bounds(n, p, MISS)
        found.append((n - low) * 1.0001 / (n - often_high) - 1)
        found.append(1 - (n - high) * 0.9999 / (n - often_low))
    return max(found)


def copies(n: int) -> float:
    """The smallest share of n units that copy a partner and are found, at a rate of 0.3 to 0.7.

    A share q of copies has the covariance q p (1 - p), of which p (1 - p) is at least 0.21.
    """
    return (covariance_bound(n) + covariance_bound(n, MISS)) / 0.21


def all_counts_equal() -> float:
    """Bound on the chance that all calls, or all rows, or all columns drop the same number.

    Each count is binomial, so no value has more than 1 / sqrt(2 n p (1 - p)) (n p (1 - p) >= 0.21 n).
    """
    rows, columns = SMALL
    return sum(
        (1 / math.sqrt(2 * 0.21 * size)) ** (times - 1)
        for size, times in ((rows * columns, CALLS), (columns, rows), (rows, columns))
    )


def worst() -> float:
    """The accuracy that a network may have at most, so that it passes with probability 0.001."""
    return LEARNT - smallest(
        lambda shift: math.exp(-NEW * divergence(LEARNT, LEARNT - shift)), LEARNT
    )


def smallest(missed: Callable[[float], float], most: float = 0.5) -> float:
    """The smallest shift that is missed with probability MISS or less, to a thousandth of it."""
    low, high = 0.0, most * 0.999
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if missed(middle) <= MISS else (middle, high)
    return high
