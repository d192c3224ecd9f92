"""An exercise that builds on another: one mistake costs once, and nobody sees the solution."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
import torch

from grader import chapter
from grader.authoring.build import build
from grader.checks import expect, in_notebook, registry
from grader.checks.exercise import Exercise, check
from grader.checks.judge import JUDGED_WITH_REFERENCE, judge, judge_with_reference
from grader.checks.results import ExerciseResult, SubmissionResult
from grader.checks.student import LocalStudent
from grader.checks.table import ResultTable
from grader.course import Course
from grader.errors import CourseError
from grader.grading.grade_class import autograde
from grader.grading.reference import cells_before, reference_for
from grader.sandbox import Limits
from grader.simulated_class import answered, handed_out, solved, submit

ROOT = Path(__file__).resolve().parents[2]
NAME = "01_halves"
CANARY = "-".join(("CANARY", "of", "the", "solution"))
CHAPTER = f'''# ---
# jupyter:
#   dropout_lab:
#     title: Halves
#     minutes: 5
#     points: 9
# ---

# %%
import torch
from grader import chapter

check, hint = chapter(1)
by = 2

# %% exercise="halve"
def halve(X):
    """Half of X."""
    ### BEGIN SOLUTION
    kept_here = "{CANARY}"
    return X / by
    ### END SOLUTION

# %% check="halve"
check("halve")

# %% tags=["demo"]
shown = 1 / 0

# %% exercise="half_sum"
def half_sum(X):
    """The sum of the halves."""
    ### BEGIN SOLUTION
    return float(halve(X).sum())
    ### END SOLUTION

# %% check="half_sum"
check("half_sum")

# %% exercise="half_sums"
def half_sums(X):
    """A list of the sums of the rows."""
    ### BEGIN SOLUTION
    return [half_sum(row) for row in X]
    ### END SOLUTION

# %% check="half_sums"
check("half_sums")
'''


class Halve(Exercise):
    name, points = "halve", 4

    @check("halves every value")
    def halves(self, student):
        X = torch.rand(3)
        expect.close(student.call("halve", X), X / 2, because="half of each value")


class HalfSum(Exercise):
    name, points = "half_sum", 3
    uses = ("halve",)

    @check("adds up the halves", weight=2)
    def adds_up(self, student):
        X = torch.rand(3)
        expect.close(student.call("half_sum", X), float(X.sum()) / 2)

    @check("is 0 for nothing")
    def empty(self, student):
        expect.equal(student.call("half_sum", torch.zeros(0)), 0.0)


class HalfSums(Exercise):
    name, points = "half_sums", 2
    uses = ("half_sum",)

    @check("one sum for each row")
    def rows(self, student):
        X = torch.rand(2, 3)
        expect.close(student.call("half_sums", X), (X.sum(1) / 2).tolist())


KNOWN: dict[str, Exercise] = {each.name: each for each in (Halve(), HalfSum(), HalfSums())}
READ = """
def read():
    return halve.__code__.co_consts[1:]
