"""The pages that show a submission: feedback, and what formgrader shows of one to be graded.

Everything that a submission wrote is harmless in its notebook already. Here it is made so once more
after it was rendered, and the page forbids its browser to run or fetch anything else: two more walls, for
notebooks that were graded before there was the first, or by something else.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import BaseLoader, DictLoader, Environment, pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets import default

from grader.checks.results import as_points
from grader.course import Course
from grader.grading.common import Parts
from grader.grading.names import folder_of
from grader.grading.page_marks import PageMarks
from grader.grading.release import FINDINGS
from grader.grading.rendered import as_text, rendered
from grader.grading.tidy import tidy, tidy_code
from grader.sandbox.html_sanitiser import harmless_html

PAGES_BESIDE = ("timestamp.txt", "submission_secret.txt")
"""What `nbgrader release_feedback` reads beside a page, to know whose it is."""
MAX_PAGES_BESIDE = 1000
PAGE_SECONDS = 5.0
"""CPU time for the texts of one page; those after it are shown unrendered."""
# MathJax would come from outside, and would be a program that reads what a submission wrote.
_NO_MATHJAX = "{% macro mathjax(url='') %}{% endmacro %}"
# Formgrader waits for it, and is told that it is ready.
_MATHJAX_IS_READY = """
{%- macro mathjax(url="") -%}
<script>
var MathJax = {Hub: {Startup: {signal: {Interest: told => setTimeout(told, 0, "End")}}}};
</script>
{%- endmacro -%}
"""
_TEMPLATES = Path(__file__).with_name("templates")
_SAMPLE = {"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "1"}
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


class SubmissionPage(HTMLExporter):
    """nbconvert's HTML with every text of the submission made harmless after it was rendered."""

    _mathjax = _NO_MATHJAX
    _seconds = PAGE_SECONDS

    @default("sanitize_html")
    def _sanitise(self) -> bool:
        return True

    @default("extra_loaders")
    def _without_mathjax(self) -> list[BaseLoader]:
        return [DictLoader({"mathjax.html.j2": self._mathjax})]

    def default_filters(self) -> Iterator[tuple[str, Callable]]:
        yield from super().default_filters()
        yield "markdown2html", self.harmless_markdown
        yield "clean_html", self.harmless_html

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        self._seconds = PAGE_SECONDS
        return super().from_notebook_node(nb, resources, **kw)

    @pass_context
    def harmless_markdown(self, context: Mapping[str, Any], source: str) -> str:
        """The filter `markdown2html` of the templates."""
        attachments = context.get("cell", {}).get("attachments", {})
        return self._timed(source, lambda: rendered(source, attachments))

    def harmless_html(self, text: str | bytes) -> str:
        """The filter `clean_html` of the templates."""
        html = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return self._timed(html, lambda: harmless_html(html))

    def _timed(self, text: str, write: Callable[[], str]) -> str:
        if self._seconds < 0:
            return as_text(text)
        started = time.thread_time()
        try:
            return write()
        finally:
            self._seconds -= time.thread_time() - started


class FeedbackPage(SubmissionPage):
    """A student's feedback, which runs nothing and asks for nothing from anywhere."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.parts = Parts()

    @default("extra_loaders")
    def _own_template(self) -> list[BaseLoader]:
        template = (_TEMPLATES / "feedback.html.j2").read_text("utf-8")
        return [DictLoader({"index.html.j2": template, "mathjax.html.j2": self._mathjax})]

    def default_filters(self) -> Iterator[tuple[str, Callable]]:
        yield from super().default_filters()
        yield "source_html", self.source_html
        yield "points", as_points
        yield "not_below_zero", lambda points: max(0.0, points)
        yield "exercise_name", exercise_name

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """As `HTMLExporter` does it, without its tree of the page, and with a policy."""
        self.parts.begin()
        self._seconds = PAGE_SECONDS
        resources = self._init_resources(resources)
        about = nb.metadata.get("language_info", {})
        lexer = about.get("pygments_lexer", about.get("name"))
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer=lexer, parent=self))
        kinds = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources
        )
        self.register_filter("filter_data_type", kinds)
        html, resources = super(HTMLExporter, self).from_notebook_node(nb, resources, **kw)
        html = self.parts.put_in(tidy(html))
        head, body, rest = html.partition("<body>")
        meta = f'<meta http-equiv="Content-Security-Policy" content="{_policy(head)}"/>'
        head = head.replace("<head>", f"<head>\n{meta}", 1)
        return head + body + rest, resources

    @pass_context
    def source_html(self, context: Mapping[str, Any], cell: NotebookNode) -> str:
        """The filter `source_html` of the template: the source of a cell, code highlighted, text rendered."""
        highlight = self.environment.filters["highlight_code"]  # nbconvert makes one for each page
        language = highlight.pygments_lexer

        def made() -> str:
            if cell.cell_type != "code":
                return tidy(self.harmless_markdown(context, cell.source))
            html = highlight(cell.source, metadata=cell.metadata)
            return tidy_code(html) if language.isidentifier() else tidy(html)

        if "attachments" in cell or "magics_language" in cell.metadata:
            return made()
        return self.parts.mark((cell.cell_type, language, cell.source), made)

    def _preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Once points and comments are in the notebook, as nbgrader's own command puts them only now."""
        nb, resources = super()._preprocess(nb, resources)
        rows = summary(nb)
        resources["page_style"] = (_TEMPLATES / "feedback.css").read_text("utf-8")
        resources["summary"] = rows
        resources["findings"] = nb.metadata.get(FINDINGS, [])
        resources["waiting"] = sum(row.points for row in rows if row.waiting)
        if path := resources["metadata"].get(
            "path"
        ):  # nbgrader writes the page, and these beside it
            about = resources["nbgrader"]
            course = Course.find(Path(path))
            resources["outputs"] = beside(course, about["assignment"], about["student"])
        return nb, resources


