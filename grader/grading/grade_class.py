"""Autograding a class: read, sanitise, run and judge in N sandboxes side by side, record.

Reading and recording happen in the calling thread (one writer to the gradebook); the threads in
between only wait for their sandboxes and judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias

from nbformat import NotebookNode

from grader.checks.results import SubmissionResult
from grader.course import Course
from grader.grading import gradebook
from grader.grading.grade_submission import grade
from grader.grading.names import printable, refusal
from grader.grading.outcome import Failure, Outcome
from grader.grading.plan import Plan, make_plan
from grader.grading.recording import record
from grader.grading.release import Release, read_release
from grader.grading.restore import restore, restore_marks
from grader.grading.secret import read_secret
from grader.grading.stopping import Stopped
from grader.grading.submission import Submission, read_submission
from grader.grading.transaction import GradebookLocked
from grader.sandbox import Backend, Limits, Sandbox
from grader.sandbox.launch import Launched


def prepare(course: Course, student: str, release: Release) -> tuple[Submission, NotebookNode]:
    """What `student` handed in, and its notebook as it is run: marks and locked cells put back."""
    folder = course.notebook("submitted", release.assignment, student).parent
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
    plan: Plan | None = None,
    progress: Callable[[Outcome, int], None] = lambda outcome, total: None,
    say: Callable[[str], None] = lambda sentence: None,
) -> list[Outcome]:
    """Grade every submission of `assignment` whose student matches `pattern`; in student order.

    `workers` sandboxes run side by side; grades do not depend on their number. Each outcome is
    recorded as soon as it is there, and reported to `progress` with the number of all. launched: a
    sandbox that `launch` has started with the release's modules, for a head start. plan: made with the
    same arguments; what stands in it is not graded again, without it everything is. say: is told what a
    change of points means for marks by hand.
    Raises CourseError for an unknown assignment or no submissions, SandboxUnavailable when the
    backend cannot run here; never for what a submission holds.
    """
    release = release or read_release(course, assignment)
    limits, secret = limits or course.limits, read_secret(course)
    plan = plan or make_plan(
        *(course, release),
        pattern=pattern,
        limits=limits,
        backend=backend,
        data=data,
        force=True,
    )
    names = sorted([*plan.waiting, *plan.unchanged])
    outcomes: dict[str, Outcome] = dict(plan.unchanged)
    if not plan.waiting:
        return [outcomes[name] for name in names]

    def finish(name: str, outcome: Outcome) -> None:
        outcomes[name] = outcome
        progress(outcome, len(plan.waiting))

    first = Sandbox(limits, data, backend, release.modules, launched)
    with _side_by_side(first, min(workers, len(plan.waiting))) as submit:
        for sentence in gradebook.register(course, release):
            say(sentence)
        running: dict[Future[SubmissionResult], Prepared] = {}
        for name, prepared in _prepared(course, plan, release):
            if isinstance(prepared, Failure):
                finish(name, prepared)
                continue
            task = partial(grade, *prepared[:2], release=release, secret=secret)
            running[submit(task)] = prepared
            if len(running) > workers:
                _record_done(course, running, finish)
        while running:
            _record_done(course, running, finish)
    return [outcomes[name] for name in names]


Prepared: TypeAlias = tuple[Submission, NotebookNode, str]
"""What was handed in, its notebook as it is run, and the fingerprint."""
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

    pool = ThreadPoolExecutor(count)
    try:
        list(pool.map(Sandbox.start, started))
        for sandbox in started:
            free.put(sandbox)
        yield lambda task: pool.submit(run, task)
    except (Stopped, GradebookLocked):
        # Nobody waits for what the sandboxes do: they end with this process.
        pool.shutdown(wait=False, cancel_futures=True)
        started.clear()
        raise
    finally:
        if started:
            pool.shutdown()
        for sandbox in started:
            sandbox.close()


def _prepared(
    course: Course, plan: Plan, release: Release
) -> Iterator[tuple[str, Prepared | Failure]]:
    """Every submission, read and sanitised, or why it could not be."""
    for name in plan.waiting:
        if reason := refusal(name):
            yield name, Failure(printable(name), reason)
            continue
        try:
            fingerprint = plan.fingerprints.of(name)
            prepared = prepare(course, name, release)
            if fingerprint != plan.fingerprints.of(name):
                raise OSError("it was changed while it was being read; grade it once more")
        except OSError as error:
            reason = f"what was handed in could not be read: {error}"
            yield name, Failure(name, reason)
        except GradebookLocked:
            raise
        except Exception as error:
            yield name, Failure(name, f"could not be prepared: {type(error).__name__}: {error}")
        else:
            yield name, (*prepared, fingerprint)


def _record_done(
    course: Course, running: dict[Future[SubmissionResult], Prepared], finish: Callable
) -> None:
    """Wait until something is done, and record it."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        submission, notebook, fingerprint = running.pop(future)
        try:
            result = record(course, submission, notebook, future.result(), fingerprint)
        except GradebookLocked:
            raise
        except Exception as error:
            reason = f"could not be graded: {type(error).__name__}: {error}"
            finish(submission.student, Failure(submission.student, reason))
        else:
            finish(submission.student, result)
