"""Chapters as a test sees them: their cells, and a namespace in which their solutions have run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from nbformat import NotebookNode

from grader.authoring.chapter import read_chapter

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"


@pytest.fixture(scope="session")
def chapter() -> Callable[[str], NotebookNode]:
    """The instructor notebook of a chapter, by the name of its file."""
    return cache(lambda name: read_chapter(CHAPTERS / f"{name}.py"))


@pytest.fixture(scope="session")
def solved(chapter: Callable[[str], NotebookNode]) -> Callable[[str], dict[str, object]]:
    """A namespace after the chapter's graded solutions have run; demo cells have not."""

    def run(name: str) -> dict[str, object]:
        namespace: dict[str, object] = {"__name__": "__main__"}
        for cell in chapter(name).cells:
            check = cell.metadata.get("nbgrader", {}).get("locked", False)
            demo = "demo" in cell.metadata.get("tags", [])
            if cell.cell_type == "code" and not check and not demo:
                exec(compile(cell.source, cell.id, "exec"), namespace)
        return namespace

    return run
