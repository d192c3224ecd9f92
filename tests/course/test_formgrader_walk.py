"""An instructor's way through formgrader, in a browser: generate, grade, mark, see totals, hand feedback back."""

from __future__ import annotations

import re

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, expect

from grader.simulated_class import answered, catalogued, solved, submit
from tests.jupyterlab.conftest import RUN, START, browser, serving

from .conftest import NAME, chapter_copy

__all__ = ["browser"]


@pytest.fixture
def course(chapter_course, tmp_path):
    """A student of the demonstration's class has handed in; nothing is generated or graded yet."""
    course = chapter_copy(chapter_course, tmp_path)
    wrong = {"dropout_layer": catalogued("dropout_layer", "wrong/scale_forgotten")}
    submit(course, "forgot_the_scale", NAME, answered(solved(course, NAME), wrong))
    course.notebook("release", NAME).unlink()
    return course


def _pressed(page: Page, selector: str, said: str) -> None:
    """Press a button of the list, wait for its message, and close it."""
    page.locator(selector).first.click()
    expect(page.locator(".modal-body")).to_contain_text(said, timeout=RUN)
    page.locator(".modal-footer button").first.click()
    expect(page.locator(".modal-body")).to_have_count(0, timeout=START)


def test_from_generate_to_the_page_that_a_student_reads(course, browser: Browser, tmp_path):
    with serving("jupyterlab", tmp_path / "server", course.root) as server:
        context = browser.new_context(viewport={"width": 1300, "height": 1000})
        context.set_default_timeout(START)
        context.set_extra_http_headers({"Authorization": f"token {server.token}"})
        page = context.new_page()
        page.goto(f"{server.address}formgrader/manage_assignments")
        _pressed(page, "td.assign a", "Successfully created the student version")
        assert course.notebook("release", NAME).is_file()
        page.goto(f"{server.address}formgrader/manage_submissions/{NAME}")
        _pressed(page, "td.autograde a", "Successfully autograded")
        with Gradebook(course.database, "dropout-lab") as book:
            before = book.find_submission(NAME, "forgot_the_scale").score
            identity = book.find_submission_notebook(NAME, NAME, "forgot_the_scale").id
        page.goto(f"{server.address}formgrader/submissions/{identity}/")
        page.wait_for_function("() => formgrader.loaded && formgrader.grades.loaded")
        field = page.locator("input.score:not([id^=check_])").first
        field.fill("2")
        page.locator("textarea.comment:not([disabled])").first.fill("Well said.")
        page.keyboard.press("Tab")
        expect(page.locator(".score-saved").first).to_be_attached()
        page.wait_for_timeout(2000)
        page.goto(f"{server.address}formgrader/gradebook/{NAME}/{NAME}")
        total = f"{before + 2:g}"
        expect(page.locator("#main-table")).to_contain_text(re.compile(rf"{re.escape(total)} / 50"))
        page.goto(f"{server.address}formgrader/manage_assignments")
        _pressed(page, "td.generate-feedback a", "Successfully generated feedback")
        context.close()
    path = course.notebook("feedback", NAME, "forgot_the_scale").with_suffix(".html")
    page = browser.new_page(viewport={"width": 400, "height": 800})
    page.goto(path.as_uri())
    expect(page.locator(".panel-heading h4")).to_contain_text(f"{total} of 50 points")
    expect(page.locator(".summary tbody tr").first).to_contain_text(
        re.compile("written answer|dropout_layer")
    )
    page.get_by_role("link", name="dropout_layer", exact=True).click()
    expect(page.get_by_text("the scale is missing", exact=False).first).to_be_visible()
    expect(page.get_by_text("Well said.").first).to_be_attached()
