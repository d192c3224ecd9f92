"""Grade one class with stock nbgrader and with ours, in alternation, and compare the cost.

    python benchmarks/autograding.py [--students 60] [--with-d2l] [--otter 4]

Stock nbgrader runs each submission in an ordinary kernel with its own `Execute`; ours runs it in
the sandbox. Both grade the same notebooks, without the cells tagged `demo`, with the same checks.
Start-up counts: each figure is a whole command, divided by the number of submissions; what of ours is
start-up is told from a class of one. CPU seconds are those of the command and all its descendants,
from a control group (so run it as root); memory is the largest sum over the process tree of the
proportional set size, sampled.
`--otter N` grades N of them with otter-grader as well (see `benchmarks/otter_run.py`).
`--with-d2l` adds `from d2l import torch as d2l` to the chapter, as the book's own have it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import otter_run
import psutil
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from grader.authoring.build import build
from grader.authoring.catalogue import read_catalogue
from grader.checks.registry import chapter_of, get_exercise
from grader.course import CONFIG_FILE, Course
from grader.simulated_class import answered, solved, submit

ASSIGNMENT = "01_dropout_from_scratch"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Cost:
    """What grading `submissions` notebooks took: wall and CPU seconds, peak memory in bytes."""

    submissions: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int

    def each(self) -> str:
        wall, cpu = self.seconds / self.submissions, self.cpu_seconds / self.submissions
        return f"{wall:8.3f} s {cpu:8.3f} CPU s {self.peak_bytes / 2**20:8.0f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--with-d2l", action="store_true")
    parser.add_argument("--otter", type=int, default=0, metavar="N")
    options = parser.parse_args()
    root = Course.find(Path(__file__).parent).root
    with tempfile.TemporaryDirectory() as scratch:
        stock, ours = (
            _course(root, Path(scratch) / name, options.with_d2l) for name in ("stock", "ours")
        )
        _remove_engine(stock)
        names = [f"student_{number:02}" for number in range(options.students)]
        for name, notebook in zip(names, _class(ours), strict=False):
            for course in (stock, ours):
                submit(course, name, ASSIGNMENT, notebook)
        for course in (stock, ours):  # what is done once, when the chapter is handed out
            _run([BIN / "nbgrader", "generate_assignment", ASSIGNMENT, "--force"], course.root, 1)
        few = names[: options.otter]
        if few:
            otter = otter_run.install(Path(scratch) / "otter-environment")
            archive = otter_run.configure(otter, ours, ASSIGNMENT, Path(scratch) / "otter")
        half = len(names) // 2
        kinds = ("stock", "ours", "ours, 2 workers", "ours, 1 alone", "ours, again")
        costs: dict[str, list[Cost]] = {kind: [] for kind in kinds}
        for part in (names[:half], names[half:]):
            costs["stock"].append(_grade_stock(stock, part))
            costs["ours"].append(_grade_ours(ours, len(names), 1))
            costs["ours, 2 workers"].append(_grade_ours(ours, len(names), 2))
            costs["ours, 1 alone"].append(_grade_ours(ours, 1, 1))
            costs["ours, again"].append(_grade_ours(ours, len(names), 1, force=False))
        if few:
            command = otter_run.commands(otter, archive, ours, ASSIGNMENT, few)
            costs["otter-grader"] = [_run(command, ours.root, len(few))]
        _print(costs)
        _compare_grades(stock, ours, names)
        if few:
            _compare_with_otter(archive, ours, few)


def _course(root: Path, folder: Path, with_d2l: bool) -> Course:
    (folder / "chapters").mkdir(parents=True)
    shutil.copy(root / CONFIG_FILE, folder)
    text = (root / "chapters" / f"{ASSIGNMENT}.py").read_text()
    if with_d2l:
        text = text.replace("\nimport torch\n", "\nimport torch\nfrom d2l import torch as d2l\n", 1)
    (folder / "chapters" / f"{ASSIGNMENT}.py").write_text(text)
    course = Course(folder)
    build(course)
    return course


def _remove_engine(course: Course) -> None:
    """The same configuration, with nbgrader's own stages."""
    path = course.root / CONFIG_FILE
    path.write_text(path.read_text() + "\ndel c.Autograde\n")


