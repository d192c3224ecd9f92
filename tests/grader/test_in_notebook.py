"""`check` and `hint` as a learner meets them: sentences, the cell that was judged, prints, an overview."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest
from IPython.core.interactiveshell import InteractiveShell

from grader import chapter
from grader.authoring.catalogue import ROOT, reference
from grader.authoring.chapter import read_chapter
from grader.checks import endless, in_notebook, registry
from grader.checks.overview import Overview
from grader.checks.packages import WHICH_THERE_ARE
from grader.errors import CourseError, Interrupted

OPEN = "def double(X):\n    raise NotImplementedError"
RIGHT = "def double(X):\n    return 2 * X"


@pytest.fixture
def new_shell(monkeypatch) -> InteractiveShell:
    """A notebook's shell in which nothing has run."""
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    monkeypatch.setattr(in_notebook, "notebook_shell", lambda: shell)
    return shell


@pytest.fixture
def shell(small_exercises, new_shell) -> InteractiveShell:
    """A notebook's shell in which the small chapter's `check` and `hint` are imported."""
    shell = new_shell
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
        ("check('dubble')", "Did you mean 'double'?"),
        ("hint(3)", 'hint("double"). There are: double, quiz_double.'),
        ("hint()", 'Give the name of the exercise in quotes: hint("double"). There are: double'),
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


def test_what_only_grading_asks_is_not_asked_in_a_notebook(shell, shown, monkeypatch) -> None:
    """A clone of the course has the hidden checks: without them, its table is what every student sees."""
    double = registry.exercises_of("ch01")["double"]
    more = replace(double.checks()[0], id="more", hidden=True)
    monkeypatch.setattr(double, "hidden", (more,), raising=False)
    assert len(double.checks()) == 3
    run(shell, RIGHT)
    run(shell, "check('double')")
    assert "(2 of 2 checks passed)" in shown[0]


def test_an_interrupted_check_says_where_the_code_was_and_stops_the_run(shell, capsys) -> None:
    run(shell, "def inner(X):\n    while True:\n        raise KeyboardInterrupt")
    run(shell, "def double(X):\n    return inner(X)")
    result = run(shell, "check('double')")
    assert isinstance(result.error_in_exec, Interrupted)
    assert capsys.readouterr().out.splitlines() == [
        endless.INTERRUPTED,
        "Your code was in inner, line 3 of its cell: raise KeyboardInterrupt",
    ]


@pytest.fixture
def free_alarm():
    """The alarm as a notebook finds it: pytest has one of its own, which goes on afterwards."""
    left = signal.setitimer(signal.ITIMER_REAL, 0)
    handler = signal.signal(signal.SIGALRM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, *left)


def test_a_check_that_takes_long_says_where_the_code_is(shell, capsys, shown, free_alarm) -> None:
    """The alarm is rung by hand in place of the clock."""
    ring = (
        "import signal\ndef double(X):\n    signal.raise_signal(signal.SIGALRM)\n    return 2 * X"
    )
    run(shell, ring)
    assert run(shell, "check('double')").result == 4.0
    told = capsys.readouterr().out
    assert (
        "line 3 of its cell: signal.raise_signal(signal.SIGALRM)" in told and endless.STOP in told
    )
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_alarm_of_the_learners_own_stays(shell, shown, free_alarm) -> None:
    begin = "import signal\nmine = lambda *_: None\nsignal.signal(signal.SIGALRM, mine)\n"
    run(shell, begin + RIGHT)
    assert run(shell, "check('double')").result == 4.0
    assert signal.getsignal(signal.SIGALRM) is shell.user_ns["mine"]


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


@pytest.mark.parametrize("cell", ["return 2 * X", "def double(X):\nreturn 2 * X"])
def test_an_answer_that_stopped_is_not_called_open(shell, shown, capsys, cell) -> None:
    run(shell, OPEN, "double")
    run(shell, cell, "double")
    run(shell, "check('double')")
    assert (
        shown[-1]
        .splitlines()[1]
        .strip()
        .startswith("The last run of this exercise's cell, [2], stopped")
    )
    assert "still open" not in shown[-1]
    run(shell, "check()")
    assert "double: The last run of this exercise's cell, [2], stopped" in shown[-1]


@pytest.fixture
def needs(monkeypatch) -> None:
    """The small chapter, as if it were built: what its cells must define."""
    stubs = {"double": OPEN, "quiz_double": "quiz_double = {1: None}\nraise NotImplementedError()"}
    monkeypatch.setattr(registry, "_stubs", lambda chapter: stubs)
    assert registry.defined_by("ch01", "double") == {"double": "function"}
    assert registry.defined_by("ch01", "quiz_double") == {"quiz_double": ""}


BEGIN = "import torch\nfrom torch import nn\nfrom torch.nn import functional as F\nfrom grader import chapter"


