"""The report of a class: one HTML page that needs nothing else, and beside it a table and all figures."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.checks.results import as_points
from grader.course import Course
from grader.desk.class_figures import ClassFigures, class_figures
from grader.desk.csv_text import plain, written
from grader.desk.similarity import ALIKE, Answers, alike
from grader.errors import CourseError
from grader.grading.apart import isolation_for, read
from grader.grading.marks import StudentMarks, marks_in
from grader.grading.names import printable
from grader.grading.pages import digest, exercise_name
from grader.grading.recording import write_file
from grader.grading.records import read_records
from grader.grading.transaction import transaction

_TEMPLATES = Path(__file__).with_name("templates")
SLOWEST = 5
_CODE = re.compile(r"`([^`\n]+)`")


def report(
    course: Course, assignment: str, earlier: tuple[Path, ...] = ()
) -> tuple[Path, ClassFigures]:
    """Write `reports/ASSIGNMENT/report.html`, `.csv` and `.json`; returns the page's path and the figures.

    earlier: folders of former terms, `submitted` or the course around it, to which this class is compared.
    Raises CourseError for an unknown assignment, when nothing has been graded, and for a folder without
    submissions of the assignment.
    """
    source = course.require(assignment)
    with transaction(course) as book:
        marks = marks_in(book, assignment)
        results = {who: record.result for who, record in read_records(book, assignment).items()}
    if not any(entry.cells for entry in marks):
        raise CourseError(
            f"Nothing of {assignment} has been graded yet: run `grader autograde {assignment}`."
        )
    now = [
        answers_of(json.loads(path.read_bytes()), entry.student)
        for entry in marks
        if (path := course.notebook("autograded", assignment, entry.student)).is_file()
    ]
    former = [answers for folder in earlier for answers in _former(folder, assignment)]
    template = answers_of(nbformat.read(course.notebook("release", assignment), as_version=4), "")
    solution = answers_of(nbformat.read(source, as_version=4), "")
    figures = class_figures(assignment, marks, results, alike(now, template, [solution], former))
    folder = course.root / "reports" / assignment
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / "report.csv", as_csv(figures).encode("utf-8"))
    text = json.dumps(figures.as_json(), indent=2, ensure_ascii=False)
    write_file(folder / "report.json", text.encode("utf-8", "replace"))
    write_file(folder / "report.html", as_page(figures).encode("utf-8", "replace"))
    return folder / "report.html", figures


def answers_of(notebook: Mapping[str, Any], student: str) -> Answers:
    """The code and texts of a notebook's answer cells, by the names of exercises and questions.

    notebook: as nbformat reads it, or as JSON, in which a source may be a list of lines.
    """
    code: dict[str, str] = {}
    texts: dict[str, str] = {}
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("solution") or marks.get("locked") is False:
            into = code if cell["cell_type"] == "code" else texts
            into[marks["grade_id"]] = "".join(cell["source"])
    return Answers(student, code, texts)


def _former(folder: Path, assignment: str) -> list[Answers]:
    """The answers of a former term. Raises CourseError when the folder has none."""
    paths = [
        path
        for place in (folder, folder / "submitted")
        for path in sorted(place.glob(f"*/{assignment}"))
    ]
    found = []
    with isolation_for(assignment) as isolation:  # their bytes are strangers' as well
        for path in paths:
            student = f"{printable(path.parent.name)} ({printable(folder.name)})"
            submission = read(isolation, path, student, assignment)
            found.append(answers_of(submission.notebook, student))
    if not found:
        raise CourseError(
            f"{folder} holds no submissions of {assignment}: expected STUDENT/{assignment} in it, or "
            f"submitted/STUDENT/{assignment}."
        )
    return found


def as_csv(figures: ClassFigures) -> str:
    """A line a student: who it is, every cell's points, the penalty and the total."""
    names = cell_names(figures)
    about = ("student_id", "last_name", "first_name", "email", "handed_in")
    lines: list[list[object]] = [[*about, *names, "late_penalty", "total", "max_points"]]
    for entry in figures.marks:
        who = map(plain, (entry.student, entry.last_name, entry.first_name, entry.email))
        cells = [entry.shown(name) for name in names]
        ends = map(as_points, (entry.late_penalty, entry.total, figures.max_points))
        lines.append([*who, entry.timestamp or "", *cells, *ends])
    return written(lines)


def cell_names(figures: ClassFigures) -> list[str]:
    return list(dict.fromkeys(name for entry in figures.marks for name in entry.cells))


def as_page(figures: ClassFigures) -> str:
    """The page; what students wrote is text in it, whatever it is."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {"points": as_points, "name": _name, "text": _text}
    style = (_TEMPLATES / "class_page.css").read_text("utf-8")
    policy = f"default-src 'none'; style-src '{digest(style)}'; base-uri 'none'; form-action 'none'"
    return environment.get_template("class_page.html.j2").render(
        **{"class": figures},
        style=style,
        policy=policy,
        alike=ALIKE,
        cells=cell_names(figures),
        exercise_name=exercise_name,
        people={entry.student: _person(entry) for entry in figures.marks},
        most=max(1, *(count for _, _, count in figures.histogram)),
        slowest=sorted(figures.exercises, key=lambda e: -e.seconds)[:SLOWEST],
    )


def _name(name: str) -> Markup:
    """A name of the course's, which may be broken at its underscores."""
    return Markup(escape(name).replace("_", Markup("_<wbr/>")))


def _text(text: str) -> Markup:
    """A text of the judge's, in which what stands between backticks is code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


def _person(entry: StudentMarks) -> str:
    return f"{entry.name} ({entry.student})" if entry.name else entry.student
