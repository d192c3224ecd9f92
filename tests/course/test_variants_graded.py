"""A class with variants, through nbgrader's own autograding and ours: the folder says whose variant counts."""

from __future__ import annotations

import html
import re
import shutil
from dataclasses import replace

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.apps.autogradeapp import AutogradeApp
from nbgrader.utils import capture_log

from grader.checks import registry
from grader.checks.results import CheckResult, SubmissionResult
from grader.course import Course
from grader.desk.class_page import report
from grader.grading.feedback import feedback
from grader.grading.grade_class import autograde
from grader.grading.plan import make_plan
from grader.grading.reference import cells_before
from grader.grading.release import read_release
from grader.sandbox import Sandbox
from grader.simulated_class import answered, handed_out, submit
from tests.grader.variant_course import (
    FIRST,
    NAME,
    PACKAGE,
    QUESTIONS,
    QUIZZES,
    RIGHT,
    TRAPPED,
    course_with_variants,
    letters,
    options,
)
from tests.prove.judging import judge_here, judge_sandboxed
from tests.prove.setting import Setting

from .conftest import read_grades

TRAPS = {number: f"first of {number}" for number in RIGHT}
CLAIM = "variant(77, student={!r})"


def worked(
    course: Course, student: str, claim: str = "", texts: dict[int, str] = RIGHT, product: str = ""
) -> NotebookNode:
    """The notebook of `student`, who has chosen these options and computed the product in their own numbers."""
    numbers = registry.constants_of(PACKAGE, student)
    answers = {name: f"{name} = {letters(name, student, texts)}" for name in QUIZZES}
    answers["dropped"] = f"dropped = {product or numbers['units'] * numbers['rate']}"
    notebook = answered(handed_out(course, NAME), answers)
    for cell in notebook.cells:
        cell.source = cell.source.replace(CLAIM.format("").replace("'", '"'), CLAIM.format(claim))
    return notebook


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Two courses with the same class, graded by nbgrader's command and by ours; outcomes and nbgrader's log."""
    with (
        course_with_variants(tmp_path_factory.mktemp("variants")) as ours,
        pytest.MonkeyPatch.context() as patch,
    ):
        submit(ours, "ada", NAME, worked(ours, "ada", claim="Ada "))
        # Ada's notebook, and her id in it, too.
        submit(ours, "bob", NAME, worked(ours, "ada", claim="ada"))
        # Ada's answers, below an id of one's own.
        submit(ours, "cyd", NAME, worked(ours, "ada", claim="cyd"))
        # Named by a server at home; the product as code.
        code = 'mine["units"] * mine["rate"]'
        submit(ours, "dan", NAME, worked(ours, "dan", product=code))
        # Somebody else's id, and what a program can do about it.
        forged = worked(ours, "ada", claim="ada", product=code)
        forged.cells.insert(
            1,
            nbformat.v4.new_code_cell(
                "import grader\ngrader.whose = 'ada'\n"
                f"grader.constants = {registry.constants_of(PACKAGE, 'ada')}\n"
                "import os; os.environ['JUPYTERHUB_USER'] = 'ada'"
            ),
        )
        submit(ours, "eve", NAME, forged)
        for student in ("fay", "gus"):
            submit(ours, student, NAME, worked(ours, student, student, TRAPS, product="-1.0"))
        theirs = Course(tmp_path_factory.mktemp("theirs") / "course")
        shutil.copytree(ours.root, theirs.root)
        outcomes = autograde(ours, NAME, workers=2)
        patch.chdir(theirs.root)
        app = AutogradeApp()
        app.initialize([NAME])
        done = capture_log(app)
        assert done["success"], done["error"] + done["log"]
        yield ours, theirs, {outcome.student: outcome for outcome in outcomes}, done["log"]


@pytest.fixture(scope="module")
def grades(graded):
    ours, theirs, _, _ = graded
    own, by_nbgrader = read_grades(ours, NAME), read_grades(theirs, NAME)
    assert own == by_nbgrader
    return own


def luck(student: str, quiz: str) -> int:
    """How many of Ada's letters happen to be right for `student`."""
    own = letters(quiz, student)
    return sum(own[number] == letter for number, letter in letters(quiz, "ada").items())


def test_own_answers_earn_everything(grades):
    for student in ("ada", "dan"):
        assert list(grades[student].values()) == [2, QUESTIONS, QUESTIONS], student


def test_copied_answers_earn_what_they_deserve(graded, grades):
    lost = 0
    for student in ("bob", "cyd", "eve"):
        earned = {quiz: luck(student, quiz) for quiz in QUIZZES}
        assert {quiz: grades[student][f"check_{quiz}"] for quiz in QUIZZES} == earned
        lost += 2 * QUESTIONS - sum(earned.values())
        assert grades[student]["check_dropped"] == 0
    assert lost > 12  # of 24


