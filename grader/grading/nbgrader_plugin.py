"""Our engine in nbgrader's own autograding, so that `nbgrader autograde` and formgrader use it too.

`nbgrader_config.py` names `SubmissionExporter`, which reads submissions, and `SandboxExecute` in
place of nbgrader's `Execute`.
"""

from __future__ import annotations

import asyncio
import atexit
import glob
import os
from copy import copy
from functools import cache
from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict, Enum
from traitlets.config import Config

from grader.course import Course, data_folder
from grader.errors import CourseError
from grader.grading import gradebook
from grader.grading.apart import Graded, GradingLost, grade_apart, isolation_for
from grader.grading.chapter_cells import ChapterCells, read_cells
from grader.grading.grade_class import prepare
from grader.grading.isolated import Isolation
from grader.grading.names import printable, refusal_by_nbgrader
from grader.grading.release import Release, read_release
from grader.grading.secret import read_secret
from grader.grading.submission import Submission
from grader.grading.task import Task, make_task
from grader.sandbox import Limits, Sandbox
from grader.sandbox.launch import Backend


class SubmissionExporter(NotebookExporter):
    """Reads what was handed in, whatever it is, as `grader autograde` does.

    nbgrader's `Autograde` exports a submission twice: from `submitted`, to sanitise it, and from
    `autograded`, to run it. The first time this prepares the submission; the second time it tells
    `SandboxExecute` what was found. Raises NbGraderException when the assignment cannot be graded.
    """

    _submission: Submission

    def __init__(self, config: Config | None = None, *, parent: Autograde, **kw) -> None:
        super().__init__(config, parent=parent, **kw)
        self._folders = parent.coursedir
        self._releases: dict[str, Release] = {}
        self._cells: dict[str, ChapterCells] = {}
        parent.coursedir = _copying_nothing(parent.coursedir)
        # nbgrader has left out folders without a notebook, and would leave out one of another name.
        parent.assignments = self._handed_in()
        if not parent.assignments:  # the reasons are in the log
            raise NbGraderException("Every submission of these is refused.")
        try:
            self._course = Course.find(Path(self._folders.root))
            self._course.config.merge(parent.config)  # the command line counts, such as --db
            for assignment in {Path(folder).name for folder in parent.assignments}:
                self._releases[assignment] = read_release(self._course, assignment)
                gradebook.register(self._course, self._releases[assignment])
                self._cells[assignment] = read_cells(self._course, assignment)
        except CourseError as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from None
        for folder in parent.assignments:
            self._name_what_nbgrader_refuses(Path(folder))

    def from_filename(
        self, filename: str, resources: dict | None = None, **kw
    ) -> tuple[NotebookNode, dict]:
        assert resources is not None  # nbgrader says in it whose submission this is
        student, assignment = (resources["nbgrader"][key] for key in ("student", "assignment"))
        submitted = self._folder("submitted", student, assignment)
        if os.path.dirname(filename) != submitted:
            resources["graded"] = (self._course, self._releases[assignment], self._submission)
            return super().from_filename(filename, resources, **kw)
        about = (self._releases[assignment], self._cells[assignment], _isolation(assignment))
        self._submission, notebook = prepare(self._course, student, *about)
        autograded = Path(self._folder("autograded", student, assignment))
        autograded.mkdir(parents=True, exist_ok=True)
        if self._submission.timestamp:
            (autograded / "timestamp.txt").write_text(self._submission.timestamp)
        return self.from_notebook_node(notebook, resources, **kw)

    def _handed_in(self) -> dict[str, list[str]]:
        """Every folder that is to be graded, and the path that its notebook should have."""
        pattern = self._folder("submitted", self._folders.student_id, self._folders.assignment_id)
        folders = []
        for folder in filter(os.path.isdir, glob.glob(pattern)):
            student = os.path.basename(os.path.dirname(folder))
            if reason := refusal_by_nbgrader(student):
                self.log.error("%s: %s", printable(student), reason)
            else:
                folders.append(folder)
        return {folder: [f"{folder}/{os.path.basename(folder)}.ipynb"] for folder in folders}

    def _name_what_nbgrader_refuses(self, folder: Path) -> None:
        """nbgrader reads the time before it asks us, and its error does not say what to do."""
        try:
            self._folders.get_existing_timestamp(folder)
        except Exception:  # the file is the student's
            self.log.error(
                "%s: nbgrader cannot read it and will not grade this submission. "
                "Run `grader autograde %s --student %r`.",
                *(printable(str(folder / "timestamp.txt"), 300), folder.name, folder.parent.name),
            )

    def _folder(self, step: str, student: str, assignment: str) -> str:
        name = getattr(self._folders, f"{step}_directory")
        return self._folders.format_path(name, student, assignment)


def _copying_nothing(folders: CourseDirectory) -> CourseDirectory:
    """The same folders, where nbgrader copies no file that lies beside a notebook.

    It would follow links, wait for pipes, and look for each of many files among all the others; and
    formgrader would serve the copies as pages of its own, with the rights of whoever opens them.
    """
    folders = copy(folders)
    folders.ignore = ["*"]
    return folders


class SandboxExecute(NbGraderPreprocessor):
    """Runs and judges a prepared notebook in the sandbox. Raises SandboxUnavailable without one."""

    sandbox = Enum(
        ["bubblewrap", "none"],
        default_value="bubblewrap",
        help="Where a student's code runs; `none` gives it everything that you can reach yourself.",
    ).tag(config=True)

    limits = Dict(
        help="What a submission may use, by the names of grader.sandbox.Limits: {'cell_seconds': 30}."
    ).tag(config=True)

    dropped = Dict(
        help="Exercises that do not count, by assignment: {'01_dropout': ['accuracy']}."
    ).tag(config=True)

    bonus = Dict(help="Exercises that count on top, by assignment.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        if "graded" not in resources:
            raise CourseError(
                "SandboxExecute runs what SubmissionExporter has read: set "
                '`c.Autograde.exporter_class = "grader.grading.nbgrader_plugin.SubmissionExporter"`.'
            )
        course, release, submission = resources["graded"]
        sandbox = _sandbox(self.sandbox, course.limits, release.modules)
        graded = self._grade(sandbox, make_task(submission, nb, release, read_secret(course)))
        for finding in graded.result.findings:
            self.log.warning("%s: %s", submission.student, finding)
        return graded.notebook, resources

    def _grade(self, sandbox: Sandbox, task: Task) -> Graded:
        """Twice, if it is lost on the way: nothing else runs in `sandbox`. Raises GradingLost."""
        isolation = _isolation(task.release.assignment)
        try:
            return grade_apart(isolation, sandbox, task, last=False)
        except GradingLost as loss:
            self.log.warning("%s: lost, and graded again: %s", task.submission.student, loss)
        return grade_apart(isolation, sandbox, task, last=True)


@cache
def _isolation(assignment: str) -> Isolation:
    """Where this process reads and judges submissions of an assignment."""
    isolation = isolation_for(assignment, fresh=_in_server())
    atexit.register(isolation.close)
    return isolation


def _in_server() -> bool:
    """Whether this process is formgrader's, which has threads of its own that nobody knows."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@cache
def _sandbox(backend: Backend, limits: Limits, modules: tuple[str, ...]) -> Sandbox:
    """One sandbox for all submissions of an assignment that this process grades."""
    sandbox = Sandbox(limits, data_folder(), backend, modules)
    atexit.register(sandbox.close)
    return sandbox
