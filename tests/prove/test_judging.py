"""The judging of answers: what counts as a fault of the checks."""

from __future__ import annotations

import pytest

from grader.authoring.catalogue import Answer
from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.results import CheckResult, ExerciseResult
from tests.prove import judging
from tests.prove.judging import UNREADABLE, Verdict, faults, first_failure, judge_here
from tests.prove.setting import Setting, namespace_with, settings

RIGHT = Answer("ch01", "double", "plain", "", right=True)
WRONG = Answer("ch01", "double", "tripled", "", False, "twice", "three times")


def verdict(passed: bool, seen: str = "", raised: str = "") -> Verdict:
    check = CheckResult("twice", "it is doubled", 1, passed, seen=seen)
    return Verdict(ExerciseResult("double", 2, (check,)), raised)


def test_a_right_answer_passes_every_check_and_runs():
    assert faults(RIGHT, verdict(True)) == []
    assert "rejects it" in faults(RIGHT, verdict(False, "6"))[0]
    assert faults(RIGHT, verdict(True, raised="NameError: x")) == ["it raises NameError: x"]


@pytest.mark.parametrize(
    ("answer", "judged", "says"),
    [
        (WRONG, verdict(False, "three times it"), None),
        (WRONG, verdict(False, "something else"), "does not say"),
        (WRONG, verdict(True), "accepts it"),
        (
            Answer("ch01", "double", "w", "", False, "thrice", "x"),
            verdict(True),
            "no check of this",
        ),
        (WRONG, verdict(False, f"{UNREADABLE} (three times)"), "could not read"),
    ],
)
def test_a_wrong_answer_fails_for_its_own_reason(answer: Answer, judged: Verdict, says: str | None):
    found = faults(answer, judged)
    assert (found == []) if says is None else any(says in fault for fault in found)


def test_an_answer_runs_after_the_solutions_of_earlier_exercises():
    namespace, raised = namespace_with(
        settings()["ch01", "Net"], "y = dropout_layer(torch.ones(3), 0)"
    )
    assert raised == "" and namespace["y"].tolist() == [1, 1, 1]
    assert "Net" not in namespace and "train_epoch" not in namespace
    _, raised = namespace_with(settings()["ch01", "Net"], "1 / 0")
    assert raised == "ZeroDivisionError: division by zero"


def test_the_reference_is_right_and_an_unwritten_function_is_not():
    setting = settings()["ch01", "accuracy"]
    assert first_failure(setting, setting.reference, seed=1) == ""
    assert first_failure(setting, "def accuracy(y_hat, y): return 0.5", seed=1)
    unwritten = judge_here(setting, "def accuracy(y_hat, y): raise NotImplementedError", seed=1)
    assert unwritten.result.earned == 0 and "still open" in unwritten.result.problem


def test_the_same_seed_gives_the_same_verdict():
    setting = settings()["ch01", "dropout_layer"]
    code = "def dropout_layer(X, dropout): return (torch.rand(X.shape) < 0.9) * X"
    one, two, other = (judge_here(setting, code, seed) for seed in (1, 1, 2))
    messages = [[check.message for check in v.result.failed] for v in (one, two, other)]
    assert messages[0] == messages[1] != messages[2]


class Thrice(Exercise):
    name, points = "thrice", 3
    asked: list[str]

    @check("first")
    def first(self, student):
        self.asked.append("first")

    @check("second")
    def second(self, student):
        self.asked.append("second")
        expect.true(self.passed("first") and False, seen="no")

    @check("third")
    def third(self, student):
        self.asked.append("third")


def test_the_first_failure_is_found_and_nothing_asked_after_it(monkeypatch):
    exercise = Thrice()
    exercise.asked = []
    monkeypatch.setattr(judging, "get_exercise", lambda *place: exercise)
    assert first_failure(Setting("ch01", "thrice", (), ""), "", seed=1) == "second"
    assert exercise.asked == ["first", "second"]
