"""HTML of a submission: parsed by a browser's rules, and written anew from what is known to be harmless.

nh3 does both (ammonia, which reads HTML as browsers do). nbconvert's `sanitize_html` is bleach with its
defaults: it drops the tables of pandas and the colours of formgrader's pages, knows no Markdown cells of
formgrader's template, and takes time that grows with the square of nested formatting.
"""

from __future__ import annotations

import re

import nh3

from grader.sandbox.formulas import harmless_formulas

MAX_HTML = 200_000
"""Characters of one text; a table of pandas as it is shown by default has a tenth of it."""
MAX_TAGS = 10_000
MAX_DEPTH = 100
MAX_OPEN_TAGS = 100
"""Formatting tags with attributes that stay open: a browser opens each of them anew in every paragraph."""


def words(text: str) -> frozenset[str]:
    """The words of a table such as those below."""
    return frozenset(text.split())


_TAGS = words(
    """
    a abbr b blockquote br caption center code col colgroup dd del details dfn div dl dt em figcaption
    figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub
    summary sup table tbody td tfoot th thead tr tt u ul var
    """
)
# Of these not even the text is shown: it is no text to a reader, or browsers disagree where it ends.
_DROPPED = words(
    """
    applet embed frameset iframe math noembed noframes noscript object plaintext script select style
    svg template textarea title xmp
    """
)
_CELL = frozenset({"align", "colspan", "rowspan", "scope", "valign"})
_ATTRIBUTES = {
    "*": {"class", "style", "title"},
    "a": {"href"},
    "col": {"span"},
    "details": {"open"},
    "font": {"color"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "table": {"border"},
    "td": set(_CELL),
    "th": set(_CELL),
}
# None of them moves a box over another, or fetches anything; see `_SMALL` for their sizes.
_STYLES = words(
    """
    background-color border border-bottom border-collapse border-left border-right border-top color
    font-style font-weight padding padding-left padding-right text-align text-decoration
    vertical-align white-space width
    """
)
# Ids and classes are what formgrader and bootstrap find their own parts by: only those of pandas.
_CLASS = re.compile(
    r"dataframe|(?:row|col)_heading|index_name|blank|data|level\d{1,3}|(?:row|col)\d{1,5}"
)
_NUMBER = re.compile(r"\d{1,4}(?:px|%)?")
_LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_NUMBERS = frozenset({"border", "colspan", "height", "rowspan", "span", "start", "width"})
# The padding, border and underline of a word are painted over what stands around it: they stay small.
_SMALL = re.compile(
    r"[a-z-]+|#[0-9a-f]{3,8}|\d{0,3}(?:\.\d{1,4})?|\d{1,2}(?:\.\d{1,4})?(?:px|pt)|\d(?:\.\d{1,4})?em",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"\b(?:rgb|hsl)a?\(([^()]*)\)", re.IGNORECASE)
_WIDTH = re.compile(r"\s*\d{1,4}(?:\.\d{1,4})?(?:px|pt|em|%)\s*|\s*auto\s*", re.IGNORECASE)
_FORMAT = "(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)"
_FORMATTING = re.compile(rf"<{_FORMAT}[\s/]", re.IGNORECASE)
_CLOSED = re.compile(rf"""<{_FORMAT}\s(?:[^<>"']|"[^"<>]*"|'[^'<>]*')*>[^<]*</\1>""", re.IGNORECASE)
_WRITTEN_TAG = re.compile(r"<(/?)([a-z0-9]+)")
_VOID = frozenset({"br", "col", "hr", "img"})


def harmless_html(text: str) -> str:
    """`text` with nothing left but known tags, attributes, styles, links and embedded pictures.

    Links lead to http, https, mailto or a place in the page; pictures are in the text itself. What is
    too long, or too deeply nested, is replaced by a sentence, so that time and size stay in proportion.
    """
    if len(text) > MAX_HTML:
        return removed(f"HTML of {len(text):,} characters; at most {MAX_HTML:,} are shown")
    if text.count("<") > MAX_TAGS:
        return removed(f"HTML with more than {MAX_TAGS:,} tags")
    if len(_FORMATTING.findall(text)) - len(_CLOSED.findall(text)) > MAX_OPEN_TAGS:
        return removed(f"HTML with more than {MAX_OPEN_TAGS} tags that are left open")
    written = _CLEANER.clean(text.encode("utf-8", "replace").decode("utf-8"))
    if len(written) > 5 * MAX_HTML or _depth(written) > MAX_DEPTH:
        return removed(f"HTML that is nested more than {MAX_DEPTH} deep")
    return harmless_formulas(written)


def removed(what: str) -> str:
    """The sentence that stands for what is not shown."""
    return f"(removed: {what})"


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(filter(_CLASS.fullmatch, value.split())) or None
    if name == "href":
        return value if _LINK.match(value) else None
    if name == "src":
        return value if PICTURE.fullmatch(value) else None
    if name == "style":
        return ";".join(filter(_is_small, value.split(";"))) or None
    if name in _NUMBERS:
        return value if _NUMBER.fullmatch(value) else None
    return value


def _is_small(declaration: str) -> bool:
    """Whether a declaration of a style is a known one, of words, colours and short lengths."""
    name, _, value = declaration.partition(":")
    name = name.strip().lower()
    if name not in _STYLES:
        return False
    if name == "width":
        return _WIDTH.fullmatch(value) is not None
    parts = re.split(r"[\s,]+", _COLOUR.sub(r"\1", value))
    return all(map(_SMALL.fullmatch, parts))


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags=set(_DROPPED),
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    filter_style_properties=set(_STYLES),
    url_schemes={"http", "https", "mailto", "data"},  # `data` for pictures alone, see above
    link_rel="noopener noreferrer",
)


def _depth(written: str) -> int:
    """How deep the tags of what was written here are nested."""
    depth = deepest = 0
    for closing, name in _WRITTEN_TAG.findall(written):
        if name not in _VOID:
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
    return deepest
