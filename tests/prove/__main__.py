"""`python -m tests.prove`: judge the catalogue and the mutants, print the table, exit 1 on any miss."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import replace

os.environ["CUDA_VISIBLE_DEVICES"] = ""  # proofs are the same everywhere, and forks need no GPU

import torch
from rich.console import Console
from rich.progress import track

from grader.checks.exercise import all_exercises
from grader.course import data_folder
from grader.sandbox import Limits, Sandbox, SandboxUnavailable
from grader.sandbox.launch import Backend

from .catalogue import MIN_RIGHT, MIN_WRONG, Answer, read_catalogue
from .forked import run_forked
from .judging import Verdict, faults, judge_here, judge_sandboxed, seed_of
from .mistakes import PAGE, mistakes_page, same_words
from .mutants import explained_survivors, judge_mutants
from .setting import Setting, settings
from .sureness import sureness
from .table import Row, print_rows, print_sureness, print_survivors

WORKERS = 2
SECONDS = 120.0
REPEATS = 40
"""How often each right answer is judged again, each time with other random numbers."""
WRONG_REPEATS = 4
"""How often each wrong answer is judged again: that it is rejected must not be luck."""


LUCK = 3
"""How often a wrong answer is judged again when the two ways differ in a check."""


def main() -> int:
    options = _parse()
    torch.set_num_threads(1)  # forks of a process with threads would hang
    console = Console(width=None if sys.stdout.isatty() else 140)
    started = time.monotonic()
    _preload()
    chosen = {name: s for name, s in settings().items() if not options.only or name in options.only}
    catalogue = [answer for answer in read_catalogue() if answer.exercise in chosen]
    verdicts = judge_catalogue(catalogue)
    page = mistakes_page([a for a in catalogue if not a.right], verdicts)
    if options.write_mistakes:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page, encoding="utf-8")
        console.print(f"{PAGE.name} written: {sum(not a.right for a in catalogue)} wrong answers")
        return 0

    rows = {name: _row(name, catalogue, verdicts) for name in chosen}
    _judge_again(rows, catalogue, options.repeats)
    if options.sandbox != "skip":
        _compare_with_sandbox(rows, catalogue, verdicts, options.sandbox)
    if not options.no_mutants:
        listed = explained_survivors()
        for name in track(list(chosen), "mutants", console=Console(stderr=True)):
            rows[name].mutants = judge_mutants(chosen[name], listed.get(name, {}), WORKERS)
    problems = [f"{row.exercise}: {text}" for row in rows.values() for text in _problems(row)]
    if not options.only:
        problems += _course_problems(catalogue, page)

    print_rows(console, list(rows.values()))
    print_survivors(console, list(rows.values()))
    print_sureness(console, [entry for entry in sureness() if entry.exercise in chosen])
    for problem in problems:
        console.print(f"MISS  {problem}", markup=False, highlight=False, soft_wrap=True)
    minutes = (time.monotonic() - started) / 60
    verdict = f"{len(problems)} misses" if problems else "The checks are proven"
    console.print(f"{verdict}, in {minutes:.1f} minutes.")
    return 1 if problems else 0


def _preload() -> None:
    """Import and compile now what judging needs, so that no fork has to: seconds for each."""
    for setting in settings().values():
        judge_here(setting, setting.reference, seed=0)


def judge_catalogue(catalogue: list[Answer]) -> dict[str, Verdict]:
    """Every answer judged in a process of its own; by the answer's path."""
    verdicts = {}
    tasks = [lambda answer=answer: _judge(answer, answer.path) for answer in catalogue]
    for outcome in run_forked(tasks, SECONDS, WORKERS):
        if outcome.result is None:
            raise RuntimeError(f"{catalogue[outcome.index].path}: {outcome.problem}")
        verdicts[catalogue[outcome.index].path] = outcome.result
    return verdicts


def _judge(answer: Answer, seed: str) -> Verdict:
    return judge_here(_setting(answer), answer.code, seed_of(seed))


def _setting(answer: Answer) -> Setting:
    return settings()[answer.exercise]


def _row(name: str, catalogue: list[Answer], verdicts: dict[str, Verdict]) -> Row:
    """What the catalogue says of one exercise, judged in this way."""
    titles = [entry.title for entry in all_exercises()[name].checks()]
    row = Row(name, len(titles))
    own = [answer for answer in catalogue if answer.exercise == name]
    for answer in own:
        found = faults(answer, verdicts[answer.path])
        row.right += answer.right
        row.wrong += not answer.right
        row.accepted += answer.right and not found
        row.rejected += not answer.right and not found
        row.problems += [f"{answer.path}: {fault}" for fault in found]
    if row.right < MIN_RIGHT or row.wrong < MIN_WRONG:
        row.problems.append(f"{row.right} right and {row.wrong} wrong answers are too few")
    named = {answer.rejected_by for answer in own}
    row.problems += [
        f"no wrong answer shows that `{title}` can fail" for title in titles if title not in named
    ]
    return row


