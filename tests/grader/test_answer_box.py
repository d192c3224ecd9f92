"""The box of a written answer: in the released notebook, around what was written, and in feedback."""

from __future__ import annotations

import nbformat
import pytest

from grader.authoring.build import build
from grader.grading.rendered import rendered
from grader.sandbox.markdown_sanitiser import harmless_markdown
from grader.wire.answer_box import (
    BOX_BEGINS,
    BOX_ENDS,
    EMPTY_BOX,
    INVITATION,
    STUB,
    answer_in,
    boxed,
)

ANSWER = EMPTY_BOX.replace(STUB, "Because **of the two**.\n\n- first\n- second")


def test_a_released_answer_is_an_empty_box(small_course) -> None:
    build(small_course)
    cells = nbformat.read(small_course.notebook("release", "01_double"), as_version=4).cells
    (cell,) = (c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == "why_double")
    assert cell.source == EMPTY_BOX


@pytest.mark.parametrize(
    "text", ["", " \n", STUB, EMPTY_BOX, EMPTY_BOX.replace(STUB, ""), f"{STUB}\n"]
)
def test_nothing_is_written_yet(text: str) -> None:
    assert answer_in(text) == ""


@pytest.mark.parametrize(
    "text", ["Because.", EMPTY_BOX.replace(STUB, "Because."), f"{BOX_BEGINS}\nBecause."]
)
def test_what_is_written_is_found(text: str) -> None:
    assert answer_in(text) == "Because."


def test_the_box_stays_in_feedback() -> None:
    assert harmless_markdown(ANSWER) == ANSWER
    assert harmless_markdown(EMPTY_BOX) == EMPTY_BOX, "nbgrader gives 0 to what is unchanged"
    html = rendered(harmless_markdown(ANSWER))
    assert html.startswith(f"{BOX_BEGINS}\n<p>✎") and html.rstrip().endswith(BOX_ENDS)
    assert "<strong>of the two</strong>" in html and "<li>first</li>" in html


def test_the_box_lets_nothing_else_through() -> None:
    """Neither a second box nor a script, and thousands of boxes in each other take no time."""
    for text in (
        BOX_ENDS,
        f"{BOX_BEGINS}{INVITATION}",
        "<script>alert(1)</script>",
        "<b onclick=x>",
    ):
        inner = harmless_markdown(boxed(text))
        assert inner == boxed(harmless_markdown(f"{text}\n").removesuffix("\n")), text
        assert inner.count("<div") == inner.count("</div") == 1 and "<script" not in inner
    nested = harmless_markdown(f"{BOX_BEGINS}\n" * 300 + f"{BOX_ENDS}\n" * 300)
    assert nested.count("<div") == 1
    assert rendered(boxed("```\nnot closed")).count("</div>") == 1


def test_the_links_between_chapters_are_their_texts_in_feedback(small_course) -> None:
    build(small_course)
    cells = nbformat.read(small_course.notebook("release", "01_double"), as_version=4).cells
    assert "(../index.ipynb)" in cells[-1].source
    assert harmless_markdown(cells[-1].source) == "---\n\nAll chapters"
    forms = ("[[x](../a.ipynb)](javascript:alert(1))", "![x](../a.ipynb)", "[x](../../a.ipynb)")
    for form in forms:
        assert "](" not in harmless_markdown(form)
