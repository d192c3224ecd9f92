"""A class with everything that students hand in: each submission gets a grade and a reason."""

import json
import os
import subprocess
from html import escape

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.authoring.build import build
from grader.checks.judge import UNWRITTEN
from grader.checks.packages import WHICH_THERE_ARE
from grader.checks.results import SubmissionResult
from grader.course import Course
from grader.errors import CourseError
from grader.grading.feedback import feedback
from grader.grading.grade_class import autograde
from grader.grading.names import student_of
from grader.sandbox import Limits
from grader.simulated_class import answered, handed_out, solved, submit
from tests.grader import broken as broken_submissions
from tests.grader.broken import BROKEN, NAME, hand_in_all

POINTS = 4.0
QUICK = Limits(cell_seconds=3, exercise_seconds=3, notebook_seconds=40)


def _cell(source):
    return nbformat.v4.new_code_cell(source)


def _with_cell(notebook, source):
    """The notebook with one more cell, right before the exercise `double`."""
    notebook.cells.insert(2, _cell(source))
    return notebook


# What happens in a further cell, whether `double` must still earn its points, and the finding.
INCIDENTS = {
    "raises": ("1 / 0", POINTS, ""),
    "syntax_error": ("def (", POINTS, ""),
    "loops": ("while True: pass", POINTS, "longer than"),
    "loops_and_catches": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        POINTS,
        "longer than",
    ),
    "sys_exit": ("import sys; sys.exit(3)", POINTS, ""),
    "os_exit": ("import os; os._exit(0)", POINTS, "Cell"),
    "kills_its_group": ("import os, signal; os.kill(-1, signal.SIGKILL)", POINTS, ""),
    "segfault": ("import ctypes; ctypes.string_at(0)", POINTS, "Cell"),
    "asks": ("name = input('who?')", POINTS, ""),
    "prints_much": ("for _ in range(10**4): print('x' * 10**5)", POINTS, ""),
    "writes_stderr": ("import sys; print('oh', file=sys.stderr)", POINTS, ""),
    "warns": ("import warnings; warnings.warn('careful')", POINTS, ""),
    "fills_disk": (
        "with open('big', 'wb') as f:\n    for _ in range(10**4): f.write(bytes(10**6))",
        POINTS,
        "",
    ),
}


@pytest.fixture(scope="module")
def graded(built_course):
    course = built_course
    for name, (source, _, _) in INCIDENTS.items():
        submit(course, name, NAME, _with_cell(solved(course, NAME), source))
    submit(course, "empty", NAME, handed_out(course, NAME))
    hand_in_all(course)
    seen = []
    outcomes = autograde(
        course, NAME, workers=2, limits=QUICK, progress=lambda outcome, total: seen.append(total)
    )
    assert seen == [len(outcomes)] * len(outcomes)
    yield course, {outcome.student: outcome for outcome in outcomes}
    subprocess.run(["rm", "-rf", course.folder("submitted")], check=True)  # deeper than Python goes


def test_every_submission_has_a_grade_and_a_page(graded):
    course, outcomes = graded
    with Gradebook(course.database, "dropout-lab") as gradebook:
        for name, outcome in outcomes.items():
            assert isinstance(outcome, SubmissionResult), str(outcome)
            assert [e.exercise for e in outcome.exercises] == ["double", "quiz_double"]
            submission = gradebook.find_submission(NAME, name)
            assert submission.score == outcome.earned, name
            nbformat.validate(nbformat.read(course.notebook("autograded", NAME, name), 4))


@pytest.mark.parametrize("name", INCIDENTS)
def test_an_incident_in_one_cell_costs_no_other_points(graded, name):
    _, outcomes = graded
    _, points, finding = INCIDENTS[name]
    outcome = outcomes[name]
    assert outcome.exercises[0].earned == points, outcome
    assert outcome.earned == 8.0
    assert any(finding in text for text in outcome.findings) if finding else True, outcome.findings