@pytest.mark.parametrize("number", range(1, 12))
def test_a_cell_that_has_not_run_or_is_open_is_called_so(new_shell, shown, number) -> None:
    """As after a restart: nobody reads of a KeyError in code that is not theirs."""
    run(new_shell, f"{BEGIN}\ncheck = chapter({number})[0]")
    (text,) = (ROOT / "chapters").glob(f"{number:02}_*.py")
    for cell in read_chapter(text).cells:
        if cell.source.startswith("class Published"):  # which an exercise may inherit from
            run(new_shell, cell.source)
    exercises = registry.in_order(package := f"ch{number:02}")
    for exercise in exercises:
        assert run(new_shell, f"check({exercise.name!r})").result == 0.0
        assert shown[-1].splitlines()[1].endswith("is not defined")
        assert in_notebook.RUN_IT_FIRST in shown[-1]
        run(new_shell, registry.stub_of(package, exercise.name))
    assert run(new_shell, "check()").result == 0.0
    states = [line for line in shown[-1].splitlines() if line.endswith("  open")]
    assert [line.split()[0] for line in states] == [exercise.name for exercise in exercises]


def test_the_overview_sets_code_as_code() -> None:
    html = Overview([], ["x: no `y<z`"])._repr_mimebundle_()["text/html"]
    assert "<p>x: no <code>y&lt;z</code></p>" in html


def test_a_name_that_stands_for_something_else_by_now_is_told(new_shell, shown) -> None:
    run(new_shell, "from grader import chapter\nfrom torch import nn\ncheck = chapter(7)[0]")
    for other in ("3", "nn.Linear(2, 2)"):
        run(new_shell, f"MLP = {other}")
        assert run(new_shell, "check('MLP')").result == 0.0
        kind = "int" if other == "3" else "Linear"
        assert (
            f"`MLP` should be a class, but it is of type {kind} by now" in shown[-1].splitlines()[1]
        )


def test_a_module_whose_forward_is_misspelt_is_not_called_open(new_shell, shown) -> None:
    run(new_shell, "from grader import chapter\nfrom torch import nn\ncheck = chapter(7)[0]")
    misspelt = reference("ch07", "MLP").replace("def forward", "def foward")
    run(new_shell, f"from torch.nn import functional as F\n{misspelt}", "MLP")
    run(new_shell, "check('MLP')")
    assert 'missing the required "forward" function' in shown[-1] and "still open" not in shown[-1]


def test_of_several_functions_the_cell_that_has_the_old_one_is_named(new_shell, shown) -> None:
    run(new_shell, "from grader import chapter\nimport torch\ncheck = chapter(7)[0]")
    run(new_shell, registry.stub_of("ch07", "find_the_endless_loop"), "find-the-endless-loop")
    run(new_shell, "def endless_input():\n    return torch.ones(1) / 0", "find-the-endless-loop")
    run(new_shell, "check('find_the_endless_loop')")
    assert "[3], defines no `fixed_halve`: this judges what cell [2] defined before." in shown[-1]


def test_an_answer_is_not_called_open_because_it_uses_one_that_is(
    monkeypatch, shell, shown
) -> None:
    monkeypatch.setattr(registry.exercises_of("ch01")["double"], "uses", ("half",))
    monkeypatch.setattr(in_notebook, "_what_to_fix_first", lambda *_: "Fix `half` first.")
    run(
        shell, "def half(X):\n    raise NotImplementedError\ndef double(X):\n    return 4 * half(X)"
    )
    run(shell, "def double(X):\n    return 4 * half(X)", "double")
    run(shell, "check('double')")
    assert shown[-1].splitlines()[1:] == ["  Fix `half` first."]


def test_letters_without_quotes_are_told_of_them(shell, shown, capsys) -> None:
    run(shell, "quiz_double = {1: b}", "quiz-double")
    run(shell, "check('quiz_double')")
    assert "stopped with NameError" in shown[-1] and "Letters stand in quotes." in shown[-1]


@pytest.mark.parametrize("before", [OPEN, RIGHT, ""])
def test_a_function_of_another_name_is_named(shell, shown, needs, before) -> None:
    run(shell, before or "x = 1", "double" if before else "other")
    run(shell, "def dubble(X):\n    return 2 * X", "double")
    run(shell, "check('double')")
    told = " ".join(shown[-1].split())
    assert "[2], defines no `double`: this judges" in told
    assert ("what cell [1] defined before" if before else "nothing of it") in told
    assert ("points" in told) and ("cell [2]" not in told.split(" points")[1][:40])
    run(shell, RIGHT, "double")
    run(shell, "check('double')")
    assert "defines no" not in shown[-1] and shown[-1].splitlines()[0].endswith("cell [4]")


@pytest.mark.parametrize(
    "other", [RIGHT, "from operator import neg as double", "double = lambda X: 2 * X"]
)
def test_an_answer_in_a_cell_of_ones_own_or_in_another_form_is_an_answer(
    shell, shown, needs, other
) -> None:
    run(shell, OPEN, "double")
    run(shell, other, "mine" if other is RIGHT else "double")
    run(shell, "check('double')")
    assert "defines no" not in shown[-1] and shown[-1].splitlines()[0].endswith("cell [2]")


def test_a_check_that_is_repeated_without_a_run_says_so(shell, shown) -> None:
    run(shell, OPEN, "double")
    for again in (False, True):
        run(shell, "check('double')")
        assert (in_notebook.NOTHING_RAN in shown[-1]) == again
        run(shell, "hint('double')")
    run(shell, "x = 1")
    run(shell, "check('double')")
    assert in_notebook.NOTHING_RAN not in shown[-1]
    run(shell, RIGHT, "double")
    run(shell, "check('double')")
    run(shell, "check('double')")
    assert in_notebook.NOTHING_RAN not in shown[-1]


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
