"""A sandbox that starts beside the grader's own imports, for who is certain to be graded."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from grader.course import CONFIG_FILE, Course
from grader.grading import early_sandbox as module
from grader.grading.early_sandbox import early_sandbox
from grader.grading.release import Release
from grader.sandbox.launch import SandboxUnavailable

RELEASE = Release("one", new_notebook(), new_notebook(), frozenset(), ("json",))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    shutil.copy(Path(__file__).parents[2] / CONFIG_FILE, tmp_path)
    for step, student in (("submitted", "ada"), ("submitted", "bo"), ("autograded", "ada")):
        (tmp_path / step / student / "one").mkdir(parents=True)
    return Course(tmp_path)


def test_it_ends_with_all_that_it_started_when_nobody_needs_it(course: Course) -> None:
    with early_sandbox(course, RELEASE, "bubblewrap", None, force=False) as launched:
        assert launched is not None and launched.process.poll() is None
    assert launched.process.poll() is not None
    assert launched.log.closed
    assert launched.groups is None or not launched.groups.path.exists()
    assert launched.stop() == ""


def test_only_when_somebody_has_no_graded_notebook_yet(course: Course) -> None:
    (course.root / "autograded/bo/one").mkdir(parents=True)
    with early_sandbox(course, RELEASE, "bubblewrap", None, force=False) as launched:
        assert launched is None
    with early_sandbox(course, RELEASE, "bubblewrap", None, force=True) as launched:
        assert launched is not None


@pytest.mark.parametrize(
    "error", [SandboxUnavailable("not installed"), OSError(errno.ENOSPC, "No space left on device")]
)
def test_where_there_is_no_sandbox_it_is_said_when_one_is_needed(
    course: Course, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def none(*_: object) -> None:
        raise error

    monkeypatch.setattr(module, "launch", none)
    with early_sandbox(course, RELEASE, "bubblewrap", None, force=True) as launched:
        assert launched is None


def test_nothing_large_is_imported_before_it_is_launched(built_course: Course) -> None:
    (assignment,) = (path.stem for path in built_course.folder("release").glob("*/*.ipynb"))
    program = f"""
import sys
from grader import cli
from grader.grading import early_sandbox

def look(*_):
    print([name for name in ("torch", "sqlalchemy") if name in sys.modules])
    raise SystemExit(0)

early_sandbox.launch = look
sys.argv = ["grader", "autograde", {assignment!r}, "--force", "--course", {str(built_course.root)!r}]
cli.main()
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
