"""Chapter 3: what a submission claims of itself beside its answers gains nothing.

Each attack changes what a probe reports in the student's process. The judge computes from losses and
accuracies what would be true, or asks again.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.authoring.catalogue import answers_to, reference
from grader.checks.judge import judge
from grader.checks.registry import get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent
from grader.wire import probe

CHAPTER, PACKAGE = "03_dropout_experiments", "ch03"
Forge = Callable[[list, dict], list]


def claims_an_untouched_configuration(report: list, inputs: dict) -> list:
    """The configuration is as it was, it says."""
    return [report[0], dict(inputs["config"])] if "config" in inputs else report


def claims_good_accuracies(report: list, inputs: dict) -> list:
    """Every network is right about everything, it says."""
    return [[{**record, "test_acc": 1.0, "train_acc_eval": 1.0} for record in report[0]], report[1]]


def claims_an_untouched_table(report: list, inputs: dict) -> list:
    """The table is as it was, it says."""
    columns = inputs.get("columns") or inputs.get("done")
    if columns is None:
        return report
    count = len(next(iter(columns.values())))
    index = inputs.get("index") or list(range(count))
    return [report[0], {"columns": dict(columns), "index": list(index)}]


ATTACKS = {
    "config": ("run_config", "config_written_into", claims_an_untouched_configuration),
    "accuracy": ("run_config", "test_accuracy_in_train_mode", claims_good_accuracies),
    "done": ("sweep", "done_grows", claims_an_untouched_table),
}


def outcome(solutions: dict[str, object], exercise: str, answer: str) -> ExerciseResult:
    code = {a.name: a.code for a in answers_to(PACKAGE, exercise) if not a.right}[answer]
    space = dict(solutions)
    exec(reference(PACKAGE, exercise), space)
    exec(code, space)
    return judge(get_exercise(PACKAGE, exercise), LocalStudent(space), seed=3)


@pytest.mark.parametrize("name", ATTACKS)
def test_claims_gain_nothing(solutions, monkeypatch, name: str) -> None:
    exercise, answer, forge = ATTACKS[name]
    honest = outcome(solutions, exercise, answer)
    original = probe.run

    def forged(namespace, source, inputs):
        inputs = dict(inputs)
        before = {key: dict(v) if isinstance(v, dict) else v for key, v in inputs.items()}
        report = original(namespace, source, inputs)
        return forge(report, before) if isinstance(report, list) else report

    monkeypatch.setattr(probe, "run", forged)
    result = outcome(solutions, exercise, answer)
    assert honest.earned < honest.points
    assert {c.id for c in honest.failed} <= {c.id for c in result.failed}
    assert result.earned <= honest.earned
