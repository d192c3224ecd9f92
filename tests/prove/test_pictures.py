"""The pictures below the table: there for right and for wrong answers, each with a text."""

from __future__ import annotations

import io

import pytest
import torch

from grader.authoring.catalogue import Answer
from grader.checks.registry import get_exercise
from grader.checks.student import LocalStudent
from tests.prove.catalogue import all_answers
from tests.prove.setting import namespace_with, settings

WITH_PICTURES = ("dropout_layer", "Net", "find_the_randn_bug", "train_net")
CASES = [
    ("dropout_layer", "book", "50 % of the pixels are 0"),
    ("dropout_layer", "functional", "what it should look like"),
    ("dropout_layer", "scale_forgotten", "yours, first call"),
    ("dropout_layer", "mask_per_row", "yours, second call"),
    ("dropout_layer", "dropout_switched_off", "yours, first call"),
    ("Net", "book", "eval mode: 0 % of the second hidden layer is 0"),
    ("Net", "flag_of_its_own", "train mode"),
    ("Net", "rates_swapped", "train mode"),
    ("find_the_randn_bug", "erf", "at most 0.000 away"),
    ("find_the_randn_bug", "share_kept", "away from it"),
    ("train_net", "all_in_one", "train_loss from"),
    ("train_net", "smaller_rate_by_default", "test_acc from"),
]
ANSWERS = {(answer.exercise, answer.name): answer for answer in all_answers()}


@pytest.mark.parametrize(("exercise", "name", "told"), CASES)
def test_a_picture_has_a_text_that_tells_it(exercise: str, name: str, told: str):
    torch.manual_seed(0)
    figure = get_exercise("ch01", exercise).picture(_student(ANSWERS[exercise, name]))
    assert figure is not None and told in figure.alt_text
    assert len(figure.axes) >= 1
    figure.savefig(io.BytesIO(), format="png")


@pytest.mark.parametrize("exercise", WITH_PICTURES)
def test_every_right_answer_has_a_picture_that_leaves_the_judge_alone(exercise: str):
    right = [a for (name, _), a in ANSWERS.items() if name == exercise and a.right]
    for answer in right:
        student = _student(answer)
        with torch.random.fork_rng(devices=[]):
            figure = get_exercise("ch01", exercise).picture(student)
        assert figure is not None and len(figure.alt_text) > 40, answer.path


def _student(answer: Answer) -> LocalStudent:
    namespace, _ = namespace_with(settings()[answer.place], answer.code)
    return LocalStudent(namespace)
