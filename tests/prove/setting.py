"""Where an answer stands: the chapter's cells before it, with the reference solutions in them."""

from __future__ import annotations

import linecache
from dataclasses import dataclass
from functools import cache

from grader.authoring.catalogue import ROOT
from grader.authoring.chapter import SOLUTION_MARKS, read_chapter
from grader.checks.registry import chapter_of, exercises_of
from grader.grading.reference import cells_before


@dataclass(frozen=True)
class Setting:
    """An exercise in its chapter.

    `before` is what a learner has run when they come to it, with the reference solutions of the earlier
    exercises. `reference` is the exercise's own cell, with its solution; `solution_lines` are the numbers
    of the lines of that cell which a learner writes.
    """

    chapter: str
    exercise: str
    before: tuple[str, ...]
    reference: str

    @property
    def place(self) -> tuple[str, str]:
        """Chapter and exercise, as an answer has them."""
        return self.chapter, self.exercise

    @property
    def solution_lines(self) -> frozenset[int]:
        begin, end = SOLUTION_MARKS
        inside, numbers = False, set()
        for number, line in enumerate(self.reference.splitlines(), start=1):
            if line.strip() == begin:
                inside = True
            elif line.strip() == end:
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
def settings() -> dict[tuple[str, str], Setting]:
    """Every exercise that a chapter has, by chapter and name, in the order of the course."""
    found = {}
    for path in sorted((ROOT / "chapters").glob("*.py")):
        notebook, chapter = read_chapter(path), chapter_of(path.stem)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in exercises_of(chapter):
                before = tuple(cells_before(notebook, name).values())
                found[chapter, name] = Setting(chapter, name, before, cell.source)
    return found


def _run(source: str, filename: str, namespace: dict[str, object]) -> None:
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)  # for messages with a line
    exec(compile(source, filename, "exec", dont_inherit=True), namespace)
