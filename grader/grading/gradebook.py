"""nbgrader's database and folders: the one place that writes grades.

Everything goes through nbgrader's own preprocessors, so that its commands and formgrader read what
they expect.
"""

from __future__ import annotations

import functools
import logging
import os
import secrets
import shutil
import sys
import tempfile
import warnings
from copy import deepcopy
from pathlib import Path

import nbformat
import nbgrader.api
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbformat import NotebookNode
from nbgrader import preprocessors as steps
from nbgrader.api import Gradebook
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SAWarning

from grader.course import Course
from grader.errors import CourseError
from grader.grading.names import printable
from grader.grading.release import Release
from grader.grading.submission import Submission

REGISTER = (
    steps.LockCells,
    steps.ClearSolutions,
    steps.ClearOutput,
    steps.CheckCellMetadata,
    steps.ComputeChecksums,
    steps.SaveCells,
)
SANITISE = (steps.OverwriteCells,)
RECORD = (
    steps.IgnorePattern,
    ClearMetadataPreprocessor,
    steps.LimitOutput,
    steps.SaveAutoGrades,
    steps.AssignLatePenalties,
)
SECRET_FILE = ".grader_secret"

# nbgrader opens the database anew for each of its steps. With one engine for all of them, SQLAlchemy
# keeps the queries that it has compiled.
nbgrader.api.create_engine = functools.cache(nbgrader.api.create_engine)

# nbgrader reads a submission while it is being added, which is harmless and warned about each time.
warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.api")

log = logging.getLogger("grader.grading.gradebook")
log.setLevel(logging.ERROR)  # nbgrader's remarks on a changed cell are findings of ours


def open_gradebook(course: Course) -> Gradebook:
    """nbgrader's gradebook of this course; made, with its tables, when it is not there yet."""
    # A new database makes nbgrader call `alembic`, which is installed beside this interpreter.
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join((beside, os.environ.get("PATH", os.defpath)))
    return Gradebook(course.database, course.config.CourseDirectory.course_id)


def register(course: Course, release: Release) -> None:
    """Tell the gradebook which cells the assignment has, as `nbgrader generate_assignment` does."""
    assignment = release.assignment
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment(assignment)
    try:
        _run(REGISTER, course, deepcopy(release.source), assignment, ".")
    except RuntimeError as error:
        raise CourseError(
            f"{assignment} has other cells now than when its submissions were graded ({error}). "
            "Grade them with the chapter as it was, or start a new gradebook."
        ) from None


def sanitise(course: Course, submission: Submission) -> NotebookNode:
    """The submission's notebook with locked cells restored and marks as the gradebook has them."""
    about = (submission.assignment, submission.student)
    notebook = _run((steps.DeduplicateIds,), course, submission.notebook, *about)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader") == {}:  # what is left of an id that stands twice
            del cell.metadata["nbgrader"]
            first = printable((cell.source.splitlines() or [""])[0], 60)
            submission.findings.append(f"A cell stands twice (`{first}`); the last one counts.")
    before = {cell.id: cell.source for cell in notebook.cells}
    notebook = _run(SANITISE, course, notebook, *about)
    edited = [cell for cell in notebook.cells if before.get(cell.id, cell.source) != cell.source]
    for cell in edited:
        submission.findings.append(
            f"The locked cell {cell.metadata.nbgrader.grade_id} was edited; it was put back."
        )
    return notebook


def record(course: Course, submission: Submission, notebook: NotebookNode) -> Path:
    """Write the grades of an executed notebook, and the notebook itself into `autograded`."""
    timestamp = submission.timestamp
    extra = {"timestamp": parse_utc(timestamp)} if timestamp else {}
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_student(submission.student)
        gradebook.update_or_create_submission(submission.assignment, submission.student, **extra)
    notebook = _run(RECORD, course, notebook, submission.assignment, submission.student)
    path = course.notebook("autograded", submission.assignment, submission.student)
    _write_folder(path, notebook, timestamp)
    return path


def secret(course: Course) -> str:
    """The instructor's secret, from which all seeds of the judge derive; made on first use."""
    path = course.root / SECRET_FILE
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()


def _run(pipeline, course: Course, notebook: NotebookNode, assignment: str, student: str):
    resources = {
        "nbgrader": {
            "assignment": assignment,
            "notebook": assignment,
            "student": student,
            "db_url": course.database,
        },
        "unique_key": assignment,
        "metadata": {"path": str(course.root)},
    }
    for step in pipeline:
        preprocessor = step(config=course.config)
        if hasattr(preprocessor, "log"):
            preprocessor.log = log
        notebook, resources = preprocessor(notebook, resources)
    return notebook


def _write_folder(path: Path, notebook: NotebookNode, stamp: str) -> None:
    """Replace the folder of `path` as a whole, so that a crash leaves the old one or the new one.

    What was handed in beside the notebook stays in `submitted`: formgrader would serve it as pages of
    its own, with the rights of whoever opens them.
    """
    folder = path.parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    scratch.chmod(0o755)
    try:
        if stamp:
            (scratch / "timestamp.txt").write_text(stamp)
        nbformat.write(notebook, scratch / path.name)
        (scratch / path.name).chmod(0o444)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
