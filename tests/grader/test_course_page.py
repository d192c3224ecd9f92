"""The page of all chapters: a row for each, with links that lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from grader.authoring.colab import REPOSITORY
from grader.authoring.course_page import entries
from grader.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("*.py"))
PAGE = nbformat.read(ROOT / "notebooks" / "index.ipynb", as_version=4).cells[0].source


def test_every_chapter_has_a_row_that_opens_it_here_on_binder_and_on_colab() -> None:
    rows = re.findall(r"^\| \d+ \|.*$", PAGE, re.MULTILINE)
    assert len(rows) == len(CHAPTERS)
    for entry, row in zip(entries(CHAPTERS), rows, strict=True):
        here, binder, colab = (unquote(link) for link in re.findall(r"\]\(([^)]+)\)", row))
        assert (ROOT / "notebooks" / here).is_file() and f"[{entry.title}]" in row
        assert binder.endswith(f"{REPOSITORY}/main?labpath=notebooks/{here}")
        assert colab.endswith(f"github/{REPOSITORY}/blob/main/notebooks/{here}")
        assert f"| {entry.minutes} | {entry.points:g} |" in row


@pytest.mark.parametrize("line", ["title: Doubling", "minutes: 5"])
def test_a_header_without_a_row_is_an_error(tmp_path: Path, line: str) -> None:
    path = tmp_path / "01_double.py"
    header = "# ---\n# jupyter:\n#   dropout_lab:\n#     title: Doubling\n#     minutes: 5\n#     points: 1\n# ---\n\n"
    path.write_text(header + "# %% [markdown]\n# Text\n")
    assert entries([path])[0].minutes == 5
    path.write_text(header.replace(f"#     {line}\n", ""))
    with pytest.raises(CourseError, match=r"01_double\.py: the header declares title, minutes and"):
        entries([path])
