"""Names of folders: whose they are, which id the gradebook has, and how they are shown."""

import os
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.authoring.build import build
from grader.grading.feedback import feedback
from grader.grading.grade_class import Failure, autograde
from grader.grading.names import (
    folder_of,
    matches,
    printable,
    refusal,
    refusal_by_nbgrader,
    student_of,
)
from grader.simulated_class import solved, submit

NAME = "01_double"


@pytest.mark.parametrize(
    "name",
    ["张三 and spaces", "O'Brien, P. (2)", "a.b-c_d@example.org", "می\u200cخواهم", "100%"],
)
def test_names_of_people_are_ids(name):
    assert student_of(name) == name == folder_of(name) == printable(name)
    assert refusal(name) == refusal_by_nbgrader(name) == ""


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("<b>x</b>", "%3Cb%3Ex%3C/b%3E"),
        ('a"b', "a%22b"),
        ("a&lt;b", "a%26lt;b"),
        ("a\\b", "a%5Cb"),
        ("a`b", "a%60b"),
        ("a\nb", "a%0Ab"),
        ("a\u2028b", "a%E2%80%A8b"),
        ("a\x1b[31mb", "a%1B%5B31mb"),
        ("a\u202eb", "a%E2%80%AEb"),
        (os.fsdecode(b"a\xffb"), "a%FFb"),
        (" a \t", "%20a%20%09"),
        ("a%0Ab", "a%250Ab"),
        ("%<%41", "%%3C%2541"),
        ("a[1]*?", "a%5B1%5D%2A%3F"),
    ],
)
def test_signs_that_something_would_obey_are_coded_and_come_back(name, student):
    assert student_of(name) == student and student.isprintable()
    assert folder_of(student) == name
    assert refusal(name) == "" and "grader autograde" in refusal_by_nbgrader(name)
    assert printable(name).isprintable() and printable(student) == student


def test_a_name_that_makes_no_file_name_is_refused():
    assert refusal("x" * 200) == "" and "takes 201 bytes" in refusal("x" * 201)
    assert "takes 210 bytes" in refusal("<" * 70)
    assert len(printable("x" * 201)) == 81


def test_a_pattern_means_names_ids_and_patterns():
    assert matches("a[1]", "a[1]") and matches("a[1]", "a*") and not matches("a[1]", "a1")
    assert matches("a\nb", "a\nb") and matches("a\nb", "a%0Ab") and not matches("a\nb", "a")


def test_such_folders_are_graded_each_as_its_own(small_course):
    build(small_course)
    names = ["right", "<img src=x onerror=x()>", "a\nb", "a%0Ab", "a ", "a", "[r]ight"]
    for student in names:
        submit(small_course, student, NAME, solved(small_course, NAME))
    submit(small_course, "x" * 201, NAME, b"")
    outcomes = {outcome.student: outcome for outcome in autograde(small_course, NAME)}
    refused = [outcome for outcome in outcomes.values() if isinstance(outcome, Failure)]
    assert [outcome.student[:81] for outcome in refused] == ["x" * 80 + "…"]
    assert {student_of(name): 8 for name in names} == {
        outcome.student: outcome.earned for outcome in outcomes.values() if outcome not in refused
    }
    with Gradebook(small_course.database, "dropout-lab") as gradebook:
        assert {student.id for student in gradebook.students} == set(map(student_of, names))
    pages = feedback(small_course, NAME).written
    assert set(pages) == set(map(student_of, names)) and all(map(Path.is_file, pages.values()))
    (again,) = autograde(small_course, NAME, pattern="%5Br%5Dight")
    assert again.student == "%5Br%5Dight"
