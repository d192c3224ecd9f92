"""A rehearsal: grading that says what it would change, and leaves gradebook and `autograded` as they are."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from grader.course import Course
from grader.errors import CourseError

PREFIX = ".grader_dry_run-"


@contextmanager
def rehearsal(course: Course, assignment: str) -> Iterator[Course]:
    """The same course with a copy of its gradebook, and of what was graded; both are gone afterwards.

    Raises CourseError when the gradebook is not a file.
    """
    url = make_url(course.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise CourseError(
            f"--dry-run works on a copy of the gradebook, and {url.render_as_string()} is no file."
        )
    for left in course.root.glob(f"{PREFIX}*"):  # by one that was killed
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=course.root))
    try:
        copy = folder / "gradebook.db"
        if Path(url.database).is_file():
            with (
                closing(sqlite3.connect(url.database)) as old,
                closing(sqlite3.connect(copy)) as new,
            ):
                old.backup(new)
        graded = folder / "autograded"
        for path in course.folder("autograded").glob(f"*/{assignment}"):
            # Grading replaces folders as a whole and writes into no file that is there.
            shutil.copytree(path, graded / path.parent.name / assignment, copy_function=_linked)
        rehearsed = Course(course.root)
        rehearsed.config.CourseDirectory.db_url = f"sqlite:///{copy}"
        rehearsed.config.CourseDirectory.autograded_directory = str(graded)
        yield rehearsed
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)
