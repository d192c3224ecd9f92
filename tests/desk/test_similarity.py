"""Answers that are alike are found under other names, and a class of right answers is no gang."""

from __future__ import annotations

import time

import pytest

from grader.desk.similarity import Answers, Pair, alike, code_tokens

LONG = """
def layer(X, p):
    if p == 1:
        return torch.zeros_like(X)
    noise = torch.rand(X.shape)
    kept = (noise > p).float()
    total = 0
    for row in range(3):
        total = total + row * 2
    return kept * X / (1.0 - p) + 0 * total
"""
RENAMED = LONG.replace("noise", "abc").replace("kept", "m").replace("total", "t") + "# mine\n"
OTHER = """
def layer(X, p):
    assert 0 <= p <= 1, "p is a probability"
    mask = torch.bernoulli(torch.full_like(X, 1 - p))
    scale = 1 / (1 - p) if p < 1 else 0.0
    out = torch.mul(mask, X)
    out.mul_(scale)
    return out
"""
STUB = 'def layer(X, p):\n    """Zero each element with probability p."""\n'
WORDS = (
    "a mask is drawn anew in every step so that no unit can rely on one of the others being there "
    * 2
)


def student(name: str, code: str = "", text: str = "") -> Answers:
    return Answers(name, {"layer": code}, {"why": text})


def found(*students: Answers, known: str = "", earlier=()) -> list[tuple[str, str]]:
    pairs = alike(students, student("", STUB), [student("", known)], list(earlier))
    assert all(isinstance(pair, Pair) for pair in pairs)
    return [(pair.first, pair.second) for pair in pairs]


def test_renaming_and_comments_change_nothing():
    assert code_tokens(LONG) == code_tokens(RENAMED)
    assert found(student("a", LONG), student("b", RENAMED), student("c", OTHER)) == [("a", "b")]


def test_the_solution_and_what_many_write_say_nothing():
    assert found(student("a", LONG), student("b", RENAMED), known=LONG) == []
    many = [student(f"s{n}", LONG) for n in range(6)]
    assert found(*many, student("z", OTHER)) == []


def test_what_was_handed_out_and_what_is_short_say_nothing():
    stub = STUB + "    raise NotImplementedError()\n"
    assert found(student("a", stub), student("b", stub)) == []
    short = "def layer(X, p):\n    return X\n"
    assert found(student("a", short), student("b", short)) == []


def test_texts_are_compared_too_and_an_empty_answer_is_nobodys():
    assert found(student("a", OTHER, WORDS), student("b", "", WORDS.upper())) == [("a", "b")]
    assert found(student("a", "", "no"), student("b", "", "no"), student("c")) == []


def test_an_earlier_term_is_compared_with_this_one_and_not_with_itself():
    old = [student("x (2025)", LONG), student("y (2025)", LONG)]
    pairs = found(student("a", RENAMED), student("c", OTHER), earlier=old)
    assert set(pairs) == {("a", "x (2025)"), ("a", "y (2025)")}


@pytest.mark.parametrize("code", ["'''", "\x00", "def f(:\n  \t bad", "(" * 5000, "x = 1\n    y"])
def test_what_is_no_python_is_read_as_far_as_it_goes(code):
    assert isinstance(code_tokens(code), tuple)


@pytest.mark.parametrize(
    "code", ["x = '" + "\\'" * 200_000, "'" * 400_001, "\n" * 400_000, "(1, " * 200_000]
)
def test_no_answer_takes_much_time(code):
    started = time.process_time()
    code_tokens.__wrapped__(code)
    assert time.process_time() - started < 20  # some hours, where a line is read to its end
