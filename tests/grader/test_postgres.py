"""The gradebook on a PostgreSQL server: the same grades, and several at work at once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from sqlalchemy import create_engine, text

from grader.authoring.build import build
from grader.course import CONFIG_FILE, Course
from grader.errors import CourseError
from grader.grading import transaction as transactions
from grader.grading.feedback import feedback
from grader.grading.grade_class import autograde
from grader.grading.gradebook import due_dates
from grader.grading.late import extend, set_deadline
from grader.grading.manual import give_mark
from grader.grading.marks import read_marks
from grader.grading.preflight import check_gradebook
from grader.grading.recording import OLD
from grader.grading.run_lock import one_run
from grader.grading.transaction import GradebookLocked, is_served, transaction
from grader.sandbox import Limits
from grader.simulated_class import answered, handed_out, solved, submit
from tests.grader.conftest import ROOT, make_small_course
from tests.grader.graded import NAME, put, registered, state
from tests.grader.one_instructor import MARK
from tests.grader.postgres import postgres

STUDENTS = ["ada", "grace", "李雷", "emmy"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as address:
        yield address


def served(course: Course, address: str) -> Course:
    """The same folder with its gradebook at `address`."""
    config = course.root / CONFIG_FILE
    config.write_text(f"{config.read_text()}\nc.CourseDirectory.db_url = {address!r}\n")
    return Course(course.root)


@pytest.fixture
def course(small_course, server) -> Course:
    build(small_course)
    with create_engine(server).begin() as connection:  # a new database for each test
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return served(small_course, server)


def due(course: Course) -> dict[str, str]:
    with transaction(course) as book:
        return due_dates(book, NAME)


def begun(what: str, course: Course, students: list[str]) -> subprocess.Popen:
    words = [sys.executable, "-m", "tests.grader.one_instructor", what, course.root, *students]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_two_grade_and_one_marks_at_once(course):
    """Each record is whole, whoever was in between; no mark is lost, and none asks for another look.

    The two meet at students whom the gradebook knows and at some whom it does not know yet.
    """
    new = [f"new {number}" for number in range(3)]
    registered(course)
    for student in STUDENTS:
        put(course, student)
    at_work = [
        begun("grade", course, [*new, *STUDENTS]),
        begun("grade", course, [*new, *STUDENTS]),
        begun("mark", course, STUDENTS),
    ]
    for process in at_work:
        assert process.stdout.readline() == "ready\n"
    for process in at_work:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in at_work:
        _, said = process.communicate(timeout=300)
        assert process.returncode == 0, said
    for student in (*new, *STUDENTS):
        kept = state(course, student)
        points = {"check_double": 2.0, "check_quiz_double": 2.0, "why_double": None}
        assert kept["points"] == points, student
        assert kept["record"][2] == 4.0
        assert kept["beside"] == [NAME], "nothing lies aside"
    for student in STUDENTS:
        with Gradebook(course.database, "dropout-lab") as book:
            given = book.find_grade("why_double", NAME, NAME, student)
            assert (given.manual_score, given.needs_manual_grade) == (MARK, False)


def test_first_use_by_two_at_once(course):
    """The database is empty: one of them makes the tables."""
    code = (
        "import sys; from pathlib import Path; from grader.course import Course\n"
        "from grader.grading.transaction import transaction\n"
        "with transaction(Course(Path(sys.argv[1]))) as book: book.update_or_create_student(sys.argv[2])"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, course.root, name]) for name in STUDENTS[:2]
    ]
    assert [process.wait(120) for process in both] == [0, 0]
    with transaction(course) as book:
        assert {student.id for student in book.students} == set(STUDENTS[:2])


def test_a_class_is_graded_as_with_a_file_and_nbgrader_reads_it(course, tmp_path_factory):
    other = make_small_course(tmp_path_factory.mktemp("file"))
    build(other)
    (other.root / ".grader_secret").write_text("s" * 40)
    (course.root / ".grader_secret").write_text("s" * 40)
    found = []
    for each in (course, other):
        wrong = {"double": "def double(X):\n    return X"}
        submit(each, "ada", NAME, solved(each, NAME))
        submit(each, "grace", NAME, answered(solved(each, NAME), wrong))
        submit(each, "emmy", NAME, handed_out(each, NAME)).with_name("timestamp.txt").write_text(
            "2026-11-01 10:00:00"
        )
        autograde(each, NAME, limits=Limits(exercise_seconds=5))
        assert give_mark(each, NAME, "why_double", "ada", 2.0, "Well said.")
        set_deadline(each, NAME, datetime(2026, 10, 31, tzinfo=UTC))
        extend(each, NAME, ["grace"], timedelta(days=2))
        api = NbGraderAPI(config=each.config)
        kept = [state(each, name) for name in ("ada", "grace", "emmy")]
        found.append(
            [
                [{**entry, "id": ""} for entry in api.get_submissions(NAME)],
                [{**entry, "id": ""} for entry in api.get_students()],
                [
                    entry | {"record": entry["record"][1:]} for entry in kept
                ],  # the configuration differs
                sorted(feedback(each, NAME).written),
                read_marks(each, NAME),
                due(each),
            ]
        )
    assert found[0] == found[1]
    assert is_served(course) and not is_served(other)


def test_a_run_that_dies_is_put_right_by_another_that_goes_on(course):
    put(registered(course), "ada")
    folder = course.notebook("autograded", NAME, "ada").parent
    before = folder.with_name(OLD + NAME)
    folder.rename(before)  # where a run leaves it that is killed between its two renames
    put(course, "ada", share=0.5)
    assert state(course, "ada")["record"][2] == 4.0
    assert state(course, "ada")["beside"] == [NAME]


def test_records_come_one_after_the_other_and_a_long_wait_ends(course, monkeypatch):
    monkeypatch.setattr(transactions, "LOCKED_SECONDS", 1.5)
    registered(course)
    code = (
        "import sys, time; from pathlib import Path; from grader.course import Course\n"
        "from grader.grading.transaction import transaction\n"
        "with transaction(Course(Path(sys.argv[1]))): print('mine', flush=True); time.sleep(600)"
    )
    words = [sys.executable, "-c", code, course.root]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "mine\n"
        try:
            with pytest.raises(GradebookLocked):
                put(course, "ada")
        finally:
            holder.kill()
    monkeypatch.undo()
    put(course, "ada")  # the server lets go of what a dead process held


def test_a_mark_that_is_being_given_is_waited_for(course, monkeypatch):
    put(registered(course), "ada")
    monkeypatch.setattr(transactions, "LOCKED_SECONDS", 1.5)
    with Gradebook(course.database, "dropout-lab") as book:
        book.find_grade("why_double", NAME, NAME, "ada").manual_score = 1.0
        book.db.flush()
        with pytest.raises(GradebookLocked):
            put(course, "ada", share=0.5)
        book.db.commit()
    put(course, "ada", share=0.5)
    assert state(course, "ada")["points"]["check_double"] == 2.0


def test_a_mark_of_an_answer_that_changes_just_then_asks_for_another_look(course):
    """The run waits for it before it looks, and so sees that somebody has marked the former answer."""
    put(registered(course), "ada", answer="the former")
    with Gradebook(course.database, "dropout-lab") as book, ThreadPoolExecutor(1) as pool:
        given = book.find_grade("why_double", NAME, NAME, "ada")
        given.manual_score, given.needs_manual_grade = 1.0, False
        book.db.flush()
        run = pool.submit(put, course, "ada", answer="another")
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        for _ in range(600):
            with book.engine.connect() as connection:
                if connection.scalar(waiting) or run.done():
                    break
            time.sleep(0.1)
        book.db.commit()
        run.result(120)
        book.db.refresh(given)
        assert (given.manual_score, given.needs_manual_grade) == (1.0, True)


def test_several_may_grade_but_pages_are_written_alone(course):
    with one_run(course, "grader autograde 01", beside_others=True):
        with one_run(course, "grader autograde 02", beside_others=True):
            pass
        with pytest.raises(CourseError, match="being graded already"), one_run(course, "feedback"):
            pass


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            "postgresql://lab:secret@/nothing?host={}",
            'database "nothing" does not exist.* must run',
        ),
        (
            "postgresql://lab:secret@127.0.0.1:1/lab",
            "postgresql://lab:.*@127.0.0.1:1/lab cannot be used",
        ),
        ("mysql://lab:secret@/lab", "expected sqlite:///FILE or postgresql://"),
        ("lab:secret", "expected sqlite:///FILE or postgresql://"),
    ],
)
def test_a_server_that_cannot_be_used_is_said_without_a_password(
    small_course, server, address, said
):
    folder = server.partition("host=")[2]
    with pytest.raises(CourseError, match=said) as error:
        check_gradebook(served(small_course, address.format(folder)))
    assert "secret" not in str(error.value)
