"""The held-out answers, and what became of them beside their labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.checks.results import CAP, ExerciseResult
from tests.prove.points import EDGE_CASE

HERE = Path(__file__).parent
LABELS = ("right", "edge", "point")
_MARK = re.compile(r"^# %% (\w+): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class HeldOut:
    """An answer to an exercise of a chapter ("ch01"), and the label that reading gave it."""

    chapter: str
    exercise: str
    label: str
    title: str
    code: str

    @property
    def place(self) -> tuple[str, str]:
        return self.chapter, self.exercise


def read_answers() -> list[HeldOut]:
    """All answers, by chapter, exercise and place in the file. Raises ValueError for an unknown label."""
    found = []
    for path in sorted(HERE.glob("ch*/*.py")):
        _, *parts = _MARK.split(path.read_text(encoding="utf-8"))
        for label, title, code in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            if label not in LABELS:
                raise ValueError(f"{path.name}: {label!r} is none of {', '.join(LABELS)}")
            found.append(HeldOut(path.parent.name, path.stem, label, title, code.strip() + "\n"))
    return found


def graded_as(result: ExerciseResult) -> str:
    """The label that fits a result; "between" for one between half and 60 % of the points."""
    if not result.failed:
        return "right"
    share = result.earned / result.points
    return "point" if share <= CAP else "edge" if share >= EDGE_CASE else "between"


def disagreement(answer: HeldOut, result: ExerciseResult) -> str:
    """How the label and the grade differ, with the reasons; empty when they agree."""
    if (grade := graded_as(result)) == answer.label:
        return ""
    reasons = "; ".join(f"{check.id}: {check.message}" for check in result.failed)
    share = f"{result.earned / result.points:.0%}"
    return (
        f"{answer.exercise} ({answer.title}): {answer.label}, graded {grade} with {share}: "
        f"{result.problem or reasons or 'nothing failed'}"
    )


def confusion(graded: Iterable[tuple[HeldOut, ExerciseResult]]) -> str:
    """The table of labels by grades."""
    counts = Counter((answer.label, graded_as(result)) for answer, result in graded)
    columns = (*LABELS, "between")
    head = " ".join(f"{name:>8}" for name in columns)
    rows = [
        f"{label:6} {' '.join(f'{counts[label, grade]:8}' for grade in columns)}"
        for label in LABELS
    ]
    return "\n".join([f"label  {head}   (graded as)", *rows])
