"""Autograding a class: read, sanitise, run and judge N submissions side by side, record.

What reads a submission's bytes runs isolated (`grader.grading.apart`); the threads here only wait for it.
Sanitising and recording, which use the gradebook, happen in the calling thread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from nbformat import NotebookNode

from grader.course import Course
from grader.errors import CourseError, GivenUp
from grader.grading import gradebook
from grader.grading.apart import Graded, GradingLost, grade_apart, isolation_for, read
from grader.grading.capacity import workers_that_fit
from grader.grading.chapter_cells import ChapterCells, read_cells
from grader.grading.fingerprint import environment
from grader.grading.isolated import Isolation
from grader.grading.names import folder_of, printable, refusal
from grader.grading.outcome import Failure, Outcome
from grader.grading.plan import Plan, make_plan
from grader.grading.recording import record
from grader.grading.release import Release, read_release
from grader.grading.restore import restore, restore_marks
from grader.grading.secret import read_secret
from grader.grading.stopping import Stopped
from grader.grading.submission import Submission
from grader.grading.task import Task, make_task
from grader.sandbox import Backend, Limits, Sandbox
from grader.sandbox.launch import Launched

if TYPE_CHECKING:
    from grader.grading.cluster import Cluster


def prepare(
    course: Course, student: str, release: Release, cells: ChapterCells, isolation: Isolation
) -> tuple[Submission, NotebookNode]:
    """What `student` handed in, and its notebook as it is run: marks and locked cells put back."""
    folder = course.notebook("submitted", release.assignment, folder_of(student)).parent
    submission = read(isolation, folder, student, release.assignment)
    restore_marks(submission.notebook, release.notebook)
    notebook = gradebook.sanitise(course, submission, cells)
    submission.findings += restore(notebook, release.notebook)
    return submission, notebook


def autograde(
    course: Course,
    assignment: str,
    *,
    pattern: str = "*",
    workers: int | None = None,
    backend: Backend = "bubblewrap",
    limits: Limits | None = None,
    data: Path | None = None,
    launched: Launched | None = None,
    release: Release | None = None,
    plan: Plan | None = None,
    isolation: Isolation | None = None,
    cluster: str = "",
    progress: Callable[[Outcome, int], None] = lambda outcome, total: None,
    say: Callable[[str], None] = lambda sentence: None,
) -> list[Outcome]:
    """Grade every submission of `assignment` whose student matches `pattern`; in student order.

    workers: how many run side by side, if memory has room; grades do not depend on it. cluster: the
    address of a Dask scheduler, whose workers do the work. progress: is told each recorded outcome, and
    the number of all. launched: by `launch`. plan: without it, everything is graded. isolation: by
    `isolation_for`, before there are threads. say: is told of marks by hand, memory, what was lost,
    and machines left out. Raises CourseError, SandboxUnavailable; never for what a submission holds.
    """
    release = release or read_release(course, assignment)
    limits = limits or course.limits
    kind: Any = {"limits": limits, "backend": backend, "data": data}
    plan = plan or make_plan(course, release, pattern=pattern, force=True, **kind)
    outcomes: dict[str, Outcome] = dict(plan.unchanged)

    def finish(name: str, outcome: Outcome) -> None:
        outcomes[name] = outcome
        progress(outcome, len(plan.waiting))

    if plan.waiting:
        with ExitStack() as stack:
            isolation = isolation or stack.enter_context(isolation_for(assignment))
            isolation.start()
            for sentence in gradebook.register(course, release):
                say(sentence)
            cells, secret = read_cells(course, assignment), read_secret(course)
            if cluster:
                engine = stack.enter_context(_cluster(cluster, release, backend, limits, data, say))
                at_once, grade = engine.start(workers), engine.grade
            else:
                sandbox = Sandbox(limits, data, backend, release.modules, launched)
                at_once, grade = _here(stack, isolation, sandbox, workers or 1, plan, say)
            waiting = _prepared(course, plan, release, cells, isolation, secret)
            _grade_waiting(course, waiting, at_once, grade, finish, say, stack)
    return [outcomes[name] for name in sorted(outcomes)]


def _here(
    stack: ExitStack,
    isolation: Isolation,
    sandbox: Sandbox,
    workers: int,
    plan: Plan,
    say: Callable[[str], None],
) -> tuple[int, Grade]:
    """How many submissions this machine's memory has room for, and what grades one of them here."""
    stack.enter_context(sandbox).start()
    at_once, warning = workers_that_fit(min(workers, len(plan.waiting)), sandbox.limits)
    if warning:
        say(warning)
    return at_once, partial(grade_apart, isolation, sandbox)


