"""`check` and `hint` as a learner meets them: sentences, the cell that was judged, prints, an overview."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell

from grader import chapter
from grader.checks import in_notebook
from grader.checks.packages import WHICH_THERE_ARE
from grader.errors import CourseError, Interrupted

OPEN = "def double(X):\n    raise NotImplementedError"
RIGHT = "def double(X):\n    return 2 * X"


@pytest.fixture
def shell(small_exercises, monkeypatch) -> InteractiveShell:
    """A notebook's shell in which the small chapter's `check` and `hint` are imported."""
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    monkeypatch.setattr(in_notebook, "notebook_shell", lambda: shell)
    shell.user_ns["check"], shell.user_ns["hint"] = chapter(1)
    return shell


@pytest.fixture
def shown(monkeypatch) -> list[str]:
    """What was displayed, as text."""
    texts: list[str] = []
    monkeypatch.setattr(in_notebook, "display", lambda thing: texts.append(str(thing)))
    return texts


def run(shell: InteractiveShell, source: str, cell_id: str | None = None):
    return shell.run_cell(source, store_history=True, cell_id=cell_id)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("check('dubble')", "no exercise called 'dubble' in chapter 1. There are: double"),
        ("check(double)", 'Give the name of the exercise in quotes: check("double").'),
        ("hint(double)", 'Give the name of the exercise in quotes: hint("double").'),
        ("hint(3)", 'hint("dropout_layer")'),
        ("hint('double', 4)", "double has hints 1 to 3; there is no hint 4."),
        ("hint('double', 'first')", "there is no hint 'first'"),
    ],
)
def test_a_slip_is_answered_with_one_sentence(shell, capsys, call, words) -> None:
    run(shell, RIGHT)
    result = run(shell, call)
    assert isinstance(result.error_in_exec, CourseError)
    told = capsys.readouterr().out
    assert words in told and "Traceback" not in told and len(told.splitlines()) == 1


def test_an_interrupted_check_is_one_sentence_and_stops_the_run(shell, capsys) -> None:
    run(shell, "def double(X):\n    raise KeyboardInterrupt")
    result = run(shell, "check('double')")
    assert isinstance(result.error_in_exec, Interrupted)
    told = capsys.readouterr().out
    assert told.strip() == "Interrupted. Nothing is lost: run the check again."


def test_the_table_names_the_cell_that_it_judged(shell, shown) -> None:
    run(shell, RIGHT, "double")
    run(shell, "x = 1", "other")
    run(shell, "check('double')")
    assert shown[-1].splitlines()[0].endswith("(2 of 2 checks passed), cell [1]")


@pytest.mark.parametrize("cell_id", ["double", None])
@pytest.mark.parametrize("broken", [RIGHT + " +", RIGHT + "\n1 / 0"])
def test_older_code_is_not_judged_in_silence(shell, shown, capsys, cell_id, broken) -> None:
    run(shell, RIGHT, cell_id)
    run(shell, broken, cell_id)
    run(shell, "check('double')")
    error = "SyntaxError" if broken.endswith("+") else "ZeroDivisionError"
    assert f"[2], stopped with {error}: this judges what cell [1] defined before." in shown[-1]
    run(shell, RIGHT, cell_id)
    run(shell, "check('double')")
    assert "stopped with" not in shown[-1] and shown[-1].splitlines()[0].endswith("cell [4]")


def test_a_first_run_that_failed_is_named(shell, shown, capsys) -> None:
    run(shell, "import nothing_like_it\n" + RIGHT, "double")
    run(shell, "check('double')")
    assert "stopped with ModuleNotFoundError: this judges nothing of it" in shown[-1]
    assert WHICH_THERE_ARE in shown[-1]


def test_a_cell_that_is_still_open_has_not_failed(shell, shown, capsys) -> None:
    run(shell, "quiz_double = {1: None}\nraise NotImplementedError()", "quiz-double")
    run(shell, "check('quiz_double')")
    assert "still open" in shown[-1] and "stopped with" not in shown[-1]


def test_prints_of_the_learners_code_are_cut(shell, shown, capsys) -> None:
    run(shell, "def double(X):\n    print('looking at', X.shape)\n    return 2 * X")
    run(shell, "check('double')")
    assert "looking at torch.Size([3, 2])" in capsys.readouterr().out
    run(shell, "def double(X):\n    print('row\\n' * 5000)\n    return 2 * X")
    run(shell, "check('double')")
    told = capsys.readouterr().out
    assert told.count("row") == in_notebook.PRINTED_LINES
    assert "more characters that your code printed" in told


def test_all_exercises_at_a_glance(shell, shown) -> None:
    assert run(shell, "check()").result == 0.0
    assert "0 of 8 points so far" in shown[-1] and shown[-1].count("  open") == 2
    run(shell, RIGHT + "\nquiz_double = {1: 'a'}")
    assert run(shell, "check()").result == 4.0
    assert "4 of 8 points so far" in shown[-1]
    assert "✓ done" in shown[-1] and "✗ not yet: " in shown[-1]
    assert "Grading asks" in shown[-1]


def test_an_exercise_whose_cell_has_not_run_says_so(shell, shown) -> None:
    run(shell, "check('double')")
    assert in_notebook.RUN_IT_FIRST in shown[-1]
    run(shell, OPEN)
    run(shell, "check('double')")
    assert in_notebook.RUN_IT_FIRST not in shown[-1]