def test_whoever_worked_as_another_is_named(graded):
    _, _, outcomes, log = graded
    for student in ("ada", "cyd", "dan", "fay"):
        assert outcomes[student].findings == (), student
    for student in ("bob", "eve"):
        found = (
            f"worked on as 'ada'; it is judged with the variant of '{student}', whose folder it is."
        )
        assert [found in text for text in outcomes[student].findings] == [True]
        assert found in log


def test_a_check_asks_with_the_numbers_of_the_folder(graded):
    _, _, outcomes, _ = graded
    numbers = registry.constants_of(PACKAGE, "cyd")
    (failed,) = outcomes["cyd"].exercises[0].failed
    assert f"{numbers['units'] * numbers['rate']:g}" in failed.expected, failed


def test_the_feedback_shows_what_the_student_saw(graded):
    for course in graded[:2]:
        pages = feedback(course, NAME)
        assert not pages.failed
        texts = {student: _text(path.read_text("utf-8")) for student, path in pages.written.items()}
        for student in ("ada", "bob", "fay"):
            for quiz in QUIZZES:
                shown = [
                    f"({letter}) {text}"
                    for own in options(quiz, student).values()
                    for letter, text in own.items()
                ]
                assert " ".join(shown[:5]) in texts[student], (student, texts[student])
                assert all(each in texts[student] for each in shown)
        numbers = registry.constants_of(PACKAGE, "bob")
        said = f"Variant of bob. units = {numbers['units']}, rate = {numbers['rate']}"
        assert said in texts["bob"] and "so it is" not in texts["fay"]
        trap = letters("quiz_open", "fay", TRAPS)[1]
        assert f"seen: {trap}: first of 1" in texts["fay"]


def _text(page: str) -> str:
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_the_class_report_counts_an_option_by_what_it_says(graded):
    ours, _, _, _ = graded
    assert letters("quiz_open", "fay", TRAPS) != letters("quiz_open", "gus", TRAPS)
    _, figures = report(ours, NAME)
    trapped = {
        (mistake.exercise, mistake.why): set(mistake.students) for mistake in figures.mistakes
    }
    for why in TRAPPED.values():
        assert trapped["quiz_open", why] >= {"fay", "gus"}
    looks = {look.student: look.reasons for look in figures.looks}
    assert any("worked on as 'ada'" in reason for reason in looks["bob"])


def test_grading_again_gives_the_same_and_leaves_out_what_has_not_changed(graded, grades):
    ours, theirs, outcomes, _ = graded
    plan = make_plan(ours, read_release(ours, NAME), backend="bubblewrap", limits=ours.limits)
    assert len(plan.unchanged) == len(outcomes) and not plan.waiting
    for outcome in autograde(theirs, NAME, pattern="[abc]*"):
        assert _without_seconds(outcome) == _without_seconds(outcomes[outcome.student])
    assert read_grades(theirs, NAME) == grades


def _without_seconds(result: SubmissionResult) -> list[list[CheckResult]]:
    return [[replace(c, seconds=0.0) for c in each.checks] for each in result.exercises]


def test_an_edited_sheet_is_put_back_and_shows_the_order_of_the_folder(graded):
    ours, _, _, _ = graded
    notebook = worked(ours, "hal", claim="hal")
    for cell in notebook.cells:
        if cell.source.startswith("show_quiz"):
            cell.source = "print('(a) my own')"
    submit(ours, "hal", NAME, notebook)
    (outcome,) = autograde(ours, NAME, pattern="hal")
    assert outcome.earned == 10
    assert any("options_of_quiz_open was edited" in text for text in outcome.findings)
    kept = nbformat.read(ours.notebook("autograded", NAME, "hal"), as_version=4)
    sheets = [cell for cell in kept.cells if cell.source.startswith("show_quiz")]
    assert len(sheets) == len(QUIZZES)
    for sheet, quiz in zip(sheets, QUIZZES, strict=True):
        shown = registry.get_exercise(PACKAGE, quiz, "hal").sheet()
        assert sheet.outputs[0]["data"]["text/markdown"] == shown


def test_the_first_cell_says_whose():
    assert CLAIM.format("").replace("'", '"') in FIRST


def test_the_proof_judges_an_answer_in_the_variant_of_nobody(graded):
    source = nbformat.read(graded[0].require(NAME), as_version=4)
    before = tuple(cells_before(source, "dropped").values())
    setting = Setting(PACKAGE, "dropped", before, "")
    code = 'dropped = mine["units"] * mine["rate"]'
    assert judge_here(setting, code, 1).result.earned == 2
    with Sandbox(graded[0].limits, None, "bubblewrap") as sandbox:
        assert judge_sandboxed(setting, code, 1, sandbox).result.earned == 2
        assert judge_sandboxed(setting, "dropped = 9.0", 1, sandbox).result.earned == 0
