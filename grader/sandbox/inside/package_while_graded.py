"""Stands for `grader` beside a student's code: the checks are where only the judge can see them."""

from __future__ import annotations

import sys
from collections.abc import Callable

WHILE_GRADED = (
    "This notebook is being graded: the judge runs the checks itself, where it alone can see them, "
    "so `check`, `hint`, `reset` and `solution` have nothing to say here."
)
whose = ""
constants: dict[str, float] = {}
"""Whose folder was handed in, and the constants of this variant: said before the first cell runs."""


def chapter(number: int) -> tuple[Callable[..., float], Callable[..., None]]:
    """As `grader.chapter`; what it returns, and puts beside it, says where the checks are, and no more."""
    notebook = sys._getframe(1).f_globals
    for name in ("reset", "solution", "show_quiz"):
        notebook.setdefault(name, hint)
    return check, hint


def variant(number: int, student: str = "") -> dict[str, float]:
    """The constants of whose folder was handed in, whoever the notebook says it is."""
    print(f"Variant of {whose}.", ", ".join(f"{name} = {constants[name]}" for name in constants))
    return dict(constants)


def check(name: str = "") -> float:
    """A sentence, and 0: the points come from the judge."""
    print(WHILE_GRADED)
    return 0.0


def hint(name: str = "", level: int = 1) -> None:
    """A sentence: hints are for those who are still writing."""
    print(WHILE_GRADED)
