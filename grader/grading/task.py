"""One submission as everything that grades it gets it: plain data, without the instructor's secret."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode, from_dict, v4

from grader.checks.judge import derive_seed
from grader.checks.quiz import SHEET
from grader.grading.release import Release
from grader.grading.submission import Submission

_SETS = ("demos", "dropped", "bonus")


@dataclass(frozen=True)
class Task:
    """All that running and judging a submission takes.

    notebook: as it is run, with marks and locked cells put back. content: a hash of what the student's
    process is given. chance: the seed of the student's process. seeds: of the judge's inputs, by exercise.
    """

    submission: Submission
    notebook: NotebookNode
    release: Release
    content: str
    chance: int
    seeds: Mapping[str, int]


def make_task(
    submission: Submission, notebook: NotebookNode, release: Release, secret: str
) -> Task:
    """The task of grading `notebook`, what `submission` became when it was prepared.

    `secret`, the student, what was handed in, and the exercise's name give the seed of the judge's inputs:
    grading the same again repeats it, and handing in something else gets other questions.
    """
    content = content_of(notebook, submission.files)
    names = filter(None, map(exercise_of, notebook.cells))
    seeds = {name: derive_seed(secret, submission.student, content, name) for name in names}
    chance = derive_seed(secret, "student", submission.student, release.assignment)
    return Task(submission, notebook, release, content, chance, seeds)


def packed(task: Task) -> tuple[bytes, list[bytes]]:
    """A task as JSON, and the files beside the notebook: for another machine, by `unpacked`.

    Left out is what grading does not look at: the notebook before it was prepared, and as it was handed out.
    """
    submission = vars(task.submission) | {"notebook": None, "files": list(task.submission.files)}
    sets = {name: sorted(getattr(task.release, name)) for name in _SETS}
    release = vars(task.release) | {"notebook": None} | sets
    about = vars(task) | {"submission": submission, "release": release}
    return json.dumps(about).encode(), list(task.submission.files.values())


def unpacked(data: bytes, files: Sequence[bytes]) -> Task:
    """The task that `packed` has described."""
    about = json.loads(data)
    submission, release = about["submission"], about["release"]
    submission["files"] = dict(zip(submission["files"], files, strict=True))
    release["source"] = from_dict(release["source"])
    release.update({name: frozenset(release[name]) for name in _SETS})
    release["modules"] = tuple(release["modules"])
    for part in (submission, release):
        part["notebook"] = v4.new_notebook()
    return Task(
        **about
        | {
            "submission": Submission(**submission),
            "release": Release(**release),
            "notebook": from_dict(about["notebook"]),
        }
    )


def content_of(notebook: NotebookNode, files: Mapping[str, bytes]) -> str:
    """A hash of what a student's process is given: the code of a prepared notebook, in order, and files."""
    parts = [
        cell.source.encode(errors="replace") for cell in notebook.cells if cell.cell_type == "code"
    ]
    parts += [
        part for name in sorted(files) for part in (name.encode(errors="replace"), files[name])
    ]
    digests = [hashlib.sha256(part).digest() for part in parts]
    return hashlib.sha256(b"".join(digests)).hexdigest()


def exercise_of(cell: NotebookNode) -> str | None:
    """The exercise that a check cell judges; None for all other cells."""
    marks = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "code" and marks.get("grade") and marks.get("locked"):
        return marks["grade_id"].removeprefix("check_")
    return None


def shown_quiz(cell: NotebookNode) -> str:
    """The shuffled quiz whose options a locked cell shows; empty for all other cells."""
    marks = cell.metadata.get("nbgrader", {})
    is_sheet = marks.get("locked") and marks["grade_id"].startswith(SHEET)
    return marks["grade_id"].removeprefix(SHEET) if is_sheet else ""
