"""A learner's copy is never overwritten, and neither is a released notebook that holds answers."""

from __future__ import annotations

import re
import sys

import nbformat
import pytest
from typer.testing import CliRunner

from grader import workplace
from grader.authoring.build import build
from grader.cli import app
from grader.errors import CourseError

NAME = "01_double"


def change(path, grade_id: str, source: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            cell.source = source
    nbformat.write(notebook, path)


@pytest.mark.parametrize("chapter", ["1", "01", NAME])
def test_the_copy_is_made_once(small_course, chapter) -> None:
    build(small_course)
    copy = workplace.copy_of(small_course, chapter)
    assert copy == small_course.root / "work" / f"{NAME}.ipynb"
    released = small_course.notebook("release", NAME).read_bytes()
    assert copy.read_bytes() == released.replace(b"](../", b"](")
    change(copy, "double", "def double(X): return 2 * X")
    mine = copy.read_bytes()
    assert workplace.copy_of(small_course, chapter) == copy and copy.read_bytes() == mine
    assert sorted(path.name for path in copy.parent.glob("[!.]*")) == [copy.name, "index.ipynb"]


def test_a_copy_follows_its_chapter_until_it_is_saved(small_course) -> None:
    """Saved with a note alone, it holds no answer, and stays all the same."""
    build(small_course)
    text = small_course.root / "chapters" / f"{NAME}.py"
    copy = workplace.copy_of(small_course, "1")
    for count, saved in enumerate((False, True, True)):
        if saved:
            notebook = nbformat.read(copy, as_version=4)
            notebook.cells[0].source += "\n\nA note of mine."
            nbformat.write(notebook, copy)
        before = copy.read_bytes()
        text.write_text(
            text.read_text().replace("# Why does it double", "# Why, why does it double")
        )
        build(small_course)
        workplace.copy_of(small_course, "1")
        assert (copy.read_bytes() == before) == saved
        if count == 1:
            (copy.parent / workplace.COPIED).write_text("{")


def test_links_lead_on_between_copies_as_between_released_notebooks(small_course) -> None:
    text = small_course.root / "chapters" / f"{NAME}.py"
    other = text.with_name("02_again.py")
    other.write_text(text.read_text().replace("title: Doubling", "title: Again"))
    build(small_course)
    copies = workplace.copy_of(small_course, "2").parent
    released = small_course.folder("release")
    for page in (*copies.glob("*.ipynb"), *released.rglob("*.ipynb")):
        links = re.findall(r"\]\(([^):]+)\)", nbformat.read(page, as_version=4).cells[-1].source)
        assert len(links) == 2, "one chapter beside it, and the course page; or both chapters"
        assert all((page.parent / link).resolve().is_file() for link in links), page
    assert "[Again →](02_again.ipynb)" in (copies / f"{NAME}.ipynb").read_text()


def test_an_unknown_chapter_names_those_that_there_are(small_course) -> None:
    build(small_course)
    with pytest.raises(CourseError, match=r"no chapter '7'\. There are: 01_double"):
        workplace.copy_of(small_course, "7")


@pytest.mark.parametrize(
    ("grade_id", "source"),
    [
        ("double", "def double(X):\n    return 2 * X"),
        ("why_double", "Because of the two."),
        ("quiz_double", "quiz_double = {1: 'b'}"),
    ],
)
def test_a_build_keeps_answers_and_says_where(small_course, grade_id, source) -> None:
    build(small_course)
    released = small_course.notebook("release", NAME)
    fresh = released.read_bytes()
    change(released, grade_id, source)
    answered = released.read_bytes()
    for count in (1, 2):
        result = CliRunner().invoke(app, ["build", "--course", str(small_course.root)])
        kept = small_course.root / "work" / f"{NAME}-answers-{count}.ipynb"
        assert f"holds answers: they are now in work/{kept.name}" in " ".join(result.output.split())
        assert kept.read_bytes() == answered and released.read_bytes() == fresh
        released.write_bytes(answered)


def test_a_run_notebook_and_one_that_is_none_are_kept_too(small_course) -> None:
    build(small_course)
    path = small_course.notebook("release", NAME)
    fresh = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    assert not workplace.holds_answers(fresh, fresh)
    notebook.cells[1].execution_count = 3
    assert workplace.holds_answers(nbformat.writes(notebook).encode(), fresh)
    assert workplace.holds_answers(b"half a noteb", fresh)


def test_an_old_release_without_answers_is_overwritten(small_course) -> None:
    build(small_course)
    path = small_course.notebook("release", NAME)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = "# An older text"
    nbformat.write(notebook, path)
    build(small_course)
    assert not (small_course.root / "work").exists()


def test_jupyterlab_has_the_course_as_its_root(small_course, monkeypatch) -> None:
    build(small_course)
    started: list[list[str]] = []
    monkeypatch.setattr(workplace.os, "execv", lambda program, words: started.append(words))
    monkeypatch.chdir(small_course.root)
    result = CliRunner().invoke(app, ["lab", "1", "--course", str(small_course.root)])
    assert result.exit_code == 0, result.output
    assert started == [
        [
            sys.executable,
            "-m",
            "jupyterlab",
            f"--ServerApp.root_dir={small_course.root}",
            f"--LabApp.default_url=/lab/tree/work/{NAME}.ipynb",
        ]
    ]
