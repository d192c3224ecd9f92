"""`nbgrader export` writes what Moodle and Canvas import, with every number and comma where it belongs."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.course import Course
from grader.desk.csv_text import plain
from grader.desk.roster import keep_roster, read_roster
from tests.grader.graded import NAME, put, registered

CLASS = """student_id,first name,last name,email,section,lms_id,sis_id,login,participant
ada,Ada,"Lovelace, Countess",ada@example.org,Monday,11,u1,al,101
bea,=1+1,Bea,bea@example.org,,12,u2,,102
absent,Not,There,,,,,,
"""


@pytest.fixture(scope="module")
def graded(built_course, tmp_path_factory) -> Course:
    course = Course(shutil.copytree(built_course.root, tmp_path_factory.mktemp("x") / "course"))
    registered(course)
    put(course, "ada", 1.0)
    put(course, "bea", 1 / 3)
    path = course.root / "class.csv"
    path.write_text(CLASS)
    keep_roster(course.root, read_roster(path))
    with Gradebook(course.database, "dropout-lab") as book:
        for line in csv.DictReader(CLASS.splitlines()):
            book.update_or_create_student(
                line["student_id"],
                first_name=line["first name"],
                last_name=line["last name"],
                email=line["email"],
                lms_user_id=line["lms_id"],
            )
        book.find_grade("why_double", NAME, NAME, "ada").manual_score = 0.1 + 0.2
        book.find_grade("why_double", NAME, NAME, "ada").needs_manual_grade = False
        book.db.commit()
    return course


@pytest.fixture
def export(graded, command, tmp_path):
    """Run nbgrader's command; what it said, and the lines of the file."""

    def run(exporter: str, *options: str) -> tuple[str, list[list[str]]]:
        path: Path = tmp_path / "out.csv"
        exporters = (f"--exporter=grader.desk.exports.{exporter}",) if exporter else ()
        done = command(graded.root, "nbgrader", "export", *exporters, "--to", str(path), *options)
        assert done.returncode == 0, done.stdout + done.stderr
        with open(path, newline="", encoding="utf-8") as file:
            return done.stdout + done.stderr, list(csv.reader(file))

    return run


def test_the_plain_table_is_the_default_and_rounds(export):
    said, lines = export("")
    rows = {line[3]: dict(zip(lines[0], line, strict=True)) for line in lines[1:]}
    assert rows["ada"]["last_name"] == "Lovelace, Countess" and rows["ada"]["score"] == "8.3"
    assert rows["bea"]["raw_score"] == "2.66" and rows["bea"]["first_name"] == "'=1+1"
    assert rows["absent"]["score"] == "0" and rows["ada"]["max_score"] == "11"
    assert "1 written answers are not graded yet and count as 0: why_double (1)" in said


def test_by_question(export):
    _, lines = export("QuestionsCsv")
    assert lines[0][4:] == [
        *(f"{NAME}: double", f"{NAME}: quiz_double", f"{NAME}: why_double"),
        *(f"{NAME}: late penalty", f"{NAME}: total"),
    ]
    assert lines[1][4:] == ["", "", "", "", ""]
    assert lines[2][4:] == ["4", "4", "0.3", "0", "8.3"] and lines[3][4:] == [
        "1.33",
        "1.33",
        "",
        "0",
        "2.66",
    ]


def test_moodle(export):
    _, lines = export("MoodleCsv")
    assert lines[0] == ["Student id", "ID number", "Email address", "First name", "Last name", NAME]
    assert lines[2] == ["ada", "u1", "ada@example.org", "Ada", "Lovelace, Countess", "8.3"]
    assert lines[1][-1] == "", "who handed in nothing gets no 0"
    said, lines = export("MoodleWorksheet", f"--assignment=['{NAME}']")
    assert [line[0] for line in lines[1:]] == ["Participant 101", "Participant 102"]
    assert lines[1][3:5] == ["8.3", "11"] and "1 students have no number" in said


def test_canvas(export):
    _, lines = export("CanvasCsv", f"--CanvasCsv.columns={NAME}=Homework (7)")
    assert lines[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework (7)"]
    assert lines[1] == ["    Points Possible", "", "", "", "", "11"]
    assert lines[3] == ["Lovelace, Countess, Ada", "11", "u1", "al", "Monday", "8.3"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("=1", "'=1"),
        ("\t=1", "'\t'=1"),
        ("Ada;=HYPERLINK(1)", "Ada;'=HYPERLINK(1)"),  # where a semicolon separates cells
        ("Ada\n+1", "Ada\n'+1"),
        ("Ada-Bea; née O'Neil", "Ada-Bea; née O'Neil"),
    ],
)
def test_no_name_is_a_formula(name, shown):
    assert plain(name) == shown


def test_only_some_students(export):
    _, lines = export("MoodleCsv", "--student=['bea']")
    assert [line[0] for line in lines[1:]] == ["bea"]