def _class(course: Course) -> Iterator[NotebookNode]:
    """Honest notebooks without end: all right, and each with one catalogued answer in turn."""
    right = solved(course, ASSIGNMENT)
    right.cells = [cell for cell in right.cells if "demo" not in cell.metadata.get("tags", [])]
    yield right
    by_exercise: dict[str, list[str]] = {}
    for answer in read_catalogue():
        if answer.chapter == chapter_of(ASSIGNMENT):
            by_exercise.setdefault(answer.exercise, []).append(answer.code)
    marked = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in right.cells}
    for exercise in cycle(name for name in by_exercise if name in marked):
        code = by_exercise[exercise].pop(0)
        by_exercise[exercise].append(code)
        yield answered(right, {exercise: code})


def _grade_stock(course: Course, names: list[str]) -> Cost:
    """Stock nbgrader on these students alone: the others' folders step aside meanwhile."""
    aside = course.root / "aside"
    aside.mkdir()
    for path in course.folder("submitted").iterdir():
        if path.name not in names:
            path.rename(aside / path.name)
    command = [BIN / "nbgrader", "autograde", ASSIGNMENT, "--force"]
    try:
        return _run(command, course.root, len(names))
    finally:
        for path in aside.iterdir():
            path.rename(course.folder("submitted") / path.name)
        aside.rmdir()


def _grade_ours(course: Course, count: int, workers: int, force: bool = True) -> Cost:
    """Ours on the whole class, or on its first student alone; without `force` nothing has changed."""
    command = [BIN / "grader", "autograde", ASSIGNMENT, "--workers", str(workers)]
    command += ["--force"] if force else []
    if count == 1:
        command += ["--student", sorted(p.name for p in course.folder("submitted").iterdir())[0]]
    return _run([*command, "--course", course.root], course.root, count)


def _run(command: list, folder: Path, submissions: int) -> Cost:
    """Run a command to its end and measure it with all that it started."""
    with _CpuAccount() as account, open(folder / "command.log", "wb") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            [*account.prefix, *map(str, command)],
            cwd=folder,
            env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"},  # nbgrader calls alembic
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        peak = _PeakMemory(process.pid)
        process.wait()
        seconds = time.perf_counter() - started
        cpu_seconds = account.seconds()
    if process.returncode:
        sys.exit((folder / "command.log").read_text()[-3000:])
    return Cost(submissions, seconds, cpu_seconds, peak.stop())


class _CpuAccount:
    """A control group of its own: the one place where killed grandchildren are accounted for too.

    Sandboxed processes are killed rather than waited for, so that the usual sum over children
    would leave out most of our own cost.
    """

    def __enter__(self) -> _CpuAccount:
        root = Path("/sys/fs/cgroup")
        self._v1 = (root / "cpuacct").is_dir()
        self._folder = (
            root / ("cpuacct" if self._v1 else "") / f"autograding-{os.getpid()}-{id(self)}"
        )
        try:
            self._folder.mkdir()
        except OSError as error:
            sys.exit(f"CPU time is accounted in a control group, which takes root: {error}")
        enter = f'echo $$ > {self._folder}/cgroup.procs && exec "$@"'
        self.prefix = ["sh", "-c", enter, "sh"]
        return self

    def seconds(self) -> float:
        if self._v1:
            return int((self._folder / "cpuacct.usage").read_text()) / 1e9
        lines = (self._folder / "cpu.stat").read_text().splitlines()
        return int(dict(line.split() for line in lines)["usage_usec"]) / 1e6

    def __exit__(self, *error: object) -> None:
        for _ in range(50):  # the kernel takes a moment to forget the last process
            try:
                return self._folder.rmdir()
            except OSError:
                time.sleep(0.1)


