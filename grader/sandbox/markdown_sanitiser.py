"""Markdown of a submission, so that no program that renders it finds markup or a target in it.

Renderers disagree about what Markdown means, so nothing is decided by one of them. Three signs make all
that could be dangerous, in every one: `<` before a tag, a comment or an address; `](` and `]:` before a
target; `![` before a picture. Unless what follows is known to be harmless, a blank is put in between, and
the rest is text. Formulas lose commands that make links and styles. Our own pages parse what was rendered once more; see `grader.grading.pages`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from grader.sandbox.formulas import harmless_formulas, without_coded_letters
from grader.sandbox.html_sanitiser import PICTURE, removed
from grader.wire import answer_box

MAX_MARKDOWN = 50_000

_TAG = re.compile(
    r"<(?=[A-Za-z/!?])"
    r"(?!/?(?:b|i|u|s|em|strong|sub|sup|code|kbd|small|mark|details|summary)>|br ?/?>)"
)
_TARGET = re.compile(
    r"\](?:\((?!\s*(?:https?://|mailto:|#))|:(?!\s*(?:https?://|mailto:|#)))"
    r"(?:(?<=\()(?:attachment:(?P<name>[^()\s<>]{1,200})(?=[\s)])|(?P<embedded>(?=data:image/))))?",
    re.IGNORECASE,
)
# A link to another notebook of the course leads nowhere from a page: its text is all that is left.
_NOTEBOOK = re.compile(r"\[([^\[\]\n]{0,200})\]\(\.\./[\w/]{1,200}\.ipynb\)")
_SHOWN = re.compile(r"!\[(?![^\[\]\n]{0,1000}\]\((?:attachment:|data:image/))")


def harmless_markdown(text: str, attachments: Mapping[str, str] | None = None) -> str:
    """`text` as it is but for blanks in what a renderer could take for HTML, a foreign target or picture.

    attachments: the new name of every picture that comes along, by the name that the text has for it.
    What names another is text afterwards: renderers fail at an attachment that is missing. A text that
    is too long is replaced by a sentence. The box of a written answer stays around what stands in it.
    """
    within = answer_box.inside(text)
    if within is not None:
        return answer_box.boxed(_harmless(within, attachments or {}))
    return _harmless(text, attachments or {})


def _harmless(text: str, known: Mapping[str, str]) -> str:
    text = _NOTEBOOK.sub(r"\1", text.encode("utf-8", "replace").decode("utf-8"))
    if len(PICTURE.sub("", text)) > MAX_MARKDOWN:
        return removed(f"a text of {len(text):,} characters; at most {MAX_MARKDOWN:,} are shown")

    def target(match: re.Match[str]) -> str:
        name = unquote(match["name"] or "")
        if name in known:
            return f"](attachment:{known[name]}"
        picture = None if match["embedded"] is None else PICTURE.match(text, match.end())
        closed = picture is not None and text[picture.end() : picture.end() + 1] == ")"
        return match[0] if closed else f"] {match[0][1:]}"

    text = harmless_formulas(without_coded_letters(_TAG.sub("< ", text)))
    return _SHOWN.sub("! [", _TARGET.sub(target, text))
