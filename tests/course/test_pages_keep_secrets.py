"""A feedback page shows what a check saw, and nothing by which the next attempt could be fitted to it."""

from __future__ import annotations

import ast
import html
import json
import re
from pathlib import Path

import nbformat
import pytest

import grader.exercises
import grader.hidden
from grader.checks.registry import exercises_of
from grader.checks.table import ADDED_BY_GRADING
from grader.grading.records import read_records
from grader.grading.transaction import transaction

from .conftest import NAME

MEANINGFUL = 25  # signs of a line that say something


@pytest.fixture(scope="module")
def pages(chapter_course, own_grades, command) -> dict[str, str]:
    """The text of every page, by student, without tags and line breaks."""
    done = command(chapter_course.root, "grader", "feedback", NAME, "--force")
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        student: _text(chapter_course.notebook("feedback", NAME, student).with_suffix(".html"))
        for student in own_grades
    }


@pytest.fixture(scope="module")
def results(chapter_course, own_grades):
    with transaction(chapter_course) as book:
        return {name: entry.result for name, entry in read_records(book, NAME).items()}


def _text(path: Path) -> str:
    page = re.sub(r"<style>.*?</style>", "", path.read_text("utf-8"), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", page)).split())


def _lines(sources: list[str]) -> set[str]:
    lines = (" ".join(line.split()) for source in sources for line in source.splitlines())
    return {line for line in lines if len(line) >= MEANINGFUL and not line.startswith("#")}


def _hidden_sources() -> list[str]:
    return [path.read_text("utf-8") for path in Path(grader.hidden.__file__).parent.rglob("*.py")]


def test_no_page_has_a_line_of_a_hidden_check(pages):
    lines = _lines(_hidden_sources())
    assert len(lines) > 50
    for student, text in pages.items():
        assert not [line for line in lines if line in text], student


def test_no_page_has_words_of_a_hidden_check_but_its_title(pages, chapter_course):
    """Hints, reasons and sentences about mistakes: all texts in their sources that no visible check says."""
    visible = Path(grader.exercises.__file__).parent
    public = "\n".join(path.read_text("utf-8") for path in visible.rglob("*.py"))
    folders = Path(grader.hidden.__file__).parent.glob("ch*")
    everything = [e for path in folders for e in exercises_of(path.name).values()]
    titles = {check.title for exercise in everything for check in exercise.hidden}
    texts = set()
    for source in _hidden_sources():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(" ".join(node.value.split()))
    texts = {text for text in texts - titles if len(text) >= MEANINGFUL and text not in public}
    release = chapter_course.notebook("release", NAME).read_text("utf-8")
    texts = {text for text in texts if json.dumps(text)[1:-1] not in release}
    assert len(texts) > 5 and titles
    for student, page in pages.items():
        assert not [text for text in texts if text in page], student


def test_of_hidden_checks_that_failed_a_page_says_title_and_what_was_seen(pages, results):
    seen = 0
    for student, result in results.items():
        for exercise in result.exercises:
            if exercise.problem:
                continue
            visible = " ".join(c.message + c.hint for c in exercise.checks if not c.hidden)
            for check in exercise.failed:
                if check.hidden:
                    seen += 1
                    page = pages[student]
                    assert f"{_plain(check.title)} {ADDED_BY_GRADING}" in page
                    assert _plain(check.seen) in page
                    for text in (check.expected, check.because, check.hint):
                        if len(text) >= MEANINGFUL and text not in visible:
                            assert _plain(text) not in page, (student, check.id)
    assert seen


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def test_no_page_has_a_line_of_a_solution_that_the_student_did_not_write(pages, chapter_course):
    source = nbformat.read(chapter_course.require(NAME), as_version=4)
    solutions = [
        block
        for cell in source.cells
        for block in re.findall(r"### BEGIN SOLUTION(.*?)### END SOLUTION", cell.source, re.DOTALL)
    ]
    model_answers = [
        cell.source
        for cell in source.cells
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade")
    ]
    lines = _lines(solutions + model_answers)
    release = " ".join(chapter_course.notebook("release", NAME).read_text("utf-8").split())
    assert len(lines) > 30
    for student, text in pages.items():
        handed_in = chapter_course.notebook("submitted", NAME, student).read_bytes()
        own = " ".join(
            " ".join(cell.source.split())
            for cell in (nbformat.reads(handed_in.decode(), 4).cells if handed_in else [])
        )
        leaked = [
            line
            for line in lines
            if line in text and line not in own and json.dumps(line)[1:-1] not in release
        ]
        assert not leaked, (student, leaked)
