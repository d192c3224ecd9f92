"""The command line: `grader build`, `lab`, `validate`, `doctor`, `autograde`, `feedback`, `demo`; the
instructor's other commands are in `grader.desk.commands`.

Exit codes: 0 when done (low grades are not a failure), 1 when something could not be graded or a
file has drifted, 2 for wrong usage.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer
from rich.markup import escape

from grader.desk.commands import desk
from grader.screen import Steps
from grader.terminal import CourseOption, StudentOption, console, errors
from grader.terminal import importing as _importing

if TYPE_CHECKING:
    from grader.course import Course
    from grader.grading.class_report import Report
    from grader.grading.outcome import Outcome
    from grader.grading.plan import Plan
    from grader.sandbox import Backend
    from grader.sandbox.launch import Launched

UNSAFE = (
    "[bold red]WARNING: no sandbox.[/] Submissions run with all your rights: they can read your files, "
    "change grades and use the network. Do this only with code that you trust."
)
WorkersOption = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(min=1, help="Submissions side by side: 1, or all that the cluster can."),
]
SandboxOption = Annotated[
    Literal["bubblewrap", "none"], typer.Option(help="none: no protection at all.")
]
JsonOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(help="Also write everything to this file."),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say whose grade would change; record nothing.")
]

app = typer.Typer(
    help="Build, grade and prove Dropout Lab.", no_args_is_help=True, add_completion=False
)
app.add_typer(desk)


def main() -> None:
    """Entry point: runs a command and turns the errors we know into one sentence and exit code 2."""
    try:
        app()
    except Exception as error:
        if not _is_for_the_user(error):
            raise
        errors.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        raise SystemExit(2) from None


def _is_for_the_user(error: Exception) -> bool:
    from grader.errors import CourseError
    from grader.sandbox import SandboxUnavailable

    return isinstance(error, (CourseError, SandboxUnavailable))


@app.command()
def build(
    course: CourseOption = None,
    check: Annotated[bool, typer.Option(help="Only say what has drifted; write nothing.")] = False,
) -> None:
    """Make instructor and student notebooks from the chapters."""
    with _importing():
        from grader.authoring.build import build as build_notebooks
        from grader.authoring.build import check_drift
        from grader.course import Course

    where = Course.find(course)
    if not check:

        def say_kept(path: Path, kept: Path) -> None:
            old, new = path.relative_to(where.root), kept.relative_to(where.root)
            console.print(f"{old} holds answers: they are now in {new}.", highlight=False)

        written = build_notebooks(where, say_kept)
        for path in written:
            console.print(
                f"{'wrote' if path.exists() else 'removed'} {path.relative_to(where.root)}"
            )
        console.print(f"{len(written)} files changed.")
        return
    drifts = check_drift(where)
    for drift in drifts:
        errors.print(f"{drift.path.relative_to(where.root)} is {drift.kind}", highlight=False)
    if drifts:
        errors.print("These files differ from the chapters: run `grader build` and commit them.")
        raise SystemExit(1)
    console.print("All notebooks are as the chapters say.")


@app.command()
def lab(
    chapter: Annotated[str, typer.Argument(help="The chapter's number or name.")] = "1",
    course: CourseOption = None,
) -> None:
    """Open your own copy of a chapter, in the folder `work`, in JupyterLab."""
    from grader.course import Course
    from grader.workplace import copy_of, open_lab

    where = Course.find(course)
    path = copy_of(where, chapter)
    console.print(f"Your copy is {path.relative_to(where.root)}; nothing overwrites it.")
    open_lab(where, path)


@app.command()
def validate(notebook: Path, course: CourseOption = None) -> None:
    """Say what NOTEBOOK still lacks before it is handed in: checks, open exercises, empty answers."""
    with _importing():
        from grader.course import Course
        from grader.errors import CourseError
        from grader.grading.report import print_validation
        from grader.grading.validate import validate as run_checks

    try:
        where = Course.find(course or notebook.parent)
    except CourseError:
        if course is not None:
            raise
        where = None  # a notebook outside a course folder is not compared with a release
    with console.status("running the notebook"):
        found = run_checks(notebook, where)
    print_validation(console, found)


@app.command()
def doctor() -> None:
    """Say what this machine has and lacks for the course, with the remedies."""
    from grader.doctor import examine

    for finding in examine():
        mark = "→" if finding.remedy else "✓"
        console.print(f"{mark} {finding.what:14} {finding.seen}", markup=False, highlight=False)
        if finding.remedy:
            console.print(f"  {finding.remedy}", markup=False, highlight=False)


@app.command()
def autograde(
    assignment: str,
    student: StudentOption = "*",
    workers: WorkersOption = None,
    cluster: Annotated[str, typer.Option(help="Grade on the workers of this Dask scheduler.")] = "",
    sandbox: SandboxOption = "bubblewrap",
    json: JsonOption = None,
    force: Annotated[bool, typer.Option("--force", help="Grade unchanged ones, too.")] = False,
    dry_run: DryRunOption = False,
    course: CourseOption = None,
) -> None:
    """Grade the submissions of ASSIGNMENT in the sandbox and record the grades."""
    with _importing():
        from grader.sandbox.inside.syscalls import use_large_pages

        use_large_pages()  # before torch is imported
        from grader.course import Course, data_folder
        from grader.errors import GivenUp
        from grader.grading.early_sandbox import early_sandbox
        from grader.grading.release import read_release
        from grader.grading.stopping import Stopped, stoppable

    if sandbox == "none":
        errors.print(UNSAFE)
    where, data = Course.find(course), data_folder()
    release = read_release(where, assignment)
    with ExitStack() as stack:
        stack.enter_context(stoppable())
        launched = (
            None
            if cluster
            else stack.enter_context(early_sandbox(where, release, sandbox, data, force=force))
        )
        with _importing():  # while the sandbox does the same
            from grader.grading.class_report import Report
            from grader.grading.plan import make_plan, students
            from grader.grading.preflight import check_before
            from grader.grading.rehearsal import rehearsal
            from grader.grading.run_lock import one_run
            from grader.grading.transaction import is_served

        several = is_served(where)
        stack.enter_context(one_run(where, f"grader autograde {assignment}", beside_others=several))
        if dry_run:
            where = stack.enter_context(rehearsal(where, assignment))
        check_before(where, release, len(students(where, assignment, student)), json)
        plan = make_plan(
            *(where, release), pattern=student, backend=sandbox, data=data, force=force
        )
        report = Report(release, plan, json, dry_run=dry_run)
        try:
            if plan.waiting:
                _grade(where, plan, report, workers, cluster, sandbox, data, launched)
        except (Stopped, GivenUp) as reason:
            report.tell(console, reason)
            stack.close()
            _leave(reason.exit_code if isinstance(reason, Stopped) else 1)
    report.tell(console)
    if report.failures:
        raise SystemExit(1)


def _grade(
    where: Course,
    plan: Plan,
    report: Report,
    workers: int | None,
    cluster: str,
    sandbox: Backend,
    data: Path | None,
    launched: Launched | None,
) -> None:
    """Grade what is waiting, and tell `report` of each outcome. launched: see `early_sandbox`."""
    with _importing():
        from grader.sandbox.launch import launch

    if launched is None and not cluster:
        launched = launch(sandbox, report.release.modules, data)
    with _importing():
        from grader.grading.apart import isolation_for
        from grader.grading.grade_class import autograde as grade_class

    isolation = isolation_for(report.release.assignment)
    isolation.start()  # before there are threads
    with isolation, Steps("grading", console) as steps:

        def done(outcome: Outcome, total: int) -> None:
            steps.done(outcome.student, total)
            if problem := report.add(outcome):
                steps.say(problem)

        grade_class(
            *(where, report.release.assignment),
            workers=workers,
            backend=sandbox,
            data=data,
            launched=launched,
            release=report.release,
            plan=plan,
            isolation=isolation,
            cluster=cluster,
            progress=done,
            say=steps.say,
        )


def _leave(exit_code: int) -> None:
    """End at once, without a wait for sandboxes that still work: they end with this process."""
    console.file.flush()
    errors.file.flush()
    os._exit(exit_code)


@app.command()
def feedback(
    assignment: str,
    student: StudentOption = "*",
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Pages rendered side by side: as many as there are cores."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write unchanged pages again, too.")
    ] = False,
    course: CourseOption = None,
) -> None:
    """Write a feedback page for every autograded submission of ASSIGNMENT."""
    with _importing():
        from grader.course import Course
        from grader.grading.feedback import feedback as write_feedback
        from grader.grading.feedback import isolation_for_pages
        from grader.grading.run_lock import one_run

    where = Course.find(course)
    isolation = isolation_for_pages(where, assignment)
    isolation.start()  # before there are threads
    with one_run(where, f"grader feedback {assignment}"), Steps("feedback", console) as steps:
        pages = write_feedback(
            *(where, assignment),
            pattern=student,
            workers=workers,
            force=force,
            isolation=isolation,
            progress=steps.done,
            say=steps.say,
        )
    console.print(escape(pages.summary(where.folder("feedback"))), soft_wrap=True)
    if pages.failed:
        raise SystemExit(1)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demonstration course is made.")] = Path(
        "demo"
    ),
    course: CourseOption = None,
) -> None:
    """Walk the whole road on chapter 1 with a simulated class of eight."""
    with _importing():
        from grader.course import Course
        from grader.demo import run_demo

    with Steps("working", console) as steps:
        run_demo(Course.find(course), folder.resolve(), console, steps.done)
