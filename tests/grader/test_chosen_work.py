"""Work that a submission chooses for the grader: each has a grade and a reason, and honest ones beside it theirs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace

import nbformat
import pytest
import torch
from nbformat import NotebookNode

from grader.checks import expect, registry
from grader.checks.exercise import Exercise, check
from grader.checks.results import SubmissionResult
from grader.grading import apart
from grader.grading.grade_class import autograde
from grader.grading.isolated import Isolation
from grader.sandbox import Limits
from grader.simulated_class import answered, solved, submit
from grader.wire.limits import MIB
from tests.grader.broken import FILE, NAME, hand_in
from tests.grader.conftest import KNOWN


class Careless(Exercise):
    """Its checks take an answer for what it should be, as a check that is written in a hurry does."""

    name, points = "double", 4

    @check("doubles every value", weight=2)
    def doubles(self, student):
        X = torch.rand(3)
        expect.close(student.call("double", X), 2 * X)

    @check("is a pair")
    def pair(self, student):
        pair = list(student.call("double", torch.rand(2)))
        expect.close(float(len(pair)), 2.0)

    @check("is short")
    def short(self, student):
        total = 0
        for number in student.call("double", torch.rand(1)):
            total += float(number)


def use_careless_checks(assignment: str) -> None:
    exercises = {**KNOWN, "double": Careless()}
    registry.exercises_of = lambda chapter: exercises


def _raw(change: Callable[[dict], object]) -> Callable[[NotebookNode], bytes]:
    """The notebook as JSON, after a change that nbformat would not write."""

    def make(notebook: NotebookNode) -> bytes:
        raw = json.loads(nbformat.writes(notebook))
        change(raw)
        return json.dumps(raw).encode()

    return make


_LONG = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "#" * (MIB - 1)}


def _kernel(raw: dict) -> None:
    raw["metadata"]["kernelspec"] = {"name": "\x1b[2J\x1b]0;x\x07[bold]'" * 6000, "language": "R"}


def _old_format(raw: dict) -> None:
    cell = {"cell_type": "code", "input": "1", "outputs": [], "language": "python"}
    cells = [cell | {"outputs": [{"output_type": "stream", "text": "x"}] * 20}] * 40_000
    raw.clear()
    raw.update(nbformat=3, nbformat_minor=0, metadata={}, worksheets=[{"cells": cells}])


def _many_twice(raw: dict) -> None:
    marked = [cell for cell in raw["cells"] if "nbgrader" in cell["metadata"]]
    raw["cells"] += marked * 300


FILES: dict[str, tuple[Callable[[NotebookNode], bytes], float, str]] = {
    "half_a_character": (_raw(lambda raw: raw.update(nbformat="\ud800")), 8, "format"),
    "long_kernel": (_raw(_kernel), 8, "kernel is"),
    "much_json": (
        lambda notebook: b"[" + b"[]," * 12_000_000 + b"[]]",
        0,
        "cannot be read: it took more than 800 MiB",
    ),
    "deep_json": (lambda notebook: b"[" * 2_000_000, 0, ""),
    "old_and_large": (_raw(_old_format), 0, ""),  # it takes too long, or too much memory
    "much_source": (
        _raw(lambda raw: raw["cells"].extend([_LONG] * 6)),
        8,
        "too large",
    ),
    "stands_twice": (_raw(_many_twice), 8, "more findings are not shown"),
}
ANSWERS = {
    "a_list_of_millions": ("torch.zeros(40_000_000, dtype=torch.uint8)", "cannot be judged"),
    "a_sum_of_millions": ("torch.zeros(3 + (len(X) < 2) * 30_000_000, dtype=torch.uint8)", ""),
}


@pytest.fixture(scope="module")
def graded(built_course):
    course = built_course
    right = solved(course, NAME)
    for name, (make, _, _) in FILES.items():
        hand_in(course, name, {FILE: make(right)})
    for name, (value, _) in ANSWERS.items():
        submit(course, name, NAME, answered(right, {"double": f"def double(X): return {value}"}))
    for name in ("honest", "odd_names", "long_ago"):
        submit(course, name, NAME, right)
    beside = course.notebook("submitted", NAME, "odd_names").parent
    (beside / os.fsdecode(b"\xff\xfe\x1b[2J.txt")).write_text("x")
    with open(course.notebook("submitted", NAME, "long_ago").with_name("timestamp.txt"), "wb") as f:
        f.truncate(2**30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            apart, "READING", replace(apart.READING, cpu_seconds=6, memory_bytes=800 * MIB)
        )
        patch.setattr(apart, "MAX_SOURCES", 4 * MIB)
        patch.setattr(
            apart, "JUDGING", replace(apart.JUDGING, cpu_seconds=8, memory_bytes=800 * MIB)
        )
        with Isolation(prepare=(use_careless_checks, NAME)) as isolation:
            outcomes = autograde(
                course, NAME, workers=2, limits=Limits(exercise_seconds=10), isolation=isolation
            )
    return course, {outcome.student: outcome for outcome in outcomes}


def _all_printable(outcome: SubmissionResult) -> bool:
    texts = [*outcome.findings]
    texts += [check.message for e in outcome.exercises for check in e.checks]
    return all(text.isprintable() and text.encode() for text in texts if text)


@pytest.mark.parametrize("name", FILES)
def test_files(graded, name):
    course, outcomes = graded
    outcome, (_, earned, finding) = outcomes[name], FILES[name]
    assert isinstance(outcome, SubmissionResult), outcome
    assert outcome.earned == earned, outcome
    assert any(finding in text for text in outcome.findings), outcome.findings
    assert len(outcome.findings) <= apart.MAX_FINDINGS + 1 and _all_printable(outcome)
    assert all(len(text) <= apart.MAX_FINDING + 1 for text in outcome.findings)
    nbformat.validate(nbformat.read(course.notebook("autograded", NAME, name), 4))


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_that_end_the_judge_cost_their_exercise_only(graded, name):
    _, outcomes = graded
    double, quiz = outcomes[name].exercises
    assert (double.earned, quiz.earned) == (0, 4), outcomes[name]
    assert all(check.message for check in double.failed) and _all_printable(outcomes[name])


@pytest.mark.parametrize("name", ["honest", "odd_names", "long_ago"])
def test_honest_ones_beside_them(graded, name):
    _, outcomes = graded
    assert [e.earned for e in outcomes[name].exercises][1] == 4 and _all_printable(outcomes[name])
