"""The report of a class: figures that a reader can check by hand, and a page that is safe with any name."""

from __future__ import annotations

import csv
import json
import shutil

import pytest
from nbgrader.api import Gradebook

from grader.checks.results import CheckResult, ExerciseResult, SubmissionResult
from grader.course import Course
from grader.desk.class_figures import class_figures
from grader.desk.class_page import as_page, report
from grader.errors import CourseError
from grader.grading.marks import CellMark, StudentMarks
from tests.grader.graded import NAME, put, registered

HOSTILE = "<script>pwned('name')</script>"


@pytest.fixture(scope="module")
def graded(built_course):
    registered(built_course)
    for student, share in (("ada", 1.0), ("bea", 0.5), ("cem", 0.5), ("dan", 0.1)):
        put(built_course, student, share)
    with Gradebook(built_course.database, "dropout-lab") as book:
        book.update_or_create_student("ada", first_name=HOSTILE, last_name='O"Hara, A.')
        book.update_or_create_student("absent", first_name="Not")
        book.find_grade("why_double", NAME, NAME, "ada").manual_score = 2.0049999
        book.find_grade("why_double", NAME, NAME, "ada").needs_manual_grade = False
        book.db.commit()
    return built_course


@pytest.fixture
def course(graded, tmp_path):
    return Course(shutil.copytree(graded.root, tmp_path / "course"))


def test_figures_are_those_of_the_gradebook(course):
    page, figures = report(course, NAME)
    assert figures.totals == [0.8, 4, 4, 10] and figures.average == 4.7
    assert figures.quartiles == (3.2, 4, 5.5) and figures.max_points == 11
    assert sum(count for _, _, count in figures.histogram) == 4
    assert figures.absent == ("absent",) and figures.waiting == {"why_double": 3}
    double = next(entry for entry in figures.exercises if entry.name == "double")
    assert (double.mean, double.right, double.nothing, double.count) == (2.1, 1, 0, 4)
    assert [(check.id, check.passed) for check in double.checks] == [("rest", 0), ("half", 4)]
    assert figures.mistakes[0].students == ("ada", "bea", "cem", "dan")
    assert {look.student: look.reasons for look in figures.looks}["ada"] == ("found",)
    assert page == course.root / "reports" / NAME / "report.html"


def test_the_files_beside_say_the_same(course):
    page, figures = report(course, NAME)
    with open(page.with_suffix(".csv"), newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert rows["ada"]["last_name"] == 'O"Hara, A.' and rows["ada"]["total"] == "10"
    assert rows["ada"]["why_double"] == "2" and rows["bea"]["why_double"] == ""
    data = json.loads(page.with_suffix(".json").read_text())
    assert data["mean"] == figures.average and len(data["marks"]) == 4


def test_the_page_holds_text_and_nothing_else(course):
    page, _ = report(course, NAME)
    text = page.read_text()
    assert HOSTILE not in text and "&lt;script&gt;pwned" in text
    assert "http://" not in text and "https://" not in text and "src=" not in text
    assert "default-src &#39;none&#39;" in text and "00000000" not in text
    assert "Not graded yet, and counted as 0: why_double (3 answers)." in text


def test_what_nobody_has_begun_is_no_mistake_and_one_exception_is_one():
    begun = CheckResult("one", "it holds", 1, False, seen="`a` is 2", because="`a` has to be 1")
    open_part = CheckResult("two", "it fits", 1, False, seen="`b` is still open")
    raised = {"seen": "TypeError in line 2", "expected": "no exception"}
    stopped = [CheckResult(name, f"it {name}", 1, False, **raised) for name in ("runs", "ends")]
    exercise = ExerciseResult("parts", 4, (begun, open_part, *stopped))
    marks = [StudentMarks("ada", cells={"check_parts": CellMark(4, 0, False)})]
    figures = class_figures(
        NAME, marks, {"ada": SubmissionResult("ada", NAME, (exercise,), (), 1.0)}
    )
    assert {mistake.why for mistake in figures.mistakes} == {"`a` has to be 1", raised["seen"]}
    assert len(figures.mistakes) == 2, "one exception is one mistake, however many checks meet it"
    page = as_page(figures)
    assert "<td><code>a</code> has to be 1</td>" in page and "`" not in page


def test_copies_are_found_now_and_in_an_earlier_term(course, tmp_path):
    import nbformat

    from grader.simulated_class import answered, solved, submit

    text = "It doubles because " + " ".join(f"reason{n} is that {n}" for n in range(30))
    for student in ("bea", "cem"):
        put(course, student, 0.5, answer=text)
    old = Course(tmp_path / "last_year" / "x").root.parent
    notebook = answered(solved(course, NAME), {"why_double": text})
    former = Course(shutil.copytree(course.root, old, ignore=shutil.ignore_patterns("submitted")))
    submit(former, "old <b>", NAME, nbformat.writes(notebook).encode())
    page, figures = report(course, NAME, (old,))
    pairs = {(pair.first, pair.second) for pair in figures.pairs}
    assert pairs == {
        ("bea", "cem"),
        ("bea", "old <b> (last_year)"),
        ("cem", "old <b> (last_year)"),
    }
    assert "looks like bea" in str(figures.looks) and "<b>" not in page.read_text()


def test_what_cannot_be_reported_is_said(small_course, tmp_path, course):
    from grader.authoring.build import build

    build(small_course)
    with pytest.raises(CourseError, match="Nothing of 01_double has been graded yet"):
        report(small_course, NAME)
    (tmp_path / "empty").mkdir()
    with pytest.raises(CourseError, match="holds no submissions of 01_double"):
        report(course, NAME, (tmp_path / "empty",))
