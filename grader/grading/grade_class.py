"""Autograding a class: read, sanitise, run and judge N submissions side by side, record.

What reads a submission's bytes runs isolated (`grader.grading.apart`); the threads here only wait for it.
Sanitising and recording, which use the gradebook, happen in the calling thread.
"""

from __future__ import annotations

import fnmatch
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from nbformat import NotebookNode

from grader.checks.results import SubmissionResult
from grader.course import Course
from grader.errors import CourseError
from grader.grading import gradebook
from grader.grading.apart import Graded, GradingLost, grade_apart, isolation_for, read
from grader.grading.capacity import workers_that_fit
from grader.grading.isolated import Isolation
from grader.grading.names import printable, refusal
from grader.grading.release import Release, read_release
from grader.grading.restore import restore, restore_marks
from grader.grading.submission import Submission
from grader.sandbox import Backend, Limits, Sandbox
from grader.sandbox.launch import Launched

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """A submission that could not be graded, and why; its earlier grade, if any, is untouched.

    student: the folder's name, as it can be shown.
    """

    student: str
    reason: str


def students(course: Course, assignment: str, pattern: str = "*") -> list[str]:
    """The students who handed in `assignment`, in order. Raises CourseError when there are none."""
    folder = course.folder("submitted")
    found = sorted(
        path.parent.name
        for path in folder.glob(f"*/{assignment}")
        if path.is_dir() and fnmatch.fnmatch(path.parent.name, pattern)
    )
    if not found:
        raise CourseError(
            f"There are no submissions of {assignment} by {pattern!r} in {folder}: expected "
            f"{folder.name}/STUDENT/{assignment}/{assignment}.ipynb."
        )
    return found


def prepare(
    course: Course, student: str, release: Release, isolation: Isolation
) -> tuple[Submission, NotebookNode]:
    """What `student` handed in, and its notebook as it is run: marks and locked cells put back."""
    folder = course.notebook("submitted", release.assignment, student).parent
    submission = read(isolation, folder, student, release.assignment)
    restore_marks(submission.notebook, release.notebook)
    notebook = gradebook.sanitise(course, submission)
    submission.findings += restore(notebook, release.notebook)
    return submission, notebook


def autograde(
    course: Course,
    assignment: str,
    *,
    pattern: str = "*",
    workers: int = 1,
    backend: Backend = "bubblewrap",
    limits: Limits | None = None,
    data: Path | None = None,
    launched: Launched | None = None,
    release: Release | None = None,
    isolation: Isolation | None = None,
    say: Callable[[str], None] = log.warning,
    progress: Callable[[SubmissionResult | Failure, int], None] = lambda outcome, total: None,
) -> list[SubmissionResult | Failure]:
    """Grade every submission of `assignment` whose student matches `pattern`; in student order.

    `workers` submissions run side by side, or fewer when memory is short, which `say` is told; grades do
    not depend on their number. A submission that is lost because the sandbox failed is graded again
    alone. Each outcome is recorded as soon as it is there, and reported to `progress` with the number of
    all. launched: a sandbox that `launch` has started with the release's modules, for a head start.
    isolation: from `isolation_for`, better started while the process had no threads.
    Raises CourseError for an unknown assignment or no submissions, SandboxUnavailable when the
    backend cannot run here; never for what a submission holds.
    """
    release = release or read_release(course, assignment)
    names = students(course, assignment, pattern)
    limits = limits or course.limits
    workers, warning = workers_that_fit(min(workers, len(names)), limits)
    if warning:
        say(warning)
    outcomes: dict[str, SubmissionResult | Failure] = {}

    def finish(name: str, outcome: SubmissionResult | Failure) -> None:
        outcomes[name] = outcome
        progress(outcome, len(names))

    with ExitStack() as stack:
        isolation = isolation or stack.enter_context(isolation_for(assignment))
        isolation.start()  # while there are no threads
        sandbox = stack.enter_context(Sandbox(limits, data, backend, release.modules, launched))
        sandbox.start()
        gradebook.register(course, release)
        grade = partial(
            grade_apart, isolation, sandbox, release=release, secret=gradebook.secret(course)
        )
        lost = _side_by_side(course, names, release, isolation, workers, grade, finish)
        for prepared in lost:
            finish(prepared[0].student, _alone(course, prepared, grade))
    return [outcomes[name] for name in names]


Prepared: TypeAlias = "tuple[Submission, NotebookNode]"


def _side_by_side(
    course: Course,
    names: list[str],
    release: Release,
    isolation: Isolation,
    workers: int,
    grade: Callable[..., Graded],
    finish: Callable[[str, SubmissionResult | Failure], None],
) -> list[Prepared]:
    """Grade all submissions, `workers` at a time. Returns those that were lost on the way."""
    lost: list[Prepared] = []
    running: dict[Future[Graded], Prepared] = {}

    def record_done() -> None:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            prepared = running.pop(future)
            try:
                outcome = _recorded(course, prepared, future.result)
            except GradingLost:
                lost.append(prepared)
            else:
                finish(prepared[0].student, outcome)

    with ThreadPoolExecutor(workers) as pool:
        for name, prepared in _prepared(course, names, release, isolation):
            if isinstance(prepared, Failure):
                finish(name, prepared)
                continue
            again = deepcopy(prepared)
            running[pool.submit(grade, *prepared, last=False)] = again
            if len(running) > workers:
                record_done()
        while running:
            record_done()
    return lost


def _alone(
    course: Course, prepared: Prepared, grade: Callable[..., Graded]
) -> SubmissionResult | Failure:
    """Grade a submission that was lost, while no other runs: twice, if need be."""
    reason = ""
    for last in (False, True):
        try:
            return _recorded(course, prepared, partial(grade, *deepcopy(prepared), last=last))
        except GradingLost as loss:
            reason = str(loss)
    return Failure(prepared[0].student, f"not graded, its earlier grade stays: {reason}")


def _recorded(
    course: Course, prepared: Prepared, grade: Callable[[], Graded]
) -> SubmissionResult | Failure:
    """Grade and record. Raises GradingLost."""
    submission, _ = prepared
    try:
        graded = grade()
        gradebook.record(course, submission, graded.notebook)
    except GradingLost:
        raise
    except Exception as error:
        reason = f"could not be graded: {type(error).__name__}: {error}"
        return Failure(submission.student, printable(reason, 500))
    return graded.result


def _prepared(
    course: Course, names: list[str], release: Release, isolation: Isolation
) -> Iterator[tuple[str, Prepared | Failure]]:
    """Every submission, read and sanitised, or why it could not be."""
    for name in names:
        if reason := refusal(name):
            yield name, Failure(printable(name), reason)
            continue
        try:
            prepared = prepare(course, name, release, isolation)
        except Exception as error:
            reason = f"could not be prepared: {type(error).__name__}: {error}"
            yield name, Failure(name, printable(reason, 500))
        else:
            yield name, prepared
