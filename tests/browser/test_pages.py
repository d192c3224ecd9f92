"""A browser opens the pages of every form: nothing runs, nothing is fetched, nothing is forged."""

from __future__ import annotations

import json
import re
import urllib.parse
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import v4
from nbgrader.api import Gradebook
from playwright.sync_api import BrowserContext

from grader.course import Course
from grader.desk.class_page import report
from tests.browser.conftest import NAME, RAISES_ITS_GRADE, groups, watched
from tests.browser.forms import HTML, forms

CONTENT = ".text_cell_render, .output_subarea, .input_area, .panel-body .rendered_html"
STUDENTS = [name for group in groups() for name in (group, f"bare-{group}")]


def submission(course: Course, student: str) -> str:
    """The id that formgrader's address of a submission holds."""
    with Gradebook(course.database, "dropout-lab") as gradebook:
        return gradebook.find_submission_notebook(NAME, NAME, student).id


def address(server, path: str) -> str:
    return f"{server.address}{path}"


def is_as_it_was_made(page) -> None:
    """The heading shows what it should, uncovered; the content has no styles of its own."""
    told = page.evaluate(
        """() => {
            const head = document.querySelector('.panel-heading h4');
            const box = head.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + 20, box.y + box.height / 2);
            return {
                covered: !(head.contains(top) || top.contains(head)),
                before: getComputedStyle(head, '::before').content,
                after: getComputedStyle(head, '::after').content,
                size: getComputedStyle(head).fontSize,
                styles: document.querySelectorAll('#notebook-container style').length,
                boxes: document.querySelectorAll('#check_double, #main-table').length,
                text: head.innerText,
                moved: [...document.querySelectorAll('#notebook-container *')].filter(
                    part => ['fixed', 'absolute'].includes(getComputedStyle(part).position)
                        && !part.closest('.panel-heading')).length,
            };
        }"""
    )
    assert not told["covered"] and told["moved"] == 0, told
    assert told["before"] == told["after"] == "none" and told["size"] != "0px", told
    assert told["styles"] == 0 and told["boxes"] <= 1, told


def test_there_are_many_forms_and_they_are_no_straw_men(context: BrowserContext, tmp_path: Path):
    """Most of the HTML forms do what they are for in this browser, where nothing holds them."""
    done = set()
    frames = "".join(
        f"<iframe srcdoc='{text.encode('utf-8', 'replace').decode().replace('&', '&amp;').replace(chr(39), '&#39;')}'></iframe>"
        for name, text in forms().items()
        if name in HTML
    )
    page = tmp_path / "all.html"
    page.write_text(f"<!doctype html><meta charset=utf-8>{frames}", encoding="utf-8")
    with watched(context, page.as_uri()) as seen:
        for frame in seen.page.frames[1:]:
            try:
                frame.evaluate(
                    """() => { for (const part of document.querySelectorAll('*')) {
                        part.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));
                        if (part.focus) part.focus();
                        if (part.click && !part.download) part.click(); } }"""
                )
            except Exception:  # it has gone to another page
                continue
        for _ in range(300):  # a busy machine takes its time
            done = seen.ran | {url.rpartition("/")[2] for url in seen.fetched}
            if len(done & set(HTML)) >= 60:
                break
            seen.page.wait_for_timeout(200)
    assert len(forms()) >= 60
    assert len(done & set(HTML)) >= 60, sorted(set(HTML) - done)


@pytest.mark.parametrize("student", STUDENTS)
def test_feedback(context: BrowserContext, attacked: Course, student: str):
    """`bare`: without the first wall, so that the second is seen to hold by itself."""
    page = attacked.notebook("feedback", NAME, student).with_suffix(".html")
    with watched(context, page.as_uri()) as seen:
        is_as_it_was_made(seen.page)
        assert "8 of 11 points" in seen.page.locator(".panel-heading h4").inner_text()
        seen.use(CONTENT)
        assert (seen.ran, seen.fetched) == (set(), set())
        assert seen.page.url.rstrip("#") == page.as_uri()


