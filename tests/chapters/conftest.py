"""Chapters as a test sees them: their cells, and a namespace in which their solutions have run."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pytest
import torch
from nbformat import NotebookNode

from grader.authoring.catalogue import reference
from grader.authoring.chapter import read_chapter
from grader.checks.judge import judge
from grader.checks.registry import get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent
from grader.grading.reference import reference_for
from grader.wire.probe import use_reference

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
FASHION_MNIST = Path(os.environ.get("COURSE_DATA", "/nowhere")) / "FashionMNIST" / "raw"

real_data = pytest.mark.skipif(
    not FASHION_MNIST.is_dir(), reason="needs the real Fashion-MNIST in COURSE_DATA"
)


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


@pytest.fixture(scope="module")
def text(chapter: Callable[[str], NotebookNode], request: pytest.FixtureRequest) -> str:
    """The prose of the test module's CHAPTER, in one line."""
    cells = chapter(request.module.CHAPTER).cells
    return " ".join("\n".join(c.source for c in cells if c.cell_type == "markdown").split())


@pytest.fixture(scope="module")
def ran(
    chapter: Callable[[str], NotebookNode], request: pytest.FixtureRequest
) -> tuple[dict[str, object], str]:
    """The namespace after every cell of the test module's CHAPTER but the checks, and what was printed. A
    warning is an error.
    """
    namespace: dict[str, object] = {"__name__": "__main__"}
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), warnings.catch_warnings():
        warnings.simplefilter("error")
        for cell in chapter(request.module.CHAPTER).cells:
            if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("locked"):
                exec(compile(cell.source, cell.id, "exec"), namespace)
    assert err.getvalue() == ""
    return namespace, out.getvalue()


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


def judge_beside_reference(
    package: str, chapter: NotebookNode, namespace: dict[str, object], name: str
) -> ExerciseResult:
    """The result of `name`, whose own code is right, with the reference implementations of what it uses."""
    found = reference_for(chapter, get_exercise(package, name))
    assert found is not None
    helped = dict(namespace)
    use_reference(helped, found.cells, found.names)
    exec(reference(package, name), helped)
    return judge_in_chapter(package, namespace, name, reference=LocalStudent(helped))


def failed(result: ExerciseResult) -> set[str]:
    """The ids of the checks that failed."""
    return {check.id for check in result.failed}