@pytest.mark.parametrize("name", BROKEN)
def test_grade_and_finding(graded, name):
    _, outcomes = graded
    broken, outcome = BROKEN[name], outcomes[student_of(name)]
    assert outcome.earned == broken.earned, outcome
    assert any(broken.finding in text for text in outcome.findings or [""]), outcome.findings
    assert all(text.isprintable() and len(text) < 400 for text in outcome.findings)


def test_the_table_in_the_documentation_is_that_of_the_submissions():
    table, written = broken_submissions.table(), broken_submissions.written()
    assert written == table, "run `python -m tests.grader.broken`"


def test_nothing_filled_in_earns_nothing(graded):
    _, outcomes = graded
    assert outcomes["empty"].earned == 0


def test_lost_points_have_reasons(graded):
    _, outcomes = graded
    for outcome in outcomes.values():
        for exercise in outcome.exercises:
            for check in exercise.failed:
                assert check.message, (outcome.student, check.title)
    assert "no answer within" in outcomes["hangs_in_exercise"].exercises[0].checks[0].message


def test_grading_again_gives_the_same_bytes_and_keeps_a_persons_grade(graded):
    course, outcomes = graded
    names = ("right", "wrong", "raises")
    before = {name: course.notebook("autograded", NAME, name).read_bytes() for name in names}
    with Gradebook(course.database, "dropout-lab") as gradebook:
        grade = gradebook.find_grade("why_double", NAME, NAME, "right")
        grade.manual_score = 2.5
        gradebook.db.commit()
    again = autograde(course, NAME, pattern="[rw]*", workers=1, limits=QUICK)
    assert {o.student: o.earned for o in again}.items() <= {
        name: outcome.earned for name, outcome in outcomes.items()
    }.items()
    for name in names:
        assert course.notebook("autograded", NAME, name).read_bytes() == before[name], name
    with Gradebook(course.database, "dropout-lab") as gradebook:
        assert gradebook.find_submission(NAME, "right").score == 10.5


def test_a_release_is_read_once_and_nothing_found_is_lost(graded, monkeypatch):
    course, outcomes = graded
    stamp = course.notebook("submitted", NAME, "edited_check").with_name("timestamp.txt")
    read, opened = nbformat.read, []
    monkeypatch.setattr(
        nbformat, "read", lambda path, *a, **k: (opened.append(path), read(path, *a, **k))[1]
    )
    stamp.write_text("tomorrow, perhaps")
    try:
        (again,) = autograde(course, NAME, pattern="edited_check", limits=QUICK)
    finally:
        stamp.unlink()
    assert sorted(map(str, opened)) == sorted(
        str(course.notebook(step, NAME)) for step in ("source", "release")
    )
    found = outcomes["edited_check"].findings
    assert again.findings == (
        "timestamp.txt holds no time ('tomorrow, perhaps'); it was ignored.",
        *found,
    )
    notebook = _with_cell(solved(course, NAME), "while True: pass")
    for cell in notebook.cells:
        if cell.source == 'check("double")':
            cell.source = "4.0"
    submit(course, "both", NAME, notebook)
    (both,) = autograde(course, NAME, pattern="both", limits=QUICK)
    assert [
        words in text
        for words, text in zip(("was edited", "longer than"), both.findings, strict=True)
    ]


def test_json_says_everything(graded, tmp_path):
    from grader.grading.report import write_json

    _, outcomes = graded
    write_json(tmp_path / "all.json", list(outcomes.values()))
    records = {r["student"]: r for r in json.loads((tmp_path / "all.json").read_text())}
    wrong = records["wrong"]["exercises"][0]
    assert (wrong["earned"], wrong["points"]) == (1.0, 4)
    assert wrong["checks"][0]["passed"] is False and "expected" in wrong["checks"][0]["message"]
    assert wrong["checks"][0]["seconds"] >= 0
    assert os.listdir(tmp_path) == ["all.json"]


