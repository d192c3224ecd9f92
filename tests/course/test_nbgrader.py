"""nbgrader's own commands work on the same folders, and give the same grades."""

import csv
import json
import shutil

import nbformat
import pytest

from grader.course import Course

from .conftest import BIN, NAME, ROOT, read_grades


@pytest.fixture(scope="module")
def with_nbgrader(chapter_course, own_grades, command, tmp_path_factory) -> Course:
    """The same class in a second folder, graded by nbgrader's commands alone."""
    folder = tmp_path_factory.mktemp("nbgrader") / "course"
    keep = shutil.ignore_patterns("gradebook.db", "autograded", "notebooks")
    shutil.copytree(chapter_course.root, folder, ignore=keep)
    for words in (
        ("generate_assignment", NAME),
        ("autograde", NAME),
        ("generate_feedback", NAME),
        ("export",),
    ):
        done = command(folder, "nbgrader", *words)
        assert done.returncode == 0, done.stdout + done.stderr
    return Course(folder)


def test_generate_assignment_gives_our_release(chapter_course, with_nbgrader):
    ours = chapter_course.notebook("release", NAME).read_bytes()
    assert with_nbgrader.notebook("release", NAME).read_bytes() == ours


def test_autograde_gives_the_same_grades(own_grades, with_nbgrader):
    assert read_grades(with_nbgrader) == own_grades
    right, empty = own_grades["right"], own_grades["empty"]
    checks = [name for name in right if name.startswith("check_")]
    assert len(checks) == 9
    assert all(right[name] > 0 == empty[name] for name in checks)
    assert own_grades["张三 no bytes"] == empty
    assert 0 < own_grades["scale"]["check_dropout_layer"] < right["check_dropout_layer"]
    assert {k for k in checks if own_grades["flag"][k] < right[k]} == {"check_Net"}


def test_written_answers_wait_for_a_person(own_grades):
    written = [name for name in own_grades["right"] if not name.startswith("check_")]
    assert written and all(own_grades["right"][name] is None for name in written)
    assert all(own_grades["empty"][name] == 0 for name in written)


def test_feedback_pages_show_the_table(with_nbgrader):
    page = with_nbgrader.notebook("feedback", NAME, "scale").with_suffix(".html").read_text()
    assert "the scale is missing" in page
    assert "Traceback (most recent call last)" not in page


def test_export_has_a_row_for_each_student(with_nbgrader, own_grades):
    with open(with_nbgrader.root / "grades.csv") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    expected = {
        student: sum(points or 0 for points in cells.values())
        for student, cells in own_grades.items()
    }
    assert scores == pytest.approx(expected)


def test_validate_accepts_the_right_and_names_the_wrong(chapter_course, command, tmp_path):
    """`nbgrader validate` runs the notebook in an ordinary kernel, the demo cells taken out."""
    for student, words in (("right", "Success"), ("scale", "failed")):
        notebook = nbformat.read(chapter_course.notebook("submitted", NAME, student), 4)
        notebook.cells = [c for c in notebook.cells if "demo" not in c.metadata.get("tags", [])]
        path = tmp_path / student / f"{NAME}.ipynb"
        path.parent.mkdir()
        nbformat.write(notebook, path)
        done = command(tmp_path, "nbgrader", "validate", str(path))
        assert words in done.stdout, done.stdout + done.stderr


def test_autograded_notebooks_say_nothing_on_stderr(chapter_course, own_grades):
    for student in own_grades:
        text = chapter_course.notebook("autograded", NAME, student).read_text()
        outputs = [out for cell in json.loads(text)["cells"] for out in cell.get("outputs", [])]
        assert outputs and not any(out.get("name") == "stderr" for out in outputs)


def test_formgraders_button_uses_the_same_engine(with_nbgrader, own_grades, command):
    """Formgrader calls nbgrader's API; so does this, in a process of its own."""
    code = (
        "from nbgrader.apps import NbGraderAPI; from grader.course import Course\n"
        "api = NbGraderAPI(config=Course.find().config)\n"
        f"done = api.autograde({NAME!r}, 'scale')\n"
        "print(done['log'], done.get('error', ''))\n"
        "assert done['success']"
    )
    page = with_nbgrader.notebook("autograded", NAME, "scale")
    page.chmod(0o644)
    page.write_text("{}")
    done = command(with_nbgrader.root, "python", "-c", code)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the scale is missing" in page.read_text()
    assert read_grades(with_nbgrader)["scale"] == own_grades["scale"]


def test_formgraders_server_finds_alembic_where_the_environment_is_not_activated(command):
    """As `make lab` starts it: nbgrader calls `alembic` for a gradebook that is new."""
    code = (
        "import shutil, nbgrader.server_extensions.formgrader.handlers\n"
        "from grader.course import Course\n"
        "assert shutil.which('alembic') is None and Course.find().config\n"
        "print(shutil.which('alembic'))"
    )
    done = command(ROOT, "python", "-c", code, PATH="/usr/bin:/bin")
    assert done.stdout.strip() == str(BIN / "alembic"), done.stderr
