"""`reset` and `solution` as a learner meets them: nothing is lost, and nothing is shown too early."""

from __future__ import annotations

import json

import pytest
from IPython.core.interactiveshell import InteractiveShell

from grader import chapter, learner
from grader.authoring.catalogue import ROOT, reference, remarks
from grader.authoring.chapter import read_chapter
from grader.checks import in_notebook, registry
from grader.checks.registry import EMPTY_CELLS
from grader.errors import CourseError

REPLACED: list[tuple[str, bool]] = []
MINE = 'def dropout_layer(X, dropout):\n    """Mine."""\n    return X'


@pytest.fixture
def shell(monkeypatch) -> InteractiveShell:
    """A notebook's shell in which chapter 1 was begun, in the course's own folder."""
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    monkeypatch.setattr(in_notebook, "notebook_shell", lambda: shell)
    monkeypatch.chdir(ROOT / "notebooks")
    monkeypatch.setattr(
        shell,
        "set_next_input",
        lambda text, replace: REPLACED.append((text, replace)),
        raising=False,
    )
    REPLACED.clear()
    run(shell, "import torch\nfrom grader import chapter\ncheck, hint = chapter(1)")
    return shell


@pytest.fixture
def shown(monkeypatch) -> list[str]:
    """What was displayed, as Markdown."""
    texts: list[str] = []
    monkeypatch.setattr(learner, "display", lambda thing: texts.append(thing.data))
    return texts


def run(shell: InteractiveShell, source: str, cell_id: str | None = None):
    return shell.run_cell(source, store_history=True, cell_id=cell_id)


def replaced() -> list[str]:
    """What cells become after they ran, as the front end is told."""
    assert all(replace for _, replace in REPLACED)
    return [text for text, _ in REPLACED]


def stub(name: str) -> str:
    return json.loads((ROOT / "grader" / "exercises" / "ch01" / EMPTY_CELLS).read_text())[name]


@pytest.mark.parametrize("quote", ["'", '"'])
def test_reset_puts_the_cell_back_and_keeps_the_old_code(shell, quote) -> None:
    call = f"reset({quote}dropout_layer{quote})"
    run(shell, f"{call}\n\n{MINE}", cell_id="dropout-layer")
    comments = "\n".join(f"# {line}" for line in MINE.splitlines())
    whole = f"{stub('dropout_layer')}\n\n{learner.YOURS}\n{comments}"
    assert replaced() == [whole]
    compile(whole, "cell", "exec")
    assert "NotImplementedError" in whole


@pytest.mark.parametrize("broken", ["def dropout_layer(:", f"{MINE}\nraise KeyError"])
def test_reset_runs_nothing_below_it(shell, broken) -> None:
    assert run(shell, f"reset('dropout_layer')\n{broken}", cell_id="dropout-layer").success
    assert [broken.splitlines()[-1] in text for text in replaced()] == [True]
    assert not run(shell, "reset('Net')\nraise KeyError").success, "any other cell is as it is"


def test_reset_alone_in_its_cell_remembers_what_ran_there(shell) -> None:
    run(shell, MINE, cell_id="dropout-layer")
    run(shell, "reset('dropout_layer')", cell_id="dropout-layer")
    assert [text.count("# def dropout_layer") for text in replaced()] == [1]


def test_reset_of_a_cell_that_never_held_anything_is_the_stub(shell) -> None:
    run(shell, "reset('Net')", cell_id="Net")
    assert replaced() == [stub("Net")]


def test_reset_elsewhere_changes_nothing_and_says_where_to_write_it(shell, shown) -> None:
    run(shell, MINE, cell_id="dropout-layer")
    run(shell, "reset('dropout_layer')", cell_id="another")
    assert replaced() == []
    assert 'write `reset("dropout_layer")` as its first line' in shown[-1]
    assert stub("dropout_layer") in shown[-1]


@pytest.mark.parametrize("tool", ["reset", "solution"])
def test_a_slip_is_one_sentence(shell, capsys, tool) -> None:
    for call, words in (("'dubble'", "no exercise called 'dubble'"), ("chapter", "in quotes")):
        result = run(shell, f"{tool}({call})")
        assert isinstance(result.error_in_exec, CourseError)
        told = capsys.readouterr().out
        assert words in told and len(told.splitlines()) == 1


def test_a_solution_opens_with_full_marks_alone(shell, shown) -> None:
    right = reference("ch01", "dropout_layer")
    run(shell, MINE)
    run(shell, "solution('dropout_layer')")
    assert "opens with full marks" in shown[-1] and right not in shown[-1]
    run(shell, right)
    run(shell, "solution('dropout_layer')")
    assert right in shown[-1] and shown[-1].count("```python") == 1 + learner.OTHER_WAYS
    before, said, after = shown[-1].partition(remarks("ch01", "dropout_layer"))
    assert right in before and said and "Each of these passes all checks as well" in after
    assert said not in "".join(shown[:-1])


def test_a_quiz_that_is_all_right_shows_its_key_and_no_remarks(shell, shown) -> None:
    run(shell, reference("ch01", "quiz_dropout"))
    run(shell, "solution('quiz_dropout')")
    assert reference("ch01", "quiz_dropout").strip() in shown[-1]


def test_there_are_no_solutions_outside_the_courses_folder(
    shell, shown, capsys, tmp_path, monkeypatch, make_course
) -> None:
    """Not in a folder of one's own, and not in another course, such as an instructor hands out."""
    run(shell, reference("ch01", "dropout_layer"))
    for folder in (tmp_path, make_course(tmp_path / "course")):
        monkeypatch.chdir(folder)
        result = run(shell, "solution('dropout_layer')")
        assert isinstance(result.error_in_exec, CourseError)
        assert "There are no solutions here" in capsys.readouterr().out
    assert shown == []


def test_names_that_a_notebook_has_given_stay_its_own(shell) -> None:
    run(shell, "solution = 42\ncheck, hint = chapter(2)")
    assert shell.user_ns["solution"] == 42 and isinstance(shell.user_ns["reset"], learner.Reset)
    assert chapter is learner.chapter


@pytest.fixture
def make_course():
    """Makes a folder that is a course, without a chapter."""

    def make(folder):
        folder.mkdir()
        (folder / "nbgrader_config.py").write_text("c = get_config()\n")
        return folder

    return make


def test_the_overview_has_the_exercises_in_the_order_of_the_text(shell) -> None:
    found = [exercise.name for exercise in registry.in_order("ch01")]
    cells = read_chapter(ROOT / "chapters" / "01_dropout_from_scratch.py").cells
    named = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
    assert found == [name for name in named if name in registry.exercises_of("ch01")]
