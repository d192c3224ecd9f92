"""nbgrader's own ways from the student to `submitted` work on this course folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.authoring.build import build
from grader.course import Course

NAME = "01_double"


@pytest.fixture
def course(small_course) -> Course:
    build(small_course)
    return small_course


def test_zip_collect_with_a_pattern(course, command):
    archive = course.root / "downloaded" / NAME / "archive"
    archive.mkdir(parents=True)
    content = course.notebook("release", NAME).read_bytes()
    (archive / f"ada_attempt_2026-11-03-08-30-00_{NAME}.ipynb").write_bytes(content)
    pattern = r".*/(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>\w+)"
    option = f"--FileNameCollectorPlugin.named_regexp={pattern}"
    done = command(course.root, "nbgrader", "zip_collect", NAME, option)
    assert done.returncode == 0, done.stdout + done.stderr
    assert course.notebook("submitted", NAME, "ada").read_bytes() == content


def test_the_exchange_there_and_back(course, command, tmp_path_factory):
    exchange, home = tmp_path_factory.mktemp("exchange"), tmp_path_factory.mktemp("home")
    exchange.chmod(0o777)
    options = (f"--Exchange.root={exchange}", f"--Exchange.cache={home}", "--course=dropout-lab")

    def nbgrader(folder: Path, *words: str) -> None:
        done = command(folder, "nbgrader", *words, *options, JUPYTERHUB_USER="ada", USER="ada")
        assert done.returncode == 0, done.stdout + done.stderr

    nbgrader(course.root, "generate_assignment", NAME, "--force")
    nbgrader(course.root, "release_assignment", NAME)
    nbgrader(home, "fetch_assignment", NAME)
    nbgrader(home, "submit", NAME)
    nbgrader(course.root, "collect", NAME)
    (handed_in,) = course.folder("submitted").glob(f"*/{NAME}/{NAME}.ipynb")
    assert handed_in.read_bytes() == course.notebook("release", NAME).read_bytes()
    assert handed_in.with_name("timestamp.txt").is_file()
