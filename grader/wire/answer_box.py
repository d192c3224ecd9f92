"""The box that a written answer stands in: what a learner sees of it, and what is the learner's own."""

from __future__ import annotations

import re

STUB = "YOUR ANSWER HERE"
"""What nbgrader, and everything here, takes for the place of an answer."""
BOX_BEGINS = '<div style="border:1px solid gray;border-left:6px solid #0072b2;padding:0.4em 1em">'
BOX_ENDS = "</div>"
INVITATION = "✎ *Your answer. Double-click here, write below this line, then press Shift + Enter.*"
EMPTY_BOX = "\n\n".join((BOX_BEGINS, INVITATION, STUB, BOX_ENDS))
"""nbgrader's `text_stub`; see `nbgrader_config.py`."""

_BOX = re.compile(rf"\s*{re.escape(BOX_BEGINS)}\n(.*)\n{re.escape(BOX_ENDS)}\s*", re.DOTALL)


def inside(text: str) -> str | None:
    """What stands between the box's first and last line; None when `text` is not in a whole box."""
    found = _BOX.fullmatch(text)
    return found[1] if found else None


def boxed(text: str) -> str:
    """The box around `text`."""
    return f"{BOX_BEGINS}\n{text}\n{BOX_ENDS}"


def answer_in(text: str) -> str:
    """What a learner has written: `text` without the box, its invitation and the stub, empty for nothing."""
    for part in (BOX_BEGINS, BOX_ENDS, INVITATION, STUB):
        text = text.replace(part, "")
    return text.strip()
