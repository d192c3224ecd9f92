"""nbgrader's own command and formgrader's button grade broken submissions as `grader autograde` does."""

import os
import shutil

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.apps.autogradeapp import AutogradeApp
from nbgrader.utils import capture_log

from grader.authoring.build import build
from grader.checks import registry
from grader.course import CONFIG_FILE, Course
from grader.grading.grade_class import autograde
from grader.grading.secret import read_secret
from tests.grader.broken import BROKEN, FILE, NAME, hand_in, hand_in_all
from tests.grader.conftest import KNOWN, make_small_course

from .conftest import read_grades

BY_BUTTON = ("truncated", "other_name", "forged_marks")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Two courses with the same class, graded by us and by nbgrader; our outcomes and nbgrader's log."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "exercises_of", lambda chapter: KNOWN)
        ours = make_small_course(tmp_path_factory.mktemp("ours"))
        with open(ours.root / CONFIG_FILE, "a") as config:
            config.write("c.SandboxExecute.limits = {'cell_seconds': 3, 'exercise_seconds': 3}\n")
        build(ours)
        hand_in_all(ours, by_nbgrader=True)
        read_secret(ours)
        theirs = Course(tmp_path_factory.mktemp("theirs") / "course")
        shutil.copytree(ours.root, theirs.root, symlinks=True)
        outcomes = autograde(ours, NAME, workers=2)
        patch.chdir(theirs.root)
        api = NbGraderAPI(config=theirs.config)
        log = "".join(_succeeded(api.autograde(NAME, student)) for student in BY_BUTTON)
        app = AutogradeApp()
        app.initialize([NAME])
        log += _succeeded(capture_log(app))
        yield ours, theirs, {outcome.student: outcome for outcome in outcomes}, log


def _succeeded(done: dict) -> str:
    assert done["success"], done["error"] + done["log"]
    return done["log"]


@pytest.fixture(scope="module")
def grades(graded):
    ours, theirs, _, _ = graded
    return read_grades(ours, NAME), read_grades(theirs, NAME)


@pytest.mark.parametrize("student", [name for name in BROKEN if BROKEN[name].by_nbgrader])
def test_the_same_grade_findings_and_files(graded, grades, student):
    ours, theirs, outcomes, log = graded
    own, by_nbgrader = grades
    assert by_nbgrader[student] == own[student]
    assert sum(points or 0 for points in own[student].values()) == BROKEN[student].earned
    for finding in outcomes[student].findings:
        assert f"{student}: {finding}" in log
    assert _autograded(theirs, student) == _autograded(ours, student)


def _autograded(course: Course, student: str) -> dict[str, bytes]:
    folder = course.notebook("autograded", NAME, student).parent
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("student", "files", "words"),
    [
        ("no time", {FILE: b"", "timestamp.txt": b"?"}, "Run `grader autograde 01_double"),
        ("dead link", {FILE: b""}, "Run `grader autograde 01_double --student 'dead link'`"),
        ("pipe", {FILE: b""}, "Run `grader autograde 01_double --student 'pipe'`"),
        ("no file alone", {}, "No notebooks were matched"),
        ("blank ", {FILE: b""}, "nbgrader, a page or a terminal would obey"),
        ("line\nbreak", {FILE: b""}, "nbgrader, a page or a terminal would obey"),
    ],
)
def test_what_nbgrader_refuses_before_it_asks_us(graded, student, files, words):
    """docs/instructors.md says the same."""
    _, theirs, _, _ = graded
    folder = hand_in(theirs, student, files)
    if student == "dead link":
        (folder / "link").symlink_to("nowhere")
    if student == "pipe":
        os.mkfifo(folder / "pipe")
    done = NbGraderAPI(config=theirs.config).autograde(NAME, student)
    assert not done["success"] and words in done["log"]
    (outcome,) = autograde(theirs, NAME, pattern=student)
    assert outcome.earned == 0 and outcome.findings


def test_a_name_that_is_html_is_text_or_refused(graded):
    """nbgrader's command knows no other id than the folder's name; ours writes it as an address does."""
    _, theirs, _, _ = graded
    name = "<img src=x onerror=x()>"
    hand_in(theirs, name, {FILE: b"{}"})
    log = NbGraderAPI(config=theirs.config).autograde(NAME, "<*>")["log"]
    assert f"{name}: The folder's name holds signs" in log
    (outcome,) = autograde(theirs, NAME, pattern="<*>")
    assert outcome.student == "%3Cimg src=x onerror=x()%3E"
    with Gradebook(theirs.database, "dropout-lab") as gradebook:
        known = [student.id for student in gradebook.students]
    assert name not in known and outcome.student in known