class _PeakMemory:
    """Samples the proportional set size of a process tree until stopped."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._done = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._done.set()
        self._thread.join()
        return self._peak

    def _sample(self) -> None:
        while not self._done.wait(1.0):
            try:
                root = psutil.Process(self._pid)
                tree = [root, *root.children(recursive=True)]
                sizes = [process.memory_full_info().pss for process in tree]
            except psutil.Error:
                continue
            self._peak = max(self._peak, sum(sizes))


def _print(costs: dict[str, list[Cost]]) -> None:
    print("per submission       wall        CPU       peak memory of the process tree")
    means: dict[str, tuple[float, float]] = {}
    for name, runs in costs.items():
        for cost in runs:
            print(f"{name:<16} {cost.each()}   ({cost.submissions} submissions)")
        count = sum(cost.submissions for cost in runs)
        means[name] = (
            sum(cost.seconds for cost in runs) / count,
            sum(cost.cpu_seconds for cost in runs) / count,
        )
    print(f"CPU: stock / ours = {means['stock'][1] / means['ours'][1]:.1f}")
    if "otter-grader" in means:
        otter = means["otter-grader"][1] / means["ours"][1]
        print(f"CPU: otter-grader / ours = {otter:.1f}")
    wall = means["stock"][0] / means["ours, 2 workers"][0]
    print(f"throughput: ours with 2 workers / stock = {wall:.1f}")
    class_size = costs["ours"][0].submissions
    alone, whole = means["ours, 1 alone"][1], means["ours"][1] * class_size
    further = (whole - alone) / (class_size - 1)
    print(f"ours: {alone - further:.1f} CPU s to start, then {further:.2f} a submission")


def _compare_with_otter(archive: Path, ours: Course, names: list[str]) -> None:
    """Say for how many submissions otter-grader finds the same exercises all right."""
    chapter = chapter_of(ASSIGNMENT)
    same = 0
    for name, points in _points_of(ours, names).items():
        judged = [cell for cell in points if cell.startswith("check_")]
        exercises = [get_exercise(chapter, cell.removeprefix("check_")) for cell in judged]
        full = {e.name for e in exercises if points[f"check_{e.name}"] == e.points}
        same += full == otter_run.full_points(archive, name)
    print(f"otter-grader: the same exercises all right in {same} of {len(names)} submissions")


def _compare_grades(stock: Course, ours: Course, names: list[str]) -> None:
    """Say for how many submissions both gave every cell the same points; exit 1 for what has no reason.

    Ours judges an exercise again, beside the reference, when one that it uses lost points: so it may only
    give more there.
    """
    scores = [_points_of(course, names) for course in (stock, ours)]
    same, more, wrong = 0, 0, []
    for name in names:
        theirs, own = scores[0][name], scores[1][name]
        differing = [cell for cell in own if own[cell] != theirs[cell]]
        same += not differing
        if differing and all(
            own[cell] > theirs[cell] and _uses_what_lost_points(cell, own) for cell in differing
        ):
            more += 1
        elif differing:
            wrong.append({cell: [name, theirs[cell], own[cell]] for cell in differing})
    print(
        f"grades equal: {same} of {len(names)} submissions; in {more} more, ours did not count twice "
        "what an earlier exercise had lost"
    )
    if wrong:
        sys.exit(json.dumps(wrong, indent=1))


def _points_of(course: Course, names: list[str]) -> dict[str, dict[str, float]]:
    with Gradebook(course.database, "dropout-lab") as gradebook:
        found = [gradebook.find_submission(ASSIGNMENT, name) for name in names]
        return {
            name: {
                grade.name: grade.auto_score or 0.0
                for book in submission.notebooks
                for grade in book.grades
            }
            for name, submission in zip(names, found, strict=True)
        }


def _uses_what_lost_points(cell: str, points: dict[str, float]) -> bool:
    chapter = chapter_of(ASSIGNMENT)
    used = list(get_exercise(chapter, cell.removeprefix("check_")).uses)
    for name in used:
        used += get_exercise(chapter, name).uses
    return any(points[f"check_{name}"] < get_exercise(chapter, name).points for name in used)


if __name__ == "__main__":
    main()
