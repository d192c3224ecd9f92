"""One run a course at a time: two that record at once would each undo what the other did.

On a server's gradebook, records come one after the other by themselves, so that several may grade.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.course import Course
from grader.errors import CourseError

LOCK_FILE = ".grader_run"


@contextmanager
def one_run(course: Course, command: str, beside_others: bool = False) -> Iterator[None]:
    """Hold the course while `command` runs. The kernel lets go of it when the process ends, however.

    beside_others: together with others that say so, too.
    Raises CourseError, which says who holds it, and when the file cannot be written.
    """
    path = course.root / LOCK_FILE
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise CourseError(f"{path} cannot be written ({error.strerror}): {_ADVICE}") from None
    with open(descriptor, "r+") as file:
        try:
            kind = fcntl.LOCK_SH if beside_others else fcntl.LOCK_EX
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(_who(path, file.read(1000).strip())) from None
        file.truncate(0)
        file.write(f"`{command}`, process {os.getpid()}, since {time.strftime('%H:%M:%S')}\n")
        file.flush()
        yield
        file.truncate(0)


_ADVICE = "the course folder must be yours to write."


def _who(path: Path, holder: str) -> str:
    return (
        f"This course is being graded already: {holder or f'another process holds {path}'}. "
        "Wait until that is done, or stop it."
    )
