"""What has to be right before a class is graded: said at once, in one sentence, with nothing begun."""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from grader.course import Course
from grader.errors import CourseError
from grader.grading.release import Release
from grader.grading.secret import read_secret
from grader.grading.transaction import (
    GradebookLocked,
    Transaction,
    address_of,
    is_served,
    patiently,
)
from grader.wire.limits import MIB

LOCK_SECONDS = 3.0
"""How long a locked gradebook is waited for at the start, where somebody still watches."""
DISK_ROOM = 16 * MIB
NOTEBOOKS = 4
"""A graded notebook may be so many times as large as the one that was handed out."""


def check_before(course: Course, release: Release, count: int, json: Path | None) -> None:
    """Raises CourseError when `count` submissions could not be recorded here. json: where else it is written."""
    read_secret(course)
    folder = course.folder("autograded")
    check_writable(folder, "graded notebooks")
    if json is not None:
        if json.is_dir():
            raise CourseError(f"--json {json} is a folder: name a file in it.")
        check_writable(json.parent, "--json")
    size = course.notebook("release", release.assignment).stat().st_size
    check_room(folder, DISK_ROOM + count * NOTEBOOKS * size)
    check_gradebook(course)


def check_writable(folder: Path, what: str) -> None:
    """Raises CourseError when nothing can be written into `folder`, which is made when it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise CourseError(f"The disk of {folder} is full: make room.") from None
        raise CourseError(
            f"{folder} cannot be written, for {what}: {error.strerror}. Change its rights, or the place."
        ) from None


def check_room(folder: Path, needed: int) -> None:
    """Raises CourseError when the disk of `folder` has less than `needed` bytes left."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise CourseError(
            f"The disk of {folder} has {free // MIB:,} MiB left, and grading may need {needed // MIB:,}: "
            "make room first."
        )


def check_gradebook(course: Course) -> None:
    """Raises CourseError when the gradebook cannot be read and written now."""
    try:
        patiently(lambda: Transaction(course).end(), LOCK_SECONDS)
    except GradebookLocked:
        raise CourseError(
            f"The gradebook {address_of(course)} is locked: another program is writing it, or has it open "
            "for changes. Close that program, or wait until it is done."
        ) from None
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise CourseError(
            f"The gradebook {address_of(course)} cannot be used: {said}. {_advice(said, is_served(course))}"
        ) from None


def _advice(said: str, served: bool) -> str:
    if re.search(r"no such (column|table)|(column|relation) .* does not exist", said):
        return "An older nbgrader made it: back it up, then run `nbgrader db upgrade`."
    if served:
        return (
            "The server must run, and know the user, password and database of c.CourseDirectory.db_url; the "
            "user must be allowed to make tables."
        )
    if "readonly" in said or "unable to open" in said or "permission" in said.lower():
        return "The file and its folder must be yours to write."
    if "full" in said:
        return "Make room on its disk."
    return "Put a backup in its place, or move it away to begin a new one."
