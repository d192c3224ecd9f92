"""Notes for whoever teaches a chapter: their minutes, points, messages and names are those of the course."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from grader.authoring.chapter import read_chapter
from grader.checks.judge import judge
from grader.checks.registry import chapter_of, exercises_of
from grader.checks.student import LocalStudent

from .conftest import CHAPTERS

DOCS = CHAPTERS.parent / "docs"
NOTES = DOCS / "chapters"
LONGEST = 75  # lines: a page is read on the way to class
IN_CLASS = 90  # minutes
_ROW = re.compile(r"^\| (.+?) \| (\d*) ?\| (\d+|home) \| (stays|drops|) ?\|$", re.MULTILINE)
_TROUBLE = re.compile(r"^\| `(\w+)`: (.+?) \| .+ \| .+ \|$", re.MULTILINE)
_SUMS = re.compile(
    r"^(\d+) minutes alone, (\d+) of them for what is graded\. "
    r"Short course: (\d+) minutes, ([\d.]+) of ([\d.]+) points\.$",
    re.MULTILINE,
)

paths = sorted(CHAPTERS.glob("*.py"))
every_chapter = pytest.mark.parametrize("path", paths, ids=lambda path: path.stem)


@dataclass(frozen=True)
class Asked:
    """What stands below one heading that says minutes: several exercises may share it."""

    names: tuple[str, ...]
    minutes: int
    points: float
    written: bool


@cache
def asked(path: Path) -> tuple[Asked, ...]:
    """What a chapter asks for, in its order."""
    found, minutes, names = [], 0, ()
    cells = read_chapter(path).cells
    points = {
        cell.metadata.nbgrader.grade_id.removeprefix("check_"): cell.metadata.nbgrader.points
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    for cell in cells:
        marks = cell.metadata.get("nbgrader", {})
        said = re.findall(r"^\*\*[\d.]+ points?.*?(\d+) minutes", cell.source, re.MULTILINE)
        if said and not marks:
            minutes, names = int(said[-1]), ()
        elif marks.get("solution"):
            if names:
                found.pop()
            names = (*names, marks.grade_id)
            worth = sum(points[name] for name in names)
            found.append(Asked(names, minutes, worth, cell.cell_type == "markdown"))
    return tuple(found)


def text(path: Path) -> str:
    return (NOTES / f"{path.stem[:2]}.md").read_text("utf-8")


def rows(path: Path) -> dict[tuple[str, ...], tuple[str, str, str]]:
    """The rows of a page's table of time, by the names in their first column; talks have none."""
    table = text(path).partition("## Time\n")[2].partition("\n## ")[0]
    return {
        tuple(re.findall(r"`(\w+)`", what)): (alone, in_class, short)
        for what, alone, in_class, short in _ROW.findall(table)
        if not what.startswith("Talk: ")
    }


def dropped(path: Path) -> set[str]:
    return {name for names, row in rows(path).items() if row[2] == "drops" for name in names}


def test_every_chapter_has_a_page_and_the_guide_names_it() -> None:
    pages = [f"{path.stem[:2]}.md" for path in paths]
    assert sorted(page.name for page in NOTES.glob("*")) == pages
    guide = (DOCS / "instructors.md").read_text("utf-8")
    assert re.findall(r"\]\(chapters/(\d+\.md)\)", guide) == pages


@every_chapter
def test_the_title_is_the_chapters_and_a_page_is_a_page(path: Path) -> None:
    title = re.search(r"title: (.+)$", path.read_text("utf-8"), re.MULTILINE)
    lines = text(path).splitlines()
    assert title and lines[0] == f"# Notes on chapter {int(path.stem[:2])}: {title[1]}"
    assert len(lines) <= LONGEST


@every_chapter
def test_the_table_has_what_the_chapter_asks_for_with_its_minutes(path: Path) -> None:
    expected = {part.names: str(part.minutes) for part in asked(path)}
    found = rows(path)
    assert list(found) == list(expected), "another order, or another name"
    for names, (alone, in_class, short) in found.items():
        assert alone == expected[names], f"{names} takes {expected[names]} minutes"
        assert in_class in ("home", alone) and short in ("stays", "drops"), names


@every_chapter
def test_the_plan_fills_the_class(path: Path) -> None:
    table = text(path).partition("## Time\n")[2].partition("\n## ")[0]
    planned = [int(minutes) for _, _, minutes, _ in _ROW.findall(table) if minutes.isdigit()]
    assert sum(planned) == IN_CLASS


@every_chapter
def test_the_sums_are_right_and_the_chapter_declares_enough(path: Path) -> None:
    parts = asked(path)
    kept = [part for part in parts if not dropped(path).intersection(part.names)]
    declared = re.search(r"minutes: (\d+)$", path.read_text("utf-8"), re.MULTILINE)
    expected = [
        int(declared[1]),
        sum(part.minutes for part in parts),
        sum(part.minutes for part in kept),
        sum(part.points for part in kept),
        sum(part.points for part in parts),
    ]
    (found,) = _SUMS.findall(text(path))
    assert list(map(float, found)) == expected
    assert expected[0] > expected[1], "reading takes time as well"
    assert expected[2] <= 0.8 * expected[1], "the guide says: a fifth of the minutes or more"


@every_chapter
def test_what_stays_earns_all_points_where_the_rest_is_open(path: Path) -> None:
    """In the notebook's way, without reference implementations. And only exercises can be dropped."""
    gone, exercises = dropped(path), exercises_of(chapter_of(path.stem))
    assert gone and gone <= set(exercises), "written answers cannot be dropped by configuration"
    space: dict[str, object] = {"__name__": "__main__"}
    for cell in read_chapter(path).cells:
        marks = cell.metadata.get("nbgrader", {})
        left_out = marks.get("locked") or "demo" in cell.metadata.get("tags", [])
        if cell.cell_type == "code" and not left_out and marks.get("grade_id") not in gone:
            exec(compile(cell.source, cell.id, "exec"), space)
    for name in set(exercises) - gone:
        result = judge(exercises[name], LocalStudent(space), seed=5)
        assert result.earned == result.points, (name, result.failed)


@every_chapter
def test_learners_read_the_messages_of_the_table(path: Path) -> None:
    mistakes = (DOCS / "mistakes.md").read_text("utf-8")
    chapter = mistakes.partition(f"\n## Chapter {int(path.stem[:2])}\n")[2].partition("\n## ")[0]
    quoted = _TROUBLE.findall(text(path).partition("## Common trouble\n")[2])
    assert len(quoted) >= 8
    for name, message in quoted:
        section = chapter.partition(f"\n### `{name}`\n")[2].partition("\n### ")[0]
        assert message in section, f"no learner reads this of {name}: {message}"


@every_chapter
def test_every_written_answer_is_spoken_of(path: Path) -> None:
    section = text(path).partition("## Written answers\n")[2].partition("\n## ")[0]
    expected = [name for part in asked(path) if part.written for name in part.names]
    assert re.findall(r"^- `(\w+)`: ", section, re.MULTILINE) == expected
