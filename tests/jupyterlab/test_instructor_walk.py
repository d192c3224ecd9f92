"""An instructor's way through formgrader, in a real browser, by nothing but its buttons.

The class hands in through nbgrader's exchange. Screenshots of each step go into the folder SCREENSHOTS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from grader.course import Course
from grader.simulated_class import answered, catalogued, solved
from tests.course.conftest import NAME, chapter_copy, chapter_course
from tests.jupyterlab.conftest import RUN, START, LabServer, serving

__all__ = ["chapter_course"]

MISTAKES = {
    "all_right": {},
    "forgot_the_scale": {"dropout_layer": catalogued("dropout_layer", "wrong/scale_forgotten")},
}
MARKS = {"why_scale": 3, "own_flag": 2, "train_loss_says_little": 1}  # of 3, 2 and 2


@pytest.fixture(scope="module")
def course(chapter_course: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course in which nothing is generated, handed in or graded."""
    course = chapter_copy(chapter_course, tmp_path_factory.mktemp("walk"))
    course.notebook("release", NAME).unlink()
    return course


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exchange")


@pytest.fixture(scope="module")
def server(course: Course, exchange: Path, tmp_path_factory) -> Iterator[LabServer]:
    """JupyterLab in the course folder, as `make lab` starts it, on a machine with an exchange."""
    home = tmp_path_factory.mktemp("server")
    (home / "config").mkdir()
    config = f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n"
    (home / "config" / "nbgrader_config.py").write_text(config)
    with serving("jupyterlab", home, course.root) as server:
        yield server


def hand_in(course: Course, exchange: Path) -> None:
    """What `nbgrader submit` puts into the exchange, of every student."""
    right = solved(course, NAME)
    for student, wrong in MISTAKES.items():
        time = "2026-11-14 09:00:00 UTC"
        folder = exchange / "dropout-lab" / "inbound" / f"{student}+{NAME}+{time}+abc"
        folder.mkdir()
        nbformat.write(answered(right, wrong), folder / f"{NAME}.ipynb")
        (folder / "timestamp.txt").write_text(time)
        (folder / "submission_secret.txt").write_text(f"only {student} knows it")


class Formgrader:
    """Formgrader in its tab of JupyterLab."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self._page, self._pictures, self._count = page, pictures, 0
        self.frame: FrameLocator = page.frame_locator("iframe[src*=formgrader]")

    @classmethod
    def open(cls, browser: Browser, server: LabServer, pictures: Path) -> Formgrader:
        """Choose Nbgrader > Formgrader in JupyterLab's menu."""
        page = browser.new_page(viewport={"width": 1500, "height": 1100})
        page.set_default_timeout(START)
        page.goto(f"{server.address}lab?token={server.token}&reset")
        page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
        page.get_by_role("menuitem", name="Formgrader", exact=True).click()
        return cls(page, pictures)

    def go(self, link: str) -> None:
        """Follow a link of the page."""
        self.frame.get_by_role("link", name=link, exact=True).last.click()

    def row(self, text: str) -> Locator:
        """The row of the list that holds this text."""
        return self.frame.locator("#main-table tr").filter(has_text=text)

    def press(self, row: str, column: str, said: str) -> None:
        """Press a button of the list, wait until formgrader says that it has done it, and close that."""
        self.row(row).locator(f"td.{column} a").click()
        told = self.frame.locator(".modal-body")
        expect(told).to_be_visible(timeout=RUN)
        expect(told).to_contain_text(said)
        self.shot(column)
        self.frame.locator(".modal-footer button").click()
        expect(told).to_have_count(0)

    def mark(self, question: str, points: int, comment: str) -> None:
        """Give points and a comment to a written answer, and wait until both are saved."""
        field = self.frame.locator(f"#{question}")
        field.fill(str(points))
        self.frame.locator(f"#{question}-comment").fill(comment)
        with self._page.expect_response("**/formgrader/api/comment/*"):
            field.focus()  # who leaves a comment has written it
        expect(field).not_to_have_class(re.compile("needs_manual_grade"))

    def shot(self, name: str) -> None:
        """Keep a picture of the window."""
        self._count += 1
        self._page.screenshot(path=self._pictures / f"formgrader-{self._count:02}-{name}.png")


