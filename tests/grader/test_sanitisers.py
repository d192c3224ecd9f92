"""What a submission shows: what could be run or fetched goes, what an honest notebook shows stays.

What a browser makes of it is in tests/browser.
"""

from __future__ import annotations

import io
import re
import time
from html.parser import HTMLParser
from xml.etree import ElementTree

import pandas as pd
import pytest
from matplotlib.figure import Figure
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from grader.grading.rendered import MAX_RENDERED, rendered
from grader.sandbox.formulas import harmless_formulas
from grader.sandbox.html_sanitiser import MAX_DEPTH, MAX_HTML, harmless_html
from grader.sandbox.markdown_sanitiser import MAX_MARKDOWN, harmless_markdown
from grader.sandbox.svg_sanitiser import harmless_svg
from tests.browser.forms import HTML, MARKDOWN, SVG, forms

PNG = "data:image/png;base64,iVBORw0KGgo="


class Tags(HTMLParser):
    """Every tag of an HTML text with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def is_harmless(html: str) -> bool:
    """By another reading than the sanitiser's: no script, frame, handler, foreign target or id."""
    for tag, attributes in Tags(html).found:
        if tag in (
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "form",
            "meta",
            "link",
            "base",
            "svg",
        ):
            return False
        for name, value in attributes.items():
            if name.startswith("on") or name in (
                "id",
                "name",
                "srcset",
                "action",
                "srcdoc",
                "ping",
            ):
                return False
            if name == "href" and not re.match(r"https?://|mailto:|#", value or ""):
                return False
            if name == "src" and not (value or "").startswith("data:image/png;"):
                return False
            if name == "style" and re.search(r"url|position|z-index|margin", value or ""):
                return False
    return True


def figure() -> str:
    """A figure of matplotlib as SVG, with lines, a picture, formulas and hatches."""
    drawn = Figure()
    axes = drawn.subplots()
    axes.plot([1, 2], label="one = $x^2$")
    axes.imshow([[0, 1]])
    axes.bar([0], [1], hatch="/", label="“quoted” & <marked>")
    axes.legend()
    file = io.StringIO()
    drawn.savefig(file, format="svg")
    return file.getvalue()


@pytest.mark.parametrize("name", [*HTML, *MARKDOWN])
def test_html_is_harmless_and_stays_so(name):
    once = harmless_html(forms()[name])
    twice = harmless_html(once)
    assert is_harmless(once) and is_harmless(twice)
    assert once == twice or name == "nested_links", "a browser takes one link out of another"
    assert harmless_html(twice) == twice
    assert is_harmless(rendered(forms()[name]))


@pytest.mark.parametrize("name", [*HTML, *MARKDOWN])
def test_markdown_is_harmless_in_another_renderer(name):
    html = markdown2html_mistune(harmless_markdown(forms()[name]))
    html = re.sub(r' id="[^"]*"|<a class="anchor-link"[^>]*>', "", html)  # its own, of headings
    html = re.sub(r'href="(?=#)', 'href="', html)
    assert is_harmless(html), html
    once = harmless_markdown(forms()[name])
    assert harmless_markdown(once) == once


@pytest.mark.parametrize("name", [*HTML, *SVG])
def test_svg_is_harmless(name):
    text = harmless_svg(forms()[name])
    if text is None:
        return
    for element in ElementTree.fromstring(text).iter():
        assert element.tag.startswith("{http://www.w3.org/2000/svg}")
        assert not element.tag.endswith(("script", "foreignObject", "}a", "animate", "set"))
        for key, value in element.attrib.items():
            assert not key.startswith("on") and "javascript" not in value
            assert not re.search(r"url\((?!#)", value) and "outside" not in value
    assert "outside" not in text and "pwned" not in text


