"""The real chapter 1 in a course folder of its own, with a small class that has handed in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring.build import build
from grader.course import CONFIG_FILE, Course
from grader.simulated_class import answered, catalogued, handed_out, solved, submit

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
NAME = "01_dropout_from_scratch"

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def command() -> Command:
    """Run an installed command as a user would, in a folder; the environment may be added to."""

    def run(folder: Path, *words: str, **variables: str):
        environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **variables}
        return subprocess.run(
            [str(BIN / words[0]), *words[1:]],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    return run


@pytest.fixture(scope="session")
def chapter_course(tmp_path_factory) -> Course:
    """Chapter 1, built; five students have handed in."""
    folder = tmp_path_factory.mktemp("chapter")
    (folder / "chapters").mkdir()
    shutil.copy(ROOT / CONFIG_FILE, folder)
    shutil.copy(ROOT / "chapters" / f"{NAME}.py", folder / "chapters")
    course = Course(folder)
    build(course)
    right = solved(course, NAME)
    wrong = catalogued("dropout_layer", "wrong/scale_forgotten")
    flag = catalogued("Net", "wrong/flag_of_its_own")
    submit(course, "right", NAME, right)
    submit(course, "scale", NAME, answered(right, {"dropout_layer": wrong}))
    submit(course, "flag", NAME, answered(right, {"Net": flag}))
    submit(course, "empty", NAME, handed_out(course, NAME))
    submit(course, "张三 no bytes", NAME, b"")
    return course


def chapter_copy(course: Course, folder: Path) -> Course:
    """The course as it was built, with no submissions and no grades."""
    keep = shutil.ignore_patterns("submitted", "autograded", "feedback", "gradebook.db")
    return Course(shutil.copytree(course.root, folder / "course", ignore=keep))


@pytest.fixture(scope="session")
def own_grades(chapter_course, command) -> dict[str, dict[str, float]]:
    """Points by student and cell, as `grader autograde` records them."""
    done = command(chapter_course.root, "grader", "autograde", NAME, "--workers", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "everything right" in done.stdout and "the scale is missing" in done.stdout
    return read_grades(chapter_course)


def read_grades(course: Course, assignment: str = NAME) -> dict[str, dict[str, float]]:
    from nbgrader.api import Gradebook

    with Gradebook(course.database, "dropout-lab") as gradebook:
        return {
            submission.student.id: {
                grade.name: grade.auto_score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in gradebook.assignment_submissions(assignment)
        }
