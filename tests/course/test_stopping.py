"""Ctrl-C and SIGTERM, a second command meanwhile, and the next run, as an instructor meets them."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing

import nbformat
import pytest

from grader.simulated_class import solved, submit

from .conftest import BIN, NAME, chapter_copy


@pytest.fixture(scope="module")
def course(chapter_course, tmp_path_factory):
    """One right submission, and two that hang for as long as four cells may."""
    course = chapter_copy(chapter_course, tmp_path_factory.mktemp("stopped"))
    submit(course, "ada", NAME, solved(course, NAME))
    for student in ("hangs", "hangs too"):
        notebook = solved(course, NAME)
        notebook.cells[:0] = [nbformat.v4.new_code_cell("while True: pass") for _ in range(4)]
        submit(course, student, NAME, notebook)
    return course


def _recorded(course):
    path = course.root / "gradebook.db"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return database.execute("select count(*) from dropout_lab_record").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_says_how_far_it_came_and_the_next_goes_on(course, command, number):
    words = ("autograde", NAME, "--workers", "2", "--json", "all.json")
    run = subprocess.Popen(
        [str(BIN / "grader"), *words, "--force"],
        cwd=course.root,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    before = (course.root / "all.json").exists()
    while not _recorded(course) and run.poll() is None:
        time.sleep(0.2)
    if before:  # an earlier record is there already: wait until this run is at work
        time.sleep(8)
    second = command(course.root, "grader", "feedback", NAME)
    assert second.returncode == 2 and f"process {run.pid}" in second.stderr, second.stderr
    run.send_signal(number)
    said, _ = run.communicate()
    assert run.returncode == 128 + number
    assert "of 3 graded; run the same command to go on." in said and "Traceback" not in said
    graded = [record["student"] for record in json.loads((course.root / "all.json").read_text())]
    assert set(graded) <= {"ada"} and (before or graded == ["ada"])
    assert not list(course.folder("autograded").glob("*/.*"))
    for student in ("hangs", "hangs too"):
        course.notebook("submitted", NAME, student).parent.rename(course.root / student)
    try:
        again = command(course.root, "grader", *words)
    finally:
        for student in ("hangs", "hangs too"):
            (course.root / student).rename(course.notebook("submitted", NAME, student).parent)
    assert again.returncode == 0 and "0 graded, 1 unchanged. Mean: 43 of 43." in again.stdout
    (record,) = json.loads((course.root / "all.json").read_text())
    assert record["student"] == "ada" and record["exercises"][0]["checks"]
