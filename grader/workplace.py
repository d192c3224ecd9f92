"""Where a learner works: copies of the chapters' notebooks, which nothing of ours ever overwrites."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.course import Course
from grader.errors import CourseError
from grader.wire.answer_box import STUB

FOLDER = "work"
COPIED = (
    ".copied.json"  # the hash of each copy as it was made: one that has it still was never saved
)
_LINK = re.compile(rb"\]\((?:\.\./)?(?:(\w+)/\1\.ipynb|index\.ipynb)\)")
STUBS = ("raise NotImplementedError", STUB)  # as nbgrader's ClearSolutions writes them


def copy_of(course: Course, chapter: str) -> Path:
    """The learner's copy of a chapter's notebook in the folder `work`.

    All chapters and the course page are copied, so that their links lead on. A copy is made when there is
    none, and made anew when the chapter has changed and the copy was never saved.

    chapter: its number or its name. Raises CourseError when there is no such chapter.
    """
    name = _named(course, chapter)
    folder = course.root / FOLDER
    folder.mkdir(exist_ok=True)
    release, copied = course.folder("release"), _copied(folder)
    for released in (*release.glob("*/*.ipynb"), *release.glob("*.ipynb")):
        path, new = folder / released.name, _beside_each_other(released.read_bytes())
        if not path.exists() or _hash(path.read_bytes()) == copied.get(path.name):
            _replace(path, new)
            copied[path.name] = _hash(new)
    _replace(folder / COPIED, json.dumps(copied, indent=1).encode())
    return folder / f"{name}.ipynb"


def _copied(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / COPIED).read_text()))
    except (
        OSError,
        ValueError,
    ):  # then no copy is known to be as it was made, and all of them stay
        return {}


def _hash(notebook: bytes) -> str:
    return hashlib.sha256(notebook).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    scratch = path.with_suffix(".tmp")
    scratch.write_bytes(content)
    os.replace(scratch, path)


def _beside_each_other(notebook: bytes) -> bytes:
    """A released notebook whose links fit a folder in which all notebooks lie side by side."""
    return _LINK.sub(lambda link: b"](%s)" % link[0].rpartition(b"/")[2].rstrip(b")"), notebook)


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
