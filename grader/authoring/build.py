"""From chapter texts to notebooks: instructor notebooks by us, student notebooks by nbgrader.

The quizzes of a chapter go into files beside its exercises, where `check` finds them.
Everything is built in a scratch folder first; only when all of it is right are files replaced.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory

from grader.authoring.chapter import quizzes_in, read_chapter, variants_in
from grader.authoring.colab import install_on_colab
from grader.authoring.course_page import PAGE, course_page, entries, navigation
from grader.checks.quiz import Quiz, make_quiz, without_key, write_quiz
from grader.checks.registry import EMPTY_CELLS, SPANS, chapter_of, exercises_of
from grader.course import Course
from grader.errors import CourseError
from grader.workplace import keep_answers

GENERATED = ("source", "release")  # in this order


@dataclass(frozen=True)
class Drift:
    """A generated file that differs from what the chapters give: `kind` is changed, missing or extra."""

    path: Path
    kind: str


def build(course: Course, say_kept: Callable[[Path, Path], None] | None = None) -> list[Path]:
    """Write every file that has changed and remove those without a chapter; return these paths.

    A student notebook that somebody has worked in is not overwritten but moved into `work`, and
    `say_kept` hears where it was and where it is.
    """
    written = []
    built = _build_all(course)
    for drift in _compare(course, built):
        if drift.kind == "extra":
            drift.path.unlink()
        else:
            if drift.path.is_relative_to(course.folder("release")):
                kept = keep_answers(course, drift.path, built[drift.path])
                if kept is not None and say_kept is not None:
                    say_kept(drift.path, kept)
            drift.path.parent.mkdir(parents=True, exist_ok=True)
            scratch = drift.path.with_suffix(".tmp")
            scratch.write_bytes(built[drift.path])
            os.replace(scratch, drift.path)
        written.append(drift.path)
    exercises_of.cache_clear()  # the quizzes may have changed
    return written


def check_drift(course: Course) -> list[Drift]:
    """The generated files that differ from what the chapters give now; writes nothing."""
    return _compare(course, _build_all(course))


def _build_all(course: Course) -> dict[Path, bytes]:
    """Path to bytes of every generated file: notebooks, sources and releases, and quizzes."""
    chapters = sorted(course.folder("chapters").glob("*.py"))
    if not chapters:
        raise CourseError(f"There are no chapters in {course.folder('chapters')}.")
    built, every = _quizzes(course, chapters), entries(chapters)
    page = nbformat.writes(course_page(every)).encode()
    built |= {course.folder(step) / PAGE: page for step in GENERATED}
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Course(Path(scratch_name))
        for chapter in chapters:
            path = scratch.root / "source" / chapter.stem / f"{chapter.stem}.ipynb"
            path.parent.mkdir(parents=True)
            notebook = read_chapter(chapter)
            install_on_colab(notebook)
            notebook.cells.append(navigation(every, chapter))
            nbformat.write(notebook, path)
        _release(course, scratch.root, [chapter.stem for chapter in chapters])
        for chapter in chapters:
            for step in GENERATED:
                path = scratch.root / step / chapter.stem / f"{chapter.stem}.ipynb"
                built[course.notebook(step, chapter.stem)] = path.read_bytes()
            built |= _stubs(course, path) | _spans(course, chapter)
    return built


def _quizzes(course: Course, chapters: list[Path]) -> dict[Path, bytes]:
    """Path to bytes of every quiz's file.

    A course folder without a folder for the chapter's exercises, such as a copy of a chapter, uses the
    quizzes of the installed package.
    """
    built: dict[Path, bytes] = {}
    for path in chapters:
        for quiz in quizzes_in(path):
            chapter = chapter_of(path.stem)
            file = _exercises(course) / chapter / f"{quiz.name}.json"
            if file in built:
                raise CourseError(f"{path.name}: another text of {chapter} has a {quiz.name} too.")
            if file.parent.is_dir():
                built |= _quiz_files(course, quiz, file, f"chapters/{path.name}")
            elif quiz.name not in exercises_of(chapter):
                raise CourseError(
                    f"{path.name}: {quiz.name} needs a folder for the exercises of its chapter: make "
                    f"{file.parent.relative_to(course.root)}, with an empty __init__.py."
                )
    return built


def _quiz_files(course: Course, quiz: type[Quiz], file: Path, text: str) -> dict[Path, bytes]:
    """A quiz's file beside the exercises; the key of a closed one lies beside the hidden checks."""
    if not quiz.closed:
        return {file: write_quiz(quiz, text).encode()}
    key = make_quiz(quiz.name, quiz.points, quiz.questions, shuffled=quiz.shuffled)
    return {
        file: write_quiz(without_key(quiz), text).encode(),
        _hidden(course) / file.parent.name / file.name: write_quiz(key, text).encode(),
    }


def _hidden(course: Course) -> Path:
    return course.root / "grader" / "hidden"


def _stubs(course: Course, released: Path) -> dict[Path, bytes]:
    """The file of the exercises of a released notebook, as they were handed out."""
    stubs = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in nbformat.read(released, as_version=4).cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    }
    return _beside_exercises(course, released, EMPTY_CELLS, stubs)


def _spans(course: Course, chapter: Path) -> dict[Path, bytes]:
    """The file of a chapter's drawn constants, where it has variants."""
    spans = variants_in(chapter)
    return {} if spans is None else _beside_exercises(course, chapter, SPANS, spans)


def _beside_exercises(course: Course, chapter: Path, name: str, value: object) -> dict[Path, bytes]:
    """A file of JSON called `name` beside a chapter's exercises, where there is a folder for them."""
    file = _exercises(course) / chapter_of(chapter.stem) / name
    return {file: f"{json.dumps(value, indent=2)}\n".encode()} if file.parent.is_dir() else {}


def _exercises(course: Course) -> Path:
    return course.root / "grader" / "exercises"


def _release(course: Course, root: Path, names: list[str]) -> None:
    """Run nbgrader's own generator from `root`/source to `root`/release, without a database."""
    config = deepcopy(course.config)
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.source_directory = "source"
    config.CourseDirectory.release_directory = "release"
    config.CourseDirectory.db_url = "sqlite://"
    config.GenerateAssignment.no_database = True
    log = logging.getLogger("grader.authoring.build")
    log.setLevel(logging.ERROR)
    for name in names:
        config.CourseDirectory.assignment_id = name
        folder = CourseDirectory(config=config)
        converter = GenerateAssignment(coursedir=folder, config=config, log=log)
        converter.preprocessors = [
            step for step in converter.preprocessors if step.__name__ != "SaveCells"
        ]
        converter.start()


def _compare(course: Course, built: dict[Path, bytes]) -> list[Drift]:
    drifts = []
    for path, content in built.items():
        if not path.exists():
            drifts.append(Drift(path, "missing"))
        elif path.read_bytes() != content:
            drifts.append(Drift(path, "changed"))
    present = [path for step in GENERATED for path in course.folder(step).glob("*/*.ipynb")]
    for checks in (_exercises(course), _hidden(course)):
        present += checks.glob("ch*/quiz_*.json")
    for name in (EMPTY_CELLS, SPANS):
        present += _exercises(course).glob(f"ch*/{name}")
    drifts += [Drift(path, "extra") for path in sorted(present) if path not in built]
    return drifts
