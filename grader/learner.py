"""What a learner has at hand in a chapter: `check` and `hint`, and beside them `reset` and `solution`.

`solution` reads the chapter's text, which lies in a clone of the course alone: the wheel, a released notebook and
the sandbox have none.
"""

from __future__ import annotations

import re

from IPython.display import Markdown, display

from grader.checks import in_notebook
from grader.checks.cell_runs import defines
from grader.checks.in_notebook import CheckFunction, Hint
from grader.checks.judge import judge
from grader.checks.registry import get_exercise, stub_of
from grader.checks.student import LocalStudent
from grader.course import Course
from grader.errors import CourseError
from grader.quiz_form import offer_forms

YOURS = "# Your code before the reset:"
NOT_HERE = (
    "There are no solutions here: they lie in the course's own folder, and `solution` opens them for notebooks in "
    "it (`make lab`)."
)
OTHER_WAYS = 3
_RESET = re.compile(r"""reset\(["'](\w+)["']\)""")


def chapter(number: int) -> tuple[CheckFunction, Hint]:
    """The `check` and the `hint` of the chapter of this number; see `grader.checks.in_notebook.chapter`.

    Puts `reset` and `solution` into the notebook, unless it has given these names to something else.
    """
    package = f"ch{number:02}"
    namespace = in_notebook.namespace()
    for name, tool in (("reset", Reset(package)), ("solution", Solution(package))):
        if isinstance(namespace.get(name, tool), type(tool)):
            namespace[name] = tool
    runs = in_notebook.cell_runs()
    if runs is not None and only_reset not in runs.shell.input_transformers_cleanup:
        runs.shell.input_transformers_cleanup.append(only_reset)
    if runs is not None:
        offer_forms(runs.shell, package)
    return in_notebook.chapter(number)


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
        """Show how the course solves the exercise `name`, and how others do, after full marks.

        Raises CourseError for an unknown name, and where there are no solutions.
        """
        name = in_notebook.as_name(self._package, name, "solution")
        exercise = get_exercise(self._package, name)
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
        from grader.authoring.catalogue import ROOT, answers_to, reference

        try:
            course = Course.find()
        except CourseError:
            course = None
        if course is None or course.root != ROOT:
            raise CourseError(NOT_HERE)
        others = [answer for answer in answers_to(self._package, name) if answer.right]
        shortest = sorted(others, key=lambda answer: len(answer.code))[:OTHER_WAYS]
        ways = {"How the course solves it": reference(self._package, name)}
        ways |= {answer.name.replace("_", " ").capitalize(): answer.code for answer in shortest}
        shown = [f"**{title}**\n\n```python\n{code.strip()}\n```" for title, code in ways.items()]
        if shortest:
            shown.insert(1, "Each of these passes all checks as well:")
        return "\n\n".join(shown)
