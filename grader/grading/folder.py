"""The folder that a student handed in, read without following links, and up to limits.

Whoever collects submissions unpacks what students packed: links, pipes, device files, thousands of files
and of nested folders. Plain files are read, of a bounded number, depth and size.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from grader.grading.names import is_text, printable
from grader.wire.limits import MAX_FILES_BYTES

MAX_BESIDE = 1000
MAX_ENTRIES = 5000
"""Files and folders that are looked at, in the order of their names."""
MAX_NESTED = 16
"""Folders within each other."""

_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


class NotRead(Exception):
    """Something was not read; the text says why, as the end of a sentence that begins with its name."""


class Folder:
    """What lies in a student's folder.

    is_folder: whether it is one, and no link, nor within one: what a link leads to may be anybody's. Else
    it holds nothing. kinds: what lies at the top, in order: "" for a plain file, else words such as "a
    link". Raises OSError when the folder cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_folder = stat.S_ISDIR(os.lstat(path).st_mode) and not path.parent.is_symlink()
        names = sorted(os.listdir(path)) if self.is_folder else []
        self.kinds = {name: _kind(path / name) for name in names}

    def read(self, name: str, at_most: int) -> bytes:
        """The content of a plain file. Raises NotRead when there is more, or it cannot be read."""
        try:
            # Not even when it has become a link or a pipe since it was looked at.
            opened = os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(opened, "rb") as file:
                size = os.fstat(opened).st_size
                if size > at_most:
                    raise NotRead(f"has {_size(size)}; at most {_size(at_most)} are read")
                return file.read(at_most)
        except OSError as error:
            raise NotRead(f"cannot be read ({error.strerror})") from None

    def files(self, findings: list[str], apart: frozenset[str]) -> dict[str, bytes]:
        """The content of the plain files by their paths in the folder, up to the limits.

        What is left out is said in `findings`. apart: names at the top that are read by themselves.
        """
        found: dict[str, bytes] = {}
        left_out: dict[str, str] = {}
        count: Counter[str] = Counter()
        room = MAX_FILES_BYTES
        for name, reason in self._walk(findings):
            if name in apart or name.endswith(".ipynb"):
                continue
            try:
                if reason or len(found) >= MAX_BESIDE:
                    raise NotRead(reason or f"more than {MAX_BESIDE:,} files")
                found[name] = self._content(name, room)
                room -= len(found[name])
            except NotRead as error:
                left_out.setdefault(str(error), name)
                count[str(error)] += 1
        for why, name in left_out.items():
            more = f" and {count[why] - 1:,} more were" if count[why] > 1 else " was"
            findings.append(f"{printable(name)}{more} left out: {why}.")
        return found

    def _content(self, name: str, room: int) -> bytes:
        if not is_text(name):
            raise NotRead("the name is no text")
        try:
            return self.read(name, room)
        except NotRead as error:
            raise NotRead(
                "the files are larger than allowed" if "at most" in str(error) else f"it {error}"
            ) from None

    def _walk(self, findings: list[str]) -> Iterator[tuple[str, str]]:
        """The path of everything in the folder but folders, and why it cannot be read, if so."""
        entries, ahead = 0, sorted(self.kinds, reverse=True)
        while ahead:
            name = ahead.pop()
            entries += 1
            if entries > MAX_ENTRIES:
                findings.append(
                    f"More than {MAX_ENTRIES:,} files and folders: the others were left out."
                )
                return
            kind = _kind(self.path / name)
            if kind == "a folder":
                try:
                    ahead += self._below(name)
                except NotRead as error:
                    yield name, str(error)
            else:
                yield name, f"it is {kind}" if kind else ""

    def _below(self, name: str) -> list[str]:
        if name.count("/") >= MAX_NESTED:
            raise NotRead(f"it lies in more than {MAX_NESTED} folders")
        try:
            inside = os.listdir(self.path / name)
        except OSError as error:
            raise NotRead(f"it cannot be read ({error.strerror})") from None
        return [f"{name}/{below}" for below in sorted(inside, reverse=True)]


def _kind(path: Path) -> str:
    """What lies at `path`; empty for a plain file."""
    try:
        mode = os.lstat(path).st_mode
    except OSError as error:
        return f"something that cannot be looked at ({error.strerror})"
    return "" if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "of an unknown kind")


def _size(count: int) -> str:
    return f"{count >> 20} MB" if count >= 2**20 else f"{count:,} bytes"