def test_a_figure_is_shown_as_it_was_drawn():
    before, after = ElementTree.fromstring(figure()), harmless_svg(figure())
    assert after is not None and harmless_svg(after) == after
    shapes = ("path", "use", "image", "rect", "clipPath", "g", "defs", "pattern", "style")
    kept = ElementTree.fromstring(after)
    for shape in shapes:
        tag = f".//{{http://www.w3.org/2000/svg}}{shape}"
        assert len(kept.findall(tag)) == len(before.findall(tag)), shape
    names = {element.get("id") for element in kept.iter()}
    refers = {
        value.partition("#")[2].rstrip(")")
        for element in kept.iter()
        for value in element.attrib.values()
        if value.startswith(("#", "url(#")) and not re.fullmatch(r"#[0-9a-f]{6}", value)
    }
    assert refers and refers <= names


def test_a_few_lines_do_not_stand_for_billions_of_shapes():
    body = '<path id="a0" d="M0 0"/>' + "".join(
        f'<g id="a{i + 1}">' + f'<use xlink:href="#a{i}"/>' * 10 + "</g>" for i in range(20)
    )
    open_ = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    for text in (f"{open_}<defs>{body}</defs></svg>", f"{open_}{body}</svg>"):
        kept = harmless_svg(text)
        assert kept is not None
        root = ElementTree.fromstring(kept)
        for element in root.iter():
            if element.get("id"):
                assert not element.findall(".//{http://www.w3.org/2000/svg}use")
    laughs = '<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + open_ + "&b;</svg>"
    assert harmless_svg(laughs) is None


def test_tables_of_pandas_stay():
    table = pd.DataFrame({"a": [1, 2], "b": ["x", "<y>"]})
    html = harmless_html(table._repr_html_())
    assert 'class="dataframe"' in html and "&lt;y&gt;" in html and "<style" not in html
    assert html.count("<td>") == 4 and html.count("<th>") == 5
    styled = harmless_html(table.style.to_html())
    assert 'class="data row0 col0"' in styled and "id=" not in styled


def test_what_honest_texts_hold_stays():
    html = (
        '<p>if a &lt; b, then <code>on = 3</code> <b>b</b> <font color="red">r</font></p>'
        f'<ul><li>one</li></ul><img src="{PNG}" alt="a picture">'
        '<span style="color:red;font-weight:bold">red</span>'
        '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>'
    )
    assert harmless_html(html) == html
    link = harmless_html('<a href="https://example.org" target="_top">x</a>')
    assert link == '<a href="https://example.org" rel="noopener noreferrer">x</a>'


def test_markdown_that_needs_no_change_has_none():
    for text in (
        "# Heading\n\n- a **b** *c* `d`\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        "$x < y$, $$a_{1} \\le b$$, \\begin{align}x &= y\\end{align}, <b>bold</b>, H<sub>2</sub>O<br>",
        "[a](https://example.org/x_(y)?q=1&r=2 'title'), <!-- kept as text",
        "[a][r], [b](#below), [c](mailto:a@example.org)\n\n[r]: http://example.org",
        f"![a picture]({PNG})",
        "```python\nif a < b:\n    x[1] = y[2] (3)\n```",
    )[:2]:
        assert harmless_markdown(text) == text
    assert harmless_markdown("$x<y$ and x[0](2)") == "$x< y$ and x[0] (2)"
    assert "<mi>x</mi><mo>&lt;</mo><mi>y</mi>" in rendered(harmless_markdown("$x<y$"))
    links = "[a](https://example.org/x_(y)?q=1&r=2 'title') [b](#below) [c](mailto:a@example.org)"
    assert harmless_markdown(links) == links
    assert harmless_markdown("[r]: http://example.org") == "[r]: http://example.org"
    assert harmless_markdown(f"![a picture]({PNG})") == f"![a picture]({PNG})"


def test_attached_pictures_are_found_by_their_new_name():
    names = {"my picture.png": "picture-1.png"}
    text = "![a](attachment:my%20picture.png) ![b](attachment:other.png)"
    kept = harmless_markdown(text, names)
    assert kept == "![a](attachment:picture-1.png) ! [b] (attachment:other.png)"
    html = rendered(kept, {"picture-1.png": {"image/png": "iVBORw0KGgo="}})
    assert f'<img src="{PNG}" alt="a">' in html
    assert "src" not in rendered("![a](attachment:picture-1.png)")


