"""A course whose one chapter draws two constants and shuffles two quizzes, one of them closed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import grader.exercises
import grader.hidden
from grader.authoring.build import build
from grader.checks import in_notebook, registry
from grader.course import CONFIG_FILE, Course
from grader.grading.secret import SECRET_FILE

ROOT = Path(__file__).resolve().parents[2]
NUMBER, PACKAGE, NAME = 77, "ch77", "77_variants"
QUESTIONS = 4
RIGHT = {n: f"right of {n}" for n in range(1, QUESTIONS + 1)}
TRAPPED = {
    n: f"This is the {word} trap." for n, word in enumerate(("red", "blue", "old", "new"), 1)
}
QUIZZES = {"quiz_open": "", "quiz_shut": " closed=true"}
UNITS, RATES = range(20, 81), [round(0.2 + 0.05 * k, 10) for k in range(13)]


def quiz(name: str, flags: str) -> str:
    """A quiz in the chapter: for every question the second option is right."""
    lines = [
        f'# %% [markdown] quiz="{name}" points={QUESTIONS}{flags} shuffled=true',
        f"# ## {name}",
    ]
    lines += ["#", "# Choose."]
    for n, right in RIGHT.items():
        lines += ["#", f"# {n}. Question {n}?", f"#     - (a) first of {n}"]
        lines += [f"#         > {TRAPPED[n]}", f"#     - (b) {right}"]
        lines += ["#         > right: so it is."]
        for x, text in (("c", "third"), ("d", "fourth"), ("e", "fifth")):
            lines += [f"#     - ({x}) {text} of {n}", f"#         > No {text}."]
    return "\n".join([*lines, "#", "# That is all.", "", ""])


HEADER = """# ---
# jupyter:
#   dropout_lab:
#     title: Variants
#     minutes: 5
#     points: 10
#     variants:
#       units: [20, 80]
#       rate: [0.2, 0.8, 0.05]
# ---

# %% [markdown]
# # Variants
"""
FIRST = """
# %%
from grader import chapter, variant

check, hint = chapter(77)
mine = variant(77, student="")
"""
EXERCISE = """
# %% exercise="dropped"
dropped = None
### BEGIN SOLUTION
dropped = mine["units"] * mine["rate"]
### END SOLUTION

# %% check="dropped"
check("dropped")

"""
CHAPTER = HEADER + FIRST + EXERCISE + "".join(quiz(*entry) for entry in QUIZZES.items())
CHECKS = '''
from grader.checks import expect
from grader.checks.exercise import Exercise, check


class Dropped(Exercise):
    name, points = "dropped", 2
    hints = ("Count.", "Multiply.", "Units times rate.")

    @check("how many units are dropped on average")
    def expected_number(self, student):
        """Of n units, a share p."""
        own = self.constants
        expect.close(student.run(value), own["units"] * own["rate"], because="units times rate")


def value(namespace):
    return float(namespace["dropped"])
'''


@contextmanager
def course_with_variants(folder: Path, chapter: str = CHAPTER) -> Iterator[Course]:
    """The course, built, in `folder`; its chapter is one of the registry's while this lasts."""
    (folder / "chapters").mkdir()
    shutil.copy(ROOT / CONFIG_FILE, folder)
    (folder / SECRET_FILE).write_text("the-same-in-every-course-of-these-tests")
    (folder / "chapters" / f"{NAME}.py").write_text(chapter)
    kinds = {"exercises": grader.exercises, "hidden": grader.hidden}
    for kind in kinds:
        (folder / "grader" / kind / PACKAGE).mkdir(parents=True)
        (folder / "grader" / kind / PACKAGE / "__init__.py").touch()
    (folder / "grader" / "exercises" / PACKAGE / "dropped.py").write_text(CHECKS)
    registry.exercises_of.cache_clear()
    try:
        with (
            patch.object(
                kinds["exercises"],
                "__path__",
                [*grader.exercises.__path__, str(folder / "grader" / "exercises")],
            ),
            patch.object(
                kinds["hidden"],
                "__path__",
                [*grader.hidden.__path__, str(folder / "grader" / "hidden")],
            ),
            patch.dict(in_notebook.students, clear=True),
        ):
            course = Course(folder)
            build(course)
            yield course
    finally:
        registry.exercises_of.cache_clear()
        for name in [name for name in sys.modules if f".{PACKAGE}" in name]:
            del sys.modules[name]


def options(quiz_name: str, student: str) -> dict[int, dict[str, str]]:
    """What `student` reads: number, letter and text of every option."""
    found = registry.get_exercise(PACKAGE, quiz_name, student)
    return {
        number: {letter: option.text for letter, option in question.options.items()}
        for number, question in found.questions.items()
    }


def letters(quiz_name: str, student: str, texts: dict[int, str] = RIGHT) -> dict[int, str]:
    """The letters under which `student` finds these options."""
    return {
        number: next(letter for letter, text in shown.items() if text == texts[number])
        for number, shown in options(quiz_name, student).items()
    }
