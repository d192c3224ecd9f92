"""What a right answer risks: the error of every randomised comparison, as the checks book it.

Each right answer is judged many times, and `grader.checks.statistics` records what each comparison
spends. The sum over one judging of all checks of an exercise bounds the chance that a right answer loses
points by bad luck; it may be 1e-9 at most. What a check draws and compares without booking it, no program
can see from outside: a check that calls none of the functions of `statistics` must be certain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from grader.checks.statistics import Comparison

from .power import detected

MAX_RISK = 1e-9
WITH_POWER = 8
"""Judgings of an exercise whose power is computed; the inputs of more differ in chance only."""


@dataclass(frozen=True)
class ErrorRate:
    """One kind of comparison in one check: a bound on the chance that it rejects a right answer, and the
    smallest mistake that it detects with probability 0.999, in words."""

    exercise: str
    check: str
    error: float
    detects: str


@dataclass
class ErrorRates:
    """What the right answers to one exercise booked. risk: the largest sum over one judging."""

    exercise: str
    risk: float = 0.0
    _judgings: int = 0
    _errors: dict[tuple[str, str], float] = field(default_factory=dict)
    _compared: dict[tuple[str, str], set[Comparison]] = field(
        default_factory=lambda: defaultdict(set)
    )

    def add(self, booked: Sequence[Comparison]) -> None:
        """Add what one judging has booked."""
        self._judgings += 1
        self.risk = max(self.risk, sum(entry.error for entry in booked))
        spent: dict[tuple[str, str], float] = defaultdict(float)
        for entry in booked:
            key = entry.check, entry.kind
            spent[key] += entry.error
            if self._judgings <= WITH_POWER:
                self._compared[key].add(replace(entry, p=round(entry.p, 3)))
        for key, error in spent.items():
            self._errors[key] = max(error, self._errors.get(key, 0.0))

    def rates(self) -> Iterable[ErrorRate]:
        """Each check that books, in the order in which it did."""
        for (check, kind), error in self._errors.items():
            words = detected(kind, list(self._compared[check, kind]))
            yield ErrorRate(self.exercise, check, error, words)

    @property
    def problems(self) -> list[str]:
        """A risk that is too large, in words."""
        if self.risk <= MAX_RISK:
            return []
        return [
            f"a right answer is rejected by bad luck with {self.risk:.2g}, more than {MAX_RISK:g}"
        ]
