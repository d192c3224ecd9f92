"""The way through a course: the page of all chapters, and the links at the end of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from grader.authoring.chapter import kernel
from grader.authoring.colab import REPOSITORY, colab_link
from grader.errors import CourseError

PAGE = "index.ipynb"
_TEXT = """# Dropout Lab

Work through the chapters in their order, or begin where you like: each says what it needs. You write code, run
the cell below it, and read what is right, what is wrong, and why.

{table}

Minutes are for a first reading with all exercises. What is marked *optional* beside an exercise can wait: nothing
later builds on it, though its points count.

- `check()` in a chapter shows all of its exercises: points so far, and what is open.
- `hint("name")` opens a hint, `reset("name")` an exercise's empty cell.
- If something does not work: `grader doctor`, in a terminal.

The links in the last two columns open a chapter on the web. Binder has the course installed; on Colab, the first
cell of code installs it, within a minute. Download the notebook before you leave.
"""
BINDER = "https://mybinder.org/v2/gh/{repository}/main?labpath=notebooks%2F{name}%2F{name}.ipynb"


@dataclass(frozen=True)
class Entry:
    """A chapter as the course page names it. path: of its text."""

    path: Path
    title: str
    minutes: int
    points: float

    @property
    def link(self) -> str:
        """To its notebook, from the folder of all chapters."""
        return f"{self.path.stem}/{self.path.stem}.ipynb"


def entries(chapters: Sequence[Path]) -> list[Entry]:
    """The chapters at these paths. Raises CourseError for a header without title or minutes."""
    return [_entry(path) for path in chapters]


def course_page(course: Sequence[Entry]) -> NotebookNode:
    """A notebook with a table of the chapters: link, minutes, points."""
    rows = ["| | chapter | minutes | points | | |", "| --- | --- | --- | --- | --- | --- |"]
    for entry in course:
        number = int(entry.path.stem.partition("_")[0])
        link = f"[{entry.title}]({entry.link})"
        binder = BINDER.format(repository=REPOSITORY, name=entry.path.stem)
        colab = colab_link(entry.path.stem)
        about = f"{entry.minutes} | {entry.points:g} | [Binder]({binder}) | [Colab]({colab})"
        rows.append(f"| {number} | {link} | {about} |")
    text = _TEXT.format(table="\n".join(rows)).rstrip()
    return new_notebook(cells=[new_markdown_cell(text, id="course-page")], metadata=kernel())


def navigation(course: Sequence[Entry], path: Path) -> NotebookNode:
    """A cell that leads from the chapter at `path` to the one before, the course page and the next."""
    at = [entry.path.stem for entry in course].index(path.stem)
    links = [f"[All chapters](../{PAGE})"]
    if at > 0:
        links.insert(0, f"[← {course[at - 1].title}](../{course[at - 1].link})")
    if at + 1 < len(course):
        links.append(f"[{course[at + 1].title} →](../{course[at + 1].link})")
    return new_markdown_cell("---\n\n" + " · ".join(links), id="navigation")


def _entry(path: Path) -> Entry:
    header = jupytext.reads(_header(path), fmt="py:percent").metadata.get("dropout_lab", {})
    try:
        return Entry(path, str(header["title"]), int(header["minutes"]), float(header["points"]))
    except (KeyError, TypeError, ValueError):
        raise CourseError(
            f"{path.name}: the header declares title, minutes and points; see docs/authors.md."
        ) from None


def _header(path: Path) -> str:
    """The lines of comments that a chapter begins with."""
    text = path.read_text(encoding="utf-8")
    return text.partition("\n\n")[0] + "\n"
