"""What a submission claims of itself beside its answers gains nothing: a probe that reports a lie."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from grader.authoring.catalogue import answers_to, reference
from grader.checks.results import ExerciseResult
from grader.wire import probe

from .conftest import failed, judge_in_chapter


@dataclass(frozen=True)
class Claim:
    """A wrong answer of the catalogue, and what it makes of a probe's report.

    forge: a function of the report and of the inputs as they were asked with. kind: of the reports that
    it changes; others pass.
    """

    exercise: str
    answer: str
    forge: Callable[..., object]
    kind: type = dict


def outcome(
    package: str, solutions: dict[str, object], exercise: str, answer: str
) -> ExerciseResult:
    """The result of a wrong answer of the catalogue, beside the chapter's solutions."""
    code = {a.name: a.code for a in answers_to(package, exercise) if not a.right}[answer]
    space = dict(solutions)
    exec(reference(package, exercise), space)
    exec(code, space)
    return judge_in_chapter(package, space, exercise, seed=3)


def verify_gains_nothing(
    claim: Claim,
    package: str,
    solutions: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The wrong answer fails what it failed before, and earns no more, when its process lies."""
    honest = outcome(package, solutions, claim.exercise, claim.answer)
    original = probe.run

    def forged(namespace, source, inputs):
        before = copy.deepcopy(inputs)
        report = original(namespace, source, inputs)
        return claim.forge(report, before) if isinstance(report, claim.kind) else report

    monkeypatch.setattr(probe, "run", forged)
    result = outcome(package, solutions, claim.exercise, claim.answer)
    assert honest.earned < honest.points
    assert failed(honest) <= failed(result)
    assert result.earned <= honest.earned