@pytest.mark.parametrize("student", STUDENTS)
def test_formgrader(context: BrowserContext, attacked: Course, formgrader, student: str):
    where = address(formgrader, f"formgrader/submissions/{submission(attacked, student)}/")
    with watched(context, where) as seen:
        seen.page.wait_for_function("() => formgrader.loaded && formgrader.grades.loaded")
        is_as_it_was_made(seen.page)
        seen.use(CONTENT)
        assert (seen.ran, seen.fetched) == (set(), set())
        assert "/formgrader/submissions/" in seen.page.url
        assert seen.page.locator("#check_double").get_attribute("placeholder") == "4"
    with Gradebook(attacked.database, "dropout-lab") as gradebook:
        graded = gradebook.find_submission(NAME, student)
        assert graded.score == 8
        assert all(grade.manual_score is None for nb in graded.notebooks for grade in nb.grades)


@pytest.mark.parametrize("student", list(groups()))
def test_a_renderer_that_knows_nothing_of_this(context, attacked: Course, tmp_path, student: str):
    """nbconvert as it is: what was made harmless when it was read and run is so by itself."""
    page, _ = HTMLExporter(template_name="classic").from_filename(
        str(attacked.notebook("autograded", NAME, student))
    )
    path = tmp_path / "plain.html"
    path.write_text(page, encoding="utf-8")
    with watched(context, path.as_uri()) as seen:
        seen.use("#notebook-container")
        assert seen.ran == set()
        assert not [url for url in seen.fetched if "outside.test" in url or "canary" in url]


@pytest.mark.parametrize("trusted", [False, True])
def test_jupyterlab(context: BrowserContext, attacked: Course, formgrader, trusted: bool):
    """All graded notebooks in one, opened as an instructor opens it, and by who trusts everything."""
    notebook = nbformat.v4.new_notebook()
    for student in groups():
        graded = nbformat.read(attacked.notebook("autograded", NAME, student), 4)
        notebook.cells += graded.cells
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    name = f"all-{trusted}.ipynb"
    nbformat.write(notebook, attacked.root / name)
    if trusted:
        assert context.request.post(address(formgrader, f"api/contents/{name}/trust")).ok
    with watched(context, address(formgrader, f"doc/tree/{name}?reset")) as seen:
        seen.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        seen.page.wait_for_selector("mjx-container", timeout=60_000, state="attached")
        seen.page.wait_for_timeout(3000)
        assert seen.page.locator(".jp-RenderedMarkdown").count() > 100
        seen.use(".jp-RenderedMarkdown, .jp-OutputArea-output")
        assert seen.ran == set()
        assert not [url for url in seen.fetched if "outside.test" in url or "canary" in url]


def test_the_policy_alone_lets_nothing_run(context: BrowserContext, attacked: Course, tmp_path):
    """A feedback page into which every form was put as it is, behind all that makes it harmless."""
    page = attacked.notebook("feedback", NAME, "honest").with_suffix(".html").read_text()
    for student, chosen in groups().items():
        kept = {name: form for name, form in chosen.items() if "refresh" not in form}
        whole = "\n".join(kept.values()).encode("utf-8", "replace").decode()
        path = tmp_path / f"{student}.html"
        path.write_text(page.replace("<body>", f"<body>{whole}"), encoding="utf-8")
        with watched(context, path.as_uri()) as seen:
            seen.use("body")
            assert seen.ran == set()
            assert not [url for url in seen.fetched if "outside.test" in url]


def test_formgraders_policy_alone_lets_nothing_run(context, attacked: Course, formgrader):
    """Every form is put into formgrader's page as it is, as its scripts could."""
    where = address(formgrader, f"formgrader/submissions/{submission(attacked, 'honest')}/")
    for chosen in groups().values():
        kept = [form.replace("\ud800", "") for form in chosen.values() if "refresh" not in form]
        with watched(context, where) as seen:
            seen.page.evaluate(
                """forms => forms.forEach(form => {
                    const part = document.createElement('div');
                    part.className = 'planted';
                    document.body.append(part);
                    part.innerHTML = form;
                })""",
                kept,
            )
            seen.use(".planted")
            assert seen.ran == set()
            assert not [url for url in seen.fetched if "outside.test" in url]


def test_the_report_of_a_hostile_class(context: BrowserContext, attacked: Course):
    with Gradebook(attacked.database, "dropout-lab") as gradebook:
        for number, form in enumerate(forms().values()):
            gradebook.update_or_create_student("honest", first_name=form.replace("\ud800", "?"))
            if number % 20:
                continue
            page, _ = report(attacked, NAME)
            with watched(context, page.as_uri()) as seen:
                seen.use("body")
                assert (seen.ran, seen.fetched) == (set(), set())
                assert seen.page.locator("h2").count() == 7
                seen.page.set_viewport_size({"width": 360, "height": 700})
                assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360
        gradebook.update_or_create_student("honest", first_name="")


