"""The instructor's commands around grading: `grader collect` and its kin."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from grader.terminal import CourseOption, console, importing

if TYPE_CHECKING:
    from grader.course import Course
    from grader.desk.collect import Collected
    from grader.desk.roster import Roster

desk = typer.Typer()
MAX_LISTED = 20
RosterOption = Annotated[
    Optional[Path],  # noqa: UP045  (typer reads the annotation at run time)
    typer.Option(help="The class as CSV: our columns, or an export of Moodle or Canvas."),
]


@desk.command()
def collect(
    download: Annotated[Path, typer.Argument(help="The archive or folder that was downloaded.")],
    assignment: Annotated[str, typer.Option(help="The assignment that was handed in.")],
    roster: RosterOption = None,
    course: CourseOption = None,
) -> None:
    """Put what was downloaded from Moodle, Canvas or elsewhere into `submitted`, and names into the gradebook."""
    with importing():
        from grader.course import Course
        from grader.desk.collect import collect as collect_all
        from grader.grading.run_lock import one_run

    where = Course.find(course)
    with one_run(where, f"grader collect {assignment}"):
        people = _known(where, roster)
        done = collect_all(where, download, assignment, people)
    _tell(done, assignment)
    if done.not_placed:
        raise SystemExit(1)


@desk.command()
def roster(
    file: Annotated[Path, typer.Argument(help="The class as CSV, as for `grader collect`.")],
    course: CourseOption = None,
) -> None:
    """Take over the class list: names for the gradebook, numbers by which downloads are recognised."""
    from grader.course import Course
    from grader.grading.run_lock import one_run

    where = Course.find(course)
    with one_run(where, "grader roster"):
        _known(where, file)


def _known(where: Course, file: Path | None) -> Roster:
    """The roster, taken over when `file` is a new one."""
    from grader.desk.roster import keep_roster, kept_roster, read_roster
    from grader.grading.names import listed
    from grader.grading.people import Named, name_students

    if file is None:
        return kept_roster(where.root)
    people, gone = keep_roster(where.root, read_roster(file))
    new = name_students(
        where,
        [Named(p.id, p.first_name, p.last_name, p.email, p.lms_id) for p in people.people],
    )
    console.print(f"Roster: {len(people):,} students, {new:,} of them new in the gradebook.")
    if gone:
        console.print(escape(f"No longer on the roster: {listed(gone)}."), soft_wrap=True)
    return people


def _tell(done: Collected, assignment: str) -> None:
    """What was taken for whom, what was not placed, and who has not handed in."""
    from grader.desk.collect import counted
    from grader.grading.names import listed, printable

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("student", "from", "handed in (UTC)", "", "remarks"):
        table.add_column(name, overflow="fold")
    for entry in done.taken:
        when = f"{entry.when:%Y-%m-%d %H:%M}" if entry.when else "time not known"
        cells = (
            entry.student,
            printable(entry.source),
            when,
            entry.outcome,
            "; ".join(entry.remarks),
        )
        table.add_row(*map(escape, cells))
    console.print(table)
    for remark in done.remarks:
        console.print(escape(remark), soft_wrap=True)
    for what, why in done.not_placed.items():
        console.print(
            escape(f"Not placed: {printable(what)}: {printable(why, 300)}."), soft_wrap=True
        )
    if done.missing:
        names = listed([person.name or person.id for person in done.missing])
        console.print(
            escape(f"{len(done.missing):,} of the roster handed in nothing: {names}."),
            soft_wrap=True,
        )
    last = f"{assignment}: {counted(done.taken)}"
    if done.not_placed:
        last += f"; {len(done.not_placed):,} not placed"
    console.print(escape(f"{last}."), soft_wrap=True)


@desk.command()
def report(
    assignment: str,
    earlier: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Option(help="A former term's course or `submitted` folder, to compare with."),
    ] = None,
    course: CourseOption = None,
) -> None:
    """Write a page about the class: distribution, checks, frequent mistakes, what needs a look."""
    with importing():
        from grader.checks.results import as_points
        from grader.course import Course
        from grader.desk.class_page import report as write_report

    page, figures = write_report(Course.find(course), assignment, tuple(earlier or ()))
    mean = f"mean {as_points(figures.average)} of {as_points(figures.max_points)} points"
    looks = f"{len(figures.looks):,} submissions need a look"
    console.print(escape(f"{len(figures.marks):,} graded, {mean}; {looks}. {page}"), soft_wrap=True)
    if figures.waiting:
        count = sum(figures.waiting.values())
        console.print(f"{count:,} written answers are not graded yet and count as 0.")


@desk.command()
def deadline(
    assignment: str,
    until: Annotated[
        Optional[datetime],  # noqa: UP045
        typer.Option(
            formats=["%Y-%m-%d %H:%M", "%Y-%m-%d"],
            help="Until when everybody may hand in, in this machine's time zone.",
        ),
    ] = None,
    extend: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="A student who may hand in later; give it several times for several."),
    ] = None,
    days: Annotated[float, typer.Option(help="How many days later; 0 takes it back.")] = 0.0,
    course: CourseOption = None,
) -> None:
    """Set the deadline of ASSIGNMENT, or extend it for single students."""
    with importing():
        from grader.course import Course
        from grader.errors import CourseError
        from grader.grading import late
        from grader.grading.run_lock import one_run

    if until is None and not extend:
        raise CourseError(
            "Say --until 'YEAR-MONTH-DAY HOUR:MINUTE', or --extend STUDENT --days NUMBER."
        )
    where = Course.find(course)
    where.require(assignment)
    with one_run(where, f"grader deadline {assignment}"):
        if until is not None:
            late.set_deadline(where, assignment, until)
            console.print(f"{assignment} may be handed in until {until:%Y-%m-%d %H:%M}.")
        if extend:
            late.extend(where, assignment, extend, timedelta(days=days))
            console.print(escape(f"{days:g} days more for {', '.join(extend)}."))
    console.print(
        f"`grader autograde {assignment}` brings the penalties up to date.", highlight=False
    )


@desk.command()
def bundle(
    folder: Annotated[Path, typer.Argument(help="Where the bundle is made.")],
    assignment: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Only this assignment; give it several times for several."),
    ] = None,
    course: CourseOption = None,
) -> None:
    """Make a folder for students: notebooks, visible checks and the environment, no solutions, no keys."""
    with importing():
        from grader.course import Course
        from grader.desk.bundle import bundle as make_bundle

    made = make_bundle(Course.find(course), folder.resolve(), assignment or ())
    chapters = "1 chapter" if len(made) == 1 else f"{len(made)} chapters"
    console.print(escape(f"{folder}: {chapters}, without solutions, keys and hidden checks."))


@desk.command()
def mark(
    assignment: str,
    port: Annotated[int, typer.Option(help="0: a free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    course: CourseOption = None,
) -> None:
    """Mark the written answers of ASSIGNMENT, question by question, on a page of this machine."""
    with importing():
        import webbrowser

        from grader.course import Course
        from grader.desk.marking import Marking
        from grader.desk.marking_server import serve

    def say(address: str) -> None:
        console.print(
            f"Mark at {address}\nCtrl-C ends it; every mark is saved at once.", soft_wrap=True
        )
        if browser:
            webbrowser.open(address)

    try:
        serve(Marking(Course.find(course), assignment), port, say)
    except KeyboardInterrupt:
        console.print("Done.")