def _judge_again(rows: dict[str, Row], catalogue: list[Answer], repeats: int) -> None:
    """Each answer again and again, with other random numbers: the outcome must not be luck."""
    counts = [repeats if answer.right else min(WRONG_REPEATS, repeats) for answer in catalogue]
    tasks = [
        lambda answer=answer, count=count: [_judge_once_more(answer, n) for n in range(count)]
        for answer, count in zip(catalogue, counts, strict=True)
    ]
    outcomes = run_forked(tasks, SECONDS * max(repeats, 1), WORKERS)
    for outcome in track(outcomes, "all answers again", len(tasks), console=Console(stderr=True)):
        answer = catalogue[outcome.index]
        row = rows[answer.exercise]
        rounds = [[outcome.problem]] if outcome.result is None else outcome.result
        row.repeats += counts[outcome.index]
        row.missed_repeats += sum(bool(found) for found in rounds)
        found = dict.fromkeys(text for one in rounds for text in one)
        row.problems += [f"{answer.path}, judged again: {text}" for text in found]


def _judge_once_more(answer: Answer, number: int) -> list[str]:
    """What is wrong this time. A wrong answer needs no particular words: they may fit only some
    of the rates that are drawn."""
    wordless = replace(answer, says="")
    return faults(wordless, _judge(answer, f"{answer.path} {number}"))


def _compare_with_sandbox(
    rows: dict[str, Row], catalogue: list[Answer], verdicts: dict[str, Verdict], backend: Backend
) -> None:
    """Judge every answer in the sandbox too: both ways must say the same of every check.

    The code's own draws differ there. So a wrong answer on which a check depends on luck is judged
    again, with other draws, before it counts as a difference between the two ways.
    """
    with Sandbox(Limits(), data_folder(), backend) as sandbox:
        for answer in track(catalogue, "in the sandbox", console=Console(stderr=True)):
            row = rows[answer.exercise]
            row.agree = row.agree or 0
            setting, seed = _setting(answer), seed_of(answer.path)
            here = verdicts[answer.path]
            there = judge_sandboxed(setting, answer.code, seed, sandbox)
            found, differences = faults(answer, there), _differences(here, there)
            for number in range(LUCK):
                if answer.right or not differences:
                    break
                other = f"{answer.path} {number}"
                tried = next(iter(run_forked([lambda: _judge(answer, other)], SECONDS, 1)))  # noqa: B023
                there = judge_sandboxed(setting, answer.code, seed_of(other), sandbox)
                differences = _differences(tried.result, there)
            found += differences
            row.agree += not found
            row.problems += [f"{answer.path}, in the sandbox: {fault}" for fault in found]


def _differences(here: Verdict, there: Verdict) -> list[str]:
    return [
        f"`{title}` {'passes' if passed else 'fails'} here and not there"
        for title, passed in here.passed.items()
        if there.passed.get(title) is not passed
    ]


def _problems(row: Row) -> list[str]:
    problems = list(row.problems)
    if row.mutants is not None:
        if row.mutants.total == 0:
            problems.append("no mutants: is there a solution in its cell?")
        problems += [f"a mutant survives: {name}" for name in row.mutants.unexplained]
        problems += [f"survivors.toml lists a mutant that is none: {n}" for n in row.mutants.stale]
    return problems


def _course_problems(catalogue: list[Answer], page: str) -> list[str]:
    problems = [
        f"{name}: the exercise is in no chapter"
        for name in all_exercises()
        if name not in settings()
    ]
    orphans = {answer.exercise for answer in read_catalogue()} - set(settings())
    problems += [f"{name}: answers to an exercise that no chapter has" for name in sorted(orphans)]
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if not same_words(written, page):
        problems.append(f"{PAGE.name} is out of date: run `python -m tests.prove --write-mistakes`")
    return problems


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("--only", action="append", metavar="EXERCISE", help="these exercises alone")
    parser.add_argument("--write-mistakes", action="store_true", help="write docs/mistakes.md")
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
    try:
        sys.exit(main())
    except SandboxUnavailable as error:
        sys.exit(f"{error}")
