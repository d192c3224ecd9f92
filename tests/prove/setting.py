"""Where an answer stands: the chapter's cells before it, with the reference solutions in them."""

from __future__ import annotations

import linecache
from dataclasses import dataclass
from functools import cache

from grader.authoring.chapter import read_chapter
from grader.checks.exercise import all_exercises

from .catalogue import ROOT

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


@dataclass(frozen=True)
class Setting:
    """An exercise in its chapter.

    `before` is what a learner has run when they come to it: the source of each code cell that is
    neither a check nor a demonstration, with the reference solutions of the earlier exercises.
    `reference` is the exercise's own cell, with its solution; `solution_lines` are the numbers of
    the lines of that cell which a learner writes.
    """

    exercise: str
    before: tuple[str, ...]
    reference: str

    @property
    def solution_lines(self) -> frozenset[int]:
        inside, numbers = False, set()
        for number, line in enumerate(self.reference.splitlines(), start=1):
            if line.strip().startswith(BEGIN):
                inside = True
            elif line.strip().startswith(END):
                inside = False
            elif inside:
                numbers.add(number)
        return frozenset(numbers)


def namespace_with(setting: Setting, code: str) -> tuple[dict[str, object], str]:
    """The namespace of a notebook in which `code` stands in the exercise's cell.

    Also returns what the code raised as it ran, as a text; empty when it ran to its end. An
    exception in the cells before it is a fault of the chapter and is raised.
    """
    namespace: dict[str, object] = {"__name__": "__answer__"}
    for number, source in enumerate(setting.before):
        _run(source, f"<{setting.exercise}, cell {number + 1} before it>", namespace)
    try:
        _run(code, f"<{setting.exercise}>", namespace)
    except Exception as error:
        return namespace, f"{type(error).__name__}: {error}"
    return namespace, ""


@cache
def settings() -> dict[str, Setting]:
    """Every exercise that a chapter has, by name, in the order of the course."""
    found: dict[str, Setting] = {}
    for path in sorted((ROOT / "chapters").glob("*.py")):
        before: list[str] = []
        for cell in read_chapter(path).cells:
            if cell.cell_type != "code" or "demo" in cell.metadata.get("tags", []):
                continue
            marks = cell.metadata.get("nbgrader", {})
            if marks.get("grade"):
                continue  # a check
            if marks.get("grade_id") in all_exercises():
                found[marks.grade_id] = Setting(marks.grade_id, tuple(before), cell.source)
            before.append(cell.source)
    return found


def _run(source: str, filename: str, namespace: dict[str, object]) -> None:
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)  # for messages with a line
    exec(compile(source, filename, "exec", dont_inherit=True), namespace)
