"""What a learner has at hand in a chapter: `check` and `hint`, and beside them `reset` and `solution`.

`solution` reads the chapter's text, which lies in a clone of the course alone: the wheel, a released notebook and
the sandbox have none.
"""

from __future__ import annotations

import os
import re

from IPython.display import Markdown, display

from grader.checks import in_notebook, registry
from grader.checks.cell_runs import defines
from grader.checks.in_notebook import CheckFunction, Hint
from grader.checks.judge import judge
from grader.checks.quiz import Quiz
from grader.checks.registry import get_exercise, stub_of
from grader.checks.student import LocalStudent
from grader.checks.variants import described
from grader.course import Course
from grader.errors import CourseError
from grader.quiz_form import offer_forms

YOURS = "# Your code before the reset:"
NOT_HERE = (
    "There are no solutions here: they lie in the course's own folder, and `solution` opens them for notebooks in "
    "it (`make lab`)."
)
WHO = (
    'Write your id in this course, as the course has it, into the quotes: variant({number}, student="..."). Your numbers '
    "and the order of your options hang on it."
)
OTHER_WAYS = 3
_RESET = re.compile(r"""reset\(["'](\w+)["']\)""")


def chapter(number: int) -> tuple[CheckFunction, Hint]:
    """The `check` and the `hint` of the chapter of this number; see `grader.checks.in_notebook.chapter`.

    Puts `reset` and `solution` into the notebook, unless it has given these names to something else.
    """
    package = f"ch{number:02}"
    namespace = in_notebook.namespace()
    tools: dict[str, object] = {"reset": Reset(package), "solution": Solution(package)}
    if registry.has_variants(package):
        tools["show_quiz"] = ShowQuiz(package)
    for name, tool in tools.items():
        if isinstance(namespace.get(name, tool), type(tool)):
            namespace[name] = tool
    runs = in_notebook.cell_runs()
    if runs is not None and only_reset not in runs.shell.input_transformers_cleanup:
        runs.shell.input_transformers_cleanup.append(only_reset)
    if runs is not None:
        offer_forms(runs.shell, package)
    return in_notebook.chapter(number)


def variant(number: int, student: str = "") -> dict[str, float]:
    """The constants that chapter `number` draws for `student`, by name; `check` asks with them from here on.

    Without an id, that of the course's server counts, where the notebook is on one. Raises CourseError in a notebook
    when there is none; a script has the variant of nobody, with options in the order of the text. Grading goes by the folder that was handed in, whatever stands here.
    """
    package, who = f"ch{number:02}", str(student).strip()
    if not who and in_notebook.notebook_shell() is not None:
        who = _on_a_server()
        if not who:
            raise CourseError(WHO.format(number=number))
    in_notebook.students[package] = who
    numbers = registry.constants_of(package, who)
    print(f"Variant of {who}. {described(numbers)}".strip())
    return numbers


def _on_a_server() -> str:
    """Who has logged in to JupyterHub; nobody on Binder, whose names are drawn anew at every start."""
    on_binder = any(name.startswith("BINDER_") for name in os.environ)
    return "" if on_binder else os.environ.get("JUPYTERHUB_USER", "")


class ShowQuiz:
    """The `show_quiz` of a chapter with variants."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __call__(self, name: str) -> None:
        """Show the questions of the quiz `name` with the options in this student's order."""
        quiz = in_notebook.own_exercise(
            self._package, in_notebook.as_name(self._package, name, "show_quiz")
        )
        if not isinstance(quiz, Quiz):
            raise CourseError(f"{name} is no quiz.")
        display(Markdown(quiz.sheet()))


def only_reset(lines: list[str]) -> list[str]:
    """Of the cell of an exercise that begins with its `reset`, that line alone is run: the rest may be broken."""
    call = _RESET.fullmatch(lines[0].strip()) if lines else None
    return lines[:1] if call and defines(call[1], "".join(lines)) else lines


class Reset:
    """The `reset` of a chapter."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __call__(self, name: str | None = None) -> None:
        """Put the cell of the exercise `name` back as it was handed out, the old code in comments below.

        It has to be called in that cell, since a notebook lets code change its own cell alone; elsewhere
        the cell's first state is shown. Raises CourseError for an unknown name.
        """
        name = in_notebook.as_name(self._package, name, "reset")
        get_exercise(self._package, name)
        stub = stub_of(self._package, name)
        runs = in_notebook.cell_runs()
        if runs is None or not runs.is_running(name):
            display(
                Markdown(
                    f'To put the cell of `{name}` back, write `reset("{name}")` as its first line and run it: your '
                    f"code stays in comments. It was handed out like this:\n\n```python\n{stub}\n```"
                )
            )
            return
        mine = runs.source(name, without=f"reset({name!r})")
        kept = "".join(f"\n# {line}".rstrip() for line in mine.splitlines()) if mine else ""
        runs.shell.set_next_input(f"{stub}\n\n{YOURS}{kept}" if kept else stub, replace=True)


class Solution:
    """The `solution` of a chapter."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __call__(self, name: str | None = None) -> None:
        """Show how the course solves the exercise `name`, with remarks, and how others do, after full marks.

        Raises CourseError for an unknown name, and where there are no solutions.
        """
        name = in_notebook.as_name(self._package, name, "solution")
        exercise = in_notebook.own_exercise(self._package, name)
        names = in_notebook.namespace()
        with in_notebook.quietly(names):
            student = LocalStudent(names)
            result = judge(exercise, student, in_notebook.fresh_seed())
        if result.earned < result.points:
            display(
                Markdown(
                    f"`solution` opens with full marks; `{name}` has {result.earned:g} of {result.points:g} points "
                    f'so far. `hint("{name}", 3)` tells nearly all.'
                )
            )
            return
        display(Markdown(self._shown(name)))

    def _shown(self, name: str) -> str:
        try:
            course = Course.find()
        except CourseError:
            raise CourseError(NOT_HERE) from None
        # Not before: it needs what a notebook's environment may lack, such as Colab's.
        from grader.authoring.catalogue import ROOT, answers_to, reference, remarks

        if course.root != ROOT:
            raise CourseError(NOT_HERE)
        others = [answer for answer in answers_to(self._package, name) if answer.right]
        shortest = sorted(others, key=lambda answer: len(answer.code))[:OTHER_WAYS]
        shown = [_titled("How the course solves it", reference(self._package, name))]
        shown += [text for text in [remarks(self._package, name)] if text]
        shown += ["Each of these passes all checks as well:"] if shortest else []
        shown += [_titled(a.name.replace("_", " ").capitalize(), a.code) for a in shortest]
        return "\n\n".join(shown)


def _titled(title: str, code: str) -> str:
    return f"**{title}**\n\n```python\n{code.strip()}\n```"
