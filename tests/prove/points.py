"""Do points say what a teacher would say? What each wrong answer keeps of them.

A wrong answer that fails an essential check misses the point of the exercise: it keeps at most half. One
that fails others alone misses an edge case: it keeps at least 60 %. In a quiz every question counts for
itself, and nothing is essential.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.authoring.catalogue import Answer
from grader.checks.quiz import Quiz
from grader.checks.registry import get_exercise
from grader.checks.results import CAP, ExerciseResult

EDGE_CASE = 0.6


@dataclass(frozen=True)
class Kept:
    """What a wrong answer keeps. share: of the points. missed: the essential checks that it fails."""

    answer: Answer
    share: float
    missed: tuple[str, ...]

    @property
    def problem(self) -> str:
        """Why this is on the wrong side of the rule; empty when it is not."""
        if isinstance(get_exercise(*self.answer.place), Quiz):
            return ""
        if self.missed and self.share > CAP:
            return f"keeps {self.share:.0%} although it fails {', '.join(self.missed)}"
        if not self.missed and self.share < EDGE_CASE:
            return f"keeps {self.share:.0%} although it fails no essential check"
        return ""


def kept(answer: Answer, result: ExerciseResult) -> Kept:
    """What `answer` keeps of the points, judged like this."""
    missed = tuple(check.id for check in result.missed)
    return Kept(answer, result.earned / result.points, missed)
