"""Autograding a class: read, sanitise, run and judge in N sandboxes side by side, record.

Reading and recording happen in the calling thread (one writer to the gradebook); the threads in
between only wait for their sandboxes and judge.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias

from nbformat import NotebookNode

from grader.checks.results import SubmissionResult
from grader.course import Course
from grader.errors import CourseError
from grader.grading import gradebook
from grader.grading.grade_submission import grade
from grader.grading.names import folder_of, matches, printable, refusal, student_of
from grader.grading.release import Release, read_release
from grader.grading.restore import restore, restore_marks
from grader.grading.submission import Submission, read_submission
from grader.sandbox import Backend, Limits, Sandbox
from grader.sandbox.launch import Launched


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
        student_of(path.name)
        for path in (folder.iterdir() if folder.is_dir() else ())
        if os.path.lexists(path / assignment) and matches(path.name, pattern)
    )
    if not found:
        raise CourseError(
            f"There are no submissions of {assignment} by {pattern!r} in {folder}: expected "
            f"{folder.name}/STUDENT/{assignment}/{assignment}.ipynb."
        )
    return found


def prepare(course: Course, student: str, release: Release) -> tuple[Submission, NotebookNode]:
    """What `student` handed in, and its notebook as it is run: marks and locked cells put back."""
    folder = course.notebook("submitted", release.assignment, folder_of(student)).parent
    submission = read_submission(folder, student, release.assignment)
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
    progress: Callable[[SubmissionResult | Failure, int], None] = lambda outcome, total: None,
) -> list[SubmissionResult | Failure]:
    """Grade every submission of `assignment` whose student matches `pattern`; in student order.

    `workers` sandboxes run side by side; grades do not depend on their number. Each outcome is
    recorded as soon as it is there, and reported to `progress` with the number of all. launched: a
    sandbox that `launch` has started with the release's modules, for a head start.
    Raises CourseError for an unknown assignment or no submissions, SandboxUnavailable when the
    backend cannot run here; never for what a submission holds.
    """
    release = release or read_release(course, assignment)
    names = students(course, assignment, pattern)
    first = Sandbox(limits or course.limits, data, backend, release.modules, launched)
    secret = gradebook.secret(course)
    outcomes: dict[str, SubmissionResult | Failure] = {}

    def finish(name: str, outcome: SubmissionResult | Failure) -> None:
        outcomes[name] = outcome
        progress(outcome, len(names))

    with _side_by_side(first, min(workers, len(names))) as submit:
        gradebook.register(course, release)
        running: dict[Future[SubmissionResult], tuple[Submission, NotebookNode]] = {}
        for name, prepared in _prepared(course, names, release):
            if isinstance(prepared, Failure):
                finish(name, prepared)
                continue
            running[submit(partial(grade, *prepared, release=release, secret=secret))] = prepared
            if len(running) > workers:
                _record_done(course, running, finish)
        while running:
            _record_done(course, running, finish)
    return [outcomes[name] for name in names]


Submit: TypeAlias = Callable[[Callable[..., SubmissionResult]], "Future[SubmissionResult]"]


@contextmanager
def _side_by_side(first: Sandbox, count: int) -> Iterator[Submit]:
    """Start `count` sandboxes that share what is imported; `submit(task)` runs `task(sandbox=...)` in
    the next one that is free. Raises SandboxUnavailable before anything is graded.
    """
    started = [first, *(first.sibling() for _ in range(count - 1))]
    free: SimpleQueue[Sandbox] = SimpleQueue()

    def run(task: Callable[..., SubmissionResult]) -> SubmissionResult:
        sandbox = free.get()
        try:
            return task(sandbox=sandbox)
        finally:
            free.put(sandbox)

    try:
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(Sandbox.start, started))
            for sandbox in started:
                free.put(sandbox)
            yield lambda task: pool.submit(run, task)
    finally:
        for sandbox in started:
            sandbox.close()


def _prepared(
    course: Course, names: list[str], release: Release
) -> Iterator[tuple[str, tuple[Submission, NotebookNode] | Failure]]:
    """Every submission, read and sanitised, or why it could not be."""
    for name in names:
        if reason := refusal(folder_of(name)):
            yield name, Failure(printable(name), reason)
            continue
        try:
            prepared = prepare(course, name, release)
        except Exception as error:
            yield name, Failure(name, f"could not be prepared: {type(error).__name__}: {error}")
        else:
            yield name, prepared


def _record_done(course: Course, running: dict, finish: Callable) -> None:
    """Wait until something is done, and record it."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        submission, notebook = running.pop(future)
        try:
            result = future.result()
            gradebook.record(course, submission, notebook)
        except Exception as error:
            reason = f"could not be graded: {type(error).__name__}: {error}"
            finish(submission.student, Failure(submission.student, reason))
        else:
            finish(submission.student, result)
