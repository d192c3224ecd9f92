"""What was graded, from what, and how it came out: a table of ours beside nbgrader's, in the same database.

A record is written in the transaction of its grade, so the two cannot differ; nbgrader's commands do not
look at it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from nbgrader.api import (
    Assignment,
    Grade,
    GradeCell,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Column, MetaData, String, Table, Text, delete, insert, inspect, select

from grader.checks.results import SubmissionResult
from grader.grading.transaction import Transaction

_TABLE = Table(
    "dropout_lab_record",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("notebook", String(64), nullable=False),
    Column("result", Text, nullable=False),
)


@dataclass(frozen=True)
class Record:
    """fingerprint: of everything that the grade depends on. notebook: the digest of the graded notebook."""

    fingerprint: str
    notebook: str
    result: SubmissionResult


def write_record(book: Transaction, record: Record) -> None:
    """Put `record` in the place of the last one of its student."""
    connection, result = book.db.connection(), record.result
    _TABLE.create(connection, checkfirst=True)
    key = {"assignment": result.assignment, "student": result.student}
    connection.execute(delete(_TABLE).filter_by(**key))
    text = json.dumps(result.as_json(), ensure_ascii=False)
    connection.execute(
        insert(_TABLE).values(
            **key, fingerprint=record.fingerprint, notebook=record.notebook, result=text
        )
    )


def read_records(book: Transaction, assignment: str) -> dict[str, Record]:
    """The records of `assignment` by student, as far as the gradebook still holds the grades in them."""
    connection = book.db.connection()
    if not inspect(connection).has_table(_TABLE.name):
        return {}
    grades = _grades(book, assignment)
    found = {}
    for row in connection.execute(select(_TABLE).filter_by(assignment=assignment)):
        try:
            result = SubmissionResult.from_json(json.loads(row.result))
        except (ValueError, KeyError, TypeError):  # of another version
            continue
        earned = {
            f"check_{exercise.exercise}": 0.0 if exercise.bonus else exercise.earned
            for exercise in result.exercises
        }
        if earned.items() <= grades.get(row.student, {}).items():
            found[row.student] = Record(row.fingerprint, row.notebook, result)
    return found


def _grades(book: Transaction, assignment: str) -> dict[str, dict[str, float | None]]:
    """The automatic points of every student by cell."""
    query = (
        select(SubmittedAssignment.student_id, GradeCell.name, Grade.auto_score)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(GradeCell, GradeCell.id == Grade.cell_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == assignment)
    )
    found: dict[str, dict[str, float | None]] = {}
    for student, cell, points in book.db.execute(query):
        found.setdefault(student, {})[cell] = points
    return found
