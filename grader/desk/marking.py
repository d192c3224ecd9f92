"""Written answers, question by question: what is shown of them, and marks that go into nbgrader's gradebook."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.checks.results import as_points
from grader.course import Course
from grader.errors import CourseError
from grader.grading.manual import ManualMark, give_mark, manual_marks
from grader.grading.rendered import rendered

MAX_COMMENTS = 12
"""Comments that are offered for use again, the most frequent first."""


class NoSuchAnswer(LookupError):
    """There is no such question, or no answer of that student."""


class WrongMark(ValueError):
    """Points that cannot be given; the text says which can."""


@dataclass(frozen=True)
class WrittenQuestion:
    """A written question: its model answer as HTML, and how many of its answers are marked."""

    name: str
    points: float
    model: str
    marked: int
    count: int


@dataclass(frozen=True)
class WrittenAnswer:
    """One student's answer as harmless HTML, and the mark that it has. points: empty where there is none."""

    student: str
    name: str
    html: str
    points: str
    comment: str
    waiting: bool


class Marking:
    """The written answers of one assignment. Raises CourseError when nothing of it has been graded."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course, self.assignment = course, assignment
        source = nbformat.read(course.require(assignment), as_version=4)
        self._models = {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in source.cells
            if cell.metadata.get("nbgrader", {}).get("grade") and cell.metadata.nbgrader.solution
        }
        if not self._models:
            raise CourseError(f"{assignment} has no written questions.")
        if not manual_marks(course, assignment):
            raise CourseError(
                f"Nothing of {assignment} has been graded yet: run `grader autograde {assignment}`."
            )
        self._notebooks: dict[str, dict[str, NotebookNode]] = {}

    def questions(self) -> list[WrittenQuestion]:
        """All questions, in the notebook's order."""
        marks = manual_marks(self._course, self.assignment)
        found = []
        for name, model in self._models.items():
            of_it = [mark for mark in marks if mark.question == name]
            points = max((mark.max_points for mark in of_it), default=0.0)
            marked = sum(not mark.waiting for mark in of_it)
            found.append(WrittenQuestion(name, points, rendered(model), marked, len(of_it)))
        return found

    def question(self, name: str) -> WrittenQuestion:
        """The question of this name. Raises NoSuchAnswer."""
        for question in self.questions():
            if question.name == name:
                return question
        raise NoSuchAnswer(name)

    def answers(self, question: str) -> list[WrittenAnswer]:
        """All answers to a question, in the order of the students' ids."""
        found = []
        for mark in manual_marks(self._course, self.assignment):
            if mark.question == question:
                points = "" if mark.score is None else as_points(mark.score)
                html = self._html(mark)
                found.append(
                    WrittenAnswer(mark.student, mark.name, html, points, mark.comment, mark.waiting)
                )
        return found

    def comments(self, question: str) -> list[str]:
        """Comments that were given on this question, the most frequent first."""
        marks = manual_marks(self._course, self.assignment)
        counts = Counter(
            mark.comment for mark in marks if mark.question == question and mark.comment
        )
        return [comment for comment, _ in counts.most_common(MAX_COMMENTS)]

    def mark(self, question: str, student: str, points: str, comment: str) -> WrittenQuestion:
        """Give a mark; returns the question with its progress. Raises WrongMark and NoSuchAnswer."""
        known = self.question(question)
        try:
            score = float(points.strip().replace(",", "."))
        except ValueError:
            raise WrongMark(f"{points!r} is no number") from None
        if not 0 <= score <= known.points:
            raise WrongMark(f"{as_points(score)} points: give 0 to {as_points(known.points)}")
        if not give_mark(self._course, self.assignment, question, student, score, comment.strip()):
            raise NoSuchAnswer(student)
        return self.question(question)

    def _html(self, mark: ManualMark) -> str:
        if mark.student not in self._notebooks:
            path = self._course.notebook("autograded", self.assignment, mark.student)
            self._notebooks[mark.student] = _cells(path)
        cell = self._notebooks[mark.student].get(mark.question)
        if cell is None:
            return "<p>(The answer's cell is not in the graded notebook.)</p>"
        return rendered(cell.source, cell.get("attachments"))


def _cells(path: Path) -> dict[str, NotebookNode]:
    """The cells of a graded notebook by name; none when it cannot be read."""
    try:
        cells = nbformat.read(path, as_version=4).cells
    except Exception:  # a person may have edited it
        return {}
    marked = (cell for cell in cells if cell.metadata.get("nbgrader"))
    return {cell.metadata.nbgrader.grade_id: cell for cell in marked}
