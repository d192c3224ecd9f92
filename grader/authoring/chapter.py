"""A chapter's text as an instructor notebook: jupytext reads the cells, their marks become metadata.

Marks on a cell: `exercise="x"` (a solution cell), `check="x"` (a locked cell worth the exercise's
points), `answer="x" points=3` (a written answer, graded by a person), `quiz="quiz_x" points=4` (a
quiz, which brings its exercise and its check, and when it is shuffled a cell that shows it),
`tags=["demo"]` (skipped by grading), `remarks="x"` (shown by `solution`, and in no notebook). Cell ids
come from these names or from the cell's text, so that a rebuild is identical.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.authoring.headings import Asked, asked_in, with_lines
from grader.authoring.quiz_text import QuizText, read_quiz_text
from grader.authoring.remarks import take_out_remarks
from grader.authoring.spans import Span, read_spans
from grader.checks.exercise import cell_id
from grader.checks.quiz import SHEET, Quiz
from grader.checks.registry import chapter_of, get_exercise
from grader.errors import CourseError

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
MARKS = ("exercise", "check", "answer")
SOLUTION_MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")


def read_chapter(path: Path) -> NotebookNode:
    """The instructor notebook of the chapter at `path`, validated.

    Raises CourseError, with the chapter and the cell, for marks that do not fit together: a check
    of no exercise, an exercise without a check, one name twice, points that do not add up, a quiz
    that is not complete.
    """
    notebook, _ = _read(path)
    worth = {text.quiz.name: text.quiz.points for text in _expand_quizzes(path, notebook)}
    declared = notebook.metadata.get("dropout_lab", {})
    notebook.metadata = kernel()
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    _verify_headings(path, notebook, worth)
    ids: set[str] = set()
    for cell in notebook.cells:
        marks = {mark: cell.metadata.pop(mark) for mark in MARKS if mark in cell.metadata}
        points = cell.metadata.pop("points", None)
        if len(marks) > 1:
            raise _error(path, cell, f"has the marks {' and '.join(marks)}; one cell has one mark")
        for mark, name in marks.items():
            cell.metadata["nbgrader"] = _nbgrader(path, cell, mark, name, points, worth)
        cell.metadata.pop("lines_to_next_cell", None)
        if "exercise" in marks or "demo" in cell.metadata.get("tags", []):
            # An open exercise raises NotImplementedError; with this tag "Run All" goes on.
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "raises-exception"]
        if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata:
            cell.source = with_lines(cell.source)
        cell.id = _unique(_cell_id(cell), ids)
    _verify(path, notebook, declared)
    nbformat.validate(notebook)
    return notebook


def kernel() -> NotebookNode:
    """A notebook's metadata, with which it opens without a question for its kernel."""
    return NotebookNode(kernelspec=NotebookNode(KERNEL), language_info=NotebookNode(name="python"))


def handed_in(solution: str) -> str:
    """A solution as a student would hand it in: without the marks and the marking scheme."""
    text = solution.partition("\n*Marking:")[0]
    return "\n".join(x for x in text.split("\n") if x.strip() not in SOLUTION_MARKS).rstrip()


def quizzes_in(path: Path) -> list[type[Quiz]]:
    """The quizzes of the chapter at `path`. Raises CourseError for one that is not complete."""
    return [text.quiz for text in _expand_quizzes(path, _read(path)[0])]


def remarks_in(path: Path) -> dict[str, str]:
    """The remarks in the chapter at `path`, by exercise. Raises CourseError for some that are misplaced."""
    return _read(path)[1]


def variants_in(path: Path) -> dict[str, Span] | None:
    """The constants that the chapter at `path` draws for each student; None where it has no variants at all.

    Raises CourseError for a wrong declaration, and where no cell asks for the student's id.
    """
    notebook, _ = _read(path)
    quizzes = _expand_quizzes(path, notebook)
    declared = notebook.metadata.get("dropout_lab", {}).get("variants")
    if declared is None and not any(text.quiz.shuffled for text in quizzes):
        return None
    spans = read_spans(path.name, {} if declared is None else declared)
    call = f"variant({int(chapter_of(path.stem)[2:])}, "
    if not any(call in cell.source for cell in notebook.cells if cell.cell_type == "code"):
        raise CourseError(
            f'{path.name}: it has variants, and no cell asks whose: add `mine = {call}student="")` below `chapter`.'
        )
    return spans


def _read(path: Path) -> tuple[NotebookNode, dict[str, str]]:
    """The cells as they were written, and what was among them and belongs into no notebook: the remarks."""
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    try:
        return notebook, take_out_remarks(notebook)
    except CourseError as error:
        raise CourseError(f"{path.name}: {error}.") from None


