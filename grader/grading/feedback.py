"""Feedback: nbgrader's own pages, one a student, from the autograded notebooks and the gradebook.

Each page is rendered in a process of its own with limits, several side by side. A page says in its last
line what it was made from; it is written again when that has changed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from grader.course import CONFIG_FILE, Course
from grader.errors import CourseError
from grader.grading.capacity import cores
from grader.grading.fingerprint import engine_sources, versions
from grader.grading.isolated import Died, Isolation, IsolationError, TookTooLong, TookTooMuchMemory
from grader.grading.marks import read_marks
from grader.grading.names import folder_of, listed, matches, printable
from grader.grading.page_marks import PageMarks, page_marks
from grader.grading.pages import apology, beside, feedback_page, warm_up
from grader.grading.plan import students
from grader.grading.recording import write_file
from grader.grading.transaction import transaction

_MADE_FROM = "\n<!-- made from {} -->\n"


@dataclass
class Pages:
    """What became of the pages, by student: written, left as they were, or not written and why.

    waiting: students who have handed in and are not graded yet. unmarked: written answers that no person has
    graded yet.
    """

    written: dict[str, Path] = field(default_factory=dict)
    unchanged: dict[str, Path] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    unmarked: int = 0

    def summary(self, folder: Path) -> str:
        """What is said at the end."""
        parts = [f"{len(self.written):,} pages written", f"{len(self.unchanged):,} unchanged"]
        if self.failed:
            parts.append(f"{len(self.failed):,} not written ({listed(sorted(self.failed))})")
        text = f"{', '.join(parts)} in {folder}."
        if self.waiting:
            text += f" {len(self.waiting):,} not graded yet: {listed(self.waiting)}."
        if self.unmarked:
            text += f" {self.unmarked:,} written answers are not graded yet: their pages say so."
        return text


def feedback(
    course: Course,
    assignment: str,
    *,
    pattern: str = "*",
    workers: int | None = None,
    force: bool = False,
    isolation: Isolation | None = None,
    progress: Callable[[str, int], None] = lambda student, total: None,
    say: Callable[[str], None] = lambda sentence: None,
) -> Pages:
    """Write the feedback page of every autograded submission whose student matches `pattern`.

    workers: pages that are rendered side by side; by default as many as there are cores. force: unchanged
    pages are written, too. isolation: from `isolation_for_pages`, better started without threads. say: is
    told at once why a page could not be written, which costs no other page.
    Raises CourseError for an unknown assignment, or when nothing has been autograded.
    """
    course.require(assignment)
    graded = _graded(course, assignment, pattern)
    if not graded:
        raise CourseError(
            f"Nothing of {assignment} has been autograded yet: run `grader autograde {assignment}`."
        )
    isolation = isolation or isolation_for_pages(course, assignment)
    workers = workers or cores()
    writer = _Writer(course, assignment, force, isolation)
    pages = writer.pages
    pages.waiting = _not_graded(course, assignment, pattern, graded)
    marks = read_marks(course, assignment)
    pages.unmarked = sum(len(entry.waiting) for entry in marks if entry.student in graded)

    def attempt(student: str, task: Callable[[], bool]) -> None:
        """Do one of the two steps of a page; report when it is the last."""
        try:
            ended = task()
        except Exception as error:
            why = "" if isinstance(error, IsolationError) else f"{type(error).__name__}: "
            pages.failed[student], ended = f"{why}{error}", True
            say(f"{printable(student)}: no page: {pages.failed[student]}")
        if ended:
            progress(student, len(graded))

    isolation.start()
    with isolation, ThreadPoolExecutor(workers) as pool:
        for student, path in graded.items():
            attempt(student, partial(writer.begin, pool, student, path))
            writer.finish(attempt, 2 * workers)
        writer.finish(attempt, 0)
    return pages


class _Writer:
    """Writes the pages of one class."""

    def __init__(self, course: Course, assignment: str, force: bool, isolation: Isolation) -> None:
        self._course, self._assignment, self._force = course, assignment, force
        self._render = partial(_rendered, isolation, course.root)
        with transaction(course) as book:
            self._marks = page_marks(book, assignment)
        sources = [(course.root / CONFIG_FILE), *engine_sources()]
        self._common = _digest(*versions(), *(path.read_bytes() for path in sources))
        self._running: dict[Future[bytes], tuple[str, str]] = {}
        self.pages = Pages()

    def begin(self, pool: ThreadPoolExecutor, student: str, path: Path) -> bool:
        """Have the page of the graded notebook at `path` rendered; true when it is as it has to be."""
        content, page = path.read_bytes(), self._page(student)
        made_from = _digest(self._common, content, repr(self._marks.get(student)))
        if not self._force and _end(page) == _MADE_FROM.format(made_from).encode():
            self.pages.unchanged[student] = page
            return True
        if student not in self._marks:
            raise ValueError("the gradebook does not know this submission; grade it once more")
        about = {"assignment": self._assignment, "notebook": self._assignment, "student": student}
        task = pool.submit(self._render, content, about, self._marks[student])
        self._running[task] = (student, made_from)
        return False

    def finish(self, attempt: Callable, at_most: int) -> None:
        """Write what is rendered until at most so many are not."""
        while len(self._running) > at_most:
            for future in wait(self._running, return_when=FIRST_COMPLETED)[0]:
                student, made_from = self._running.pop(future)
                attempt(student, partial(self._write, student, future, made_from))

    def _write(self, student: str, future: Future[bytes], made_from: str) -> bool:
        page = self._page(student)
        page.parent.mkdir(parents=True, exist_ok=True)
        for name, content in beside(self._course, self._assignment, student).items():
            write_file(page.with_name(name), content)
        write_file(page, future.result() + _MADE_FROM.format(made_from).encode())
        self.pages.written[student] = page
        return True

    def _page(self, student: str) -> Path:
        return self._course.notebook("feedback", self._assignment, student).with_suffix(".html")


def isolation_for_pages(course: Course, assignment: str) -> Isolation:
    """Where the pages of `assignment` are rendered. It has imported and compiled all that this takes."""
    return Isolation(prepare=(warm_up, str(course.notebook("release", assignment))))


def _rendered(
    isolation: Isolation, root: Path, notebook: bytes, about: dict[str, str], marks: PageMarks
) -> bytes:
    """The page; one that says why there is none when it takes more than a page may."""
    try:
        html = isolation.run(feedback_page, str(root), notebook, about, marks)
    except (Died, TookTooLong, TookTooMuchMemory) as reason:
        html = apology({**about, **marks.about}, str(reason))
    assert isinstance(html, bytes)
    return html


def _graded(course: Course, assignment: str, pattern: str) -> dict[str, Path]:
    """The autograded notebooks by student."""
    folder = course.folder("autograded")
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    paths = {
        name: course.notebook("autograded", assignment, name)
        for name in names
        if matches(folder_of(name), pattern)
    }
    return {name: path for name, path in paths.items() if path.is_file()}


def _not_graded(
    course: Course, assignment: str, pattern: str, graded: Mapping[str, Path]
) -> list[str]:
    try:
        return [name for name in students(course, assignment, pattern) if name not in graded]
    except CourseError:  # the submissions lie elsewhere by now
        return []


def _end(page: Path) -> bytes:
    """The last line of a page; empty when there is no page."""
    size = len(_MADE_FROM.format("")) + 64
    try:
        with open(page, "rb") as file:
            file.seek(max(0, page.stat().st_size - size))
            return file.read()
    except OSError:
        return b""


def _digest(*parts: str | bytes) -> str:
    """One hash of all parts."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part if isinstance(part, bytes) else part.encode()).digest())
    return whole.hexdigest()
