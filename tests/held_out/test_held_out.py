"""Held-out answers get the grades that a reader gives them."""

from __future__ import annotations

import pytest
import torch

from grader.checks.results import ExerciseResult
from tests.held_out.answers import HeldOut, confusion, disagreement, read_answers
from tests.prove.forked import run_forked
from tests.prove.judging import judge_here, seed_of
from tests.prove.setting import settings

SECONDS = 120.0


@pytest.fixture(scope="module")
def graded() -> list[tuple[HeldOut, ExerciseResult]]:
    torch.set_num_threads(1)
    answers = read_answers()
    for place in {
        answer.place for answer in answers
    }:  # imports what judging needs, before the forks
        judge_here(settings()[place], settings()[place].reference, seed=0)
    tasks = [lambda answer=answer: judged(answer) for answer in answers]
    return [
        (answers[outcome.index], outcome.result)
        for outcome in run_forked(tasks, SECONDS)
        if outcome.result is not None
    ]


def judged(answer: HeldOut) -> ExerciseResult:
    seed = seed_of(answer.exercise, answer.title)
    return judge_here(settings()[answer.place], answer.code, seed).result


def test_there_is_a_grade_for_every_answer(graded):
    assert len(graded) == len(read_answers()) >= 120
    assert {answer.place for answer, _ in graded} <= set(settings())


def test_grades_agree_with_labels(graded):
    found = [text for answer, result in graded if (text := disagreement(answer, result))]
    assert not found, "\n".join([confusion(graded), *found])
