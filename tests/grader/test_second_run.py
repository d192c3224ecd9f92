"""A second run grades what has changed, and nothing else; marks by hand are flagged where their answer changed."""

import shutil
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from rich.console import Console

from grader.course import CONFIG_FILE, Course
from grader.grading import fingerprint
from grader.grading.class_report import Report
from grader.grading.grade_class import autograde
from grader.grading.gradebook import register
from grader.grading.plan import make_plan
from grader.grading.release import read_release
from grader.sandbox import Limits
from grader.simulated_class import handed_out, solved, submit
from tests.grader.graded import NAME, judged, put, registered

CLASS = ("ada", "bea", "cem")


@pytest.fixture(scope="module")
def graded(built_course):
    """Three students whose grades stand."""
    registered(built_course)
    for name in CLASS:
        submit(built_course, name, NAME, solved(built_course, NAME))
    for name in CLASS:
        put(built_course, name, 0.5, mark=_plan(built_course, force=True).fingerprints.of(name))
    return built_course


@pytest.fixture
def course(graded, tmp_path):
    """The same in a folder of its own."""
    return Course(shutil.copytree(graded.root, tmp_path / "course"))


def _plan(course, **settings):
    return make_plan(course, read_release(course, NAME), **settings)


def test_what_has_not_changed_is_left(course):
    plan = _plan(course)
    assert plan.waiting == [] and list(plan.unchanged) == list(CLASS)
    assert plan.unchanged["bea"].earned == 4.0 and plan.unchanged["bea"].findings == ("found",)
    outcomes = autograde(course, NAME, plan=plan)  # starts no sandbox
    assert outcomes == list(plan.unchanged.values())
    assert _plan(course, force=True).waiting == list(CLASS)
    some = _plan(course, pattern="a*")
    assert list(some.unchanged) == ["ada"] and sorted(some.earlier) == ["bea", "cem"]


CHANGES = {
    "the notebook": lambda c: submit(c, "bea", NAME, handed_out(c, NAME)),
    "a file beside it": lambda c: _beside(c).write_text("1,2"),
    "a link beside it": lambda c: _beside(c).symlink_to("nowhere"),
    "the graded notebook": lambda c: _graded(c).unlink(),
    "a grade": lambda c: _gradebook(c, _other_grade),
    "the student is gone from the gradebook": lambda c: _gradebook(c, _without),
    "an extension": lambda c: _gradebook(c, lambda b: b.grant_extension(NAME, "bea", hours=5)),
}
FOR_ALL = {
    "the date": lambda c: _gradebook(c, _dated),
    "the secret": lambda c: (c.root / ".grader_secret").write_text("s" * 40),
    "the release": lambda c: _spaced(c.notebook("release", NAME)),
    "the solution": lambda c: _spaced(c.notebook("source", NAME)),
    "the configuration": lambda c: _spaced(c.root / CONFIG_FILE, "\n# changed\n"),
}


def _beside(course):
    return course.notebook("submitted", NAME, "bea").with_name("table.csv")


def _graded(course):
    return course.notebook("autograded", NAME, "bea")


def _gradebook(course, change):
    with Gradebook(course.database, "dropout-lab") as book:
        change(book)
        book.db.commit()


def _other_grade(book):
    book.find_grade("check_double", NAME, NAME, "bea").auto_score = 3.0


def _without(book):
    book.remove_student("bea")


def _dated(book):
    book.find_assignment(NAME).duedate = datetime(2026, 10, 1)


def _spaced(path, more=""):
    path.write_text(path.read_text().replace("Doubling", "Twice") + more)


@pytest.mark.parametrize("what", CHANGES)
def test_what_has_changed_is_graded_again(course, what):
    CHANGES[what](course)
    assert _plan(course).waiting == ["bea"]


@pytest.mark.parametrize("what", FOR_ALL)
def test_what_concerns_all_has_all_graded_again(course, what):
    FOR_ALL[what](course)
    assert _plan(Course(course.root)).waiting == list(CLASS)


