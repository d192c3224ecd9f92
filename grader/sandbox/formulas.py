"""Formulas of a submission, without the commands by which MathJax makes links, styles and pictures.

JupyterLab typesets what stands between dollar signs in Markdown, HTML and LaTeX. MathJax keeps programs out of
the links that `\\href` makes, but a style that fetches a picture from outside passes.
"""

from __future__ import annotations

import re
from html import unescape

_COMMAND = re.compile(
    r"\\(?=(?:bbox|class|cssId|data|href|html\w+|includegraphics|mathtip|mmlToken|require|style|texttip"
    r"|toggle|tooltip|unicode|url)(?![A-Za-z]))"
)
_ENTITY = re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;?)(#?\w+;?)")


def harmless_formulas(text: str) -> str:
    """`text` with a blank behind the backslash of such a command: the rest is text."""
    return _COMMAND.sub(r"\\ ", text)


def without_coded_letters(text: str) -> str:
    """`text` with a blank in every entity that stands for a letter or sign of a formula, as `&bsol;`."""
    return _ENTITY.sub(lambda code: f"& {code[1]}" if _is_sign(code[0]) else code[0], text)


def _is_sign(entity: str) -> bool:
    meant = unescape(entity)
    return meant != entity and meant.isascii() and not set(meant) <= set("<>&\"'")
