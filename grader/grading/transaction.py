"""nbgrader's steps in one transaction: nothing of them is in the database before all of them are.

nbgrader opens the database anew for each step and commits after each cell. Within a `transaction` its
steps find one gradebook, whose commits only send what has changed to the database; it is kept when the
block ends, and forgotten when it raises. Transactions come one after the other, from other processes and, on a
PostgreSQL server, from other machines as well; there, people mark beside them.
"""

from __future__ import annotations

import functools
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import nbgrader.api
from nbgrader.api import Gradebook
from nbgrader.preprocessors import (
    latesubmissions,
    overwritecells,
    saveautogrades,
    savecells,
)
from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SAWarning
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from grader.course import Course, find_commands
from grader.errors import CourseError, GivenUp

LOCKED_SECONDS = 300.0
"""How long another program may keep the gradebook locked before a run gives up."""
BUSY_SECONDS = 1  # a database waits so long at once, and no signal is heard meanwhile
_TURN = 4_711_000_001
"""The number of PostgreSQL's advisory lock that a transaction holds."""

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
        find_commands()
        url, served = address_of(course), is_served(course)
        if not served:
            url = url.update_query_dict({"timeout": str(BUSY_SECONDS)})
        address = url.render_as_string(hide_password=False)
        self._turn = _turn(address) if served else None
        try:
            super().__init__(address, course.config.CourseDirectory.course_id)
            self.db.remove()
            self.db = scoped_session(sessionmaker(class_=_Flushing, bind=self.engine))
            self.db.connection().exec_driver_sql(
                f"SET LOCAL lock_timeout = '{LOCKED_SECONDS}s'"  # of what somebody marks just now
                if served
                else "BEGIN EXCLUSIVE"  # all of it is ours from here on: no later statement finds it locked
            )
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
        if hasattr(self, "db"):
            super().close()
        if self._turn is not None:
            self._turn.close()


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
    except OperationalError as error:
        raise (_locked() if _is_locked(error) else error) from None
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
            if not _is_locked(error):
                raise
            if time.monotonic() > deadline:
                raise _locked() from None
        time.sleep(0.1)


def address_of(course: Course) -> URL:
    """Where the gradebook is; printed, it shows no password. Raises CourseError for what cannot be one."""
    try:
        url = make_url(course.database)
        if url.get_backend_name() in ("sqlite", "postgresql"):
            return url
    except ArgumentError:
        pass
    raise CourseError(
        "c.CourseDirectory.db_url names no database that can be the gradebook: expected sqlite:///FILE or "
        "postgresql://USER@HOST/NAME."
    )


def is_served(course: Course) -> bool:
    """Whether the gradebook is on a PostgreSQL server, and not a file of SQLite's. Raises CourseError."""
    return address_of(course).get_backend_name() == "postgresql"


def _turn(address: str) -> Connection:
    """A connection whose holder alone works on a server's gradebook, until it is closed or lost.

    Raises OperationalError when it is another's turn for longer than BUSY_SECONDS.
    """
    try:
        engine = create_engine(address, poolclass=NullPool)
    except ModuleNotFoundError as error:
        raise CourseError(
            f"A gradebook on a PostgreSQL server needs psycopg ({error}): `pip install 'psycopg[binary]'`."
        ) from None
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        connection.exec_driver_sql(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_TURN})")
    except BaseException:
        connection.close()
        raise
    return connection


def _is_locked(error: OperationalError) -> bool:
    return "locked" in str(error.orig) or "lock timeout" in str(error.orig)


def _locked() -> GradebookLocked:
    return GradebookLocked("the gradebook is locked by another program")


def _gradebook(url: str, *arguments: object) -> Gradebook:
    """What nbgrader's steps open."""
    return _open.get() or Gradebook(url, *arguments)


for step in (latesubmissions, overwritecells, saveautogrades, savecells):
    step.Gradebook = _gradebook


# One engine for all of them: SQLAlchemy keeps the queries that it has compiled.
nbgrader.api.create_engine = functools.cache(nbgrader.api.create_engine)