@dataclass(frozen=True)
class SummaryRow:
    """A line of the summary. id: of the cell with the points. comment: the id of the cell that has one."""

    id: str
    title: str
    score: float
    points: float
    waiting: bool
    comment: str

    @property
    def lost(self) -> float:
        return max(0.0, self.points - self.score)


def summary(notebook: NotebookNode) -> list[SummaryRow]:
    """What each graded cell of a notebook with grades earned: points lost first, most of them on top."""
    marked = [cell.metadata.nbgrader for cell in notebook.cells if cell.metadata.get("nbgrader")]
    comments = {marks.grade_id for marks in marked if marks.solution and marks.get("comment")}
    rows = []
    for marks in marked:
        if marks.grade:
            name = exercise_name(marks.grade_id)
            rows.append(
                SummaryRow(
                    id=marks.grade_id,
                    title=f"{name} (written answer)" if marks.solution else name,
                    score=float(marks.get("score") or 0.0),
                    points=float(marks.points),
                    waiting=bool(marks.get("waiting")),
                    comment=name if name in comments else "",
                )
            )
    return sorted(rows, key=lambda row: (-row.lost, not row.waiting))


def exercise_name(grade_id: str) -> str:
    """The exercise that a graded cell is of."""
    return grade_id.removeprefix("check_")


def beside(course: Course, assignment: str, student: str) -> dict[str, bytes]:
    """The small files that nbgrader keeps beside what was handed in."""
    folder, found = course.notebook("submitted", assignment, folder_of(student)).parent, {}
    for name in PAGES_BESIDE:
        try:
            descriptor = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:
                found[name] = file.read(MAX_PAGES_BESIDE)
        except OSError:  # there is none, or it is the student's own invention
            continue
    return found


def feedback_page(root: str, notebook: bytes, about: dict[str, str], marks: PageMarks) -> bytes:
    """The page of a graded notebook with these marks, as nbgrader makes it.

    root: the course folder. about: assignment, notebook and student. To be run apart: what a submission wrote
    can take long to render.
    """
    resources = {"nbgrader": {**about, **marks.about}, "metadata": {"name": about["notebook"]}}
    node = nbformat.reads(notebook.decode(), as_version=4)
    marks.put_in(node)
    html, _ = _exporter(root).from_notebook_node(node, resources)
    return html.encode("utf-8", "replace")


@cache
def _exporter(root: str) -> FeedbackPage:
    """It keeps its templates as compiled as they are after the first page."""
    course = Course(Path(root))
    config = GenerateFeedback(coursedir=CourseDirectory(config=course.config), config=course.config)
    return FeedbackPage(config=config.config)


def warm_up(sample: str) -> None:
    """Have ready, in the process that forks for every page, what each of them needs.

    sample: the path of the notebook as it is handed out, which a page is made of once.
    """
    course, path = Course.find(Path(sample).parent), Path(sample)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("display_data", data=_SAMPLE)]
    cells = [
        cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata
    ]
    marks = PageMarks(
        {"score": 0.0, "max_score": 0.0},
        {name: {"score": 0.0, "points": 1.0} for name in cells},
        dict.fromkeys(cells, ""),
    )
    about = {"notebook": path.stem, "student": ""}
    page = _exporter(str(course.root))
    with page.parts.learning():
        feedback_page(str(course.root), nbformat.writes(notebook).encode(), about, marks)


def apology(about: dict[str, Any], reason: str) -> bytes:
    """A page for a notebook that cannot be shown: the points, and why there is no more."""
    points = f"{as_points(max(0.0, about['score']))} of {as_points(about['max_score'])} points"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(about['notebook'])}</title></head><body><h1>{escape(about['notebook'])}</h1>"
        f"<p>{points}.</p><p>This notebook cannot be shown: {escape(reason)}. "
        "Ask your instructor about it.</p></body></html>\n"
    ).encode("utf-8", "replace")


class GradingPage(SubmissionPage):
    """What formgrader shows of a submission; `grader.grading.formgrader` sends its policy."""

    _mathjax = _MATHJAX_IS_READY


def _policy(head: str) -> str:
    """What the page may do: be styled by what stands in its `head` and in attributes."""
    hashes = " ".join(f"'{digest(style)}'" for style in _STYLE.findall(head))
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; style-src-elem {hashes}; "
        "style-src-attr 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def digest(text: str) -> str:
    """The name of a script or style in a policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


class Marked(BaseLoader):
    """Templates whose own scripts and styles are marked, so that a policy can tell them from others."""

    def __init__(self, templates: BaseLoader, mark: str) -> None:
        self._templates, self._mark = templates, mark

    def get_source(self, environment: Environment, template: str):
        source, name, is_fresh = self._templates.get_source(environment, template)
        return re.sub(r"<(script|style)\b", rf'<\1 nonce="{self._mark}"', source), name, is_fresh
