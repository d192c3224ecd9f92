"""Plug-ins for `nbgrader export`: grades as Moodle and Canvas import them, by question, and as a plain table.

`nbgrader export --exporter=grader.desk.exports.MoodleCsv --to moodle.csv`. Every one of them warns about written
answers that are not graded yet, and rounds points as all pages do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Dict

from grader.checks.results import as_points
from grader.desk.csv_text import plain, written
from grader.desk.roster import Person, kept_roster
from grader.grading.marks import StudentMarks, marks_in
from grader.grading.recording import write_file

Marks = dict[str, list[StudentMarks]]
"""The marks of everybody who is exported, by assignment."""


class TableExport(ExportPlugin):
    """A CSV file; subclasses say its lines."""

    name = "grades.csv"

    def export(self, gradebook: Gradebook) -> None:
        """Write the file that `--to` names, with all of `--assignment` and `--student`."""
        marks = self._marks(gradebook)
        for assignment, entries in marks.items():
            self._warn(assignment, entries)
        path = Path(self.to or self.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, written(self.lines(gradebook, marks)).encode("utf-8"))
        self.log.info("Exported grades to %s", path)

    def lines(self, gradebook: Gradebook, marks: Marks) -> Iterable[Sequence[object]]:
        """The lines of the table, the column names first."""
        raise NotImplementedError

    def _marks(self, gradebook: Gradebook) -> Marks:
        chosen = {str(name) for name in self.assignment}
        students = {str(name) for name in self.student}
        return {
            entry.name: [
                mark
                for mark in marks_in(gradebook, entry.name)
                if not students or mark.student in students
            ]
            for entry in gradebook.assignments
            if not chosen or entry.name in chosen
        }

    def _warn(self, assignment: str, entries: Sequence[StudentMarks]) -> None:
        waiting = Counter(cell for entry in entries for cell in entry.waiting)
        if waiting:
            cells = ", ".join(f"{cell} ({count})" for cell, count in waiting.items())
            self.log.warning(
                "%s: %d written answers are not graded yet and count as 0: %s",
                *(assignment, sum(waiting.values()), cells),
            )

    def _people(self) -> dict[str, Person]:
        """The course's roster by id, where there is one."""
        folders = getattr(self.parent, "coursedir", None)
        root = Path(folders.root) if folders else Path.cwd()
        return {person.id: person for person in kept_roster(root).people}


class GradesCsv(TableExport):
    """nbgrader's own columns, a line for each assignment of each student."""

    def lines(self, gradebook: Gradebook, marks: Marks) -> Iterable[Sequence[object]]:
        yield (
            *(
                "assignment",
                "duedate",
                "timestamp",
                "student_id",
                "last_name",
                "first_name",
                "email",
            ),
            *("raw_score", "late_submission_penalty", "score", "max_score"),
        )
        for assignment, entries in marks.items():
            about = gradebook.find_assignment(assignment)
            for entry in entries:
                points = (sum(cell.score for cell in entry.cells.values()), entry.late_penalty)
                yield (
                    *(assignment, about.duedate or "", entry.timestamp or "", plain(entry.student)),
                    *map(plain, (entry.last_name, entry.first_name, entry.email)),
                    *map(as_points, (*points, entry.total, about.max_score)),
                )


class QuestionsCsv(TableExport):
    """A line a student, a column for each exercise and question; empty where nobody has graded yet."""

    name = "questions.csv"

    def lines(self, gradebook: Gradebook, marks: Marks) -> Iterable[Sequence[object]]:
        cells = {
            assignment: list(dict.fromkeys(name for entry in entries for name in entry.cells))
            for assignment, entries in marks.items()
        }
        columns: list[str] = []
        for assignment, names in cells.items():
            columns += [f"{assignment}: {name.removeprefix('check_')}" for name in names]
            columns += [f"{assignment}: late penalty", f"{assignment}: total"]
        yield ("student_id", "last_name", "first_name", "email", *columns)
        for entry, by_assignment in _by_student(marks):
            line: list[str] = []
            for assignment, names in cells.items():
                mark = by_assignment[assignment]
                line += [mark.shown(name) for name in names]
                line += (
                    [as_points(mark.late_penalty), as_points(mark.total)]
                    if mark.cells
                    else ["", ""]
                )
            yield (
                *map(plain, (entry.student, entry.last_name, entry.first_name, entry.email)),
                *line,
            )