@pytest.mark.parametrize("width", [360, 1300])
def test_feedback_fits_a_phone_and_sets_its_mathematics(context, attacked, width: int):
    page = attacked.notebook("feedback", NAME, "honest").with_suffix(".html").as_uri()
    with watched(context, page) as seen:
        seen.page.set_viewport_size({"width": width, "height": 700})
        wide = seen.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        formula = seen.page.locator("#notebook-container math").first
        assert formula.bounding_box()["height"] > 5
        seen.page.locator('.summary a[href="#check_double"]').click()
        box = seen.page.locator("#check_double").bounding_box()
        assert -1 <= box["y"] < 700, "the link leads to the exercise"
        assert seen.fetched == set()
        assert len(seen.page.pdf()) > 10_000, "it can be printed"


def test_what_an_honest_notebook_shows_is_shown(context: BrowserContext, attacked, formgrader):
    page = attacked.notebook("feedback", NAME, "honest").with_suffix(".html").as_uri()
    identity = submission(attacked, "honest")
    for where in (page, address(formgrader, f"formgrader/submissions/{identity}/")):
        with watched(context, where) as seen:
            images = seen.page.locator("#notebook-container img")
            sizes = images.evaluate_all("all => all.map(image => image.naturalWidth)")
            assert len(sizes) == 2 and all(sizes), "the pasted picture and the figure"
            assert seen.page.locator("table.dataframe td").count() >= 2
            colour = seen.page.locator("font").evaluate("part => getComputedStyle(part).color")
            assert colour == "rgb(255, 0, 0)"
            seen.page.locator("summary", has_text="✓ passed: 2 checks").first.click()
            text = seen.page.locator("#notebook-container").first.inner_text()
            assert "doubles every value" in text and "$x<y$" in text
            refused = [text for text in seen.refused if "glyphicons" not in text]  # never copied
            assert refused == [] and seen.fetched == set()


def test_files_beside_a_notebook_are_not_served(context, attacked: Course, formgrader):
    """Neither those that were handed in, nor by a way around the folder."""
    identity = submission(attacked, "group-00")
    around = "../../../submitted/group-00/01_double/beside.html"
    for path in ("beside.html", "folder/beside.svg", "timestamp.txt", f"{NAME}.ipynb", around):
        quoted = urllib.parse.quote(path, safe="" if path is around else "/")
        where = f"formgrader/submissions/{identity}/{quoted}"
        response = context.request.get(address(formgrader, where))
        assert response.status == 404, path
    kept = attacked.notebook("autograded", NAME, "group-00").parent
    assert [path.name for path in kept.iterdir()] == [f"{NAME}.ipynb"]
    assert (attacked.notebook("submitted", NAME, "group-00").parent / "beside.html").exists()


def test_formgrader_works_behind_its_policy(context: BrowserContext, attacked: Course, formgrader):
    """Every kind of page opens, its buttons work, and the policy refuses nothing of formgrader's own."""
    identity = submission(attacked, "honest")
    pages = {
        "manage_assignments": "text=01_double",
        f"manage_submissions/{NAME}": "text=honest",
        "gradebook": "text=01_double",
        f"gradebook/{NAME}": "text=01_double",
        f"gradebook/{NAME}/{NAME}": "text=Submission #1",
        "manage_students": "text=honest",
        "manage_students/honest": "text=01_double",
        f"manage_students/honest/{NAME}": "text=01_double",
    }
    for path, words in pages.items():
        with watched(context, address(formgrader, f"formgrader/{path}")) as seen:
            seen.page.locator("#main-table").locator(words).first.wait_for()
            assert seen.refused == [], path
    with watched(context, address(formgrader, "formgrader/manage_students")) as seen:
        seen.page.locator("text=Add new student...").click()
        seen.page.locator(".modal-dialog").wait_for()
        assert seen.refused == []
    with watched(context, address(formgrader, f"formgrader/submissions/{identity}/")) as seen:
        seen.page.wait_for_function("() => formgrader.loaded && formgrader.grades.loaded")
        seen.page.locator("span.name-hidden").click()
        assert seen.page.locator("a.name-shown").is_visible()
        answer = seen.page.locator(".nbgrader_cell", has=seen.page.locator("#why_double"))
        answer.locator(".full-credit").click()
        answer.locator(".score-saved").wait_for()
        answer.locator("textarea.comment").fill("Well said.")
        seen.page.locator("#why_double").click()
        answer.locator(".comment-saved").wait_for()
        assert seen.refused == []
        seen.page.locator("li.next a").click()
        seen.page.wait_for_url(re.compile("formgrader"))
    with Gradebook(attacked.database, "dropout-lab") as gradebook:
        assert gradebook.find_submission(NAME, "honest").score == 11


