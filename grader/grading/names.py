"""Names that a submission brings along: which are refused, and how they are shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

MAX_NAME = 200
_JOINERS = "\u200c\u200d"  # some scripts are not written without them


def refusal(name: str) -> str:
    """Why a folder's name cannot be a student's, as a sentence; empty when it can.

    nbgrader's pages put such a name into HTML and scripts as it is, and into terminals.
    """
    if len(name) > MAX_NAME:
        return f"The folder's name has {len(name)} characters; at most {MAX_NAME} are allowed."
    marks = sorted({sign for sign in name if sign in '<>&"`\\'})
    if marks:
        return f"The folder's name holds {' '.join(marks)}, which a web page would obey: rename it."
    if any(_is_control(sign) for sign in name):
        return "The folder's name holds characters that control a terminal or a page: rename it."
    return ""


def printable(name: str, at_most: int = 80) -> str:
    """A name on one line, cut, with nothing in it that a terminal or a page obeys."""
    shown = "".join("\ufffd" if _is_control(sign) else sign for sign in name[: at_most + 1])
    return shown if len(shown) <= at_most else shown[:at_most] + "…"


def listed(names: Sequence[str], at_most: int = 20) -> str:
    """Names in one line, the first of them when there are many."""
    shown = ", ".join(printable(name, 60) for name in names[:at_most])
    more = len(names) - at_most
    return f"{shown} and {more:,} more" if more > 0 else shown


def _is_control(sign: str) -> bool:
    """Whether a character is a control, a direction, half of one, or not assigned."""
    return unicodedata.category(sign)[0] == "C" and sign not in _JOINERS
