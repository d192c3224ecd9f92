"""`python -m tests.held_out`: the held-out answers as a class, graded by `grader autograde`.

Each is handed in within a notebook that is right otherwise, so that it also shows what one mistake costs
elsewhere. Prints the table of labels by grades, where the two differ, and points lost in other exercises.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.authoring.build import build
from grader.checks.registry import chapter_of
from grader.checks.results import CheckResult, ExerciseResult
from grader.course import CONFIG_FILE, Course
from grader.simulated_class import answered, solved, submit
from tests.held_out.answers import HeldOut, confusion, disagreement, read_answers

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.held_out", description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", action="append", metavar="CHAPTER", help="ch01, ch02, ...")
    options = parser.parse_args()
    graded, elsewhere = [], []
    answers = [a for a in read_answers() if not options.only or a.chapter in options.only]
    with tempfile.TemporaryDirectory() as folder:
        for chapter in dict.fromkeys(answer.chapter for answer in answers):
            own = [answer for answer in answers if answer.chapter == chapter]
            for answer, results in grade_class(Path(folder) / chapter, own, options.workers):
                graded.append((answer, results.pop(answer.exercise)))
                lost = [name for name, result in results.items() if result.failed]
                elsewhere += [f"{answer.exercise} ({answer.title}): {lost}"] if lost else []
    found = [text for answer, result in graded if (text := disagreement(answer, result))]
    print(confusion(graded), *found, sep="\n")
    print(f"{len(elsewhere)} of {len(graded)} lose points in other exercises", *elsewhere, sep="\n")
    return 1 if found else 0


def grade_class(
    folder: Path, answers: list[HeldOut], workers: int
) -> Iterator[tuple[HeldOut, dict[str, ExerciseResult]]]:
    """Each answer with the results of its whole submission, by exercise."""
    course, assignment = course_of(folder, answers[0].chapter)
    right = solved(course, assignment)
    for number, answer in enumerate(answers):
        notebook = answered(right, {answer.exercise: answer.code})
        submit(course, f"{number:03}", assignment, notebook)
    grader = Path(sys.executable).parent / "grader"
    words = [assignment, "--workers", str(workers), "--json", str(folder / "all.json")]
    # PYTHONPATH: the checks are those of this tree, whichever is installed.
    subprocess.run(
        [grader, "autograde", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for entry in json.loads((folder / "all.json").read_text()):
        yield (
            answers[int(entry["student"])],
            {e["exercise"]: read_result(e) for e in entry["exercises"]},
        )


def course_of(folder: Path, chapter: str) -> tuple[Course, str]:
    """A built course with this chapter alone."""
    (folder / "chapters").mkdir(parents=True)
    shutil.copy(ROOT / CONFIG_FILE, folder)
    text = next(p for p in (ROOT / "chapters").glob("*.py") if chapter_of(p.stem) == chapter)
    shutil.copy(text, folder / "chapters")
    course = Course(folder)
    build(course)
    return course, text.stem


def read_result(entry: dict) -> ExerciseResult:
    """An exercise of `--json`."""
    checks = tuple(
        CheckResult(**{k: v for k, v in check.items() if k != "message"})
        for check in entry["checks"]
    )
    return ExerciseResult(entry["exercise"], entry["points"], checks, entry["problem"])


if __name__ == "__main__":
    sys.exit(main())