class MoodleCsv(TableExport):
    """For Moodle's *Grades → Import → CSV file*: a line a student, a column of points for each assignment.

    Moodle asks which column says who it is, and to which grade item each of the others goes.
    """

    name = "moodle.csv"

    def lines(self, gradebook: Gradebook, marks: Marks) -> Iterable[Sequence[object]]:
        people = self._people()
        yield ("Student id", "ID number", "Email address", "First name", "Last name", *marks)
        for entry, by_assignment in _by_student(marks):
            person = people.get(entry.student, Person(entry.student))
            who = (entry.student, person.sis_id, entry.email, entry.first_name, entry.last_name)
            yield (*map(plain, who), *(_total(by_assignment[name]) for name in marks))


class MoodleWorksheet(TableExport):
    """For *Upload grading worksheet* of one Moodle assignment, whose worksheet was read as the roster."""

    name = "worksheet.csv"

    def lines(self, gradebook: Gradebook, marks: Marks) -> Iterable[Sequence[object]]:
        if len(marks) != 1:
            raise ValueError(
                "A grading worksheet is of one assignment: add --assignment=\"['NAME']\"."
            )
        people = self._people()
        ((assignment, entries),) = marks.items()
        possible = as_points(gradebook.find_assignment(assignment).max_score)
        yield (
            *("Identifier", "Full name", "Email address", "Grade", "Maximum Grade"),
            *("Grade can be changed", "Last modified (grade)"),
        )
        left_out = 0
        for entry in entries:
            number = people.get(entry.student, Person(entry.student)).participant
            if not number:
                left_out += 1
                continue
            yield (
                *(f"Participant {number}", plain(entry.name), plain(entry.email), _total(entry)),
                *(possible, "Yes", "-"),
            )
        if left_out:
            self.log.warning("%d students have no number of Moodle's worksheet: left out", left_out)


class CanvasCsv(TableExport):
    """For Canvas's *Grades → Import*: the columns of its own export, with the points possible in line 2."""

    name = "canvas.csv"
    columns = Dict(
        help="Canvas's name of each assignment, as its export has it: {'01_x': 'Homework 1 (4711)'}."
    ).tag(config=True)

    def lines(self, gradebook: Gradebook, marks: Marks) -> Iterable[Sequence[object]]:
        people = self._people()
        names = [self.columns.get(name, name) for name in marks]
        yield ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names)
        possible = [as_points(gradebook.find_assignment(name).max_score) for name in marks]
        yield ("    Points Possible", "", "", "", "", *possible)
        for entry, by_assignment in _by_student(marks):
            person = people.get(entry.student, Person(entry.student))
            name = ", ".join(filter(None, (entry.last_name, entry.first_name))) or entry.student
            numbers = (entry.lms_id, person.sis_id, person.login or entry.student)
            about = (name, *numbers, person.section)
            yield (*map(plain, about), *(_total(by_assignment[name]) for name in marks))


def _by_student(marks: Marks) -> Iterable[tuple[StudentMarks, dict[str, StudentMarks]]]:
    """Every student, and the marks by assignment."""
    found: dict[str, dict[str, StudentMarks]] = {}
    for assignment, entries in marks.items():
        for entry in entries:
            found.setdefault(entry.student, {})[assignment] = entry
    for by_assignment in found.values():
        yield next(iter(by_assignment.values())), by_assignment


def _total(entry: StudentMarks) -> str:
    """The points that count; nothing for who handed in nothing, so that no 0 is written over an excuse."""
    return as_points(entry.total) if entry.cells else ""
