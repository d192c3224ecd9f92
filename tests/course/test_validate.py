"""`grader validate` and nbgrader's button: what is open and what is wrong, without the demonstrations."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbgrader.validator import Validator
from typer.testing import CliRunner

from grader.cli import app
from grader.course import Course
from grader.errors import CourseError
from grader.grading.validate import validate
from grader.wire.answer_box import EMPTY_BOX

ROOT = Path(__file__).resolve().parents[2]
NAME = "04_weight_decay"
RIGHT = "def l2_penalty(w):\n    return (w**2).sum() / 2"


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory) -> Path:
    """Chapter 4 with one answer, a check that was edited, a cell missing; demonstrations would not end."""
    notebook = nbformat.read(ROOT / "notebooks" / NAME / f"{NAME}.ipynb", as_version=4)
    keep = ("l2_penalty", "check_l2_penalty", "decay_step", "check_decay_step", "why_not_the_bias")
    cells = []
    for number, cell in enumerate(notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if number < 3 or name in keep:
            cells.append(cell)
        if name == "l2_penalty":
            cell.source = RIGHT
        if name == "check_decay_step":
            cell.source += "  # edited"
    demo = nbformat.v4.new_code_cell("while True: pass", id="endless")
    demo.metadata.tags = ["demo"]
    notebook.cells = [*cells, demo]
    path = tmp_path_factory.mktemp("validate") / f"{NAME}.ipynb"
    nbformat.write(notebook, path)
    return path


def test_what_is_done_open_unanswered_changed_and_missing(handed_in) -> None:
    before = handed_in.read_bytes()
    found = validate(handed_in, Course(ROOT))
    assert handed_in.read_bytes() == before
    rows = {row.name: (row.earned, row.state) for row in found.exercises}
    assert rows == {"l2_penalty": (2.0, "✓ done"), "decay_step": (0.0, "open")}
    assert (found.earned, found.unanswered) == (2.0, ("why_not_the_bias",))
    assert found.problems[0].startswith("The locked cell check_decay_step was edited")
    assert any("The cell l1_step is missing" in problem for problem in found.problems)


def test_the_command_prints_it_and_needs_no_course(handed_in) -> None:
    result = CliRunner().invoke(app, ["validate", str(handed_in)])
    assert result.exit_code == 0, result.output
    text = " ".join(result.output.split())
    for words in ("l2_penalty 2 of 2 ✓ done", "Not written yet: why_not_the_bias", "was edited"):
        assert words in text
    assert "is missing" not in text


def test_the_button_runs_no_demonstration(handed_in, tmp_path) -> None:
    path = tmp_path / handed_in.name
    path.write_text(handed_in.read_text().replace("  # edited", ""))
    found = Validator(config=Course(ROOT).config).validate(str(path))
    assert [failed["source"] for failed in found["failed"]] == [
        'check("decay_step")',
        EMPTY_BOX,
    ]


@pytest.mark.parametrize("content", ["", "{}", '{"cells": []}', "print(1)"])
def test_what_is_no_notebook_of_the_course_is_said(tmp_path, content) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(content)
    with pytest.raises(CourseError, match=r"is not a notebook|no check of the course"):
        validate(path)
    with pytest.raises(CourseError, match="cannot be read"):
        validate(tmp_path / "none.ipynb")
