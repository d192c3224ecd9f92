"""Markdown as our pages show it: rendered, and what was rendered written anew without what could run.

markdown-it takes time in proportion to a text where nbconvert's expressions for mathematics take its
square. Formulas become MathML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from grader.grading.mathml import Formulas
from grader.sandbox.html_sanitiser import harmless_html

MAX_RENDERED = 20_000
"""Characters of a text that are looked at as Markdown; a longer one is shown as it is."""


def rendered(source: str, attachments: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Harmless HTML of a Markdown text; `attachments` are those of its cell, by name and type."""
    if len(source) > MAX_RENDERED:
        return as_text(source)
    tokens = _MARKDOWN.parse(source)
    for token in tokens:
        for child in token.children or ():
            _show_attachment(child, attachments or {})
    formulas = Formulas()
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {"formulas": formulas})
    return formulas.put_in(harmless_html(html))


def as_text(source: str) -> str:
    """The text itself, as HTML."""
    return f"<pre>{escape(source)}</pre>"


def _show_attachment(token: Token, attachments: Mapping[str, Mapping[str, str]]) -> None:
    """Put the data of an attached picture where its name is."""
    name = str(token.attrs.get("src", ""))
    if token.type == "image" and name.startswith("attachment:"):
        bundle = attachments.get(name.removeprefix("attachment:"), {})
        for mime, data in bundle.items():
            token.attrs["src"] = f"data:{mime};base64,{data}"
    for child in token.children or ():
        _show_attachment(child, attachments)


def _formula(
    self: object, tokens: Sequence[Token], index: int, options: object, env: dict[str, Formulas]
) -> str:
    token = tokens[index]
    html = env["formulas"].mark(token.content, token.type != "math_inline")
    return f"<p>{html}</p>" if token.block else html


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    markdown.use(dollarmath_plugin, allow_labels=False, double_inline=True)
    for kind in ("math_inline", "math_inline_double", "math_block"):
        markdown.add_render_rule(kind, _formula)
    return markdown


_MARKDOWN = _markdown()
