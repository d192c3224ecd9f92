"""A fingerprint of everything that a grade depends on. What has the one of its grade need not be graded again."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cached_property
from itertools import chain
from pathlib import Path

import grader
from grader.checks.registry import chapter_of
from grader.course import CONFIG_FILE, Course
from grader.grading.folder import is_own_folder
from grader.grading.names import folder_of
from grader.grading.release import Release
from grader.wire.limits import MIB, Limits

MAX_READ = 64 * MIB
"""Bytes of a submission that are looked at; of what is more, size and time of change count."""
MAX_PATH = 4096
"""Bytes of a path, the zero at its end among them, that Linux looks at."""
PROJECT = "dropout-lab"
_ENGINE = ("checks", "grading", "sandbox", "wire")
_CHAPTERS = ("exercises", "hidden")
_OTHER_CHAPTER = re.compile(r"grader\.(?:exercises|hidden)\.(ch\d+)")


class Fingerprints:
    """The fingerprints of an assignment's submissions.

    secret: the instructor's. backend: the kind of sandbox. data: the folder of data sets. due: until when
    a student may hand in, which decides about late penalties; "" for everybody else.
    """

    def __init__(
        self,
        course: Course,
        release: Release,
        *,
        secret: str,
        limits: Limits,
        backend: str = "bubblewrap",
        data: Path | None = None,
        due: Mapping[str, str] | None = None,
    ) -> None:
        self._course, self._release, self._due = course, release, due or {}
        self._settings = (secret, json.dumps(asdict(limits)), backend, str(data))

    def of(self, student: str) -> str:
        """The fingerprint of what `student` has handed in. Raises OSError when it cannot be read."""
        place = folder_of(student)
        folder = self._course.notebook("submitted", self._release.assignment, place).parent
        due = self._due.get(student, self._due.get("", ""))
        return _digest(chain([f"{self._common} {due}".encode()], _submitted(folder)))

    @cached_property
    def _common(self) -> str:
        """All but the submission."""
        notebooks = (self._release.source, self._release.notebook)
        code = _digest(path.read_bytes() for path in sources(chapter_of(self._release.assignment)))
        return _digest(
            [
                json.dumps([*self._settings, *versions(), code]).encode(),
                json.dumps(notebooks, sort_keys=True).encode(),
                (self._course.root / CONFIG_FILE).read_bytes(),
            ]
        )


def environment(assignment: str, data: Path | None) -> tuple[str, ...]:
    """What a machine brings along that grades of an assignment depend on, item by item: the versions of all
    that is installed, the code that runs and judges, and the data sets, whose names and sizes count."""
    code = _digest(path.read_bytes() for path in sources(chapter_of(assignment)))
    python, *packages = versions()
    frozen = f"d2l {_version('d2l')}"  # not among the project's own needs: its pins cannot be met
    sets = "no data sets" if data is None else f"data sets {_digest(_sizes(data))[:12]}"
    machine = platform.machine()
    return (machine, f"Python {python}", *packages, frozen, f"grader and checks {code[:12]}", sets)


def sources(chapter: str) -> Iterator[Path]:
    """The files that decide the grades of a chapter: its checks, hidden ones too, what they import from
    other chapters, the engine, and what notebooks import."""
    package, folders, chapters = Path(grader.__file__).parent, [], [chapter]
    for name in chapters:  # grows
        for kind in _CHAPTERS:
            folders.append(package / kind / name)
            for path in _files(package / kind / name):
                found = _OTHER_CHAPTER.findall(path.read_text("utf-8"))
                chapters += [other for other in dict.fromkeys(found) if other not in chapters]
    yield from engine_sources()
    for folder in (*folders, package.parent / "lab"):
        yield from _files(folder)


def engine_sources() -> Iterator[Path]:
    """The files that run and judge any submission, and show what came of it."""
    for name in _ENGINE:
        yield from _files(Path(grader.__file__).parent / name)


def _files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.suffix in (".py", ".json", ".j2", ".css")
    )


def versions() -> list[str]:
    """Python, and everything that the project asks for."""
    found = [platform.python_version()]
    for requirement in importlib.metadata.requires(PROJECT) or ():
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        if "extra ==" not in requirement:
            found.append(f"{name} {importlib.metadata.version(name)}")
    return found


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _digest(parts: Iterable[bytes]) -> str:
    """One hash of several parts, each by its own."""
    digests = b"".join(hashlib.sha256(part).digest() for part in parts)
    return hashlib.sha256(digests).hexdigest()


def _sizes(folder: Path) -> Iterator[bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    yield from (f"{path.relative_to(folder)} {path.stat().st_size}".encode() for path in files)


def _submitted(folder: Path) -> Iterator[bytes]:
    """What lies in `folder`, in order: names, kinds and contents. Follows no links."""
    if not is_own_folder(folder):
        yield b"no folder"
        return
    room = MAX_READ
    for path in sorted(_walk(folder)):
        about = os.lstat(path)
        yield f"{path.relative_to(folder)} {stat.S_IFMT(about.st_mode)}".encode("utf-8", "replace")
        if stat.S_ISREG(about.st_mode):
            if about.st_size > room:
                yield f"{about.st_size} {about.st_mtime_ns}".encode()
                continue
            room -= about.st_size
            with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                yield file.read(about.st_size)


def _walk(folder: Path) -> Iterator[Path]:
    """All that lies in a folder and below it, as far as a path can name it. Raises OSError for what cannot be
    listed."""
    ahead = [folder]
    while ahead:
        with os.scandir(ahead.pop()) as entries:
            for entry in entries:
                if len(os.fsencode(entry.path)) >= MAX_PATH:
                    continue
                yield Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    ahead.append(Path(entry.path))