def test_a_students_name_is_no_html(context: BrowserContext, attacked: Course, formgrader):
    """Such a folder is refused when it is graded; formgrader lists it before that, and in its address."""
    name = "<img src=x: onerror=pwned('name')>&amp;"
    folder = attacked.folder("submitted") / name / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text("{}")
    with Gradebook(attacked.database, "dropout-lab") as gradebook:
        gradebook.add_student("by-hand", first_name=name, last_name=f'"{name}')
        gradebook.add_student(name)
    quoted = urllib.parse.quote(name, safe="")
    script = urllib.parse.quote("\";pwned('name');//", safe="")
    for path in (
        *("manage_students", f"manage_submissions/{NAME}", f"manage_students/{quoted}"),
        *(f"manage_students/{script}", f"gradebook/{quoted}", f"manage_students/{quoted}/{NAME}"),
    ):
        with watched(context, address(formgrader, f"formgrader/{path}")) as seen:
            seen.page.wait_for_timeout(500)
            assert (seen.ran, seen.fetched) == (set(), set()), path
            assert seen.page.locator("img").count() == 0, path


@pytest.mark.parametrize("student", [f"raising-{group}" for group in groups()])
def test_no_form_changes_a_grade(context, attacked: Course, formgrader, student: str):
    """Every form with a program that asks formgrader's interface for 50 points, in pages that know it."""
    identity = submission(attacked, student)
    for path in (
        f"submissions/{identity}/",
        f"manage_submissions/{NAME}",
        f"gradebook/{NAME}/{NAME}",
    ):
        with watched(context, address(formgrader, f"formgrader/{path}")) as seen:
            seen.use(CONTENT)
    with Gradebook(attacked.database, "dropout-lab") as gradebook:
        graded = gradebook.find_submission(NAME, student)
        assert graded.score == 8
        assert all(grade.manual_score is None for nb in graded.notebooks for grade in nb.grades)


def test_the_program_that_raises_a_grade_would(context, attacked: Course, formgrader):
    """Where formgrader's own page runs it, it does what it is for."""
    student = "bare-group-02"
    where = address(formgrader, f"formgrader/submissions/{submission(attacked, student)}/")
    with watched(context, where) as seen:
        seen.page.wait_for_function("() => formgrader.loaded && formgrader.grades.loaded")
        seen.page.evaluate(RAISES_ITS_GRADE)
        seen.page.wait_for_timeout(1000)
    with Gradebook(attacked.database, "dropout-lab") as gradebook:
        grades = gradebook.find_submission(NAME, student).notebooks[0].grades
        assert {grade.manual_score for grade in grades} == {50.0}


def test_opening_a_submission_does_not_change_its_grade(context, attacked: Course, formgrader):
    """The worst that was found: 0 points became 50 of 50 when somebody opened the page."""
    student, code = "bare-group-01", " ".join(RAISES_ITS_GRADE.split())
    path = attacked.notebook("autograded", NAME, student)
    notebook = nbformat.read(path, 4)
    hidden = f'<b title="<!--">x</b><img src=x: onerror="{code}"><b title="-->">'
    notebook.cells = [v4.new_markdown_cell(hidden, id="raises"), *notebook.cells]
    notebook.cells[-1].outputs = [v4.new_output("display_data", data={"text/html": hidden})]
    nbformat.write(notebook, path)
    where = address(formgrader, f"formgrader/submissions/{submission(attacked, student)}/")
    with watched(context, where) as seen:
        seen.page.wait_for_function("() => formgrader.loaded && formgrader.grades.loaded")
        seen.use(CONTENT)
        seen.page.wait_for_timeout(500)
    with Gradebook(attacked.database, "dropout-lab") as gradebook:
        assert gradebook.find_submission(NAME, student).score == 8
    assert "onerror" in json.dumps(nbformat.read(path, 4))