def test_limits_come_from_the_configuration(tmp_path):
    def course(line):
        (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{line}\n")
        return Course(tmp_path)

    assert course("").limits == Limits()
    assert course("c.SandboxExecute.limits = {'cell_seconds': 5}").limits.cell_seconds == 5
    with pytest.raises(CourseError, match="sets the limit 'cell_hours'; there are: cell_seconds"):
        _ = course("c.SandboxExecute.limits = {'cell_hours': 5}").limits
    with pytest.raises(CourseError, match="'processes' to 0: give a number above 0"):
        _ = course("c.SandboxExecute.limits = {'processes': 0}").limits


def test_regrading_repeats_the_questions_and_handing_in_again_does_not(built_course):
    """What a learner reads in feedback of one hand-in is no answer key for the next."""

    def asked(comment: str) -> str:
        code = f"def double(X):\n    return X  # {comment}"
        submit(built_course, "again", NAME, answered(solved(built_course, NAME), {"double": code}))
        (outcome,) = autograde(built_course, NAME, pattern="again", workers=1, limits=QUICK)
        assert isinstance(outcome, SubmissionResult)
        return outcome.exercises[0].failed[0].message

    assert asked("first") == asked("first") != asked("second")


def test_a_cell_that_stopped_is_the_news(built_course):
    """Not that the function is not defined, which follows from it."""
    code = "import nowhere\ndef double(X):\n    return 2 * X"
    submit(built_course, "stopped", NAME, answered(solved(built_course, NAME), {"double": code}))
    (outcome,) = autograde(built_course, NAME, pattern="stopped", workers=1, limits=QUICK)
    assert isinstance(outcome, SubmissionResult)
    first, _, rest = outcome.exercises[0].problem.partition(". ")
    assert first.startswith("The cell of this exercise stopped: ")
    assert "No module named 'nowhere'" in first and "not defined" in rest
    assert rest.startswith(WHICH_THERE_ARE)


def test_a_cell_as_it_was_handed_out_is_open_whatever_it_raises(small_course):
    """Of a file that is no notebook, marked cells are put back, and not those that import what they name."""
    path = small_course.root / "chapters" / f"{NAME}.py"
    text = path.read_text()
    assert text.count("def double(X):") == 1
    path.write_text(text.replace("def double(X):", "def double(X: torch.Tensor):"))
    build(small_course)
    submit(small_course, "none", NAME, b"no notebook")
    (outcome,) = autograde(small_course, NAME, workers=1, limits=QUICK)
    assert isinstance(outcome, SubmissionResult)
    assert [exercise.problem for exercise in outcome.exercises] == [UNWRITTEN, UNWRITTEN]
    feedback(small_course, NAME)
    page = small_course.notebook("feedback", NAME, "none").with_suffix(".html").read_text()
    header, _, _ = page.partition("<main")
    assert all(escape(finding) in header for finding in outcome.findings) and outcome.findings


def test_a_syntax_error_names_its_line_once(built_course):
    code = "def double(X)\n    return 2 * X"
    submit(built_course, "syntax", NAME, answered(solved(built_course, NAME), {"double": code}))
    (outcome,) = autograde(built_course, NAME, pattern="syntax", workers=1, limits=QUICK)
    assert isinstance(outcome, SubmissionResult)
    problem = outcome.exercises[0].problem
    assert (
        "SyntaxError: expected ':' (line 1: def double(X))" in problem and "Cell In" not in problem
    )


def test_a_quiz_that_is_still_open_has_not_stopped(built_course):
    submit(built_course, "open", NAME, handed_out(built_course, NAME))
    (outcome,) = autograde(built_course, NAME, pattern="open", workers=1, limits=QUICK)
    assert isinstance(outcome, SubmissionResult)
    assert [exercise.problem for exercise in outcome.exercises] == [UNWRITTEN, UNWRITTEN]