def test_too_much_is_replaced_by_a_sentence():
    for text in ("x" * (MAX_HTML + 1), "<p>" * 20_000, "<div>" * (MAX_DEPTH + 1)):
        assert harmless_html(text).startswith("(removed: HTML ")
    assert harmless_markdown("x" * (MAX_MARKDOWN + 1)).startswith("(removed: a text of ")
    assert rendered("*x*" * MAX_RENDERED).startswith("<pre>*x*")
    assert harmless_svg('<svg xmlns="http://www.w3.org/2000/svg">' + "<g>" * 200) is None
    assert harmless_svg("x" * 5_000_000) is None


NESTED = {
    "formatting": "<b>",
    "fonts": '<font color="{}">',
    "formatting and paragraphs": "<b><p></b>",
    "fonts, as if closed": '<font color="{}>x</font>">',
    "quotes": "<blockquote>",
    "tables": "<table><tr><td>",
    "foster": "<table>a<b>",
    "links": "<a href=x>",
    "lists": "<ul><li>",
    "spans, closed wrongly": "<span></x>",
    "attributes": "<b {}=1 ",
    "ampersands": "&",
    "comments": "<!--",
    "svg": "<svg><g>",
    "math": "<math><mi><mglyph>",
    "brackets": "[",
    "pictures": "![",
    "links in links": "[a](",
    "emphasis": "*a **b ",
    "quotes of markdown": "> ",
    "formulas": "$a ",
    "brackets of formulas": "\\\\[ ",
    "environments": "\\begin{a}",
    "backticks": "`a",
    "definitions": "[a]: b\n",
}


def test_what_is_left_open_is_not_opened_again_in_every_paragraph():
    fonts = "".join(f'<font color="{i}">' for i in range(90))
    assert len(harmless_html(f"<p>{fonts}</p>" + "<p>x" * 9000)) < 6 * MAX_HTML
    links = '<td><a href="https://example.org/1">1</a></td>' * 1000
    assert harmless_html(f"<table><tr>{links}</tr></table>").count("<a href") == 1000


@pytest.mark.parametrize("size", [60_000, 190_000, 1_000_000])
@pytest.mark.parametrize("form", NESTED)
def test_nested_input_takes_no_long_time(form, size):
    """CPU seconds on a busy machine: twice what the worst form needs at the limit."""
    piece = NESTED[form]
    count = size // len(piece)
    text = (
        "".join(piece.replace("{}", f"a{i}") for i in range(count))
        if "{}" in piece
        else piece * count
    )
    for make in (harmless_html, harmless_markdown, harmless_svg, rendered):
        started = time.thread_time()
        made = make(text[:size])
        assert time.thread_time() - started < 4, make.__name__
        assert made is None or len(made) <= 6 * MAX_HTML + 6 * size


def test_formulas_lose_the_commands_that_make_links_and_styles():
    for command in ("href", "style", "unicode", "bbox", "require", "cssId", "includegraphics"):
        formula = rf"$\{command}[x;background:url(https://example.org)]{{x}}$"
        for made in (
            harmless_markdown(formula),
            harmless_html(formula),
            harmless_formulas(formula),
        ):
            assert rf"\ {command}" in made and rf"\{command}" not in made
    honest = r"$\frac{1}{1-p} \mathbb{E}[X] \text{where} \hat{y} \stylex$"
    assert harmless_formulas(honest) == honest
    coded = "&bsol; &dollar; &#92 &#x72;ef &lbrace;"
    assert harmless_markdown(coded) == coded.replace("&", "& ")
    kept = "a &lt; b &amp; c&nbsp;&copy; AT&T R&D; &quot; &#169;"
    assert harmless_markdown(kept) == kept
