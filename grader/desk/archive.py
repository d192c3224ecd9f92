"""What lies in a downloaded archive or folder: names, times and contents, read up to limits, nothing unpacked."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath

from grader.errors import CourseError
from grader.grading.submission import MAX_BYTES

MAX_MEMBERS = 100_000
MAX_WITHIN = 64 * 1024 * 1024
"""Bytes of an archive that a student packed and that lies within the download."""
_IGNORED = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints", ".git"}
_OUTSIDE = {"..", "/", "//"}
_EXTENDED_TIME = 0x5455


class NotTaken(Exception):
    """A file that cannot be read; the text says why."""


@dataclass(frozen=True)
class Member:
    """A file of a download. `when`: its time, None where there is none; `read` raises NotTaken."""

    path: PurePosixPath
    when: datetime | None
    read: Callable[[], bytes]


def members(download: Path) -> Iterator[Member]:
    """The files of an archive or folder in the order of their names.

    Raises CourseError when it is neither, or cannot be read.
    """
    if download.is_dir():
        found = _in_folder(download)
    elif zipfile.is_zipfile(download):
        found = in_archive(download)
    elif download.exists():
        raise CourseError(f"{download} is neither a folder nor a zip archive: unpack it first.")
    else:
        raise CourseError(f"There is no {download}.")
    try:
        yield from sorted(found, key=lambda member: member.path.parts)
    except (OSError, zipfile.BadZipFile) as error:
        raise CourseError(f"{download} cannot be read: {error}.") from None


def in_archive(archive: Path | bytes, below: PurePosixPath | None = None) -> Iterator[Member]:
    """The files of a zip archive, their names below `below`. Raises zipfile.BadZipFile."""
    try:
        opened = zipfile.ZipFile(io.BytesIO(archive) if isinstance(archive, bytes) else archive)
    except Exception as error:  # whatever a damaged or forged list of files meets
        raise zipfile.BadZipFile(str(error)) from None
    for number, info in enumerate(opened.infolist()):
        if number >= MAX_MEMBERS:
            raise zipfile.BadZipFile(f"it holds more than {MAX_MEMBERS:,} files")
        path = PurePosixPath(*(part for part in _parts(info.filename) if part not in _OUTSIDE))
        if not path.parts or info.is_dir() or _IGNORED.intersection(path.parts):
            continue
        read = _reader(opened, info)
        if path.parts != _parts(info.filename):
            read = _refusing("its path leads outside of the archive")
        elif stat.S_ISLNK(info.external_attr >> 16):
            read = _refusing("is a link")
        yield Member((below or PurePosixPath()) / path, _time(info), read)


def _reader(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with opened.open(info) as file:
                content = file.read(MAX_BYTES + 1)  # an archive may say a wrong size
        except (RuntimeError, NotImplementedError, zipfile.BadZipFile, OSError, EOFError) as error:
            raise NotTaken(f"cannot be unpacked ({error})") from None
        except Exception as error:  # zlib.error, lzma.LZMAError and whatever a damaged file meets
            raise NotTaken(f"is damaged ({error})") from None
        if len(content) > MAX_BYTES:
            raise NotTaken(f"is larger than {MAX_BYTES >> 20} MB")
        return content

    return read


def _refusing(why: str) -> Callable[[], bytes]:
    """For a file that is named and not read, so that nobody's work is missing in silence."""

    def read() -> bytes:
        raise NotTaken(why)

    return read


def _parts(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/").replace("\0", "")).parts


def _time(info: zipfile.ZipInfo) -> datetime | None:
    """When a member was changed: exact where the archive says it in UTC, else as this machine's clock says."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == _EXTENDED_TIME and size >= 5 and extra[4] & 1 and len(extra) >= 9:
            return datetime.fromtimestamp(struct.unpack("<l", extra[5:9])[0], UTC)
        extra = extra[4 + size :]
    try:
        local = datetime(*info.date_time)
    except ValueError:
        return None
    return None if local.year < 1981 else local.astimezone(UTC)  # 1980: no time was written


def _in_folder(folder: Path) -> Iterator[Member]:
    count = 0
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _IGNORED]
        for name in files:
            path = Path(root, name)
            count += 1
            if count > MAX_MEMBERS:
                raise OSError(f"it holds more than {MAX_MEMBERS:,} files")
            about = path.lstat()
            if name in _IGNORED:
                continue
            when = datetime.fromtimestamp(about.st_mtime, UTC)
            inside = PurePosixPath(path.relative_to(folder).as_posix())
            read: Callable[[], bytes] = partial(_content, path)
            if not stat.S_ISREG(about.st_mode):
                read = _refusing("is a link, or no file")
            yield Member(inside, when, read)


def _content(path: Path) -> bytes:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotTaken(f"cannot be read ({error.strerror})") from None
    if len(content) > MAX_BYTES:
        raise NotTaken(f"is larger than {MAX_BYTES >> 20} MB")
    return content
