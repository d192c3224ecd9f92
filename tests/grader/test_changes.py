"""After a change, grading says whose grade is another one and why; a dry run says it and changes nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from grader.checks.results import CheckResult, ExerciseResult
from grader.cli import app
from grader.course import CONFIG_FILE, Course
from grader.errors import CourseError
from grader.grading.changes import change
from grader.grading.late import extend, set_deadline
from grader.simulated_class import handed_out, solved, submit
from tests.grader.graded import NAME, judged, put, registered


def _exercise(*checks: CheckResult, points: float = 4, problem: str = "") -> ExerciseResult:
    return ExerciseResult("double", points, checks, problem)


PASSES = CheckResult("a", "the first", 1, True)
FAILS = CheckResult("b", "the second", 1, False, seen="3", expected="4")


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (_exercise(PASSES, replace(FAILS, passed=True)), "double 2 → 4 (“the second” passes now)"),
        (
            _exercise(replace(PASSES, passed=False, seen="x"), FAILS),
            "double 2 → 0 (“the first” fails now: seen: x)",
        ),
        (_exercise(PASSES, FAILS, points=6), "double 2 → 3 (counts 6 points, not 4)"),
        (
            _exercise(PASSES, FAILS, replace(FAILS, id="c", title="a third")),
            "double 2 → 1.33 (new check “a third” fails)",
        ),
        (_exercise(PASSES), "double 2 → 4 (the check “the second” is gone, which fails)"),
        (
            _exercise(replace(PASSES, weight=3), FAILS),
            "double 2 → 3 (“the first” passes and weighs 3, not 1)",
        ),
        (_exercise(PASSES, FAILS, problem="stopped"), None),
    ],
)
def test_every_kind_of_change_has_its_reason(new, words):
    old = replace(judged("ada", 1.0), exercises=(_exercise(PASSES, FAILS),))
    found = change(old, replace(old, exercises=(new,)))
    assert (found and found.reasons) == (words and (words,))


def test_a_penalty_and_another_hand_in_are_reasons():
    old = judged("ada", 1.0)
    found = change(old, replace(judged("ada", 0.5), content="other", late_penalty=1.5))
    assert found and (found.before, found.after) == (8, 2.5)
    assert found.reasons[0] == "handed in something else"
    assert found.reasons[-1] == "late penalty 0 → 1.5"
    assert str(found).startswith("ada: 8 → 2.5 (−5.5): ")


@pytest.fixture
def course(built_course, tmp_path, small_exercises) -> Course:
    """Two students graded; one of them has handed in again since then."""
    course = Course(shutil.copytree(built_course.root, tmp_path / "course"))
    registered(course)
    submit(course, "ada", NAME, solved(course, NAME))
    submit(course, "bea", NAME, handed_out(course, NAME))
    put(course, "ada", 0.5)
    put(course, "bea", 0.5)
    return course


def _state(course: Course) -> dict[str, bytes]:
    return {
        str(path.relative_to(course.root)): path.read_bytes()
        for path in sorted(course.root.rglob("*"))
        if path.is_file() and path.name != ".grader_secret"
    }


def test_a_dry_run_says_it_and_changes_nothing(course):
    before = _state(course)
    words = ["autograde", NAME, "--course", str(course.root)]
    done = CliRunner().invoke(app, [*words, "--dry-run"])
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "2 grades would change:" in said and "A dry run: nothing was recorded." in said
    assert "ada: 4 → 8 (+4)" in said and "bea: 4 → 0 (−4)" in said
    after = _state(course)
    after.pop(".grader_run", None)
    before.pop(".grader_run", None)
    assert after == before
    done = CliRunner().invoke(app, words)
    assert "2 grades changed:" in done.output and "dry run" not in done.output
    done = CliRunner().invoke(app, [*words, "--dry-run"])
    assert "No grade would change." in done.output and "2 unchanged" in done.output


RECIPE = """
c.AssignLatePenalties.plugin_class = "grader.grading.late.PenaltyPerDay"
c.PenaltyPerDay.per_day = 0.1
c.PenaltyPerDay.grace_minutes = 10
"""


def test_the_recipe_takes_off_a_share_a_day_and_an_extension_clears_it(course):
    with open(course.root / CONFIG_FILE, "a") as file:
        file.write(RECIPE)
    course = Course(course.root)
    set_deadline(course, NAME, datetime(2026, 10, 31, 0, 0))
    late = put(
        course, "ada", 1.0
    )  # handed in on November 1st, 10:00 UTC: in the second day everywhere
    assert late.late_penalty == pytest.approx(2.2)
    extend(course, NAME, ["ada"], timedelta(days=3))
    assert put(course, "ada", 1.0).late_penalty == 0
    with Gradebook(course.database, "dropout-lab") as book:
        assert book.find_submission(NAME, "ada").late_submission_penalty == 0
    extend(course, NAME, ["ada"], timedelta(0))
    assert put(course, "ada", 1.0).late_penalty == pytest.approx(2.2)
    with pytest.raises(CourseError, match="does not know nobody"):
        extend(course, NAME, ["ada", "nobody"], timedelta(days=1))


def test_the_recipe_is_the_one_in_the_guide():
    guide = (Path(__file__).parents[2] / "docs" / "instructors.md").read_text()
    assert RECIPE.strip() in guide


def test_who_has_not_handed_in_can_be_given_more_time(course):
    with Gradebook(course.database, "dropout-lab") as book:
        book.add_student("cem")
    words = ["deadline", NAME, "--course", str(course.root)]
    done = CliRunner().invoke(
        app, [*words, "--until", "2026-10-30", "--extend", "cem", "--days", "4"]
    )
    assert done.exit_code == 0, done.output
    assert "until 2026-10-30 00:00" in done.output and "4 days more for cem" in done.output
    assert put(course, "cem", 1.0).late_penalty == 0
    assert CliRunner().invoke(app, words).exit_code == 1
