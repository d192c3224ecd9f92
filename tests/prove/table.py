"""What `make prove` prints: one row an exercise, then survivors, error rates, points, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from .error_rates import ErrorRates
from .hidden_alone import listed_answers
from .mutants import MutantReport
from .points import Kept


@dataclass
class Row:
    """One exercise: right answers accepted and wrong ones rejected for their own reason, in both ways."""

    exercise: str
    checks: int = 0
    right: int = 0
    accepted: int = 0
    wrong: int = 0
    rejected: int = 0
    agree: int | None = None
    repeats: int = 0
    missed_repeats: int = 0
    beside: int = 0
    missed_beside: int = 0
    mutants: MutantReport | None = None
    kept: list[Kept] = field(default_factory=list)
    hidden_alone: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def print_rows(console: Console, rows: list[Row]) -> None:
    table = Table(title="Exercises", title_justify="left")
    for heading in ("exercise", "checks", "right accepted", "wrong rejected", "both ways agree"):
        table.add_column(heading, justify="left" if heading == "exercise" else "right")
    for heading in (
        "judged again",
        "beside others",
        "mutants killed",
        "explained",
        "kept by wrong",
    ):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(row.exercise, *_cells(row))
    table.add_section()
    table.add_row("all", *_cells(_sum(rows)))
    console.print(table)


def print_survivors(console: Console, rows: list[Row]) -> None:
    reports = [row.mutants for row in rows if row.mutants and row.mutants.survivors]
    if reports:
        console.print("\n[bold]Mutants that survive[/bold], and why they are right as well")
    for report in reports:
        for name in report.survivors:
            reason = report.explained.get(name, "NOT EXPLAINED")
            console.print(f"  {report.exercise}: {name}", markup=False, highlight=False)
            console.print(f"      {reason}", markup=False, highlight=False)


def print_hidden_alone(console: Console, rows: list[Row]) -> None:
    """The wrong answers that no visible check rejects, and why none does."""
    found = [path for row in rows for path in row.hidden_alone]
    if found:
        console.print(f"\n[bold]Wrong answers that hidden checks alone reject[/bold]: {len(found)}")
    for path in found:
        reason = listed_answers().get(path, "NOT LISTED")
        console.print(f"  {path}\n      {reason}", markup=False, highlight=False, soft_wrap=True)


def print_error_rates(console: Console, rates: Iterable[ErrorRates]) -> None:
    """What a right answer risks, check by check and in all of an exercise, and what is detected."""
    table = Table(title="Randomised checks", title_justify="left")
    for heading in ("exercise", "check", "rejects a right answer", "detects with 0.999"):
        table.add_column(heading)
    for exercise in rates:
        for rate in exercise.rates():
            table.add_row(rate.exercise, rate.check, f"<= {rate.error:.1g}", rate.detects)
        table.add_row(exercise.exercise, "all together", f"<= {exercise.risk:.1g}", "")
        table.add_section()
    if table.row_count:
        console.print(table)


def print_points(console: Console, rows: list[Row]) -> None:
    """What every wrong answer keeps, least first, with the essential checks that it fails."""
    for row in rows:
        console.print(f"\n[bold]{row.exercise}[/bold]: points kept by wrong answers")
        for entry in sorted(row.kept, key=lambda entry: entry.share):
            missed = f"fails {', '.join(entry.missed)}" if entry.missed else ""
            line = f"  {entry.share:4.0%}  {entry.answer.name}  {missed}".rstrip()
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _cells(row: Row) -> tuple[str, ...]:
    total = row.right + row.wrong
    mutants = row.mutants
    return (
        str(row.checks),
        f"{row.accepted} / {row.right}",
        f"{row.rejected} / {row.wrong}",
        "-" if row.agree is None else f"{row.agree} / {total}",
        f"{row.repeats - row.missed_repeats} / {row.repeats}",
        f"{row.beside - row.missed_beside} / {row.beside}" if row.beside else "-",
        f"{mutants.killed} / {mutants.total}" if mutants else "-",
        str(len(mutants.survivors) - len(mutants.unexplained)) if mutants else "-",
        _range([entry.share for entry in row.kept]),
    )


def _range(shares: list[float]) -> str:
    return f"{100 * min(shares):.0f} to {max(shares):.0%}" if shares else "-"


def _sum(rows: list[Row]) -> Row:
    total = Row("all")
    counts = ("checks", "right", "accepted", "wrong", "rejected", "repeats", "missed_repeats")
    for name in (*counts, "beside", "missed_beside"):
        setattr(total, name, sum(getattr(row, name) for row in rows))
    if all(row.agree is not None for row in rows):
        total.agree = sum(row.agree or 0 for row in rows)
    total.kept = [entry for row in rows for entry in row.kept]
    reports = [row.mutants for row in rows if row.mutants]
    if reports:
        total.mutants = MutantReport("all", sum(report.total for report in reports))
        for report in reports:
            total.mutants.survivors += report.survivors
            total.mutants.explained.update(report.explained)
    return total
