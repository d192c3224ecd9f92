"""Points are held to their sides: an essential check caps at half, an edge case leaves 60 %."""

from __future__ import annotations

import pytest

from grader.authoring.catalogue import Answer
from grader.checks.results import CheckResult, ExerciseResult
from tests.prove.points import kept


def judged(essential: bool, weight: float) -> ExerciseResult:
    failed = CheckResult("edge", "an edge", weight, False, essential=essential)
    return ExerciseResult("x", 10, (failed, CheckResult("rest", "the rest", 10 - weight, True)))


@pytest.mark.parametrize(
    ("essential", "weight", "share", "problem"),
    [
        (True, 2, 0.5, ""),
        (True, 7, 0.3, ""),
        (False, 2, 0.8, ""),
        (False, 5, 0.5, "keeps 50% although it fails no essential check"),
    ],
)
def test_a_wrong_answer_stands_on_its_side(essential: bool, weight: float, share, problem):
    answer = Answer("ch01", "dropout_layer", "w", "", False, "edge", "x")
    found = kept(answer, judged(essential, weight))
    assert (found.share, found.problem) == (pytest.approx(share), problem)


def test_in_a_quiz_every_question_counts_for_itself():
    answer = Answer("ch01", "quiz_dropout", "w", "", False, "edge", "x")
    assert kept(answer, judged(False, 9)).problem == ""
