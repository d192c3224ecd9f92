"""A quiz as radio buttons: what is chosen is written into the quiz's cell, and only that counts."""

from __future__ import annotations

import ipywidgets
import pytest
from IPython.core.interactiveshell import InteractiveShell

from grader import learner, quiz_form
from grader.checks import in_notebook
from grader.checks.quiz import Quiz
from grader.checks.registry import get_exercise, stub_of

NAME = "quiz_dropout"
QUIZ = get_exercise("ch01", NAME)
assert isinstance(QUIZ, Quiz)
KEY = {
    number: next(letter for letter, option in question.options.items() if option.right)
    for number, question in QUIZ.questions.items()
}


@pytest.fixture
def shell(monkeypatch) -> InteractiveShell:
    """A kernel's shell in which chapter 1 was begun. `written`: what its cells became."""
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    written: list[str] = []
    for name, value in (
        ("kernel", object()),
        ("written", written),
        ("set_next_input", lambda text, replace: written.append(text)),
    ):
        monkeypatch.setattr(shell, name, value, raising=False)
    monkeypatch.setattr(in_notebook, "notebook_shell", lambda: shell)
    shell.user_ns["get_ipython"] = lambda: shell
    return shell


@pytest.fixture
def forms(monkeypatch) -> list[ipywidgets.VBox]:
    """The forms that were displayed."""
    shown: list[ipywidgets.VBox] = []
    monkeypatch.setattr(quiz_form, "display", lambda form, raw=False: raw or shown.append(form))
    return shown


def begin(shell: InteractiveShell) -> None:
    run(shell, "from grader import chapter\ncheck, hint = chapter(1)")


def run(shell: InteractiveShell, source: str):
    return shell.run_cell(source, store_history=True)


def buttons(form: ipywidgets.VBox) -> list[ipywidgets.RadioButtons]:
    return [part for part in form.children if isinstance(part, ipywidgets.RadioButtons)]


def test_an_open_quiz_has_buttons_and_what_is_chosen_goes_into_its_cell(shell, forms) -> None:
    begin(shell)
    stub = stub_of("ch01", NAME)
    assert run(shell, stub).success and len(forms) == 1
    rows = buttons(forms[0])
    texts = [[text for text, _ in row.options] for row in rows]
    assert texts[0][1] == "(b) its mean" and len(rows) == len(KEY)
    for row, letter in zip(rows[:-1], KEY.values(), strict=False):
        row.value = letter
    assert "7 of 8 chosen" in forms[0].children[-1].value
    assert run(shell, stub).success and shell.written == [] and len(forms) == 2
    assert [row.value for row in buttons(forms[1])] == [*list(KEY.values())[:-1], None]
    assert shell.user_ns[NAME] == dict.fromkeys(KEY), (
        "what does not stand in the cell does not count"
    )
    buttons(forms[1])[-1].value = KEY[8]
    assert run(shell, stub).success and len(forms) == 2
    (written,) = shell.written
    assert run(shell, written).success and shell.user_ns[NAME] == KEY


@pytest.mark.parametrize(
    "cell",
    [
        'quiz_dropout = {1: "a", 2: None}\n# YOUR CODE HERE\nraise NotImplementedError()',
        "quiz_other = {1: None}\nraise NotImplementedError()",
        "quiz_dropout = {1: None}\nprint(1)\nraise NotImplementedError()",
        "quiz_dropout = {1: f()}\nraise NotImplementedError()",
    ],
)
def test_a_cell_that_is_not_as_it_was_handed_out_runs_as_it_is(shell, forms, cell) -> None:
    begin(shell)
    assert not run(shell, cell).success and forms == []


def test_without_widgets_or_a_kernel_the_dictionary_is_all(shell, forms, monkeypatch) -> None:
    with monkeypatch.context() as without:
        without.setattr(quiz_form.importlib.util, "find_spec", lambda name: None)
        begin(shell)
        assert not run(shell, stub_of("ch01", NAME)).success
    monkeypatch.setattr(shell, "kernel", None)
    begin(shell)
    assert not run(shell, stub_of("ch01", NAME)).success and forms == []


def test_another_chapter_in_the_same_notebook_has_its_own_forms(shell, forms) -> None:
    begin(shell)
    run(shell, "check, hint = chapter(2)")
    assert not run(shell, stub_of("ch01", NAME)).success
    assert run(shell, stub_of("ch02", "quiz_concise")).success and len(forms) == 1
    assert isinstance(shell.user_ns["reset"], learner.Reset)
