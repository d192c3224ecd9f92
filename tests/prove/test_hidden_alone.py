"""A wrong answer that no visible check rejects is listed with its reason, and no other one is."""

from __future__ import annotations

import pytest

from grader.authoring.catalogue import Answer
from grader.checks.results import CheckResult, ExerciseResult
from tests.prove.hidden_alone import listed_answers, problem_with

ANSWER = Answer("ch01", "dropout_layer", "w", "", False, "hidden", "x")
LISTED = {ANSWER.path: "no visible check asks for it"}


def judged(visible: bool, hidden: bool) -> ExerciseResult:
    checks = (
        CheckResult("visible", "seen by all", 1, visible),
        CheckResult("hidden", "asked in grading", 1, hidden, hidden=True),
    )
    return ExerciseResult("dropout_layer", 8, checks)


@pytest.mark.parametrize(
    ("visible", "hidden", "listed", "problem"),
    [
        (True, False, LISTED, ""),
        (False, False, {}, ""),
        (False, True, {}, ""),
        (True, False, {}, "is rejected by hidden checks alone"),
        (False, False, LISTED, "hidden checks are not alone"),
        (True, True, LISTED, "hidden checks are not alone"),
    ],
)
def test_what_hidden_checks_alone_reject_is_listed(visible, hidden, listed, problem):
    found = problem_with(ANSWER, judged(visible, hidden), listed)
    assert problem in found
    assert bool(found) == bool(problem)


def test_a_reason_is_a_sentence(tmp_path):
    (tmp_path / "list.toml").write_text('"ch01/x/wrong/y" = "because"')
    with pytest.raises(ValueError, match="very short"):
        listed_answers(tmp_path / "list.toml")
