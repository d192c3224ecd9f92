"""Our engine as nbgrader's `Execute` stage, so that `nbgrader autograde` and formgrader use it too.

`nbgrader_config.py` names `SandboxExecute` in place of nbgrader's `Execute`.
"""

from __future__ import annotations

import atexit
import os
from functools import cache
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict, Enum

from . import gradebook
from .autograde import read_release
from .course import Course
from .engine import grade
from .exercise import CourseError
from .restore import restore
from .sandbox import Limits, Sandbox
from .sandbox.launch import Backend


class SandboxExecute(NbGraderPreprocessor):
    """Runs and judges a sanitised notebook in the sandbox. Raises SandboxUnavailable without one."""

    sandbox = Enum(
        ["bubblewrap", "none"],
        default_value="bubblewrap",
        help="Where a student's code runs; `none` gives it everything that you can reach yourself.",
    ).tag(config=True)

    limits = Dict(
        help="What a submission may use, by the names of grader.sandbox.Limits: {'cell_seconds': 30}."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        course = Course.find(Path.cwd())  # nbgrader runs its converters in the course folder
        about = resources["nbgrader"]
        release = read_release(course, about["assignment"])
        findings = restore(nb, release.notebook)
        result = grade(
            nb,
            assignment=about["assignment"],
            student=about["student"],
            secret=gradebook.secret(course),
            sandbox=_sandbox(self.sandbox, course.limits, release.modules),
            demos=release.demos,
            findings=tuple(findings),
        )
        for finding in result.findings:
            self.log.warning("%s: %s", about["student"], finding)
        return nb, resources


@cache
def _sandbox(backend: Backend, limits: Limits, modules: tuple[str, ...]) -> Sandbox:
    """One sandbox for all submissions of an assignment that this process grades."""
    sandbox = Sandbox(limits, data_folder(), backend, modules)
    atexit.register(sandbox.close)
    return sandbox


def data_folder() -> Path | None:
    """The folder of data sets that submissions may read: `COURSE_DATA`, where it is set.

    Raises CourseError when that is no folder.
    """
    setting = os.environ.get("COURSE_DATA", "")
    if not setting:
        return None
    folder = Path(setting).resolve()
    if not folder.is_dir():
        raise CourseError(f"COURSE_DATA is {setting!r}, which is no folder: correct or unset it.")
    return folder
