"""Several calls in one question give what they give one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from grader.checks.expect import agrees
from grader.checks.functions import answers_to
from grader.checks.student import LocalStudent
from grader.wire.probe import StudentError

INPUTS = [(torch.arange(3.0), 1), (torch.ones(2), 0), (torch.zeros(2), 2)]
CODES = {
    "right": "def f(X, p):\n    return X * p",
    "raises_at_the_second": "def f(X, p):\n    assert p > 0, 'too small'\n    return X / p",
    "raises_at_the_first": "def f(X, p):\n    raise NotImplementedError()",
    "one_argument": "def f(X):\n    return X",
    "changes_its_input": "def f(X, p):\n    return X.mul_(p)",
    "one_buffer": "out = torch.zeros(2)\ndef f(X, p):\n    return out.fill_(p)",
    "not_plain_at_the_second": "def f(X, p):\n    return f if p == 0 else p",
    "exits": "def f(X, p):\n    raise SystemExit(3)",
    "no_function": "f = 3",
    "missing": "",
}


def outcomes(answers: Iterator[object]) -> list[object]:
    """Results, and the error that ends them, as (type, message, kind)."""
    found: list[object] = []
    try:
        for answer in answers:
            found.append(answer)
    except StudentError as error:
        found.append([error.type, error.message, error.kind])
    return found


@pytest.mark.parametrize("name", CODES)
def test_as_calls_one_after_the_other(name: str) -> None:
    space: dict = {}
    exec(f"import torch\n{CODES[name]}", space)
    together = outcomes(answers_to(LocalStudent(space), "f", INPUTS))
    alone = outcomes(LocalStudent(space).call("f", *each) for each in INPUTS)
    assert len(together) == len(alone) > 0
    for one, other in zip(together, alone, strict=True):
        assert agrees(one, other) if isinstance(other, torch.Tensor) else one == other


def test_it_is_one_question() -> None:
    class Counting(LocalStudent):
        asked = 0

        def run(self, probe, **inputs):
            self.asked += 1
            return super().run(probe, **inputs)

        def call(self, name, *args, **kwargs):
            raise AssertionError("asked alone")

    student = Counting({"f": lambda X, p: X * p})
    assert len(list(answers_to(student, "f", INPUTS))) == 3
    assert student.asked == 1