def test_checks_limits_versions_data_and_the_kind_of_sandbox_count(course, tmp_path, monkeypatch):
    for settings in (
        {"limits": Limits(cell_seconds=5)},
        {"backend": "none"},
        {"data": tmp_path},
    ):
        assert _plan(course, **settings).waiting == list(CLASS), settings
    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, "versions", lambda: ["torch 9"])
        assert _plan(course).waiting == list(CLASS)
    check = tmp_path / "check.py"
    check.write_text("a = 1")
    monkeypatch.setattr(fingerprint, "sources", lambda chapter: [check])
    for name in CLASS:
        put(course, name, mark=_plan(course, force=True).fingerprints.of(name))
    assert _plan(course).waiting == []
    check.write_text("a = 2")
    assert _plan(course).waiting == list(CLASS)


def test_the_files_that_decide_a_grade():
    """The engine, the checks of the chapter, hidden ones too, and no other chapter's."""
    package = Path(fingerprint.__file__).parents[1]
    names = {str(path.relative_to(package.parent)) for path in fingerprint.sources("ch01")}
    for name in (
        "grader/exercises/ch01/dropout.py",
        "grader/exercises/ch01/quiz_dropout.json",
        "grader/hidden/ch01/dropout.py",
        "grader/checks/judge.py",
        "grader/sandbox/inside/worker.py",
        "grader/wire/limits.py",
        "lab/__init__.py",
    ):
        assert name in names, name
    assert not [name for name in names if "/ch02/" in name or "/ch04/" in name]


def _mark(book, student, points):
    grade = book.find_grade("why_double", NAME, NAME, student)
    grade.manual_score, grade.needs_manual_grade = points, False
    book.find_grade("check_double", NAME, NAME, student).extra_credit = 1
    book.db.commit()


def _flags(course, student):
    with Gradebook(course.database, "dropout-lab") as book:
        submission = book.find_submission(NAME, student)
        return {g.name: g.needs_manual_grade for n in submission.notebooks for g in n.grades}


def test_a_mark_by_hand_is_flagged_only_when_its_answer_changed(course):
    with Gradebook(course.database, "dropout-lab") as book:
        for name in CLASS:
            _mark(book, name, 2.5)
        book.find_grade("check_double", NAME, NAME, "cem").manual_score = 3.5
        book.find_grade("check_double", NAME, NAME, "cem").needs_manual_grade = False
        book.db.commit()
    put(course, "ada", 0.5)
    put(course, "bea", 0.5, answer="for another reason")
    put(course, "cem", 0.75)  # other automatic points under the mark by hand
    assert _flags(course, "ada") == dict.fromkeys(_flags(course, "ada"), False)
    assert [name for name, flag in _flags(course, "bea").items() if flag] == ["why_double"]
    assert [name for name, flag in _flags(course, "cem").items() if flag] == ["check_double"]
    put(course, "bea", 0.5, answer="for another reason")
    assert _flags(course, "bea")["why_double"], "a flag stays until a person has looked"
    with Gradebook(course.database, "dropout-lab") as book:
        assert book.find_submission(NAME, "ada").score == 2 + 1 + 2 + 2.5


def test_marks_out_of_other_points_are_said_and_flagged(course):
    with Gradebook(course.database, "dropout-lab") as book:
        _mark(book, "ada", 2.5)
    release = read_release(course, NAME)
    for cell in release.source.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "why_double":
            cell.metadata.nbgrader.points = 5
    (said,) = register(course, release)
    assert "why_double counts 5 points now and 3 before: 1 marks by hand" in said
    assert _flags(course, "ada")["why_double"] and register(course, release) == []


def test_grades_on_another_scale_are_said(course):
    console = Console(file=StringIO(), width=80)
    release = read_release(course, NAME)
    for cell in release.source.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "check_double":
            cell.metadata.nbgrader.points = 6
    plan = _plan(course, pattern="ada", force=True)
    report = Report(release, plan)
    report.add(judged("ada", 1.0))
    report.tell(console)
    assert "2 grades are on another scale (double counted 4, now 6)" in console.file.getvalue()
