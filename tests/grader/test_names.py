"""Names of folders that would be HTML, or control a terminal, are refused and shown harmless."""

import pytest
from nbgrader.api import Gradebook

from grader.authoring.build import build
from grader.grading.grade_class import Failure, autograde
from grader.grading.names import printable, refusal
from grader.simulated_class import solved, submit

NAME = "01_double"


@pytest.mark.parametrize(
    "name", ["张三 and spaces", "O'Brien, P. (2)", "a.b-c_d@example.org", "می\u200cخواهم"]
)
def test_names_of_people_are_accepted(name):
    assert refusal(name) == "" and printable(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "<b>x</b>",
        'a"b',
        "a&lt;b",
        "a\\b",
        "a`b",
        "a\nb",
        "a\x1b[31mb",
        "a\u202eb",
        "a\udcffb",
        "x" * 201,
    ],
)
def test_other_names_are_refused_with_a_reason(name):
    assert refusal(name)
    shown = printable(name)
    assert shown.isprintable() and len(shown) <= 81


def test_such_a_folder_is_not_graded_and_stops_nobody(small_course):
    build(small_course)
    for student in ("right", "<img src=x onerror=x()>", "with\x1b[31m colour"):
        submit(small_course, student, NAME, solved(small_course, NAME))
    outcomes = {outcome.student: outcome for outcome in autograde(small_course, NAME)}
    assert outcomes.pop("right").earned == 8
    assert len(outcomes) == 2
    for student, outcome in outcomes.items():
        assert isinstance(outcome, Failure) and "rename it" in outcome.reason
        assert student.isprintable()
    with Gradebook(small_course.database, "dropout-lab") as gradebook:
        assert [student.id for student in gradebook.students] == ["right"]
