"""Where a learner works: copies of the chapters' notebooks, which nothing of ours ever overwrites."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.course import Course
from grader.errors import CourseError

FOLDER = "work"
STUBS = (
    "raise NotImplementedError",
    "YOUR ANSWER HERE",
)  # as nbgrader's ClearSolutions writes them


def copy_of(course: Course, chapter: str) -> Path:
    """The learner's copy of a chapter's notebook in the folder `work`; made when it is not there yet.

    chapter: its number or its name. Raises CourseError when there is no such chapter.
    """
    released = course.notebook("release", _named(course, chapter))
    path = course.root / FOLDER / released.name
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        scratch = path.with_suffix(".tmp")
        shutil.copyfile(released, scratch)
        os.replace(scratch, path)
    return path


def open_lab(course: Course, path: Path) -> None:
    """Become JupyterLab with the course as its root, so that formgrader finds it, and `path` open."""
    at = path.relative_to(course.root).as_posix()
    options = [f"--ServerApp.root_dir={course.root}", f"--LabApp.default_url=/lab/tree/{at}"]
    os.chdir(course.root)
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *options])


def keep_answers(course: Course, path: Path, new: bytes) -> Path | None:
    """Move a notebook that holds answers out of the way of `new`, into `work`; the place where it is now.

    None, and nothing is moved, when nobody has worked in it.
    """
    if not path.exists() or not holds_answers(path.read_bytes(), new):
        return None
    folder, count = course.root / FOLDER, 1
    folder.mkdir(exist_ok=True)
    while (kept := folder / f"{path.stem}-answers-{count}.ipynb").exists():
        count += 1
    os.replace(path, kept)
    return kept


def holds_answers(notebook: bytes, new: bytes) -> bool:
    """Whether somebody has worked in a released notebook: run cells, or fewer open places than in `new`."""
    try:
        cells = nbformat.reads(notebook.decode(), as_version=4).cells
    except Exception:  # whatever it is, it is not what the build wrote
        return True
    open_places = _open_places(nbformat.reads(new.decode(), as_version=4).cells)
    fewer = any(count < open_places.get(name, 0) for name, count in _open_places(cells).items())
    return fewer or any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def _open_places(cells: list[NotebookNode]) -> dict[str, int]:
    """How often nbgrader's stub stands in each cell that waits for an answer."""
    return {
        cell.metadata.nbgrader.grade_id: sum(cell.source.count(stub) for stub in STUBS)
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def _named(course: Course, chapter: str) -> str:
    released = sorted(path.parent.name for path in course.folder("release").glob("*/*.ipynb"))
    for name in released:
        number = name.partition("_")[0]
        if chapter == name or (chapter.isdecimal() and int(chapter) == int(number)):
            return name
    known = ", ".join(released) or "none yet (run `grader build`)"
    raise CourseError(f"There is no chapter {chapter!r}. There are: {known}.")
