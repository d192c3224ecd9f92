"""Reading and grading a submission apart from the grader: what reads its bytes runs isolated.

The first half is the grader's side; the functions of the second half run in a process of their own, and
give back plain data: few and short findings, cells of a bounded size, the results of checks.
"""

from __future__ import annotations

import base64
import importlib
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import nbformat
from nbformat import NotebookNode

from grader.checks.registry import chapter_of, exercises_of, probes
from grader.checks.results import SubmissionResult
from grader.grading.grade_submission import grade
from grader.grading.isolated import Isolation, IsolationError, IsolationLimits, Lost, Raised
from grader.grading.names import printable
from grader.grading.release import FINDINGS
from grader.grading.submission import Submission, read_submission
from grader.grading.task import Task
from grader.sandbox import (
    CellOutcome,
    Limits,
    Sandbox,
    SandboxLost,
    SandboxUnavailable,
    Session,
    open_session,
)
from grader.wire.limits import MIB
from grader.wire.probe import source_of

READING = IsolationLimits(cpu_seconds=30, seconds=300, memory_bytes=1536 * MIB)
JUDGING = IsolationLimits(
    cpu_seconds=120, seconds=6 * 3600, memory_bytes=1024 * MIB, result_bytes=192 * MIB
)
MAX_FINDINGS, MAX_FINDING = 30, 300
MAX_SOURCES = 16 * MIB
"""Characters of all cells of a notebook together."""
MAX_CELL_TAGS = 20
_MAX_UNREADABLE = 3


class GradingLost(Exception):
    """The sandbox or the judge was lost, or the machine is too busy: not the fault of the submission."""


@dataclass(frozen=True)
class Graded:
    """A judged submission and its executed notebook."""

    result: SubmissionResult
    notebook: NotebookNode


def isolation_for(assignment: str, *, fresh: bool = False) -> Isolation:
    """Where submissions of `assignment` are read and judged. It has imported all that this takes."""
    return Isolation(fresh=fresh, prepare=(warm_up, assignment))


def read(isolation: Isolation, folder: Path, student: str, assignment: str) -> Submission:
    """What lies in `folder`. A file that cannot be read within the limits is a notebook without cells.

    Raises GradingLost.
    """
    for last in (False, True):
        try:
            read = isolation.run(_read, str(folder), student, assignment, limits=READING)
        except Raised as error:
            raise OSError(str(error)) from None
        except IsolationError as error:
            if isinstance(error, Lost) and not last:
                continue
            why = printable(str(error).removeprefix("read "), 200)
            finding = f"The submission cannot be read: it {why}."
            return Submission(student, assignment, nbformat.v4.new_notebook(), [finding])
        break
    record = cast("dict[str, Any]", read)
    record["files"] = {name: base64.b64decode(data) for name, data in record["files"].items()}
    return Submission(**record | {"notebook": nbformat.from_dict(record["notebook"])})


def grade_apart(isolation: Isolation, sandbox: Sandbox, task: Task, *, last: bool) -> Graded:
    """Run and judge a submission: see `grade`.

    An exercise whose answers end the judge is judged no further, and the others once more. last: there
    will be no other try. Raises GradingLost, after which `sandbox` has been started anew if need be, and
    IsolationError for a fault of the grader's own.
    """
    unreadable: dict[str, str] = {}
    about = (sandbox.limits, last, unreadable)
    for _ in range(_MAX_UNREADABLE):
        try:
            answer = isolation.run(_grade, task, *about, limits=JUDGING, fds=[sandbox.fileno()])
        except (Lost, Raised) as error:
            if isinstance(error, Lost):
                raise GradingLost(str(error)) from None
            raise
        except IsolationError as error:
            if not error.note or error.note in unreadable:
                break
            unreadable[error.note] = _unreadable(error)
            continue
        return _graded(answer, sandbox)
    finding = "What its code gave took the grader too much time or memory."
    submission = replace(task.submission, findings=[*task.submission.findings, finding])
    everything = exercises_of(chapter_of(task.release.assignment))
    unreadable.update(dict.fromkeys(everything, "its answers could not be judged"))
    task = replace(task, submission=submission)
    return _graded(isolation.run(_grade, task, *about, limits=JUDGING), sandbox)


def short(findings: Iterable[str]) -> list[str]:
    """Findings as they can be printed: short ones, and not too many."""
    every = list(findings)
    kept = [printable(finding, MAX_FINDING) for finding in every[:MAX_FINDINGS]]
    more = len(every) - len(kept)
    return [*kept, f"{more} more findings are not shown."] if more else kept


def _graded(answer: object, sandbox: Sandbox) -> Graded:
    record = cast("dict[str, Any]", answer)
    if "lost" in record:
        sandbox.heal()
        raise GradingLost(printable(record["lost"], 300))
    notebook = nbformat.from_dict(record["notebook"])
    return Graded(SubmissionResult.from_json(record["result"]), notebook)


def _unreadable(error: IsolationError) -> str:
    return f"what your code answered cannot be judged: {error}"


def warm_up(assignment: str) -> None:
    """Have ready, in the process that forks, what every submission needs."""
    for exercise in exercises_of(chapter_of(assignment)).values():
        for name in exercise.imports:
            importlib.import_module(name)
    for probe in probes():  # to put its source together takes longer than to ask with it
        with suppress(ValueError):  # it travels nowhere by itself
            source_of(probe)


def _read(folder: str, student: str, assignment: str) -> dict[str, object]:
    submission = read_submission(Path(folder), student, assignment)
    _cut(submission)
    files = {name: base64.b64encode(content).decode() for name, content in submission.files.items()}
    return vars(submission) | {"findings": short(submission.findings), "files": files}


def _cut(submission: Submission) -> None:
    """Leave out the cells that are too much for one notebook."""
    room, kept = MAX_SOURCES, 0
    for cell in submission.notebook.cells:
        room -= len(cell.source)
        if room < 0:
            break
        kept += 1
        if "tags" in cell.metadata:
            del cell.metadata["tags"][MAX_CELL_TAGS:]
    more = len(submission.notebook.cells) - kept
    if more:
        del submission.notebook.cells[kept:]
        submission.findings.append(
            f"The notebook is too large: its last {more} cells were left out."
        )


def _grade(
    task: Task, limits: Limits, last: bool, unreadable: dict[str, str], fds: list[int] | None = None
) -> dict[str, object]:
    def session(seed: int) -> AbstractContextManager[Session]:
        if fds is None:
            return nullcontext(cast("Session", _NoSession()))
        files = task.submission.files
        return open_session(fds[0], limits, seed, files, killed_is_lost=not last)

    try:
        result = grade(task, session=session, unreadable=unreadable)
    except (SandboxLost, SandboxUnavailable) as lost:
        return {"lost": str(lost)}
    record = result.as_json() | {"findings": short(result.findings)}
    task.notebook.metadata[FINDINGS] = record["findings"]
    return {"result": record, "notebook": task.notebook}


class _NoSession:
    """A place where nothing is run."""

    def run_cell(self, source: str, count: int) -> object:
        return CellOutcome("limit", [], "This cell was not run.")
