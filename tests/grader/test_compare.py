"""The declarative check: a function compared with its reference, and its mistakes by name."""

from __future__ import annotations

import torch

from grader.checks.compare import compares
from grader.checks.exercise import Exercise, checks_in
from grader.checks.expect import HALF
from grader.checks.judge import judge
from grader.checks.randomness import signed, uniform
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent


class Power(Exercise):
    name, points = "power", 2

    @staticmethod
    def right(h, p):
        return h**p

    value = compares(
        "h to the power of p",
        inputs=lambda: (signed(3), 2),
        mistakes={"this is the product": lambda h, p: h * p, "the base alone": lambda h, p: h},
        hint="a hint",
        weight=3,
        essential=True,
    )
    rough = compares("of float16", inputs=lambda: (signed(2).half(), 3), tolerance=HALF, times=1)


class Moments(Exercise):
    name, points = "moments", 2

    @staticmethod
    def right(h, p):
        return h.mean(), p * h.var(correction=0)

    mean = compares(
        "the mean",
        part=0,
        inputs=lambda: (signed(4), uniform(0.2, 0.8)),
        mistakes={"the sum": lambda h, p: h.sum()},
    )
    both = compares(
        "both",
        inputs=lambda: (signed(4), uniform(0.2, 0.8)),
        mistakes={"the other way round": lambda h, p: Moments.right(h, p)[::-1]},
    )


def judged(exercise: Exercise, code: str) -> ExerciseResult:
    space: dict = {}
    exec(f"import torch\n{code}", space)
    return judge(exercise, LocalStudent(space), 3)


def test_it_is_a_check_like_others() -> None:
    value, rough = checks_in(Power)
    assert (value.id, value.title, value.weight) == ("value", "h to the power of p", 3)
    assert value.essential and value.hint == "a hint" and not rough.essential
    assert judged(Power(), "def power(h, p): return h ** p").earned == 2


def test_the_mistake_is_named_and_the_arguments_are_shown() -> None:
    product = judged(Power(), "def power(h, p): return h * p").checks[0]
    assert product.because == "this is the product" and product.hint == "a hint"
    other = judged(Power(), "def power(h, p): return h - p").checks[0]
    assert other.because.startswith("for h = tensor [") and other.because.endswith("], p = 2")


def test_every_call_has_inputs_of_its_own() -> None:
    code = "seen = []\ndef power(h, p):\n    seen.append(h)\n    return h ** p"
    space: dict = {}
    exec(code, space)
    judge(Power(), LocalStudent(space), 3)
    first, second, third = space["seen"]
    assert not torch.equal(first, second) and third.dtype == torch.float16


def test_a_part_and_several_values() -> None:
    right = "def moments(h, p): return h.mean(), p * h.var(correction=0)"
    for end in ("", "\nold = moments\ndef moments(h, p): return torch.stack(old(h, p))"):
        assert judged(Moments(), right + end).earned == 2, end
    swapped = judged(Moments(), "def moments(h, p): return p * h.var(correction=0), h.mean()")
    assert [check.because for check in swapped.checks[1:]] == ["the other way round"]
    summed = judged(Moments(), "def moments(h, p): return h.sum(), p * h.var(correction=0)")
    assert summed.checks[0].because == "the sum"
    only = judged(Moments(), "def moments(h, p): return h.mean(), 0.0")
    assert [check.passed for check in only.checks] == [True, False]


def test_wrong_kinds_are_said() -> None:
    for code, seen in {
        "h.mean()": "a value of type Tensor came back",
        "None": "None (is the `return` missing?) came back",
        "[h.mean()]": "1 values came back",
        "(h.mean(), 1, 2)": "3 values came back",
        "torch.zeros(3)": "3 values came back",
        "{'mean': 1}": "a value of type dict came back",
    }.items():
        result = judged(Moments(), f"def moments(h, p): return {code}")
        assert [check.seen for check in result.checks] == [seen, seen], code
        assert result.checks[0].expected == "2 values: `return one, two`"


def test_a_function_of_another_name() -> None:
    class Other(Power):
        name = "other"
        value = compares("as power", inputs=lambda: (signed(2), 2), function="power")

    result = judged(Other(), "def power(h, p): return h ** p\ndef other(h, p): return 0")
    assert [check.passed for check in result.checks] == [True, False]


def test_a_cause_that_gives_nan_or_infinity_is_named_where_one_is_seen() -> None:
    class Careful(Power):
        name = "careful"
        value = compares("far out", inputs=lambda: (signed(2), 2), not_finite="it overflows")

    for code, seen in (("h / 0", True), ("h * math.nan", True), ("h + 9", False)):
        result = judged(Careful(), f"import math\ndef careful(h, p): return {code}")
        assert (result.checks[0].because == "it overflows") is seen, code
