"""Names that a submission brings along: whose they are in the gradebook, and how they are shown.

A folder's name may hold whatever a file system allows. nbgrader puts a student's id into HTML, scripts,
its database and patterns of files as it is, and takes blanks off its ends. So an id has such signs coded
as in a web address, a line break as `%0A`; a name without them is the id itself.
"""

from __future__ import annotations

import fnmatch
import os
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote, unquote_to_bytes

MAX_NAME = 200
_JOINERS = "\u200c\u200d"  # some scripts are not written without them
_OBEYED = frozenset('<>&"`\\[]*?')
_CODED = re.compile(r"%[0-9A-F]{2}")


def student_of(folder: str) -> str:
    """The id of the student whose submissions lie in a folder of this name. No two folders have one id."""
    outside = len(folder) - len(folder.lstrip()), len(folder.rstrip())
    return "".join(
        quote(os.fsencode(sign), safe="")
        if sign in _OBEYED or _is_control(sign) or not outside[0] <= place < outside[1]
        else "%25"
        if _CODED.match(folder, place)
        else sign
        for place, sign in enumerate(folder)
    )


def folder_of(student: str) -> str:
    """The name of the folder in which the submissions of `student` lie."""
    parts = re.split(f"({_CODED.pattern})", student)
    return os.fsdecode(
        b"".join(
            unquote_to_bytes(part) if _CODED.fullmatch(part) else os.fsencode(part)
            for part in parts
        )
    )


def matches(folder: str, pattern: str) -> bool:
    """Whether a pattern of the command line means this folder's student, by name, id or as a pattern."""
    names = (folder, student_of(folder))
    return pattern in names or any(fnmatch.fnmatch(name, pattern) for name in names)


def refusal(folder: str) -> str:
    """Why a folder's name cannot be a student's, as a sentence; empty when it can."""
    length = len(os.fsencode(student_of(folder)))
    if length > MAX_NAME:
        return f"The folder's name takes {length} bytes; at most {MAX_NAME} are allowed: rename it."
    return ""


def refusal_by_nbgrader(folder: str) -> str:
    """As `refusal`, for nbgrader's own command, which knows no other id than the folder's name."""
    if student_of(folder) == folder:
        return refusal(folder)
    return (
        "The folder's name holds signs or blanks that nbgrader, a page or a terminal would obey: rename "
        "it, or use `grader autograde`."
    )


def printable(name: str, at_most: int = 80) -> str:
    """A name on one line, cut, with nothing in it that a terminal or a page obeys."""
    shown = "".join("\ufffd" if _is_control(sign) else sign for sign in name[: at_most + 1])
    return shown if len(shown) <= at_most else shown[:at_most] + "…"


def listed(names: Sequence[str], at_most: int = 20) -> str:
    """Names in one line, the first of them when there are many."""
    shown = ", ".join(printable(name, 60) for name in names[:at_most])
    more = len(names) - at_most
    return f"{shown} and {more:,} more" if more > 0 else shown


def is_text(name: str) -> bool:
    """Whether a file's name was text, as its bytes tell."""
    return not any("\ud800" <= sign <= "\udfff" for sign in name)


def _is_control(sign: str) -> bool:
    """Whether a character is a control, a direction, half of one, a line's end, or not assigned."""
    kind = unicodedata.category(sign)
    return (kind[0] == "C" and sign not in _JOINERS) or kind in ("Zl", "Zp")
