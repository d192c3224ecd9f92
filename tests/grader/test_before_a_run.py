"""What is wrong around a run is said before it, in one sentence; nothing is begun."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import threading

import pytest

from grader.errors import CourseError
from grader.grading import preflight, transaction
from grader.grading.grade_class import autograde
from grader.grading.outcome import Failure
from grader.grading.preflight import check_before, check_room
from grader.grading.release import read_release
from grader.grading.run_lock import one_run
from grader.grading.secret import read_secret
from grader.simulated_class import solved, submit
from tests.grader.conftest import ROOT
from tests.grader.graded import NAME, put, registered, state


@pytest.fixture
def course(built_course):
    return registered(built_course)


def _check(course, json=None):
    check_before(course, read_release(course, NAME), 3, json)


def test_a_second_run_says_who_holds_the_course(course):
    code = (
        "import sys; from pathlib import Path; from grader.course import Course\n"
        "from grader.grading.run_lock import one_run\n"
        f"with one_run(Course(Path({str(course.root)!r})), 'grader autograde 01'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout.readline() == b"held\n"
    words = f"graded already: `grader autograde 01`, process {other.pid}, since .* stop it"
    with pytest.raises(CourseError, match=words), one_run(course, "grader feedback 01"):
        pass
    other.kill()  # however it ends, it lets go
    other.communicate()
    with one_run(course, "grader feedback 01"):
        assert "grader feedback 01" in (course.root / ".grader_run").read_text()


@pytest.mark.parametrize("content", ["", "\n", "12345", "a" * 20 + "\0" * 20])
def test_a_secret_that_is_not_whole_is_refused(course, content):
    path = course.root / ".grader_secret"
    whole = read_secret(course)
    path.write_text(content)
    try:
        with pytest.raises(CourseError, match=r"not a whole secret.*Put your backup in its place"):
            _check(course)
        assert path.read_text() == content
    finally:
        path.write_text(whole)


def test_a_secret_appears_whole_or_not_at_all(course, tmp_path, monkeypatch):
    from grader.course import Course

    def full(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(CourseError, match="cannot be read or made: No space left"):
            read_secret(Course(tmp_path))
    assert os.listdir(tmp_path) == []
    made = read_secret(Course(tmp_path))
    assert read_secret(Course(tmp_path)) == made and len(made) == 64
    assert os.listdir(tmp_path) == [".grader_secret"]
    assert (tmp_path / ".grader_secret").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_written_is_named(course, tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(CourseError, match="is a folder: name a file in it"):
        _check(course, tmp_path)
    with pytest.raises(CourseError, match="file/reports cannot be written, for --json"):
        _check(course, file / "reports" / "all.json")
    with pytest.raises(CourseError, match="MiB left, and grading may need 1,099,511,627,776"):
        check_room(tmp_path, 2**60)
    _check(course, tmp_path / "new" / "all.json")
    assert sorted(os.listdir(tmp_path)) == ["file", "new"] and os.listdir(tmp_path / "new") == []


def test_a_gradebook_that_is_none_is_named(course):
    path = course.root / "gradebook.db"
    content = path.read_bytes()
    path.write_bytes(b"no database, " * 1000)
    try:
        with pytest.raises(CourseError, match=r"file is not a database. Put a backup in its place"):
            _check(course)
    finally:
        path.write_bytes(content)


@contextlib.contextmanager
def _locked(course, seconds=None):
    """Another program writes the gradebook, for so long or until the end of the block."""
    other = sqlite3.connect(course.root / "gradebook.db", check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(seconds or 0, other.rollback)
    if seconds:
        timer.start()
    try:
        yield
    finally:
        timer.join() if seconds else other.rollback()
        other.close()


def test_a_locked_gradebook_is_said_at_the_start_and_waited_for_later(course, monkeypatch):
    monkeypatch.setattr(preflight, "LOCK_SECONDS", 0.2)
    put(course, "dora", mark="old")
    before = state(course, "dora")
    with _locked(course), pytest.raises(CourseError, match="is locked: another program"):
        _check(course)
    with _locked(course, seconds=3):
        put(course, "dora", 0.5, mark="new")
    after = state(course, "dora")
    assert after["record"][0] == "new"
    monkeypatch.setattr(transaction, "LOCKED_SECONDS", 0.2)
    with _locked(course), pytest.raises(transaction.GradebookLocked):
        put(course, "dora", 1.0, mark="newer")
    assert state(course, "dora") == after != before


def _unreadable(course, monkeypatch):
    """As for somebody without the rights; root has them all."""
    real, name = os.scandir, course.notebook("submitted", NAME, "lost").parent

    def scandir(path="."):
        if str(path) == str(name):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)


def _removed(course, monkeypatch):
    real = os.scandir
    folder = course.notebook("submitted", NAME, "lost").parent

    def scandir(path="."):
        if str(path) == str(folder):
            shutil.rmtree(folder.parent, ignore_errors=True)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)


def _changed(course, monkeypatch):
    from grader.grading import grade_class

    real, path = grade_class.prepare, course.notebook("submitted", NAME, "lost")

    def prepare(*arguments):
        prepared = real(*arguments)
        path.write_text("{}")
        return prepared

    monkeypatch.setattr(grade_class, "prepare", prepare)


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (_unreadable, "Permission denied"),
        (_removed, "No such file"),
        (_changed, "changed while it was being read"),
    ],
)
def test_what_cannot_be_read_is_not_graded_and_keeps_its_grade(course, monkeypatch, happens, words):
    submit(course, "lost", NAME, solved(course, NAME))
    put(course, "lost", 1.0)
    before = state(course, "lost")
    happens(course, monkeypatch)
    (outcome,) = autograde(course, NAME, pattern="lost")
    assert isinstance(outcome, Failure) and words in outcome.reason
    assert state(course, "lost") == before
