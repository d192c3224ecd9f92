"""nbgrader's steps in one transaction: nothing of them is in the database before all of them are.

nbgrader opens the database anew for each step and commits after each cell. Within a `transaction` its
steps find one gradebook, whose commits only send what has changed to the database; it is kept when the
block ends, and forgotten when it raises.
"""

from __future__ import annotations

import functools
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar

import nbgrader.api
from nbgrader.api import Gradebook
from nbgrader.preprocessors import (
    getgrades,
    latesubmissions,
    overwritecells,
    saveautogrades,
    savecells,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SAWarning
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from grader.course import Course
from grader.errors import GivenUp

LOCKED_SECONDS = 300.0
"""How long another program may keep the gradebook locked before a run gives up."""
BUSY_SECONDS = "1"  # SQLite sleeps so long at once, and no signal is heard meanwhile

_T = TypeVar("_T")

# nbgrader reads a submission while it is being added, which is harmless and warned about each time.
warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.api")


class GradebookLocked(GivenUp):
    """Another program holds the gradebook."""


class Transaction(Gradebook):
    """nbgrader's gradebook whose commits are flushes until `save`."""

    db: scoped_session[Session]
    _saved = False

    def __init__(self, course: Course) -> None:
        _find_alembic()
        url = make_url(course.database)
        is_file = url.get_backend_name() == "sqlite"
        if is_file:
            url = url.update_query_dict({"timeout": BUSY_SECONDS})
        super().__init__(
            url.render_as_string(hide_password=False), course.config.CourseDirectory.course_id
        )
        self.db.remove()
        self.db = scoped_session(sessionmaker(class_=_Flushing, bind=self.engine))
        if is_file:  # all of it is ours from here on: no later statement finds it locked
            try:
                self.db.connection().exec_driver_sql("BEGIN EXCLUSIVE")
            except BaseException:
                self.end()
                raise

    def save(self) -> None:
        """Keep everything. At the end of a `transaction` there is nothing more to be done then."""
        if self._saved:
            return
        session: Session = self.db()
        session.flush()
        Session.commit(session)
        self._saved = True

    def close(self) -> None:
        """nbgrader's steps close what they have opened; this stays open for the next one."""

    def end(self) -> None:
        """Forget what has not been saved."""
        super().close()


class _Flushing(Session):
    def commit(self) -> None:
        self.flush()
        self.expire_all()  # sums of points are the database's own


_open: ContextVar[Transaction | None] = ContextVar("transaction", default=None)


@contextmanager
def transaction(course: Course) -> Iterator[Transaction]:
    """The course's gradebook, saved at the end of the block. Raises GradebookLocked after a while."""
    book = patiently(lambda: Transaction(course))
    token = _open.set(book)
    try:
        yield book
        book.save()
    finally:
        _open.reset(token)
        book.end()


def patiently(task: Callable[[], _T], seconds: float | None = None) -> _T:
    """What `task` returns, tried again while another program holds the database."""
    deadline = time.monotonic() + (LOCKED_SECONDS if seconds is None else seconds)
    while True:
        try:
            return task()
        except OperationalError as error:
            if "locked" not in str(error.orig):
                raise
            if time.monotonic() > deadline:
                raise GradebookLocked("the gradebook is locked by another program") from None
        time.sleep(0.1)


def _gradebook(url: str, *arguments: object) -> Gradebook:
    """What nbgrader's steps open."""
    return _open.get() or Gradebook(url, *arguments)


def _find_alembic() -> None:
    """A new database makes nbgrader call `alembic`, which is installed beside this interpreter."""
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join((beside, os.environ.get("PATH", os.defpath)))


for step in (getgrades, latesubmissions, overwritecells, saveautogrades, savecells):
    step.Gradebook = _gradebook


# One engine for all of them: SQLAlchemy keeps the queries that it has compiled.
nbgrader.api.create_engine = functools.cache(nbgrader.api.create_engine)
