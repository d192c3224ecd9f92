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
from typing import Any, TypeVar

import nbgrader.api
from nbgrader.api import BaseCell, Comment, Grade, Gradebook
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
_K = TypeVar("_K", Grade, Comment)

# nbgrader reads a submission while it is being added, which is harmless and warned about each time.
warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.api")


class GradebookLocked(GivenUp):
    """Another program holds the gradebook."""


class Transaction(Gradebook):
    """nbgrader's gradebook whose commits are flushes until `save`."""

    db: scoped_session[_Flushing]
    _saved = False

    def __init__(self, course: Course) -> None:
        find_commands()
        url, served = address_of(course), is_served(course)
        if not served:
            url = url.update_query_dict({"timeout": str(BUSY_SECONDS)})
        address = url.render_as_string(hide_password=False)
        self._turn = _turn(address) if served else None
        self._read: dict[tuple[type, tuple[str, ...]], dict[str, Any]] = {}
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

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Grade:
        """As nbgrader's, which asks the database once more for each cell."""
        about = (notebook, assignment, student)
        found = self._of_cells(Grade, *about).get(grade_cell)
        return found or super().find_grade(grade_cell, *about)

    def find_comment(
        self, solution_cell: str, notebook: str, assignment: str, student: str
    ) -> Comment:
        """As nbgrader's, which asks the database once more for each cell."""
        about = (notebook, assignment, student)
        found = self._of_cells(Comment, *about).get(solution_cell)
        return found or super().find_comment(solution_cell, *about)

    def _of_cells(self, kind: type[_K], *about: str) -> dict[str, _K]:
        """The grades or comments of a submitted notebook, by the names of their cells."""
        if (kind, about) not in self._read:
            part = self.find_submission_notebook(*about)
            # By the cell as well: there is an index of cells and notebooks, and none of notebooks.
            query = self.db.query(BaseCell.name, kind).join(kind, kind.cell_id == BaseCell.id)
            mine = query.filter(
                BaseCell.notebook_id == part.notebook_id, kind.notebook_id == part.id
            )
            self._read[kind, about] = dict(mine.all())
        return self._read[kind, about]

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
    later = False
    """Whether commits wait for the one at the end of `one_commit`."""

    def commit(self) -> None:
        if not self.later:
            self.flush()
            self.expire_all()  # sums of points are the database's own


_open: ContextVar[Any] = ContextVar("gradebook", default=None)


@contextmanager
def transaction(course: Course) -> Iterator[Transaction]:
    """The course's gradebook, saved at the end of the block. Raises GradebookLocked after a while."""
    book = patiently(lambda: Transaction(course))
    try:
        with steps_ask(book):
            yield book
            book.save()
    except OperationalError as error:
        raise (_locked() if _is_locked(error) else error) from None
    finally:
        book.end()


@contextmanager
def steps_ask(book: object) -> Iterator[None]:
    """Within the block, nbgrader's steps find `book` where they open a gradebook."""
    token = _open.set(book)
    try:
        yield
    finally:
        _open.reset(token)


@contextmanager
def one_commit() -> Iterator[None]:
    """Within a transaction, the commits of the block are one, at its end."""
    book = _open.get()
    if not isinstance(book, Transaction):
        yield
        return
    session = book.db()
    session.later = True
    try:
        yield
    finally:
        session.later = False
    session.commit()


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
