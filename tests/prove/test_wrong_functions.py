"""The mistakes of a declarative check are answers that commit them, whatever they name."""

from __future__ import annotations

import math

import pytest
import torch

from grader.authoring.wrong_functions import wrong_functions
from grader.checks.compare import compares
from grader.checks.exercise import Exercise
from grader.checks.judge import judge
from grader.checks.student import LocalStudent

FACTOR = 3.0


def helper(x):
    return FACTOR * torch.relu(x)


def threefold(x, p):
    """A mistake with a name."""
    return helper(x)


class Moments(Exercise):
    name, points = "dropout_moments", 3

    @staticmethod
    def right(x, p):
        return x, x * math.sqrt(p)

    first = compares(
        "the first",
        inputs=lambda: (torch.rand(4) + 1, 0.25),
        part=0,
        mistakes={
            "its half": lambda x, p: x / 2,
            "four zeros": lambda x, p: (0.0, 0.0, 0.0, 0.0),
            "its threefold": threefold,
        },
    )
    both = compares(
        "both",
        inputs=lambda: (torch.rand(4) + 1, 0.25),
        mistakes={
            "the root is missing": lambda x, p: (x, x * p),
            "a power": lambda x, p: (x, (lambda root: x * root)(math.pow(p, 2))),
        },
    )


class Closed(Exercise):
    name, points = "dropout_moments", 3
    right = Moments.right


def test_every_mistake_is_an_answer_that_its_check_names():
    exercise = Moments()
    answers = wrong_functions("ch01", exercise)
    assert [(a.rejected_by, a.says) for a in answers] == [
        ("first", "its half"),
        ("first", "four zeros"),
        ("first", "its threefold"),
        ("both", "the root is missing"),
        ("both", "a power"),
    ]
    for answer in answers:
        namespace: dict[str, object] = {}
        exec(answer.code, namespace)
        result = judge(exercise, LocalStudent(namespace), seed=1)
        named = {check.id: check.because for check in result.failed}
        assert named[answer.rejected_by] == answer.says
        assert "first" not in named or answer.rejected_by == "first", "other parts stay right"


def test_a_mistake_that_cannot_stand_alone_says_which_it_is():
    outside = 2.0
    exercise = Moments()
    closed = compares("c", inputs=tuple, mistakes={"a closure": lambda x, p: outside * x})
    closed.__set_name__(Closed, "closed")
    exercise.checks = lambda: [closed.check]
    with pytest.raises(ValueError, match=r"closed, 'a closure': .* no function that can stand"):
        wrong_functions("ch01", exercise)
