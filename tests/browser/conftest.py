"""A class whose submissions hold every form of `forms`, graded, and a browser that opens its pages."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import nbformat
import pytest
from nbformat import NotebookNode, v4
from playwright.sync_api import Browser, BrowserContext, Page, Request

from grader.authoring.build import build
from grader.checks import registry
from grader.course import Course
from grader.grading.feedback import feedback
from grader.grading.grade_class import autograde
from grader.sandbox import Limits
from grader.simulated_class import solved, submit
from tests.browser.forms import forms
from tests.grader.conftest import KNOWN, make_small_course
from tests.jupyterlab.conftest import START, LabServer, browser, serving

__all__ = ["browser"]

NAME = "01_double"
GROUP = 80  # forms on a page
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
WIDE_TABLE = f"| {'`a_long_name`|' * 8}\n|{'---|' * 8}\n| {'`a_long_name`|' * 8}"
SVG_FIGURE = """
%config InlineBackend.figure_formats = ["svg"]
import pandas as pd, matplotlib.pyplot as plt
from IPython.display import HTML, Markdown, display
plt.plot([1, 2]); plt.show()
display(pd.DataFrame({"a": [1, 2]}), HTML("<font color='red'>red</font>"), Markdown("**bold** $x<y$"))
"""
SHOW = """
from IPython.display import display
for name, form in {forms}.items():
    for mime in ("text/html", "text/markdown", "text/latex", "image/svg+xml"):
        display({{mime: form}}, raw=True)
    for mime, data in {runs}.items():
        display({{mime: data.replace("FORM", form)}}, raw=True)
    display({{"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg">' + form + "</svg>"}}, raw=True)
    display({{"image/png": '"' + form, "text/plain": form}}, raw=True,
            metadata={{"image/png": {{"width": float("nan"), "height": '1"' + form}}}})
    print("\\x1b[31m" + form + "\\x1b[0m")
    print("\\x1b[38;2;1;2;" + form + "m")
raise type("E" + form, (Exception,), {{}})(form)
"""


# Types of outputs that JupyterLab or a kernel's front end would run, with FORM in them.
RUNS = {
    "application/javascript": "pwned('application/javascript')",
    "text/javascript": "pwned('text/javascript')",
    "application/pdf": "FORM",
    "text/vnd.mermaid": 'flowchart LR\nA["FORM"]\nclick A "javascript:pwned(1)"',
    "application/vnd.jupyter.widget-view+json": '{"model_id": "FORM", "version_major": 2}',
    "application/vnd.plotly.v1+json": '{"data": [], "layout": {"title": "FORM"}}',
    "application/vnd.vegalite.v5+json": '{"data": {"url": "https://outside.test/vega"}}',
    "application/vnd.bokehjs_exec.v0+json": "pwned('bokeh')",
    "application/vnd.holoviews_exec.v0+json": "pwned('holoviews')",
    "application/geo+json": '{"type": "FORM"}',
    "application/json": '{"FORM": "FORM"}',
}


def groups() -> dict[str, dict[str, str]]:
    """The forms by the student who hands them in."""
    names = list(forms())
    parts = [names[start : start + GROUP] for start in range(0, len(names), GROUP)]
    return {
        f"group-{number:02}": {name: forms()[name] for name in part}
        for number, part in enumerate(parts)
    }


RAISES_ITS_GRADE = """fetch('/formgrader/api/grades?submission_id=' + submission_id)
.then(answer => answer.json()).then(grades => grades.forEach(grade => fetch(
'/formgrader/api/grade/' + grade.id, {method: 'PUT', body: JSON.stringify({manual_score: 50}),
headers: {'X-XSRFToken': (document.cookie.match(/_xsrf=([^;]*)/) || [])[1]}})))"""


def raises_its_grade(form: str) -> str:
    """The form with a program that gives 50 points, whatever it is quoted by."""
    code = b64encode(" ".join(RAISES_ITS_GRADE.split()).encode()).decode()
    return re.sub(r"pwned\(\S*?\)", f"eval(atob('{code}'))", form)


def as_file(notebook: NotebookNode) -> bytes:
    """The notebook as JSON, which may hold what no other file can."""
    return json.dumps(notebook).encode()


def with_forms(notebook: NotebookNode, chosen: dict[str, str]) -> NotebookNode:
    """`notebook` with the forms in every place that a student can fill."""
    whole = "\n\n".join(chosen.values())
    for name, form in chosen.items():
        cell = v4.new_markdown_cell(form, id=name[:60])
        cell.attachments = {
            form: {"image/png": PNG},
            "x.png": {"image/png": PNG, "image/svg+xml": f'x"{form}'},
            'x"onerror': {f'image/png"{form}': PNG},
        }
        cell.metadata.tags = [form, f'"{form}']
        cell.metadata.title = form
        notebook.cells.append(cell)
    notebook.cells.append(v4.new_raw_cell(whole))
    notebook.cells.append(v4.new_code_cell(f"'</pre></script>{whole}"))
    show = v4.new_code_cell(SHOW.format(forms=json.dumps(chosen), runs=RUNS))
    show.metadata.tags = [whole]
    notebook.cells.append(show)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "why_double":
            cell.source = whole
    notebook.metadata.title = whole
    return notebook


def unguarded(notebook: NotebookNode, chosen: dict[str, str]) -> NotebookNode:
    """A graded notebook as if nothing had been made harmless when it was read and run."""
    for name, form in chosen.items():
        notebook.cells.append(v4.new_markdown_cell(form, id=f"md-{name}"[:60]))
        outputs = [
            v4.new_output("display_data", data={mime: form})
            for mime in ("text/html", "text/markdown", "text/latex", "image/svg+xml", "text/plain")
        ]
        outputs.append(v4.new_output("stream", text=form))
        notebook.cells.append(v4.new_code_cell("show()", outputs=outputs, id=f"out-{name}"[:60]))
    return notebook


@dataclass
class Watched:
    """A page, and what happened in it that nobody but a form would have asked for."""

    page: Page
    ran: set[str] = field(default_factory=set)
    fetched: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def use(self, inside: str) -> None:
        """Hover over, focus and click everything in the elements that `inside` selects."""
        self.page.evaluate(
            """inside => {
                for (const area of document.querySelectorAll(inside))
                    for (const part of [area, ...area.querySelectorAll('*')]) {
                        const link = part.closest('[href]');  // those that lead outside do so on a click
                        if (link && /^(https?|mailto):/.test(link.getAttribute('href'))) continue;
                        for (const type of ['pointerover', 'pointerenter', 'mouseover', 'mouseenter'])
                            part.dispatchEvent(new MouseEvent(type, {bubbles: true}));
                        if (part.focus) { part.focus(); part.blur(); }
                        if (part.click) part.click();
                        else part.dispatchEvent(new MouseEvent('click', {bubbles: true}));
                    }
            }""",
            inside,
        )
        self.page.wait_for_timeout(300)


@contextmanager
def watched(context: BrowserContext, address: str) -> Iterator[Watched]:
    """Open `address` and write down what runs, what is fetched from elsewhere, what a policy refused."""
    seen = Watched(context.new_page())

    def write_down(request: Request) -> None:
        here = request.url.startswith(("http://127.0.0.1", "http://localhost"))
        if (request.url.startswith("http") and not here) or "canary" in request.url:
            seen.fetched.add(request.url)

    def take_back(request: Request) -> None:
        if request.failure in ("csp", "origin"):  # refused by a policy: nothing was sent
            seen.fetched.discard(request.url)

    seen.page.on("request", write_down)
    seen.page.on("requestfailed", take_back)
    seen.page.expose_function("pwned", lambda name: seen.ran.add(name))
    seen.page.on("dialog", lambda dialog: (seen.ran.add(dialog.message), dialog.dismiss()))
    seen.page.on(
        "console",
        lambda said: seen.refused.append(said.text) if "Content Security" in said.text else None,
    )
    try:
        seen.page.goto(address)
        seen.page.wait_for_load_state("load")
        seen.page.wait_for_timeout(200)
        yield seen
    finally:
        seen.page.close()


@pytest.fixture(scope="session")
def attacked(tmp_path_factory) -> Iterator[Course]:
    """The small course with the forms handed in, graded, and their feedback written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "exercises_of", lambda chapter: KNOWN)
        course = make_small_course(tmp_path_factory.mktemp("attacked"))
        build(course)
        for student, chosen in groups().items():
            notebook = with_forms(solved(course, NAME), chosen)
            path = submit(course, student, NAME, as_file(notebook))
            (path.parent / "beside.html").write_text("<script>pwned('beside')</script>")
            (path.parent / "folder").mkdir()
            (path.parent / "folder" / "beside.svg").write_text(forms()["only_svg_script"])
            submit(course, f"bare-{student}", NAME, solved(course, NAME))
            raising = {name: raises_its_grade(form) for name, form in chosen.items()}
            handed_in = as_file(with_forms(solved(course, NAME), raising))
            submit(course, f"raising-{student}", NAME, handed_in)
        honest = solved(course, NAME)
        pasted = v4.new_markdown_cell("![my picture](attachment:my%20picture.png) and $x<y$")
        pasted.attachments = {"my picture.png": {"image/png": PNG}}
        table = v4.new_markdown_cell(WIDE_TABLE)
        honest.cells += [pasted, table, v4.new_code_cell(SVG_FIGURE)]
        submit(course, "honest", NAME, honest)
        autograde(course, NAME, workers=2, limits=Limits(cell_seconds=20))
        for student, chosen in groups().items():
            path = course.notebook("autograded", NAME, f"bare-{student}")
            path.chmod(0o644)
            whole = {name: form.replace("\ud800", "?") for name, form in chosen.items()}
            nbformat.write(unguarded(nbformat.read(path, 4), whole), path)
        feedback(course, NAME)
    yield course  # the real exercises are back for the tests that follow


@pytest.fixture(scope="session")
def formgrader(attacked: Course, tmp_path_factory) -> Iterator[LabServer]:
    """JupyterLab with formgrader, started in the attacked course."""
    with serving("jupyterlab", tmp_path_factory.mktemp("server"), attacked.root) as server:
        yield server


@pytest.fixture(scope="module")
def context(browser: Browser, formgrader: LabServer) -> Iterator[BrowserContext]:
    """A browser's window in which the instructor is logged in."""
    with ExitStack() as stack:
        context = browser.new_context(viewport={"width": 1300, "height": 1500})
        stack.callback(context.close)
        context.set_default_timeout(START)
        context.set_extra_http_headers({"Authorization": f"token {formgrader.token}"})
        yield context
