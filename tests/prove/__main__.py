"""`python -m tests.prove`: judge the catalogue and the mutants, print the table, exit 1 on any miss."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time

os.environ["CUDA_VISIBLE_DEVICES"] = ""  # proofs are the same everywhere, and forks need no GPU

import torch
from rich.console import Console
from rich.progress import track

from grader.checks.registry import exercises_of
from grader.sandbox import SandboxUnavailable
from grader.sandbox.inside.syscalls import collapse_memory

from .catalogue import all_answers
from .error_rates import ErrorRates
from .judging import judge_here
from .mistakes import PAGE, differences, mistakes_page
from .mutants import explained_survivors, judge_mutants
from .proof import (
    REPEATS,
    WORKERS,
    compare_with_sandbox,
    judge_again,
    judge_beside_others,
    judge_catalogue,
    row_of,
)
from .setting import settings
from .table import (
    Row,
    print_error_rates,
    print_hidden_alone,
    print_points,
    print_rows,
    print_survivors,
)


def main() -> int:
    options = _parse()
    torch.set_num_threads(1)  # forks of a process with threads would hang
    console = Console(width=None if sys.stdout.isatty() else 150)
    started = time.monotonic()
    called = {place: {place[1], "/".join(place)} for place in settings()}
    if unknown := set(options.only or ()).difference(*called.values()):
        sys.exit(f"There is no exercise called {', '.join(sorted(unknown))}.")
    chosen = {
        place: setting
        for place, setting in settings().items()
        if not options.only or called[place].intersection(options.only)
    }
    for setting in chosen.values():  # imports what judging needs, so that no fork has to
        judge_here(setting, setting.reference, seed=0)
    gc.freeze()
    collapse_memory()
    answers = [answer for answer in all_answers() if answer.place in chosen]
    wrong = [answer for answer in answers if not answer.right]
    verdicts = judge_catalogue(answers)
    page = mistakes_page(wrong, verdicts)
    if options.write_mistakes:
        PAGE.write_text(page, encoding="utf-8")
        console.print(f"{PAGE.name} written: {len(wrong)} wrong answers")
        return 0

    rows = {
        place: row_of(place, [answer for answer in answers if answer.place == place], verdicts)
        for place in chosen
    }
    rates = {place: ErrorRates(place[1]) for place in chosen}
    judge_again(rows, rates, answers, options.repeats)
    judge_beside_others(rows)
    if options.sandbox != "skip":
        compare_with_sandbox(rows, answers, verdicts, options.sandbox)
    if not options.no_mutants:
        listed = explained_survivors()
        for place in track(list(chosen), "mutants", console=Console(stderr=True)):
            rows[place].mutants = judge_mutants(chosen[place], listed.get(place, {}), WORKERS)
    problems = [
        f"{'/'.join(place)}: {text}"
        for place, row in rows.items()
        for text in [*_problems(row), *rates[place].problems]
    ]
    if not options.only:
        problems += _course_problems(page)

    print_rows(console, list(rows.values()))
    print_survivors(console, list(rows.values()))
    print_hidden_alone(console, list(rows.values()))
    print_error_rates(console, [entry for entry in rates.values() if entry.risk])
    if options.points:
        print_points(console, list(rows.values()))
    for problem in problems:
        console.print(f"MISS  {problem}", markup=False, highlight=False, soft_wrap=True)
    minutes = (time.monotonic() - started) / 60
    verdict = f"{len(problems)} misses" if problems else "The checks are proven"
    console.print(f"{verdict}, in {minutes:.1f} minutes.")
    return 1 if problems else 0


def _problems(row: Row) -> list[str]:
    problems = list(row.problems)
    if row.mutants is not None:
        if row.mutants.total == 0:
            problems.append("no mutants: is there a solution in its cell?")
        problems += [f"a mutant survives: {name}" for name in row.mutants.unexplained]
        problems += [f"survivors.toml lists a mutant that is none: {n}" for n in row.mutants.stale]
    return problems


def _course_problems(page: str) -> list[str]:
    problems = [
        f"{chapter}/{name}: the exercise is in no text"
        for chapter in dict.fromkeys(chapter for chapter, _ in settings())
        for name in exercises_of(chapter)
        if (chapter, name) not in settings()
    ]
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if different := differences(written, page):
        problems.append(
            f"{PAGE.name} is out of date: run `python -m tests.prove --write-mistakes`\n"
            + "\n".join(different)
        )
    return problems


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("--only", action="append", metavar="[CHAPTER/]EXERCISE", help="these alone")
    parser.add_argument("--write-mistakes", action="store_true", help="write docs/mistakes.md")
    parser.add_argument("--points", action="store_true", help="what each wrong answer keeps")
    parser.add_argument("--no-mutants", action="store_true", help="the catalogue alone")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="per right answer")
    parser.add_argument(
        "--sandbox",
        choices=["bubblewrap", "none", "skip"],
        default="bubblewrap",
        help="how to judge the second time; `skip` proves half of it",
    )
    return parser.parse_args()


if __name__ == "__main__":
    # What chapters leave in the folder for temporary files goes with the proof.
    with tempfile.TemporaryDirectory() as tempfile.tempdir:
        try:
            sys.exit(main())
        except SandboxUnavailable as error:
            sys.exit(f"{error}")
