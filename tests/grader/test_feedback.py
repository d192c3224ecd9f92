"""Feedback pages: each by itself, nbgrader's own bytes, and only where something has changed."""

import os
import shutil
from copy import deepcopy

import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from grader.course import Course
from grader.grading import feedback as feedback_module
from grader.grading import pages as page_module
from grader.grading.feedback import feedback
from grader.grading.isolated import TookTooLong
from grader.grading.names import folder_of, student_of
from grader.simulated_class import solved, submit
from tests.grader.graded import NAME, put, registered

CLASS = ("ada", student_of("b[ea] *"), "张三 O'Neil")


@pytest.fixture(scope="module")
def graded(built_course):
    registered(built_course)
    for student in (*CLASS, "not yet"):
        submit(built_course, folder_of(student), NAME, solved(built_course, NAME))
    for student in CLASS:
        put(built_course, student, 0.5)
    return built_course


@pytest.fixture
def course(graded, tmp_path):
    return Course(shutil.copytree(graded.root, tmp_path / "course"))


def _page(course, student):
    return course.notebook("feedback", NAME, student).with_suffix(".html")


def test_pages_are_nbgraders_own_and_written_again_only_when_they_change(course):
    beside = course.notebook("submitted", NAME, "ada").with_name("submission_secret.txt")
    beside.write_text("secret")
    pages = feedback(course, NAME, workers=2)
    assert sorted(pages.written) == sorted(CLASS) and pages.waiting == ["not yet"]
    assert "3 pages written, 0 unchanged" in pages.summary(course.root)
    assert "1 not graded yet: not yet." in pages.summary(course.root)
    folder = _page(course, "ada").parent
    assert sorted(os.listdir(folder)) == [f"{NAME}.html", "submission_secret.txt"]
    ours = _page(course, "ada").read_text()
    config = deepcopy(course.config)
    config.CourseDirectory.assignment_id, config.CourseDirectory.student_id = NAME, "ada"
    GenerateFeedback(coursedir=CourseDirectory(config=config), config=config, force=True).start()
    theirs = _page(course, "ada").read_text()
    assert (folder / "submission_secret.txt").read_text() == "secret"
    assert ours.partition("\n<!-- made from")[0] == theirs
    again = feedback(course, NAME)
    assert list(again.written) == ["ada"] and len(again.unchanged) == 2
    with Gradebook(course.database, "dropout-lab") as book:
        book.find_comment("why_double", NAME, NAME, "ada").manual_comment = "Well said."
        book.find_grade("why_double", NAME, NAME, CLASS[1]).manual_score = 2.0
        book.db.commit()
    assert sorted(feedback(course, NAME).written) == sorted(CLASS[:2])
    assert "Well said." in _page(course, "ada").read_text()
    put(course, CLASS[2], 1.0)
    assert list(feedback(course, NAME).written) == [CLASS[2]]
    assert len(feedback(course, NAME, force=True, pattern="[ab]*").written) == 2


def test_a_failure_costs_one_page_and_keeps_the_old_one(course):
    feedback(course, NAME)
    old = _page(course, "ada").read_text()
    for student, content in (("ada", "{"), (CLASS[1], "[]")):
        path = course.notebook("autograded", NAME, student)
        path.chmod(0o644)
        path.write_text(content)
    put(course, CLASS[2], 1.0)
    said = []
    pages = feedback(course, NAME, say=said.append)
    assert sorted(pages.failed) == ["ada", CLASS[1]] and list(pages.written) == [CLASS[2]]
    assert len(said) == 2 and min(said).startswith(
        "ada: no page: feedback page raised NotJSONError"
    )
    assert _page(course, "ada").read_text() == old
    assert f"2 not written (ada, {CLASS[1]})" in pages.summary(course.root)


def test_what_is_not_in_the_gradebook_is_said(course):
    with Gradebook(course.database, "dropout-lab") as book:
        book.remove_student("ada")
    assert "does not know this submission" in feedback(course, NAME).failed["ada"]


def test_files_beside_a_notebook_are_not_copied(course):
    folder = course.notebook("autograded", NAME, "ada").parent
    for number in range(500):
        (folder / f"{number}.csv").touch()
    feedback(course, NAME, pattern="ada")
    assert os.listdir(_page(course, "ada").parent) == [f"{NAME}.html"]


def test_what_every_page_needs_is_there_before_the_first(course):
    page_module.warm_up(str(course.notebook("release", NAME)))
    page = page_module._exporter(str(course.root))
    compiled = page.template
    feedback(course, NAME, pattern="ada")
    assert page.template is compiled and page_module._exporter(str(course.root)) is page


def test_a_page_that_takes_too_much_says_so(course, monkeypatch):
    def run(isolation, function, *arguments, **options):
        raise TookTooLong("feedback page took more than 60 s of computing time")

    monkeypatch.setattr(feedback_module.Isolation, "run", run)
    pages = feedback(course, NAME, pattern="ada")
    text = _page(course, "ada").read_text()
    assert not pages.failed and "cannot be shown: feedback page took more than 60 s" in text
    assert "4 of 11 points" in text


def test_a_page_says_whose_it_is_what_was_lost_first_and_what_waits(course):
    with Gradebook(course.database, "dropout-lab") as book:
        book.update_or_create_student("ada", first_name="Ada <b>", last_name="Lovelace")
        comment = book.find_comment("why_double", NAME, NAME, "ada")
        comment.manual_comment = r"Well said: $\frac{1}{2}$"
        book.find_grade("check_double", NAME, NAME, "ada").manual_score = 3.456789
        book.db.commit()
    feedback(course, NAME, pattern="ada")
    page = _page(course, "ada").read_text()
    head = page[page.index("<header") : page.index("</header>")]
    assert (
        "Student: Ada &lt;b&gt; Lovelace (ada)" in head and f"<h4>{NAME}: 5.46 of 11 points" in head
    )
    assert "Handed in: 2026-11-01 10:00 UTC" in head
    assert "Not graded yet: 3 points." in head and "not graded yet (of 3)" in head
    rows = ["why_double (written answer)", ">quiz_double</a>", ">double</a>"]
    assert [head.index(row) for row in rows] == sorted(head.index(row) for row in rows)
    assert "3.46 of 4" in head and "−0.54" in head
    for identity in ("check_double", "check_quiz_double", "why_double", "comment-why_double"):
        assert head.count(f'href="#{identity}"') == 1 and page.count(f'id="{identity}"') == 1
    assert "<mfrac>" in page and "MathJax" not in page and "http://" not in head
    assert "0.0" not in head and len(page) < 60_000
    with Gradebook(course.database, "dropout-lab") as book:
        book.find_grade("why_double", NAME, NAME, "ada").manual_score = 2.5
        book.find_grade("why_double", NAME, NAME, "ada").needs_manual_grade = False
        book.db.commit()
    feedback(course, NAME, pattern="ada")
    assert "ot graded yet" not in _page(course, "ada").read_text()
