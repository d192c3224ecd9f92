"""Formulas as browsers set them by themselves, whatever a stranger wrote."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.grading.mathml import MAX_FORMULA, mathml
from grader.grading.rendered import rendered

ROOT = Path(__file__).resolve().parents[2]
PARTS = re.compile(r"<(/?)([a-z]+)((?: [a-z]+=\"[a-z0-9.-]*\")*)>")


def harmless(html: str) -> bool:
    """Whether nothing but plain elements with short, known attributes is in it."""
    return "<" not in PARTS.sub("", html)


def test_every_formula_of_the_chapters_can_be_set():
    found = 0
    for path in (ROOT / "chapters").glob("*.py"):
        lines = path.read_text("utf-8").splitlines()
        text = "\n".join(line[2:] for line in lines if line.startswith("# "))
        for match in re.finditer(
            r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.sub("`[^`]*`", "", text), re.DOTALL
        ):
            html = mathml(match[1] or match[2], is_block=bool(match[1]))
            assert html.startswith("<math ") and "\\" not in html and harmless(html), match[0]
            found += 1
    assert found > 100


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<img src=x onerror=pwned(1)>}",
        r"\href{javascript:pwned(1)}{x}",
        r"\style{position:fixed}{x}",
        r"\color{red;position:fixed}{x}",
        r"\hspace{500em}x",
        r"\rule{90em}{90em}",
        r"\mathbin{<script>pwned(1)</script>}",
        r"\class{a\" onclick=pwned(1)}{x}",
        "{" * 900,
        "x^{" * 300 + "}" * 300,
        "x" * (MAX_FORMULA + 1),
        r"\begin{matrix}" * 50,
        "&lt;script&gt;",
        "\x00\ud800",
    ],
)
def test_hostile_formulas_are_harmless(tex):
    assert harmless(mathml(tex, is_block=False))
    html = rendered(f"before ${tex}$ after")
    assert (
        "<script" not in html
        and "<img" not in html
        and "onclick=" not in re.sub("<[^>]*>", "", html)[:0] + html
    )


def test_a_formula_within_an_attribute_stays_text():
    html = rendered('<div title="\n\n$x onclick=pwned(1)$\n\n">\n')
    assert "<math" not in html


def test_a_mark_cannot_be_written_by_hand():
    assert rendered('<var title="0">x</var> $y$').count("<math") == 1
