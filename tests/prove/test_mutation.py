"""The mutation engine: each operator does what its name says, once for each place."""

from __future__ import annotations

import ast

import pytest

from tests.prove.mutants import MutantReport, explained_survivors
from tests.prove.mutation import mutants
from tests.prove.setting import settings


def codes(code: str, kind: str) -> list[str]:
    return [mutant.code for mutant in mutants(code) if mutant.kind == kind]


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        ("comparison", "y = a < b", ["y = a <= b", "y = a >= b", "y = a > b"]),
        ("comparison", "assert x is None", ["assert x is not None"]),
        ("half", "assert 0 <= p <= 1", ["assert 0 <= p", "assert p <= 1"]),
        ("arithmetic", "y = a + b", ["y = a - b"]),
        ("arithmetic", "y = a * b", ["y = a / b"]),
        ("arithmetic", "s += x", ["s -= x"]),
        ("assigned", "s += x", ["s = x"]),
        ("swapped", "y = a / b", ["y = b / a"]),
        ("swapped", "f(a, b, c)", ["f(b, a, c)", "f(a, c, b)"]),
        ("swapped", "y = (a, b)", ["y = (b, a)"]),
        ("swapped", "y = a * b", []),
        ("no operand", "y = a * b", ["y = a", "y = b"]),
        ("constant", "x = 3", ["x = 0", "x = 2", "x = 4"]),
        ("constant", "x = 0.5", ["x = 1.5", "x = 0.25", "x = 0.0"]),
        ("constant", "x = True", ["x = False"]),
        ("constant", "x = 'none'", ["x = 'nonex'"]),
        ("no sign", "x = not y", ["x = y"]),
        ("and/or", "x = a and b", ["x = a or b"]),
        ("no keyword", "f(a, dim=1)", ["f(a)"]),
        ("no call", "y = x.sum()", ["y = x"]),
        ("no call", "y = torch.relu(x)", ["y = x"]),
        ("no call", "y = torch.ones()", []),
        ("negated", "if a:\n    b()", ["if not a:\n    b()"]),
        ("always", "y = a if c else b", ["y = a", "y = b"]),
        ("no with", "with c:\n    f()\n    g()", ["f()\ng()"]),
        ("only once", "for i in x:\n    f()", ["for i in x:\n    f()\n    break"]),
        ("no statement", "a = 1\nb()", ["pass\nb()", "a = 1\npass"]),
        ("returns None", "def f():\n    return 1", ["def f():\n    return None"]),
        ("no decorator", "@d\ndef f():\n    g()", ["def f():\n    g()"]),
        ("slice", "y = x[1:3]", ["y = x[:3]", "y = x[1:]"]),
        ("loop", "for i in x:\n    continue", ["for i in x:\n    break"]),
    ],
)
def test_an_operator(kind: str, code: str, expected: list[str]):
    assert codes(code, kind) == expected


def test_every_mutant_is_code_and_none_is_the_original():
    setting = settings()["ch01", "dropout_layer"]
    found = mutants(setting.reference, setting.solution_lines)
    assert len(found) > 30
    original = ast.unparse(ast.parse(setting.reference))
    assert all(ast.parse(mutant.code) and mutant.code != original for mutant in found)
    assert len({mutant.code for mutant in found}) == len({m.name for m in found}) == len(found)


def test_only_what_a_learner_writes_is_mutated():
    code = 'def f(x=1):\n    """Text, 2 of it."""\n    y = 3\n    return y\n'
    names = [mutant.name for mutant in mutants(code, frozenset({3}))]
    assert names and all("y = 3" in name for name in names)


def test_texts_are_left_alone():
    code = 'def f(x):\n    """A text."""\n    assert x, "a message"\n    raise ValueError(f"{x} is bad")'
    assert not [m for m in mutants(code) if m.kind == "constant" or "badx" in m.code]


def test_a_survivor_needs_a_reason(tmp_path):
    path = tmp_path / "survivors.toml"
    path.write_text('[[survivor]]\nchapter = "c"\nexercise = "e"\nmutant = "m"\nreason = "equal"\n')
    with pytest.raises(ValueError, match="no reason"):
        explained_survivors(path)


def test_listed_survivors_are_mutants_that_exist():
    for place, listed in explained_survivors().items():
        setting = settings()[place]
        names = {m.name for m in mutants(setting.reference, setting.solution_lines)}
        assert set(listed) <= names


def test_a_report_names_what_is_not_explained_and_what_is_stale():
    report = MutantReport("e", 10, survivors=["a", "b"], explained={"a": "equal", "c": "equal"})
    assert (report.killed, report.unexplained, report.stale) == (8, ["b"], ["c"])
