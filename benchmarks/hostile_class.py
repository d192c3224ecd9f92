"""A class of 60 with 20 hostile submissions beside one without them: grades, pages and time.

    python benchmarks/hostile_class.py [--honest 40] [--hostile 20] [--workers 2]

The same honest students hand in the same notebooks in two courses with one secret; the others hand in honest
notebooks in the one, and attacks of `tests/attacks` in the other, drawn evenly from all families whose files
are cells. Both courses are graded and given feedback pages through the command line. Prints the seconds of
each, their ratio, and how many honest grades and pages are the same; exits with 1 when one is not. The limits
are those of a real class, so an attack that waits for a limit takes that long.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from itertools import islice, zip_longest
from pathlib import Path

from autograding import ASSIGNMENT, BIN, _class, _course
from rich.console import Console
from rich.progress import track

from grader.course import Course
from grader.grading.secret import SECRET_FILE
from grader.simulated_class import submit

ROOT = Course.find(Path(__file__).parent).root
sys.path.insert(0, str(ROOT))
from tests.attacks.corpus import Attack, attacks, with_attack  # noqa: E402

FAMILIES = ("harm", "raise_grade", "read", "reader", "go_out")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("honest", 40), ("hostile", 20), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    chosen = _chosen(options.hostile)
    print("attacks:", ", ".join(attack.name for attack in chosen))
    with tempfile.TemporaryDirectory() as scratch:
        peaceful, hostile = (
            _course(ROOT, Path(scratch) / n, False) for n in ("peaceful", "hostile")
        )
        books = list(islice(_class(peaceful), options.honest + options.hostile))
        names = [f"honest_{number:02}" for number in range(options.honest)]
        for course in (peaceful, hostile):
            (course.root / SECRET_FILE).write_text("the-same-in-both-courses-of-this-benchmark")
            for name, book in zip(names, books, strict=False):
                submit(course, name, ASSIGNMENT, book)
        for number, (attack, book) in enumerate(zip(chosen, books[options.honest :], strict=True)):
            submit(peaceful, f"other_{number:02}", ASSIGNMENT, book)
            attacking, _ = with_attack(book, attack, {}, "dropout_layer")
            submit(hostile, f"other_{number:02}", ASSIGNMENT, attacking)
        seconds = {}
        for course in track((peaceful, hostile), "grading", console=Console(stderr=True)):
            seconds[course.root.name] = _graded(course, options.workers)
        print({name: round(value, 1) for name, value in seconds.items()}, "seconds")
        print(f"hostile / peaceful = {seconds['hostile'] / seconds['peaceful']:.2f}")
        sys.exit(_differing(peaceful, hostile, names))


def _chosen(count: int) -> list[Attack]:
    """Attacks from all families in turn, evenly spread over each."""
    families = [
        [a for a in attacks().values() if a.family == family and a.kind == "cell" and not
         re.search(r"@[A-Z]+@", a.source) and not a.in_chapter]
        for family in FAMILIES
    ]  # fmt: skip
    share = -(-count // len(families))
    spread = [family[:: max(1, len(family) // share)] for family in families]
    turns = zip_longest(*spread)
    return [attack for turn in turns for attack in turn if attack is not None][:count]


def _graded(course: Course, workers: int) -> float:
    """Seconds of grading and feedback."""
    started = time.perf_counter()
    for command in (
        ["autograde", ASSIGNMENT, "--workers", str(workers), "--json", "grades.json"],
        ["feedback", ASSIGNMENT],
    ):
        line = [BIN / "grader", *command, "--course", course.root]
        run = subprocess.run(line, cwd=course.root, capture_output=True, text=True)
        if run.returncode not in (0, 1):
            sys.exit(run.stdout[-3000:] + run.stderr[-3000:])
    return time.perf_counter() - started


def _differing(peaceful: Course, hostile: Course, names: list[str]) -> int:
    """How many honest grades and pages differ, said aloud."""
    grades = [json.loads((c.root / "grades.json").read_text()) for c in (peaceful, hostile)]
    by_student = [{entry["student"]: _timeless(entry) for entry in g} for g in grades]
    pages = [
        {
            n: sorted(p.read_bytes() for p in (c.root / "feedback" / n).rglob("*.html"))
            for n in names
        }
        for c in (peaceful, hostile)
    ]
    graded = [n for n in names if by_student[0][n] != by_student[1][n]]
    shown = [n for n in names if not pages[0][n] or pages[0][n] != pages[1][n]]
    print(f"honest grades the same: {len(names) - len(graded)} of {len(names)} {graded or ''}")
    print(f"honest pages the same: {len(names) - len(shown)} of {len(names)} {shown or ''}")
    return int(bool(graded or shown))


def _timeless(entry: object) -> object:
    """A JSON value without the seconds that things took."""
    if isinstance(entry, dict):
        return {key: _timeless(value) for key, value in entry.items() if "seconds" not in key}
    return [_timeless(value) for value in entry] if isinstance(entry, list) else entry


if __name__ == "__main__":
    main()
