"""Chapter 1 as a student meets it: opened in JupyterLab, half solved, run from top to bottom."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from playwright.sync_api import Browser, expect

from grader.checks.judge import UNWRITTEN, judge
from grader.checks.registry import chapter_of, get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent

ROOT = Path(__file__).parents[2]
RUN = 480_000  # milliseconds
CHAPTER = "01_dropout_from_scratch"
RIGHT = """def dropout_layer(X, dropout):
    if not 0 <= dropout <= 1:
        raise ValueError(f"dropout is {dropout}, not in [0, 1]")
    if dropout == 1:
        return torch.zeros_like(X)
    keep = torch.empty_like(X).bernoulli_(1 - dropout)
    return keep * X / (1 - dropout)"""
WRONG = """def dropout_moments(h, p):
    return h, torch.zeros_like(h)"""


@pytest.fixture(scope="module")
def worked(browser: Browser, lab_server, notebook_page, tmp_path_factory):
    """The student notebook after one right and one wrong answer were typed and all cells were run."""
    source = ROOT / "notebooks" / CHAPTER / f"{CHAPTER}.ipynb"
    shutil.copy(source, lab_server.folder)
    page = notebook_page.open(browser, lab_server, source.name)
    page.type_into("def dropout_layer(", RIGHT)
    page.type_into("def dropout_moments(", WRONG)
    page.run_all()
    page.screenshots(tmp_path_factory.mktemp("light"), CHAPTER)
    yield page
    page.page.close()


@pytest.fixture(scope="module")
def saved(worked, lab_server) -> NotebookNode:
    """The same notebook as JupyterLab saves it."""
    path = lab_server.folder / f"{CHAPTER}.ipynb"
    before = path.stat().st_mtime_ns
    worked.page.keyboard.press("Control+s")
    for _ in range(300):
        if path.stat().st_mtime_ns != before and worked.is_saved():
            return nbformat.read(path, as_version=4)
        time.sleep(0.1)
    pytest.fail("JupyterLab did not save the notebook")


def test_run_all_reaches_the_last_cell(worked) -> None:
    assert [prompt for prompt in worked.prompts() if not re.fullmatch(r"\[\d+\]:", prompt)] == []


def test_a_right_answer_gets_a_mark_on_every_check(worked) -> None:
    exercise = get_exercise(chapter_of(CHAPTER), "dropout_layer").at_home()
    table = worked.output_of('check("dropout_layer")')
    assert f"{exercise.points} of {exercise.points} points" in table
    assert f"✓ passed: {len(exercise.checks())} checks" in table
    assert "✗" not in table and ", cell [" in table


def test_a_wrong_answer_is_told_what_is_wrong(worked) -> None:
    table = worked.output_of('check("dropout_moments")')
    expected = _judged("dropout_moments", WRONG)
    assert expected.failed and len(expected.failed) < len(expected.checks)
    for failed in expected.failed:
        assert failed.title in table
        assert failed.hint.replace("`", "") in table


def test_an_open_exercise_says_that_it_is_open(worked) -> None:
    for name in ("accuracy", "evaluate_accuracy", "train_epoch"):
        table = worked.output_of(f'check("{name}")')
        assert UNWRITTEN.replace("`", "") in table
        assert "✗" not in table and "Traceback" not in table


def test_every_figure_has_a_text_for_those_who_cannot_see_it(worked) -> None:
    """An alt text; or, where a chapter shows plain matplotlib, the next cell says what is seen."""
    figures = worked.figures()
    assert len(figures) >= 5
    untold = [text for alt, text in figures if not alt and not text.startswith("The figure:")]
    assert not untold, "a figure without alt text is followed by a cell that does not describe it"


def test_nothing_is_written_to_stderr(saved: NotebookNode) -> None:
    """nbgrader gives no points for a check that wrote to stderr; to a student it looks broken."""
    written = [
        (cell.source, output.text)
        for cell, output in _outputs(saved)
        if output.output_type == "stream" and output.name == "stderr"
    ]
    assert written == []


def test_only_cells_that_wait_for_an_answer_stop_with_an_error(saved: NotebookNode) -> None:
    errors = [(cell, output) for cell, output in _outputs(saved) if output.output_type == "error"]
    assert {output.ename for _, output in errors} <= {"NotImplementedError", "NameError"}
    assert all("raises-exception" in cell.metadata.get("tags", []) for cell, _ in errors)


def test_the_button_validate_names_what_is_not_right(worked) -> None:
    """It runs the notebook once more, without its demonstrations."""
    worked.page.get_by_role("button", name="Validate").click()
    dialog = worked.page.locator(".jp-Dialog-content")
    expect(dialog).to_contain_text('check("dropout_moments")', timeout=RUN)
    expect(dialog).not_to_contain_text('check("dropout_layer")')
    dialog.get_by_role("button").last.click()


def test_restart_and_run_all_judges_the_same_in_a_new_kernel(worked, saved: NotebookNode) -> None:
    worked.type_into("# On Colab", "left_behind = 1\n" + first_code(saved))
    worked.page.keyboard.press("Shift+Enter")
    worked.wait_until_done()
    worked.type_into("left_behind = 1", first_code(saved) + '\nprint("left_behind" in globals())')
    worked.restart_and_run_all()
    assert worked.prompts() == [f"[{number}]:" for number in range(1, len(worked.prompts()) + 1)]
    assert "False" in worked.output_of("# On Colab")
    exercise = get_exercise(chapter_of(CHAPTER), "dropout_layer")
    assert f"{exercise.points} of {exercise.points} points" in worked.output_of(
        'check("dropout_layer")'
    )
    assert "✗ not yet" in worked.output_of('check("dropout_moments")')


@pytest.mark.parametrize("chapter", ["06_house_prices", "07_layers_and_blocks"])
def test_run_all_ends_in_a_chapter_with_servers_and_loops_that_do_not(
    browser: Browser, lab_server, notebook_page, chapter: str
) -> None:
    shutil.copy(ROOT / "notebooks" / chapter / f"{chapter}.ipynb", lab_server.folder)
    page = notebook_page.open(browser, lab_server, f"{chapter}.ipynb")
    page.run_all()
    assert [prompt for prompt in page.prompts() if not re.fullmatch(r"\[\d+\]:", prompt)] == []
    page.page.close()


def _outputs(notebook: NotebookNode) -> list[tuple[NotebookNode, NotebookNode]]:
    return [
        (cell, output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


def first_code(notebook: NotebookNode) -> str:
    return next(cell.source for cell in notebook.cells if cell.cell_type == "code")


def _judged(name: str, answer: str) -> ExerciseResult:
    namespace: dict[str, object] = {}
    exec(f"import torch\n{answer}", namespace)
    return judge(get_exercise(chapter_of(CHAPTER), name), LocalStudent(namespace), seed=1)