def _grade_waiting(
    course: Course,
    submissions: Iterable[tuple[str, Prepared | Failure]],
    workers: int,
    grade: Grade,
    finish: Callable[[str, Outcome], None],
    say: Callable[[str], None],
    stack: ExitStack,
) -> None:
    """Grade them side by side, and then, each alone, those that were lost because the sandbox failed."""
    try:
        lost = _side_by_side(course, submissions, workers, grade, finish)
        for reason, count in Counter(reason for _, reason in lost).items():
            say(f"{count} lost on the way, graded again, one at a time: {reason}.")
        for prepared, _ in lost:
            finish(prepared[0].submission.student, _alone(course, prepared, grade))
    except (Stopped, GivenUp):
        stack.pop_all()  # nobody waits for what goes on: it ends with this process
        raise


def _cluster(
    address: str,
    release: Release,
    backend: Backend,
    limits: Limits,
    data: Path | None,
    say: Callable[[str], None],
) -> Cluster:
    try:
        from grader.grading.cluster import Cluster, Terms
    except ModuleNotFoundError as error:
        raise CourseError(
            f"--cluster needs dask.distributed ({error}): `pip install 'distributed'` in the version of "
            "requirements.txt, on every machine."
        ) from None
    brought = environment(release.assignment, data)
    terms = Terms(release.assignment, release.modules, backend, limits, brought)
    return Cluster(address, terms, say)


Prepared: TypeAlias = tuple[Task, str]
"""What is to be graded, and the fingerprint."""
Grade: TypeAlias = Callable[..., Graded]


def _side_by_side(
    course: Course,
    submissions: Iterable[tuple[str, Prepared | Failure]],
    workers: int,
    grade: Grade,
    finish: Callable[[str, Outcome], None],
) -> list[tuple[Prepared, str]]:
    """Grade all submissions, `workers` at a time. Returns those that were lost on the way, and why."""
    lost: list[tuple[Prepared, str]] = []
    running: dict[Future[Graded], Prepared] = {}

    def record_done() -> None:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            prepared = running.pop(future)
            try:
                finish(prepared[0].submission.student, _recorded(course, prepared, future.result))
            except GradingLost as loss:
                lost.append((prepared, str(loss)))

    pool = ThreadPoolExecutor(workers)
    try:
        for name, prepared in submissions:
            if isinstance(prepared, Failure):
                finish(name, prepared)
                continue
            running[pool.submit(grade, prepared[0], last=False)] = prepared
            if len(running) > workers:
                record_done()
        while running:
            record_done()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return lost


def _alone(course: Course, prepared: Prepared, grade: Grade) -> Outcome:
    """Grade a submission that was lost, while no other runs: twice, if need be."""
    reason = ""
    for last in (False, True):
        try:
            return _recorded(course, prepared, partial(grade, prepared[0], last=last))
        except GradingLost as loss:
            reason = str(loss)
    return Failure(
        prepared[0].submission.student, f"its earlier grade stays, if there is one: {reason}"
    )


def _recorded(course: Course, prepared: Prepared, grade: Callable[[], Graded]) -> Outcome:
    """What `grade` gives, recorded. Raises GradingLost and GivenUp."""
    task, fingerprint = prepared
    submission = task.submission
    try:
        graded = grade()
        return record(course, submission, graded.notebook, graded.result, fingerprint)
    except (GradingLost, GivenUp):
        raise
    except Exception as error:
        reason = f"could not be graded: {type(error).__name__}: {error}"
        return Failure(submission.student, printable(reason, 500))


def _prepared(
    course: Course,
    plan: Plan,
    release: Release,
    cells: ChapterCells,
    isolation: Isolation,
    secret: str,
) -> Iterator[tuple[str, Prepared | Failure]]:
    """Every submission, read and sanitised, or why it could not be."""
    for name in plan.waiting:
        if reason := refusal(folder_of(name)):
            yield name, Failure(printable(name), reason)
            continue
        try:
            fingerprint = plan.fingerprints.of(name)
            submission, notebook = prepare(course, name, release, cells, isolation)
            if fingerprint != plan.fingerprints.of(name):
                raise OSError("it was changed while it was being read; grade it once more")
        except OSError as error:
            reason = f"what was handed in could not be read: {error}"
            yield name, Failure(name, reason)
        except GivenUp:
            raise
        except Exception as error:
            reason = f"could not be prepared: {type(error).__name__}: {error}"
            yield name, Failure(name, printable(reason, 500))
        else:
            yield name, (make_task(submission, notebook, release, secret), fingerprint)