def _expand_quizzes(path: Path, notebook: NotebookNode) -> list[QuizText]:
    """Put, for each quiz, its text for learners and the cells of its exercise and its check in place."""
    quizzes, cells = [], []
    for cell in notebook.cells:
        cells.append(cell)
        if "quiz" not in cell.metadata:
            continue
        if cell.cell_type != "markdown" or any(mark in cell.metadata for mark in MARKS):
            raise _error(path, cell, "has the mark quiz, which belongs to a Markdown cell alone")
        name, points = cell.metadata.pop("quiz"), cell.metadata.pop("points", None)
        flags = {flag: cell.metadata.pop(flag, False) is True for flag in ("closed", "shuffled")}
        try:
            text = read_quiz_text(name, points, cell.source, **flags)
        except CourseError as error:
            raise CourseError(f"{path.name}: {error}.") from None
        cell.source = text.shown
        if flags["shuffled"]:
            cells.append(_sheet(name))
        cells.append(new_code_cell(text.code, metadata={"exercise": name}))
        cells.append(new_code_cell(f'check("{name}")', metadata={"check": name}))
        quizzes.append(text)
    notebook.cells = cells
    return quizzes


def _sheet(quiz: str) -> NotebookNode:
    """The locked cell that shows a shuffled quiz's options in a student's order."""
    marks = NotebookNode(grade=False, locked=True, schema_version=3, solution=False, task=False)
    marks.grade_id = f"{SHEET}{quiz}"
    return new_code_cell(f'show_quiz("{quiz}")', metadata={"nbgrader": marks})


def _nbgrader(
    path: Path, cell: NotebookNode, mark: str, name: str, points, worth: Mapping[str, float]
) -> NotebookNode:
    """nbgrader's metadata (schema 3) for a marked cell. worth: the points of the chapter's quizzes."""
    if points is not None and mark != "answer":
        raise _error(path, cell, f"gives points, but the exercise {name!r} declares them")
    if mark == "check":
        if cell.source.strip() not in (f'check("{name}")', f"check('{name}')"):
            raise _error(path, cell, f'must hold check("{name}") and nothing else')
        grade_id, points = f"check_{name}", _points_of(path, cell, name, worth)
    else:
        grade_id = name
        if mark == "exercise":
            _points_of(path, cell, name, worth)
        elif not isinstance(points, (int, float)) or points <= 0:
            raise _error(path, cell, f"is a written answer with points={points!r}; give a number")
    node = NotebookNode(
        grade=mark != "exercise",
        grade_id=grade_id,
        locked=mark == "check",
        schema_version=3,
        solution=mark != "check",
        task=False,
    )
    if node.grade:
        node.points = points
    return node


def _points_of(path: Path, cell: NotebookNode, name: str, worth: Mapping[str, float]) -> float:
    if name in worth:
        return worth[name]
    try:
        return get_exercise(chapter_of(path.stem), name).points
    except CourseError as error:
        raise _error(path, cell, f"names an exercise that does not exist. {error}") from None


def _verify_headings(path: Path, notebook: NotebookNode, worth: Mapping[str, float]) -> None:
    """The points in a heading are those of the exercise, the answer or the quiz that follows it."""
    asked: Asked | None = None
    for cell in notebook.cells:
        name = cell.metadata.get("exercise")
        if asked and (name or "answer" in cell.metadata):
            points = _points_of(path, cell, name, worth) if name else cell.metadata.get("points")
            if points != asked.points:
                found = f"is worth {points}, and the heading above it says {asked.points:g} points"
                raise _error(path, cell, found)
            asked = asked if asked.each else None
        elif cell.cell_type == "markdown" and "answer" not in cell.metadata:
            asked = asked_in(cell.source) or asked


def _verify(path: Path, notebook: NotebookNode, declared: dict) -> None:
    """The marks fit together: names are unique, exercise and check come in pairs, points add up."""
    graded = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    seen: dict[str, NotebookNode] = {}
    for cell in graded:
        name = cell.metadata.nbgrader.grade_id
        if name in seen:
            raise _error(path, cell, f"is the second cell called {name!r}; names are unique")
        seen[name] = cell
        if name.startswith("check_") and name.removeprefix("check_") not in seen:
            raise _error(path, cell, "stands before the cell of its exercise, or has none")
    for cell in graded:
        meta = cell.metadata.nbgrader
        if meta.solution and not meta.grade and f"check_{meta.grade_id}" not in seen:
            raise _error(path, cell, f'has no check: add a cell marked check="{meta.grade_id}"')
    total = sum(cell.metadata.nbgrader.get("points", 0) for cell in graded)
    if declared.get("points") != total:
        raise CourseError(
            f"{path.name}: the points do not add up: the header declares "
            f"{declared.get('points')}, the cells are worth {total:g}."
        )


def _cell_id(cell: NotebookNode) -> str:
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    if name:
        return cell_id(name)
    digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()
    return f"{cell.cell_type}-{digest[:8]}"


def _unique(cell_id: str, taken: set[str]) -> str:
    candidate, count = cell_id, 1
    while candidate in taken:
        count += 1
        candidate = f"{cell_id}-{count}"
    taken.add(candidate)
    return candidate


def _error(path: Path, cell: NotebookNode, problem: str) -> CourseError:
    first = (cell.source.strip().splitlines() or ["(empty)"])[0][:60]
    return CourseError(f"{path.name}: the cell `{first}` {problem}.")
