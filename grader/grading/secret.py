"""The instructor's secret, from which all seeds of the judge derive."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from grader.course import Course
from grader.errors import CourseError

SECRET_FILE = ".grader_secret"
MIN_LENGTH = 32


def read_secret(course: Course) -> str:
    """The secret; made on first use. Raises CourseError when its file is not whole or not readable."""
    path = course.root / SECRET_FILE
    try:
        if not path.exists():
            _make(path)
        secret = path.read_text("ascii", "replace").strip()
    except OSError as error:
        raise CourseError(f"{path} cannot be read or made: {error.strerror}.") from None
    if len(secret) < MIN_LENGTH or not re.fullmatch(r"[\x21-\x7e]+", secret):
        raise CourseError(
            f"{path} holds {len(secret)} characters, and is not a whole secret of {MIN_LENGTH} or more: "
            "with it the judge's inputs could be guessed. Put your backup in its place. If there is "
            "none, delete the file: a new one is made, and grades can differ a little from earlier ones."
        )
    return secret


def _make(path: Path) -> None:
    """Write a new secret, whole or not at all; one that somebody else has made meanwhile stays."""
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with open(os.open(scratch, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(scratch, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
