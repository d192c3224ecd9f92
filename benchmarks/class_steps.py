"""Time a class from the archive that was downloaded to the pages that are handed back, step by step.

    python benchmarks/class_steps.py [--students 1000] [--workers 2]

Honest notebooks of chapter 1, each with one catalogued answer in turn, in an archive as Moodle gives it.
Each step is the command that an instructor types; a second run of `autograde`, which finds that nothing has
changed, comes last and does not count in the sum. CPU seconds are those of the command and all its
descendants, from a control group (so run it as root).
"""

from __future__ import annotations

import argparse
import tempfile
import zipfile
from itertools import islice
from pathlib import Path

import nbformat
from autograding import ASSIGNMENT, BIN, _class, _course, _run

from grader.course import Course


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    root = Course.find(Path(__file__).parent).root
    with tempfile.TemporaryDirectory() as scratch:
        course = _course(root, Path(scratch) / "course", with_d2l=False)
        archive = _download(course, Path(scratch) / "download.zip", options.students)
        workers = ["--workers", options.workers]
        steps = {
            "collect": ["collect", archive, "--assignment", ASSIGNMENT],
            "autograde": ["autograde", ASSIGNMENT, *workers],
            "feedback": ["feedback", ASSIGNMENT, *workers],
            "report": ["report", ASSIGNMENT],
        }
        seconds = 0.0
        print(f"{options.students:,} submissions, {options.workers} side by side", flush=True)
        for name, command in steps.items():
            seconds += _timed(course, name, command, options.students)
        pages = sum(1 for _ in course.folder("feedback").glob("*/*/*.html"))
        print(f"{'together':<10} {seconds:8.1f} s, {pages:,} pages", flush=True)
        _timed(course, "once more", steps["autograde"], options.students)


def _timed(course: Course, name: str, command: list, students: int) -> float:
    """Run and print a step; the seconds that it took."""
    words = [BIN / "grader", *command, "--course", course.root]
    cost = _run(words, course.root, students)
    print(
        f"{name:<10} {cost.seconds:8.1f} s {cost.cpu_seconds:8.1f} CPU s "
        f"{cost.peak_bytes / 2**20:6.0f} MB",
        flush=True,
    )
    return cost.seconds


def _download(course: Course, path: Path, students: int) -> Path:
    """An archive of the class, as Moodle names its folders."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, notebook in enumerate(islice(_class(course), students)):
            folder = f"Student {number:04}_{number + 1}_assignsubmission_file"
            archive.writestr(f"{folder}/{ASSIGNMENT}.ipynb", nbformat.writes(notebook))
    return path


if __name__ == "__main__":
    main()
