"""What an exercise asks for: said once, in its heading, shown below it, and true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.authoring.chapter import read_chapter
from grader.authoring.headings import asked_in, with_lines
from grader.checks.registry import chapter_of, exercises_of
from grader.errors import CourseError

_LINE = re.compile(r"\*\*[\d.]+ points?( each)?\*\* · .*(core|optional)")
CHAPTERS = sorted((Path(__file__).resolve().parents[2] / "chapters").glob("*.py"))


@pytest.mark.parametrize(
    ("heading", "shown"),
    [
        (
            "### Exercise: `Net` (7 points, medium, 15 minutes)",
            "### Exercise: `Net`\n\n**7 points** · ●●○ medium · 15 minutes · core",
        ),
        (
            "### Exercise: `l1_step` (1 point, easy, 5 minutes, optional)",
            "### Exercise: `l1_step`\n\n**1 point** · ●○○ easy · 5 minutes · optional",
        ),
        ("### Question: why? (3 points)", "### Question: why?\n\n**3 points** · core"),
        (
            "## Exercises: `a`, `b` (2.5 points each, hard)",
            "## Exercises: `a`, `b`\n\n**2.5 points each** · ●●● hard · core",
        ),
    ],
)
def test_a_heading_becomes_a_heading_and_a_line(heading: str, shown: str) -> None:
    assert with_lines(f"Text before.\n\n{heading}\n\nText (3 points) after.") == (
        f"Text before.\n\n{shown}\n\nText (3 points) after."
    )


@pytest.mark.parametrize("text", ["## All (60,000) pictures", "A line (3 points, easy)", "# T (2)"])
def test_other_texts_stay(text: str) -> None:
    assert with_lines(text) == text and asked_in(text) is None


def test_a_heading_with_other_points_than_the_exercise_is_an_error(small_course) -> None:
    path = small_course.root / "chapters" / "01_double.py"
    text = path.read_text()
    heading = '# %% [markdown]\n# ### Exercise: `double` ({} points)\n\n# %% exercise="double"'
    path.write_text(text.replace('# %% exercise="double"', heading.format(5)))
    with pytest.raises(CourseError, match=r"def double.* worth 4, and the heading above it says 5"):
        read_chapter(path)
    path.write_text(text.replace('# %% exercise="double"', heading.format(4)))
    assert any("**4 points** · core" in cell.source for cell in read_chapter(path).cells)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_exercise_of_a_chapter_says_how_hard_and_how_long_it_is(path: Path) -> None:
    """And no exercise that is core uses one that is optional."""
    line, optional = "", set()
    for cell in read_chapter(path).cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and not marks:
            found = [text for text in cell.source.split("\n") if _LINE.fullmatch(text)]
            line = found[-1] if found else line
        elif marks.get("solution"):
            assert "minutes" in line, f"{marks.grade_id} has no heading that says its minutes"
            if line.endswith("optional"):
                optional.add(marks.grade_id)
    for name, exercise in exercises_of(chapter_of(path.stem)).items():
        assert name in optional or not optional.intersection(exercise.uses), name
