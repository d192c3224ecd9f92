"""Chapters as a test sees them: their cells, and a namespace in which their solutions have run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch
from nbformat import NotebookNode

from grader.authoring.chapter import read_chapter
from grader.checks.judge import judge
from grader.checks.registry import get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent

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


@pytest.fixture(scope="module")
def solutions(solved, request: pytest.FixtureRequest) -> dict[str, object]:
    """The solved namespace of the test module's CHAPTER."""
    return solved(request.module.CHAPTER)


@pytest.fixture
def namespace(solutions: dict[str, object]) -> dict[str, object]:
    """A copy of the solved namespace. Its functions go on to call each other as they were."""
    return dict(solutions)


def judge_in_chapter(
    package: str,
    namespace: dict[str, object],
    name: str,
    seed: int = 1,
    reference: LocalStudent | None = None,
) -> ExerciseResult:
    """The result of the exercise `name`, in a notebook with this namespace."""
    torch.manual_seed(seed)
    return judge(get_exercise(package, name), LocalStudent(namespace), seed, reference)


def failed(result: ExerciseResult) -> set[str]:
    """The ids of the checks that failed."""
    return {check.id for check in result.failed}
