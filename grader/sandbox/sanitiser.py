"""HTML, SVG and Markdown of a submission, without what a browser would run.

Graded notebooks are opened in formgrader and as feedback pages, which put such text into a page as it
is, and a script there would act with the rights of whoever reads it.
"""

from __future__ import annotations

import re

# What pandas, matplotlib and IPython write. Not all of it is for pages, but none of it is run.
_TAGS = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "caption",
        "center",
        "circle",
        "clippath",
        "code",
        "col",
        "colgroup",
        "dd",
        "defs",
        "desc",
        "details",
        "div",
        "dl",
        "dt",
        "ellipse",
        "em",
        "figcaption",
        "figure",
        "font",
        "g",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "image",
        "img",
        "li",
        "line",
        "lineargradient",
        "marker",
        "mask",
        "metadata",
        "ol",
        "p",
        "path",
        "pattern",
        "polygon",
        "polyline",
        "pre",
        "rect",
        "s",
        "small",
        "span",
        "stop",
        "strong",
        "style",
        "sub",
        "summary",
        "sup",
        "svg",
        "symbol",
        "table",
        "tbody",
        "td",
        "text",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "tspan",
        "tt",
        "u",
        "ul",
        "use",
        "rdf:rdf",
        "cc:work",
        "cc:agent",
        "dc:type",
        "dc:date",
        "dc:format",
        "dc:creator",
        "dc:title",
    ]
)
_TAG = re.compile(r"<([/!?]?[a-zA-Z][^\s>/]*)")
_PREAMBLE = re.compile(r"\A\s*<\?xml[^<>]*>\s*(?:<!DOCTYPE\s+svg[^<>\[]*>)?")
_COMMENT = re.compile(r"<!--[^<>]*-->")
_HANDLER = re.compile(r"""[\s"'/]on[a-z]+\s*=""", re.IGNORECASE)
_TARGET = re.compile(
    r"""[\s"'/](?:xlink:)?(?:href|src|srcset|action|formaction|data|poster|background)\s*=\s*(?:["']|(?=[^"'\s]))"""
    r"""(?!#|https?://|data:image/(?:png|jpeg|gif);|[\w./%-]+["'\s>])""",
    re.IGNORECASE,
)
_SCRIPT_ADDRESS = re.compile(r"(?:java|vb)script\s*:", re.IGNORECASE)
MAX_CLEANED = 100_000
REMOVED = "(removed: markup that a browser would run)"


def harmless(text: str) -> str:
    """`text` as it is when it holds nothing but known tags and targets; else with these taken out."""
    if _is_harmless(text):
        return text
    if len(text) > MAX_CLEANED or "<svg" in text.lower() or _SCRIPT_ADDRESS.search(text):
        return REMOVED
    from bleach import clean

    return clean(
        text, tags=_TAGS - {"style", "svg", "image", "use"}, attributes=["class"], strip=True
    )


def harmless_text(text: str) -> str:
    """Markdown or LaTeX: `text` as it is, or with its tags shown as text where one could be run.

    Shown, not removed: what looks like a tag may be a formula in somebody's answer, `$x<y$`.
    """
    if _is_harmless(text):
        return text
    return _SCRIPT_ADDRESS.sub("removed:", re.sub("<(?=[/!?a-zA-Z])", "&lt;", text))


def _is_harmless(text: str) -> bool:
    if _SCRIPT_ADDRESS.search(text):
        return False
    rest = _COMMENT.sub("", _PREAMBLE.sub("", text))
    tags = {name.lstrip("/").lower() for name in _TAG.findall(rest)}
    if not tags <= _TAGS or "<!" in rest or "<?" in rest:
        return False
    return not (tags and (_HANDLER.search(rest) or _TARGET.search(rest)))
