"""Record a grade again and again, and fail or die at each of its steps: `python -m ... COURSE STUDENT`.

A process of its own, without threads, so that it can fork. A step is anything that touches the disk. Prints, as
JSON, what there is after each: "old" or "new", else what differs.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import Session

from grader.course import Course
from grader.grading.recording import repair
from grader.grading.transaction import Transaction, transaction
from tests.grader.graded import NAME, put, state

TOUCHES = (
    *((os, name) for name in ("replace", "fsync", "fchmod", "rename", "unlink", "rmdir")),
    (Path, "mkdir"),
    (Path, "rmdir"),
    (Path, "chmod"),
    (Path, "unlink"),
    (shutil, "rmtree"),
    (Session, "flush"),
    (Transaction, "save"),
    (DefaultDialect, "do_commit"),
)


class Fault(OSError):
    """What happens at a step."""


def with_fault(task: Callable[[], object], at: int, fault: Callable[[], None]) -> bool:
    """Do `task` with a fault in the place of its step number `at`; whether it came so far."""
    count = 0
    originals = [(place, name, getattr(place, name)) for place, name in TOUCHES]

    def counted(original: Callable) -> Callable:
        def step(*arguments: object, **options: object) -> object:
            nonlocal count
            count += 1
            if count == at + 1:
                fault()
            return original(*arguments, **options)

        return step

    try:
        for place, name, original in originals:
            setattr(place, name, counted(original))
        task()
    except Fault:
        pass
    finally:
        for place, name, original in originals:
            setattr(place, name, original)
    return count > at


def _raise() -> None:
    raise Fault(28, "No space left on device")


def _die() -> None:
    os._exit(DEATH)


DEATH = 9


def main(folder: str, student: str) -> None:
    course, found = Course(Path(folder)), []
    old = state(course, student)
    whole = _copy(course, "whole")
    put(whole, student, 0.5, mark="new")
    new = state(whole, student)
    for kind in ("raises", "dies"):
        for step in range(1000):
            place = _copy(course, "scratch")
            task = partial(put, place, student, 0.5, mark="new")
            if kind == "dies":
                came = _dies(task, step)
            elif came := with_fault(task, step, _raise):
                _note(found, kind, step, state(place, student), old, new, apart="beside")
            if not came:
                break
            with transaction(place) as book:
                repair(place, book, NAME)
            _note(found, f"{kind}, next run", step, state(place, student), old, new)
    print(json.dumps(found))


def _note(
    found: list, kind: str, step: int, left: dict, old: dict, new: dict, apart: str = ""
) -> None:
    """What is left, as "old", "new", or the difference from the latter. apart: does not count."""
    differs = [
        {key: left[key] for key in left if key != apart and left[key] != other[key]}
        for other in (old, new)
    ]
    found.append([kind, step, "old" if not differs[0] else differs[1] or "new"])


def _copy(course: Course, name: str) -> Course:
    place = course.root.with_name(name)
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(course.root, place)
    return Course(place)


def _dies(task: Callable[[], object], step: int) -> bool:
    pid = os.fork()
    if pid == 0:
        try:
            with_fault(task, step, _die)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == DEATH


if __name__ == "__main__":
    main(*sys.argv[1:])
