"""Recording a graded submission: grades, record and notebook change together, or not at all.

The gradebook changes by one transaction. The notebook's folder is made beside its place and renamed into
it, after the old one was renamed aside; then the transaction is kept. Whatever ends the process in between,
`repair` sees it at the next run: the folder aside comes back unless the gradebook knows the new notebook.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.checks.results import SubmissionResult
from grader.course import Course
from grader.grading.gradebook import cells_by_name, save_grades
from grader.grading.records import Record, read_records, write_record
from grader.grading.stopping import finished
from grader.grading.submission import Submission
from grader.grading.transaction import Transaction, transaction

NEW, OLD = ".new-", ".old-"


def record(
    course: Course,
    submission: Submission,
    notebook: NotebookNode,
    result: SubmissionResult,
    fingerprint: str = "",
) -> SubmissionResult:
    """Record `result` and its executed notebook; returns it with the late penalty.

    fingerprint: of everything that the result depends on. Raises when it cannot be recorded; then
    everything is as it was.
    """
    path = course.notebook("autograded", submission.assignment, submission.student)
    with transaction(course) as book, finished():
        # Another run may have been killed, where several grade at once.
        repair(course, book, submission.assignment, submission.student)
        before = partial(_cells, path)
        notebook, penalty = save_grades(book, course, submission, notebook, before)
        content = (nbformat.writes(notebook).rstrip("\n") + "\n").encode()
        result = replace(result, late_penalty=penalty)
        write_record(book, Record(fingerprint, digest(content), result))
        files = {path.name: content}
        if submission.timestamp:
            files["timestamp.txt"] = submission.timestamp.encode()
        with _in_place(path.parent, files):
            book.save()
    return result


def _cells(path: Path) -> dict[str, str] | None:
    """The cells of the notebook that was graded last; None when there is none, or it cannot be read."""
    try:
        return cells_by_name(nbformat.read(path, as_version=4))
    except Exception:  # a person may have edited it
        return None


@contextmanager
def _in_place(folder: Path, files: dict[str, bytes]) -> Iterator[None]:
    """Replace `folder` as a whole; when the block raises, the old one comes back.

    What was handed in beside the notebook stays in `submitted`: formgrader would serve it as pages of
    its own, with the rights of whoever opens them.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    new, old = (folder.with_name(mark + folder.name) for mark in (NEW, OLD))
    try:
        _write(new, files)
        if os.path.lexists(folder):
            os.replace(folder, old)
        else:
            old.mkdir()
        os.replace(new, folder)
        yield
    except BaseException:
        if os.path.lexists(old):
            _put_back(folder, old)
        _remove(new)
        raise
    with suppress(OSError):  # else the next run removes it
        _remove(old)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Make `folder` with these files in it, on the disk."""
    folder.mkdir()
    folder.chmod(0o755)
    for name, content in files.items():
        _write_through(folder / name, content, 0o444 if name.endswith(".ipynb") else 0o644)


def write_file(path: Path, content: bytes) -> None:
    """Replace the file at `path` as a whole: whatever happens, it is the old one or the new one."""
    scratch = path.with_name(f"{NEW}{path.name}")
    try:
        _write_through(scratch, content, 0o644)
        os.replace(scratch, path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def _write_through(path: Path, content: bytes, mode: int) -> None:
    """Write a file to the disk."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), mode)


def _put_back(folder: Path, old: Path) -> None:
    """The old folder in its place; an empty one stands for none."""
    _remove(folder)
    if old.is_dir() and not any(old.iterdir()):
        old.rmdir()
    else:
        os.replace(old, folder)


def _remove(path: Path) -> None:
    """Whatever it is, if it is there at all."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def repair(course: Course, book: Transaction, assignment: str, student: str = "*") -> None:
    """Bring to its end, or back, what a run left that was killed while it recorded `student`, or anybody."""
    folder = course.folder("autograded")
    left = [at for mark in (NEW, OLD) for at in folder.glob(f"{student}/{mark}{assignment}")]
    records = read_records(book, assignment) if left else {}
    for at in {path.with_name(assignment) for path in left}:
        _repair(at, records)


def _repair(folder: Path, records: Mapping[str, Record]) -> None:
    new, old = (folder.with_name(mark + folder.name) for mark in (NEW, OLD))
    if os.path.lexists(old):
        known = records.get(folder.parent.name)
        if known and known.notebook == digest_of(folder / f"{folder.name}.ipynb"):
            _remove(old)
        else:
            _put_back(folder, old)
    _remove(new)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str:
    """The digest of a file; empty when it cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""
