"""Answers as edits: a hunk stands in one place, and says so when it does not."""

from __future__ import annotations

import pytest

from grader.authoring.catalogue import answers_to, read_catalogue, reference
from grader.authoring.edits import edited
from grader.errors import CourseError

BASE = """\
def f(x):
    if x:
        a = 1
    b = 2
    return a + b
"""


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        ("- b = 2\n+ b = 3", "    b = 2\n", "    b = 3\n"),
        ("- b = 2", "    b = 2\n", ""),
        ("  b = 2\n+ c = 4", "    b = 2\n", "    b = 2\n    c = 4\n"),
        ("- if x:\n-     a = 1\n+ a = 1", "    if x:\n        a = 1\n", "    a = 1\n"),
        ("- b = 2\n+ for b in x:\n+     pass", "b = 2\n", "for b in x:\n        pass\n"),
        ("+ import math\n  def f(x):", "def", "import math\ndef"),
    ],
)
def test_a_hunk_takes_its_indentation_from_its_place(edit: str, old: str, new: str):
    assert edited(BASE, edit) == BASE.replace(old, new)


def test_hunks_are_found_in_the_base_not_in_what_others_made():
    swapped = edited("a = b\nb = c\n", "- a = b\n+ b = c\n\n- b = c\n+ a = b\n")
    assert swapped == "b = c\na = b\n"


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        ("- c = 2\n+ c = 3", "hunk 1: `c = 2` stands nowhere"),
        ("- b = 2\n\n- x\n+ y", "hunk 2: `x` stands nowhere"),
        ("- if x:\n- a = 1", "hunk 1: `if x:` stands nowhere"),
        ("-b = 2", "hunk 1: `-b = 2` begins with none of"),
        ("+ c = 3", "hunk 1 changes no line"),
        ("  b = 2", "hunk 1 changes no line"),
        ("- b = 2\n\n  b = 2\n- return a + b", "two hunks change `b = 2`"),
    ],
)
def test_an_edit_that_does_not_fit_says_why(edit: str, problem: str):
    with pytest.raises(ValueError, match=problem.replace("+", "\\+")):
        edited(BASE, edit)
    with pytest.raises(ValueError, match="stands 2 times"):
        edited("a\na\n", "- a")


def written(folder, wrong: str = "", toml: str = ""):
    home = folder / "ch01" / "accuracy"
    (home / "right").mkdir(parents=True)
    (home / "right" / "plain.py").write_text("def accuracy(y_hat, y):\n    return 1\n")
    if wrong:
        (home / "wrong").mkdir()
        (home / "wrong" / "twice.py").write_text(wrong)
    if toml:
        (home / "wrong.toml").write_text(toml)


ENTRY = """\
[half]
rejected_by = "fraction"
says = "of all"
base = "plain"
edit = '''
- return 1
+ return 0.5
'''
"""


def test_the_catalogue_reads_files_and_edits(tmp_path):
    first = "# rejected by: fraction | says: three | times\n"
    from_reference = ENTRY.split("base")[0].replace("half", "open") + "edit = '- return {}'"
    solution = reference("ch01", "accuracy").splitlines()[-1].strip()
    assert solution.startswith("return ")
    solution = solution.removeprefix("return ")
    written(
        tmp_path, first + "def accuracy(): ...\n", ENTRY + from_reference.replace("{}", solution)
    )
    right, half, opened, twice = read_catalogue(tmp_path)
    assert right.right and right.path == "ch01/accuracy/right/plain"
    assert (twice.rejected_by, twice.says) == ("fraction", "three | times")
    assert twice.code == "def accuracy(): ...\n" and twice.place == ("ch01", "accuracy")
    assert half.code == "def accuracy(y_hat, y):\n    return 0.5\n"
    assert '"""' in opened.code and solution not in opened.code


@pytest.mark.parametrize(
    ("wrong", "toml", "problem"),
    [
        ("def accuracy(): ...\n", "", "begins with"),
        ("", ENTRY.replace("says", "say"), "it needs"),
        ("", ENTRY.replace("plain", "fancy"), "'fancy', which is no right answer"),
        ("", ENTRY.replace("- return 1", "- return 2"), r"\[half\], hunk 1: `return 2` stands"),
        ("# rejected by: a | says: b\n", ENTRY.replace("half", "twice"), "are called twice"),
    ],
)
def test_an_answer_without_its_form_is_refused(tmp_path, wrong: str, toml: str, problem: str):
    written(tmp_path, wrong, toml)
    with pytest.raises(ValueError, match=problem):
        answers_to("ch01", "accuracy", tmp_path)


def test_without_a_catalogue_the_reason_is_given(tmp_path):
    with pytest.raises(CourseError, match="source checkout"):
        read_catalogue(tmp_path / "none")
    with pytest.raises(CourseError, match="no_such"):
        reference("ch01", "no_such")


def test_the_reference_is_what_a_student_would_hand_in():
    code = reference("ch01", "dropout_layer")
    assert code.startswith("def dropout_layer(X, dropout):") and "###" not in code