@pytest.fixture(scope="module")
def totals() -> dict[str, str]:
    """What formgrader has shown as a student's points, for the next tests."""
    return {}


@pytest.fixture(scope="module")
def formgrader(browser: Browser, server: LabServer, pictures: Path) -> Formgrader:
    return Formgrader.open(browser, server, pictures)


def test_generate_release_and_collect(formgrader: Formgrader, course: Course, exchange: Path):
    expect(formgrader.row(NAME)).to_contain_text("draft")
    formgrader.press(NAME, "assign", "Successfully created the student version")
    assert course.notebook("release", NAME).is_file()
    formgrader.press(NAME, "release", "Successfully released")
    expect(formgrader.row(NAME)).to_contain_text("released")
    hand_in(course, exchange)
    formgrader.press(NAME, "collect", "Successfully collected")
    expect(formgrader.row(NAME).locator("td.num-submissions")).to_have_text(str(len(MISTAKES)))


def test_autograde_from_the_button(formgrader: Formgrader):
    formgrader.row(NAME).locator("td.num-submissions a").click()
    expect(formgrader.row("all_right")).to_contain_text("needs autograding")
    for student in MISTAKES:
        formgrader.press(student, "autograde", "Successfully autograded")
        expect(formgrader.row(student)).to_contain_text("needs manual grading")
    expect(formgrader.row("all_right").locator("td.score")).to_have_text("43 / 50")
    formgrader.shot("graded")


def test_mark_written_answers_and_see_the_totals(formgrader: Formgrader, totals: dict[str, str]):
    before = float(formgrader.row("forgot_the_scale").locator("td.score").inner_text().split()[0])
    formgrader.go("Manual Grading")
    formgrader.go(NAME)
    formgrader.go(NAME)
    formgrader.row("forgot_the_scale").locator(".reveal .name-hidden").click()
    formgrader.go("forgot_the_scale")
    expect(formgrader.frame.get_by_text("the scale is missing").first).to_be_visible()
    for question, points in MARKS.items():
        formgrader.mark(question, points, f"{points} points for {question}.")
    formgrader.shot("marked")
    formgrader.go(NAME)
    total = f"{before + sum(MARKS.values()):g} / 50"
    expect(formgrader.row("forgot_the_scale").locator("td.score")).to_have_text(total)
    formgrader.shot("totals")
    formgrader.go("Manage Students")
    expect(formgrader.row("forgot_the_scale")).to_contain_text(total)
    formgrader.go("Manage Assignments")
    totals["forgot_the_scale"] = total


def test_feedback_is_released_and_is_what_the_student_reads(
    formgrader: Formgrader,
    totals: dict[str, str],
    course: Course,
    exchange: Path,
    browser: Browser,
    pictures: Path,
):
    formgrader.press(NAME, "generate-feedback", "Successfully generated feedback")
    formgrader.press(NAME, "release-feedback", "Successfully released feedback")
    released = [path.read_bytes() for path in (exchange / "dropout-lab" / "feedback").iterdir()]
    pages = [course.notebook("feedback", NAME, who).with_suffix(".html") for who in MISTAKES]
    assert sorted(released) == sorted(page.read_bytes() for page in pages)
    page = browser.new_page(viewport={"width": 400, "height": 800})
    page.goto(course.notebook("feedback", NAME, "forgot_the_scale").with_suffix(".html").as_uri())
    points = totals["forgot_the_scale"].replace("/", "of")
    expect(page.locator(".panel-heading h4")).to_contain_text(f"{points} points")
    expect(page.locator("body")).not_to_contain_text("not graded yet")
    page.screenshot(path=pictures / "formgrader-page.png")
    page.locator(".summary").get_by_role("link", name="dropout_layer", exact=True).click()
    expect(page.get_by_text("the scale is missing").first).to_be_in_viewport()
    for question, points in MARKS.items():
        expect(page.get_by_text(f"{points} points for {question}.")).to_be_visible()
    page.goto(course.notebook("feedback", NAME, "all_right").with_suffix(".html").as_uri())
    expect(page.locator(".panel-heading h4")).to_contain_text("43 of 50 points")
    expect(page.locator(".summary tr", has_text="not graded yet")).to_have_count(len(MARKS))
    page.close()
