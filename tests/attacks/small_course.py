"""A course of two small exercises and a quiz, with a canary in every place that is not a student's."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import torch

from grader.checks import expect, registry
from grader.checks.exercise import Exercise, HiddenChecks, check, checks_in
from grader.checks.quiz import Option, Question, Quiz
from grader.course import Course
from grader.grading.secret import SECRET_FILE
from grader.grading.transaction import transaction

ROOT = Path(__file__).resolve().parents[2]
NUMBER = 90
ASSIGNMENT, PACKAGE = f"{NUMBER}_double", f"ch{NUMBER}"
OTHER = "another"
IMPORT = f"from grader import chapter\ncheck, hint = chapter({NUMBER})"
CHAPTER = f'''# ---
# jupyter:
#   dropout_lab:
#     title: Doubling
#     minutes: 5
#     points: 7
# ---

# %% [markdown]
# # Doubling

# %%
import torch
{IMPORT}

# %% exercise="double"
def double(X):
    """Twice X."""
    ### BEGIN SOLUTION
    return 2 * X
    ### END SOLUTION

# %% check="double"
check("double")

# %% exercise="total"
def total(X):
    """The sum of X, a number."""
    ### BEGIN SOLUTION
    return float(X.sum())
    ### END SOLUTION

# %% check="total"
check("total")

# %% exercise="quiz_double"
quiz_double = {{1: None}}
### BEGIN SOLUTION
quiz_double = {{1: "b"}}
### END SOLUTION

# %% check="quiz_double"
check("quiz_double")
'''
# What an attack goes with, and what it earns by itself.
BASES = {
    "wrong": {
        "double": "def double(X):\n    return X",
        "total": "def total(X):\n    return 0.0",
        "quiz_double": 'quiz_double = {1: "a"}',
    },
    "misshapen": {
        "double": "def double(X):\n    return torch.zeros(1, dtype=torch.float64)",
        "total": "def total(X):\n    return [0.0]",
        "quiz_double": "quiz_double = {}",
    },
}

PLACES = ("home", "solutions", "submissions", "checks", "gradebook", "hidden", "environment")


def canary(place: str) -> str:
    """A text that occurs in `place` and nowhere else, put together so that no source file holds it."""
    return "-".join(("CANARY", "of", place, "4711"))


class Double(Exercise):
    name, points = "double", 4

    @check("doubles every value", weight=2)
    def doubles(self, student):
        X = torch.rand(3, 2)
        expect.close(student.call("double", X), 2 * X)

    @check("keeps shape and type")
    def keeps_shape(self, student):
        X = torch.rand(5, 1)
        expect.tensor(student.call("double", X), shape=X.shape, dtype=X.dtype)


KEPT_HERE = canary("hidden")


class HiddenDouble(HiddenChecks):
    exercise = "double"

    @check("doubles negative values")
    def negative(self, student):
        known_only_here = canary("hidden")
        X = -torch.rand(2, 2)
        expect.close(student.call("double", X), 2 * X)
        del known_only_here


class Total(Exercise):
    name, points = "total", 2

    @check("adds up")
    def adds_up(self, student):
        X = torch.rand(3, 2)
        expect.close(student.call("total", X), float(X.sum()))


class QuizDouble(Quiz):
    name, points = "quiz_double", 1
    questions = {
        1: Question(
            "What is twice two?", {"a": Option("three", "no"), "b": Option("four", "", right=True)}
        )
    }


KNOWN = {"double": Double(), "total": Total(), "quiz_double": QuizDouble()}
KNOWN["double"].hidden = tuple(replace(entry, hidden=True) for entry in checks_in(HiddenDouble))


@contextmanager
def small_exercises() -> Iterator[None]:
    """The small chapter stands beside those that there are."""
    real = registry.exercises_of
    with patch.object(
        registry, "exercises_of", lambda chapter: KNOWN if chapter == PACKAGE else real(chapter)
    ):
        yield


def make_course(folder: Path) -> Course:
    """A course folder with the small chapter and chapter 1, not built yet."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    (folder / "chapters").mkdir()
    (folder / "chapters" / f"{ASSIGNMENT}.py").write_text(CHAPTER)
    (folder / SECRET_FILE).write_text("the same in every course of these tests")
    return Course(folder)


def plant(course: Course, home: Path) -> None:
    """Put a canary into each place that a submission must not read.

    Those called "hidden" and "environment" are not files: they are in the grader's own process.
    """
    home.mkdir(exist_ok=True)
    (home / ".netrc").write_text(f"machine example.org password {canary('home')}\n")
    answers = course.folder("source") / ASSIGNMENT / "answers.txt"
    answers.write_text(canary("solutions"))
    other = course.folder("submitted") / OTHER / ASSIGNMENT
    other.mkdir(parents=True)
    (other / "notes.txt").write_text(canary("submissions"))
    (course.root / "grader" / "hidden").mkdir(parents=True)
    (course.root / "grader" / "hidden" / "ch01.py").write_text(f"# {canary('checks')}\n")
    with transaction(course):
        pass  # a gradebook is there
    with sqlite3.connect(course.root / "gradebook.db") as database:
        database.execute("create table if not exists planted (text)")
        database.execute("insert into planted values (?)", (canary("gradebook"),))
    database.close()


@contextmanager
def planted_environment(home: Path) -> Iterator[None]:
    """The instructor's variables while grading: a secret, and a home folder of the test's own."""
    with patch.dict(os.environ, {"GRADEBOOK_TOKEN": canary("environment"), "HOME": str(home)}):
        yield
