"""Formulas as MathML, which browsers set by themselves: no program, no fonts, no network.

latex2mathml translates; what it gives is written anew from known elements and attributes, since the text was a
stranger's. What it cannot read stays as it was written.
"""

from __future__ import annotations

import re
import secrets
from html import escape
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from latex2mathml.converter import convert

MAX_FORMULA = 2000
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_ELEMENTS = frozenset(
    [
        "math",
        "menclose",
        "mfrac",
        "mi",
        "mmultiscripts",
        "mn",
        "mo",
        "mover",
        "mpadded",
        "mphantom",
        "mprescripts",
        "mroot",
        "mrow",
        "ms",
        "mspace",
        "msqrt",
        "mstyle",
        "msub",
        "msubsup",
        "msup",
        "mtable",
        "mtd",
        "mtext",
        "mtr",
        "munder",
        "munderover",
    ]
)
_WORD = re.compile(r"[a-z-]{1,20}|[0-9]")
# Room and brackets stay small: they are painted over what stands around them.
_LENGTH = re.compile(r"\d?(?:\.\d{1,4})?em")
_ATTRIBUTES = {
    **dict.fromkeys(
        [
            "accent",
            "columnalign",
            "display",
            "displaystyle",
            "fence",
            "form",
            "linethickness",
            "linebreak",
            "mathvariant",
            "scriptlevel",
            "separator",
            "stretchy",
            "symmetric",
        ],
        _WORD,
    ),
    **dict.fromkeys(("maxsize", "minsize", "width"), _LENGTH),
}


class Formulas:
    """The formulas of one text: a mark stands for each while the text is made harmless."""

    def __init__(self) -> None:
        self._sign = secrets.token_hex(16)  # which no text can know
        self._found: list[str] = []

    def mark(self, tex: str, is_block: bool) -> str:
        """HTML that stands for the formula; where it is taken away or kept, so is the formula."""
        dollars = "$$" if is_block else "$"
        self._found.append(mathml(tex, is_block))
        text = escape(f"{dollars}{tex}{dollars}", quote=False)
        return (
            f'<var title="{self._sign}{len(self._found) - 1}">{text}</var>'
            if self._found[-1]
            else text
        )

    def put_in(self, html: str) -> str:
        """`html`, written by the sanitiser, with the formulas in the place of their marks.

        A mark within an attribute has its quotes written as entities, and is none.
        """
        pattern = rf'<var title="{self._sign}(\d+)">[^<]*</var>'
        return re.sub(pattern, lambda match: self._found[int(match[1])], html)


def mathml(tex: str, is_block: bool) -> str:
    """The formula as MathML; empty when it is too long, or no formula that can be read."""
    if len(tex) > MAX_FORMULA:
        return ""
    try:
        # Of the ways to align lines, latex2mathml knows this one.
        known = tex.replace("{aligned}", "{align*}")
        return _written(fromstring(convert(known, display="block" if is_block else "inline")))
    except (
        Exception
    ):  # whatever a stranger's formula meets: RecursionError, KeyError, a parser's own
        return ""


def _written(element: Element) -> str:
    """The element from known parts alone; its content where it is unknown."""
    name = element.tag.removeprefix(_NAMESPACE)
    inside = escape((element.text or "").replace("\\_", "_"), quote=False)
    inside += "".join(_written(child) + escape(child.tail or "", quote=False) for child in element)
    if name not in _ELEMENTS:
        return f"<mrow>{inside}</mrow>"
    attributes = "".join(
        f' {key}="{value}"'
        for key, value in element.attrib.items()
        if key in _ATTRIBUTES and _ATTRIBUTES[key].fullmatch(value)
    )
    return f"<{name}{attributes}>{inside}</{name}>"
