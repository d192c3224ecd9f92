"""A page is written as BeautifulSoup would write it, which nbconvert uses, whatever stands in it."""

from __future__ import annotations

import random

import pytest
from bs4 import BeautifulSoup
from nbconvert.filters import Highlight2HTML

from grader.grading.common import Parts
from grader.grading.rendered import rendered
from grader.grading.tidy import NO_ALT, tidy, tidy_code
from grader.sandbox.html_sanitiser import harmless_html

PIECES = (
    *(
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<pre>",
        "</pre>",
        "<br>",
        "<br/>",
        "<hr />",
        "<td\nid=x>",
    ),
    *(
        "<a class=' b \n a' href=\"?a=1&amp;b\">",
        "</a>",
        "<i title='\"'>",
        '<i title="\'&quot;">',
        "</i>",
    ),
    *(
        " ",
        "\n",
        " \t\n",
        "text ",
        "&amp;",
        "&lt;b&gt;",
        "&nbsp;",
        "&#39;",
        "&quot;",
        "&#x3b1;",
        "é𝛼\x0b",
    ),
    *(
        "<img src=x width=5>",
        "<img alt='' src=x>",
        "<style>a > b &amp; c</style>",
        "<p z=1 a z=2>",
        "<!DOCTYPE html>",
    ),
)


def soup(html: str) -> str:
    """What nbconvert makes of a page."""
    tree = BeautifulSoup(html, features="html.parser")
    for picture in tree.select("img:not([alt])"):
        picture.attrs["alt"] = NO_ALT
    return str(tree)


def test_it_writes_what_beautiful_soup_writes():
    chosen = random.Random(0)
    for _ in range(3000):
        html = "".join(chosen.choices(PIECES, k=chosen.randrange(1, 20)))
        assert tidy(html) == soup(html), html


@pytest.mark.parametrize("written", [rendered, harmless_html])
def test_what_our_sanitisers_write_is_the_same_alone_and_in_a_page(written):
    for text in (
        "a  <b>*c*</b> $x<y$ &amp; &nbsp; \"'",
        "| a | b |\n|---|---|\n| 1 | `x` |",
        "```\n<p>\n\n  x\n```",
    ):
        html = written(text)
        assert f"<div>{tidy(html)}</div>" == soup(f"<div>{html}</div>")


@pytest.mark.parametrize("language", ["ipython3", "python", "text"])
def test_code_is_tidy_at_once(language):
    chosen = random.Random(1)
    signs = [
        '"',
        "'",
        "&",
        "<",
        ">",
        "&quot;",
        "&#39;",
        "\n",
        "    ",
        " ",
        "f'{x}'",
        "def f(x):",
        "# é",
        "%time",
        "\t",
    ]
    for _ in range(300):
        code = "".join(chosen.choices(signs, k=chosen.randrange(0, 25)))
        html = Highlight2HTML(pygments_lexer=language)(code)
        assert tidy_code(html) == soup(html), code


def test_only_what_was_handed_out_is_kept():
    parts, made = Parts(), []

    def part(text: str) -> str:
        return parts.put_in(parts.mark(text, lambda: made.append(text) or f"<p>{text}</p>"))

    with pytest.raises(ZeroDivisionError), parts.learning():
        part("ours")
        raise ZeroDivisionError
    assert [part("ours"), part("theirs"), part("theirs")] == ["<p>ours</p>", *["<p>theirs</p>"] * 2]
    assert made == ["ours", "theirs", "theirs"]


def test_a_mark_of_another_page_is_none():
    parts = Parts()
    mark = parts.mark("a", lambda: "<p>secret</p>")
    parts.begin()
    parts.mark("b", lambda: "<p>b</p>")
    assert parts.put_in(mark) == mark