"""
# Answers by student, the points that each exercise then earns, and a further cell after the first.
STUDENTS: dict[str, tuple[dict[str, str], tuple[float, float, float], str]] = {
    "right": ({}, (4, 3, 2), ""),
    "wrong": ({"halve": "def halve(X): return X"}, (0, 3, 2), ""),
    "raises": ({"halve": "def halve(X): raise ValueError('mine')"}, (0, 3, 2), ""),
    "hangs": ({"halve": "def halve(X):\n    while True: pass"}, (0, 3, 2), ""),
    "dies": ({"halve": "def halve(X):\n    import os; os._exit(3)"}, (0, 3, 2), ""),
    "unwritten": ({"halve": "def halve(X):\n    raise NotImplementedError()"}, (0, 3, 2), ""),
    "missing": ({"halve": "# later"}, (0, 3, 2), ""),
    "variable_changed": ({}, (0, 3, 2), "by = 3"),
    "second_wrong": (
        {"half_sum": "def half_sum(X): return float(halve(X).sum()) + 1"},
        (4, 0, 2),
        "",
    ),
    "both_wrong": (
        {
            "halve": "def halve(X): return X",
            "half_sum": "def half_sum(X): return float(halve(X).sum()) + 1",
        },
        (0, 0, 2),
        "",
    ),
    "one_of_two_checks": (
        {
            "halve": "def halve(X): return X",
            "half_sum": "def half_sum(X): return float(halve(X).sum() or 1.0)",
        },
        (0, 2, 2),
        "",
    ),
    "all_hang": (
        {
            "halve": "def halve(X):\n    while True: pass",
            "half_sum": "def half_sum(X):\n    while True: pass",
        },
        (0, 0, 2),
        "",
    ),
    "default_dtype": (
        {"halve": "def halve(X): return X"},
        (0, 3, 2),
        "torch.set_default_dtype(torch.float64)",
    ),
    "no_autograd": ({}, (4, 3, 2), "torch.set_grad_enabled(False)"),
    "default_device": (
        {"halve": "def halve(X): return X"},
        (0, 3, 2),
        "torch.set_default_device('meta')",
    ),
    "deterministic": ({}, (4, 3, 2), "torch.use_deterministic_algorithms(True)"),
}
# What a hostile `half_sum` does with what it reads of the solution, and a last cell that looks for it.
HOSTILE = {
    "raised": "raise ValueError(repr(read()))",
    "returned": "return repr(read())",
    "in_a_list": "return list(map(str, read()))",
    "in_a_dict": "return {str(read()): 1.0}",
    "letter_by_letter": "return list(str(read()))",
    "behind_a_line": "return chr(10) + str(read())",
    "as_an_exception": "raise type(str(read()[0])[:90], (Exception,), {})()",
    "written": "open('left', 'a').write(repr(read())); return -1.0",
    "bound": "halve.left = read(); import builtins; builtins.left = read(); return -1.0",
}
LOOK = """
import builtins, os
print(getattr(builtins, "left", ""), open("left").read() if os.path.exists("left") else "")
"""


def hostile(action: str) -> dict[str, str]:
    """Wrong answers, of which the second tells what it reads of the first."""
    body = f"{READ}\ndef half_sum(X):\n    {action}"
    return {"halve": "def halve(X):\n    'mine'\n    return X", "half_sum": body}


@pytest.fixture(scope="module")
def exercises():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "exercises_of", lambda chapter: KNOWN)
        yield KNOWN


@pytest.fixture(scope="module")
def course(exercises, tmp_path_factory) -> Course:
    folder = tmp_path_factory.mktemp("halves")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    (folder / "chapters").mkdir()
    (folder / "chapters" / f"{NAME}.py").write_text(CHAPTER)
    course = Course(folder)
    build(course)
    return course


@pytest.fixture(scope="module")
def graded(course) -> dict[str, SubmissionResult]:
    whole = solved(course, NAME)
    for student, (answers, _, cell) in STUDENTS.items():
        notebook = answered(whole, answers)
        first = next(n for n, own in enumerate(notebook.cells) if "by = 2" in own.source)
        notebook.cells.insert(first + 1, nbformat.v4.new_code_cell(cell))
        submit(course, student, NAME, notebook)
    for student, action in HOSTILE.items():
        notebook = answered(whole, hostile(action))
        notebook.cells.append(nbformat.v4.new_code_cell(LOOK))
        submit(course, f"hostile_{student}", NAME, notebook)
    limits = Limits(cell_seconds=5, exercise_seconds=2, notebook_seconds=60)
    outcomes = autograde(course, NAME, workers=2, limits=limits)
    assert all(isinstance(outcome, SubmissionResult) for outcome in outcomes), outcomes
    return {
        outcome.student: outcome for outcome in outcomes if isinstance(outcome, SubmissionResult)
    }


@pytest.mark.parametrize("student", STUDENTS)
def test_a_mistake_costs_its_points_once(graded, student: str) -> None:
    points = tuple(exercise.earned for exercise in graded[student].exercises)
    assert points == STUDENTS[student][1], graded[student]


def test_a_note_says_what_was_judged_with_what(graded, course) -> None:
    note = JUDGED_WITH_REFERENCE.format("`halve`")
    for student, (answers, _, _) in STUDENTS.items():
        _, half_sum, half_sums = graded[student].exercises
        helped = "halve" in answers or student == "variable_changed"
        expected = note if helped and half_sum.earned else ""
        assert half_sum.note == expected, student
        wanted = JUDGED_WITH_REFERENCE.format("`half_sum`") if half_sum.failed or helped else ""
        assert half_sums.note == wanted, student
    page = course.notebook("autograded", NAME, "wrong").read_text()
    assert note in nbformat.reads(page, as_version=4).cells[-4].outputs[0].data["text/plain"]


def test_with_both_wrong_the_reason_is_the_exercises_own(graded) -> None:
    alone, beside = graded["second_wrong"].exercises[1], graded["both_wrong"].exercises[1]
    seen, expected = (float(text) for text in (beside.checks[0].seen, beside.checks[0].expected))
    assert seen == pytest.approx(expected + 1, abs=1e-3)
    assert beside.checks[1].seen == alone.checks[1].seen == "1"
    assert "no answer within the 2 s" in graded["all_hang"].exercises[1].checks[0].message


@pytest.mark.parametrize("student", HOSTILE)
def test_what_is_read_of_the_solution_gains_nothing_and_is_not_shown(
    graded, course, student: str
) -> None:
    outcome = graded[f"hostile_{student}"]
    assert [exercise.earned for exercise in outcome.exercises] == [0, 0, 2]
    text = course.notebook("autograded", NAME, outcome.student).read_text()
    assert CANARY not in text + repr(outcome)
    squeezed = "".join(letter for letter in text if letter.isalpha())
    assert "".join(letter for letter in CANARY if letter.isalpha()) not in squeezed


def test_the_hostile_answers_do_read_it(course) -> None:
    """No straw men: each tells the canary, one way or the other, where somebody looks."""
    source = nbformat.read(course.notebook("source", NAME), as_version=4)
    reference = reference_for(source, KNOWN["half_sum"])
    assert reference is not None and reference.names == ("halve",)
    space: dict = {}
    for cell in reference.cells:
        exec(cell, space)
    exec(READ, space)
    assert CANARY in space["read"]()


def test_reference_cells_are_those_before_without_checks_and_demonstrations(course) -> None:
    source = nbformat.read(course.notebook("source", NAME), as_version=4)
    cells = cells_before(source, "half_sums")
    assert [name for name in cells if name in KNOWN] == ["halve", "half_sum"]
    assert len(cells) == 3 and not any("1 / 0" in code for code in cells.values())
    assert reference_for(source, KNOWN["halve"]) is None

    class Early(Halve):
        uses = ("half_sum",)

    with pytest.raises(CourseError, match="'halve' uses 'half_sum', but its chapter has no such"):
        reference_for(source, Early())


def _student(code: str) -> tuple[LocalStudent, list[torch.Tensor]]:
    """A student in this process, and the inputs that `half_sum` has seen."""
    seen: list[torch.Tensor] = []
    space: dict = {"torch": torch, "seen": seen}
    exec(f"{code}\ndef half_sum(X):\n    seen.append(X)\n    return float(halve(X).sum())", space)
    return LocalStudent(space), seen


def test_the_second_question_is_another_one_and_always_the_same() -> None:
    """Who is asked the same again knows that the first answer was wrong."""
    own, asked = _student("def halve(X): return X")
    reference, again = _student("def halve(X): return X / 2")
    result = judge(KNOWN["half_sum"], own, 5, reference)
    assert result.earned == 3 and result.note
    assert len(asked) == 2, "both checks; nothing sums up to 0 in any case"
    assert len(again) == 1 and not torch.equal(asked[0], again[0])
    reference, repeated = _student("def halve(X): return X / 2")
    judge(KNOWN["half_sum"], own, 5, reference)
    assert torch.equal(again[0], repeated[0])


def test_without_a_failure_or_without_uses_nobody_asks_again() -> None:
    class Never:
        def call(self, name, *args):
            raise AssertionError("asked")

    own, _ = _student("def halve(X): return X / 2")
    right = judge(KNOWN["half_sum"], own, 5)
    assert judge_with_reference(KNOWN["half_sum"], right, Never(), 5) is right
    wrong = judge(KNOWN["halve"], _student("def halve(X): return X")[0], 5)
    assert judge_with_reference(KNOWN["halve"], wrong, Never(), 5) is wrong


def test_later_checks_know_what_has_passed_the_second_time() -> None:
    class Builds(HalfSum):
        @check("goes on")
        def goes_on(self, student):
            expect.true(self.passed("adds_up"), seen="nothing to go on with")

    own, _ = _student("def halve(X): return X")
    reference, _ = _student("def halve(X): return X / 2")
    assert [check.passed for check in judge(Builds(), own, 5).checks] == [False, True, False]
    assert judge(Builds(), own, 5, reference).earned == 3


def test_a_reference_that_cannot_be_asked_changes_nothing() -> None:
    class Gone:
        def call(self, name, *args):
            raise expect_died()

    def expect_died():
        from grader.wire.probe import StudentError

        return StudentError("Died", CANARY, kind="died")

    own, _ = _student("def halve(X): return X")
    result = judge(KNOWN["half_sum"], own, 5)
    again = judge_with_reference(KNOWN["half_sum"], result, Gone(), 5)
    assert again == result and again.earned == 1


@pytest.fixture
def shown(exercises, monkeypatch) -> list[ExerciseResult]:
    """The results that `check` displays."""
    results: list[ExerciseResult] = []
    monkeypatch.setattr(
        in_notebook,
        "display",
        lambda thing: results.append(thing.result) if isinstance(thing, ResultTable) else None,
    )
    return results


@pytest.mark.parametrize(
    ("halve", "note"),
    [
        (lambda X: X, "`halve` does not pass its own checks yet, and `half_sum` builds on it"),
        (lambda X: X / 2, ""),
    ],
)
def test_at_home_the_table_names_the_exercise_to_fix_first(shown, monkeypatch, halve, note) -> None:
    check, _ = chapter(1)
    monkeypatch.setitem(globals(), "halve", halve)
    monkeypatch.setitem(globals(), "half_sum", lambda X: float(halve(X).sum()) + 1)
    assert check("half_sum") == 0
    assert note in shown[0].note and bool(note) == bool(shown[0].note)
    assert shown[0].note in str(ResultTable(shown[0]))


def test_handed_out_it_is_open_everywhere(course) -> None:
    assert CANARY not in nbformat.writes(handed_out(course, NAME))


@pytest.mark.parametrize(
    "change",
    [
        lambda: torch.set_default_dtype(torch.float64),
        lambda: torch.set_grad_enabled(False),
        lambda: torch.set_default_device("meta"),
        lambda: torch.use_deterministic_algorithms(True),
    ],
)
def test_at_home_what_a_cell_has_set_costs_nothing_and_stays(shown, monkeypatch, change) -> None:
    def state():
        return (
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
            torch.get_default_device().type,
            torch.are_deterministic_algorithms_enabled(),
        )

    def halve(X):
        weight = torch.ones(3, requires_grad=True)
        half = weight * X / 2
        half.sum().backward()
        assert X.dtype == torch.tensor([0.5]).dtype == weight.grad.dtype
        return half

    check, _ = chapter(1)
    monkeypatch.setitem(globals(), "halve", halve)
    before = state()
    change()
    try:
        changed = state()
        assert changed != before
        assert check("halve") == 4, shown
        assert state() == changed
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        torch.set_default_device(None)
        torch.use_deterministic_algorithms(False)
    assert state() == before
