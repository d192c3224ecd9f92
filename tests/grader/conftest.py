"""A course of one small chapter, so that the machinery is tested apart from the real chapters."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from grader.authoring.build import build
from grader.checks import expect, registry
from grader.checks.exercise import Exercise, check
from grader.checks.quiz import Option, Question, Quiz
from grader.course import Course

ROOT = Path(__file__).resolve().parents[2]

CHAPTER = '''# ---
# jupyter:
#   dropout_lab:
#     title: Doubling
#     minutes: 5
#     points: 11
# ---

# %% [markdown]
# # Doubling

# %%
import torch
from grader import chapter

check, hint = chapter(1)

# %% exercise="double"
def double(X):
    """Twice X."""
    ### BEGIN SOLUTION
    return 2 * X
    ### END SOLUTION

# %% check="double"
check("double")

# %% tags=["demo"]
shown = double(torch.ones(3))

# %% exercise="quiz_double"
quiz_double = {1: None}
### BEGIN SOLUTION
quiz_double = {1: "b"}
### END SOLUTION

# %% check="quiz_double"
check("quiz_double")

# %% [markdown]
# Why does it double?

# %% [markdown] answer="why_double" points=3
# The model answer: because of the two.
'''


class Double(Exercise):
    name, points = "double", 4
    hints = ("Look at the name.", "Think of 2.", "Multiply by two.")

    @check("doubles every value", weight=3)
    def doubles(self, student):
        """What is twice a number?"""
        X = torch.rand(3, 2)
        expect.close(student.call("double", X), 2 * X, because="each value counts twice")

    @check("keeps the shape")
    def keeps_shape(self, student):
        expect.tensor(student.call("double", torch.rand(5, 1)), shape=(5, 1))


class QuizDouble(Quiz):
    name, points = "quiz_double", 4
    questions = {
        1: Question(
            "What is twice two?",
            {
                "a": Option("three", "three is one more than two"),
                "b": Option("four", "so it is", right=True),
            },
        )
    }


KNOWN = {"double": Double(), "quiz_double": QuizDouble()}


@pytest.fixture
def small_exercises(monkeypatch):
    """The exercises of the small chapter stand for all that there are."""
    monkeypatch.setattr(registry, "exercises_of", lambda chapter: KNOWN)
    return KNOWN


def use_small_exercises(assignment: str) -> None:
    """The same, for good, in a process that was started for `assignment`."""
    registry.exercises_of = lambda chapter: KNOWN


def make_small_course(folder: Path) -> Course:
    """A course folder with the small chapter, not built yet."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    (folder / "chapters").mkdir()
    (folder / "chapters" / "01_double.py").write_text(CHAPTER)
    return Course(folder)


@pytest.fixture
def small_course(tmp_path, small_exercises) -> Course:
    return make_small_course(tmp_path)


@pytest.fixture(scope="module")
def built_course(tmp_path_factory):
    """The small course, built once for a module that only hands in and grades."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "exercises_of", lambda chapter: KNOWN)
        course = make_small_course(tmp_path_factory.mktemp("course"))
        build(course)
        yield course
