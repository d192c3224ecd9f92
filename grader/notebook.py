"""What a notebook imports: `check` and `hint`."""

from __future__ import annotations

import random
import sys
from contextlib import redirect_stderr

from IPython import get_ipython
from IPython.display import Markdown, display

from .errors import CourseError
from .exercise import Exercise, all_exercises, get_exercise
from .judge import judge
from .student import LocalStudent
from .table import ResultTable

WHILE_GRADED = (
    "This notebook is being graded: the judge runs the checks itself, where it alone can see them, "
    "so `check` and `hint` have nothing to say here."
)


def check(name: str) -> float:
    """Judge the exercise `name` in this notebook, show the table, and return the points earned.

    nbgrader reads the returned float as (partial) credit. Raises CourseError for a name that no
    exercise has. In a further cell of a notebook that is being graded: a sentence, and 0.
    """
    exercise = _exercise(name)
    if exercise is None:
        return 0.0
    student = LocalStudent(_namespace())
    # nbgrader gives a cell that wrote to stderr 0 points, be it a warning in the student's code.
    with redirect_stderr(sys.stdout):
        result = judge(exercise, student, seed=random.SystemRandom().getrandbits(63))
        display(ResultTable(result))
        if not result.problem:
            _show_picture(exercise, student)
    return result.earned


def hint(name: str, level: int = 1) -> None:
    """Show hint `level` (1, 2, 3: each says more) for the exercise `name`.

    Raises CourseError for an unknown exercise or level.
    """
    exercise = _exercise(name)
    if exercise is None:
        return
    hints = exercise.hints
    if not isinstance(level, int) or not 1 <= level <= len(hints):
        raise CourseError(f"{name} has hints 1 to {len(hints)}; there is no hint {level!r}.")
    more = f"\n\n*There is more: `hint({name!r}, {level + 1})`*" if level < len(hints) else ""
    display(Markdown(f"**Hint {level} of {len(hints)}.** {hints[level - 1]}{more}"))


def _exercise(name: str) -> Exercise | None:
    """The exercise; None, with a sentence, in the sandbox, where there are no checks to read."""
    if all_exercises():
        return get_exercise(name)
    print(WHILE_GRADED)
    return None


def _show_picture(exercise, student) -> None:
    from matplotlib import pyplot as plt

    try:
        figure = exercise.picture(student)
    except Exception:  # the table has already said what is wrong
        return
    if figure is not None:
        display(figure)
        plt.close(figure)


def _namespace() -> dict[str, object]:
    shell = get_ipython()
    if shell is not None:
        return shell.user_ns
    return sys._getframe(2).f_globals
