"""Exercises that do not count, and such that count on top, by configuration."""

from __future__ import annotations

import shutil

import pytest
from nbgrader.api import Gradebook

from grader.course import CONFIG_FILE, Course
from grader.errors import CourseError
from grader.grading.feedback import feedback
from grader.grading.grade_class import autograde
from grader.grading.plan import make_plan
from grader.grading.release import read_release
from grader.simulated_class import answered, solved, submit
from tests.grader.graded import NAME

WRONG = "def double(X):\n    return 2 * X[:1]\n"


@pytest.fixture
def course(built_course, tmp_path, small_exercises) -> Course:
    course = Course(shutil.copytree(built_course.root, tmp_path / "course"))
    submit(course, "ada", NAME, solved(course, NAME))
    submit(course, "bea", NAME, answered(solved(course, NAME), {"double": WRONG}))
    return course


def _configured(course: Course, line: str) -> Course:
    """The course with this line instead of the one before."""
    path = course.root / CONFIG_FILE
    text = path.read_text().partition("\n# now\n")[0]
    path.write_text(f"{text}\n# now\n{line}\n")
    return Course(course.root)


def _points(course: Course) -> dict[str, tuple[float, float]]:
    with Gradebook(course.database, "dropout-lab") as book:
        return {
            submission.student.id: (submission.score, submission.max_score)
            for submission in book.assignment_submissions(NAME)
        }


def test_a_bonus_is_extra_credit_and_a_dropped_exercise_counts_nothing(course):
    autograde(course, NAME)
    assert _points(course) == {"ada": (8, 11), "bea": (4, 11)}
    bonus = _configured(course, f"c.SandboxExecute.bonus = {{'{NAME}': ['double']}}")
    plan = make_plan(bonus, read_release(bonus, NAME))
    assert plan.waiting == ["ada", "bea"], "the configuration decides about grades"
    results = {result.student: result for result in autograde(bonus, NAME)}
    assert (results["ada"].earned, results["ada"].points) == (8, 4)
    assert _points(bonus) == {"ada": (8, 7), "bea": (4, 7)}
    assert make_plan(bonus, read_release(bonus, NAME), force=False).waiting == []
    feedback(bonus, NAME)
    page = bonus.notebook("feedback", NAME, "ada").with_suffix(".html").read_text()
    assert "+4 (bonus)" in page and "4 of 4 bonus points" in page and "8 of 7 points" in page
    dropped = _configured(course, f"c.SandboxExecute.dropped = {{'{NAME}': ['double']}}")
    autograde(dropped, NAME)
    assert _points(dropped) == {"ada": (4, 7), "bea": (4, 7)}
    feedback(dropped, NAME)
    page = dropped.notebook("feedback", NAME, "bea").with_suffix(".html").read_text()
    assert "does not count" in page
    plain = _configured(course, "")
    autograde(plain, NAME)
    assert _points(plain) == {"ada": (8, 11), "bea": (4, 11)}


def test_an_exercise_that_is_none_is_refused(course):
    wrong = _configured(course, f"c.SandboxExecute.dropped = {{'{NAME}': ['why_double', 'x']}}")
    with pytest.raises(
        CourseError, match=r"names why_double, x, no exercise of 01_double\. There are: double"
    ):
        read_release(wrong, NAME)
