"""A person marks written answers on a page, by keyboard; nobody else can, and no answer runs anything."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, expect

from grader.course import Course
from grader.desk.marking import Marking, NoSuchAnswer, WrongMark
from grader.errors import CourseError
from grader.sandbox.markdown_sanitiser import harmless_markdown
from tests.browser.conftest import watched
from tests.browser.forms import forms
from tests.grader.graded import NAME, put, registered
from tests.jupyterlab.conftest import browser

__all__ = ["browser"]
QUESTION = "why_double"
HOSTILE = "evil <img src=x: onerror=pwned('student')>"


@pytest.fixture(scope="module")
def graded(built_course, tmp_path_factory) -> Course:
    course = Course(shutil.copytree(built_course.root, tmp_path_factory.mktemp("x") / "course"))
    registered(course)
    put(course, "ada", 1.0, answer=r"Since $2 \cdot 1 = 2$.")
    put(course, "bea", 1.0, answer="Because.")
    whole = "\n\n".join(forms().values()).encode("utf-8", "replace").decode()
    put(course, "cem", 1.0, answer=harmless_markdown(whole[:40_000]))
    put(course, "dan", 1.0, answer=whole[:19_000])  # as if nothing had made it harmless
    with Gradebook(course.database, "dropout-lab") as book:
        book.update_or_create_student("cem", first_name=HOSTILE)
    return course


@pytest.fixture
def course(graded, tmp_path) -> Course:
    return Course(shutil.copytree(graded.root, tmp_path / "course"))


@pytest.fixture
def address(course: Course) -> Iterator[str]:
    """Where the command serves its page, with the token."""
    command = [str(Path(sys.executable).parent / "grader"), "mark", NAME, "--no-browser"]
    process = subprocess.Popen(command, cwd=course.root, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, "no address was printed"
        yield found[0]
    finally:
        process.terminate()
        process.wait(30)


def marks(course: Course) -> dict[str, tuple[float | None, bool, str | None]]:
    """Mark, whether it is wanted, and comment, as formgrader shows them."""
    with Gradebook(course.database, "dropout-lab") as book:
        found = {}
        for student in ("ada", "bea", "cem", "dan"):
            grade = book.find_grade(QUESTION, NAME, NAME, student)
            said = book.find_comment(QUESTION, NAME, NAME, student)
            found[student] = (grade.manual_score, grade.needs_manual_grade, said.comment)
        return found


def test_marks_go_into_nbgraders_gradebook(course):
    marking = Marking(course, NAME)
    (question,) = marking.questions()
    assert (question.name, question.points, question.marked, question.count) == (QUESTION, 3, 0, 4)
    assert "because of the two" in question.model
    done = marking.mark(QUESTION, "ada", "2,5", " Well said. ")
    assert (done.marked, done.count) == (1, 4)
    assert marks(course)["ada"] == (2.5, False, "Well said.")
    assert marks(course)["bea"] == (None, True, None)
    assert marking.comments(QUESTION) == ["Well said."]
    answers = {answer.student: answer for answer in marking.answers(QUESTION)}
    assert (answers["ada"].points, answers["ada"].waiting) == ("2.5", False)
    assert "<math" in answers["ada"].html and answers["bea"].waiting
    put(course, "ada", 1.0, answer=r"Since $2 \cdot 1 = 2$.")  # graded again: the mark stays
    assert marks(course)["ada"] == (2.5, False, "Well said.")


@pytest.mark.parametrize("points", ["4", "-1", "nan", "inf", "many", ""])
def test_points_that_cannot_be_are_refused(course, points):
    with pytest.raises(WrongMark):
        Marking(course, NAME).mark(QUESTION, "ada", points, "")
    assert marks(course)["ada"][0] is None


def test_what_is_not_there_is_said(course, small_course):
    from grader.authoring.build import build

    for question, student in (("nothing", "ada"), (QUESTION, "nobody")):
        with pytest.raises(NoSuchAnswer):
            Marking(course, NAME).mark(question, student, "1", "")
    build(small_course)
    with pytest.raises(CourseError, match="Nothing of 01_double has been graded yet"):
        Marking(small_course, NAME)


def test_a_person_marks_with_the_keyboard(course, address, browser: Browser):
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    with watched(context, address) as seen:
        page = seen.page
        assert "token" not in page.url
        page.get_by_text(QUESTION).click()
        expect(page.locator("#progress")).to_have_text("0 of 4")
        page.keyboard.type("3")
        page.keyboard.press("Tab")
        page.keyboard.type("Well said.")
        page.keyboard.press("Enter")
        expect(page.locator("#progress")).to_have_text("1 of 4")
        page.keyboard.type("9")
        page.keyboard.press("Enter")
        expect(page.locator("form >> nth=1 >> .state")).to_have_text("9 points: give 0 to 3")
        page.keyboard.press("Control+A")
        page.keyboard.type("1.5")
        page.keyboard.press("Alt+1")
        page.keyboard.press("Enter")
        expect(page.locator("#progress")).to_have_text("2 of 4")
        page.get_by_label("hide names").check()
        assert not page.get_by_text("ada", exact=False).first.is_visible()
        page.reload()
        assert not page.get_by_text("ada", exact=False).first.is_visible()
        seen.use(".answer .text, aside")
        assert (seen.ran, seen.fetched) == (set(), set())
        moved = page.evaluate(
            "[...document.querySelectorAll('.text *')].filter(part => "
            "['fixed', 'absolute'].includes(getComputedStyle(part).position)).length"
        )
        assert moved == 0
    context.close()
    found = marks(course)
    assert found["ada"] == (3, False, "Well said.") and found["bea"] == (1.5, False, "Well said.")
    assert found["cem"][0] is found["dan"][0] is None


def test_nobody_else_can_look_or_mark(course, address):
    place, _, token = address.partition("?token=")
    page, mark = f"{place}question/{QUESTION}", f"{place}question/{QUESTION}/mark"
    told = {"student": "ada", "points": "3", "comment": ""}
    cookie = {"marking_token": token}
    assert requests.get(page).status_code == 403
    assert requests.get(f"{page}?token=wrong").status_code == 403
    assert requests.get(page, cookies=cookie).status_code == 200
    assert requests.get(page, cookies=cookie, headers={"Host": "evil.test"}).status_code == 403
    assert requests.post(mark, json=told, cookies=cookie).status_code == 403, "no header of ours"
    header = {"X-Marking-Token": token}
    assert requests.post(mark, json=told, headers=header).status_code == 403, "no cookie"
    bad = requests.post(mark, data="[1]", headers=header, cookies=cookie)
    assert bad.status_code == 400 and "Traceback" not in bad.text
    assert requests.get(f"{place}question/nothing", cookies=cookie).status_code == 404
    assert marks(course)["ada"][0] is None
    assert requests.post(mark, json=told, headers=header, cookies=cookie).status_code == 200
    assert marks(course)["ada"][0] == 3
