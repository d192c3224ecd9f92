"""The builder: identical rebuilds, drift, clean student notebooks, and clear words for bad chapters."""

import nbformat
import pytest
from typer.testing import CliRunner

from grader.authoring.build import build, check_drift
from grader.cli import app
from grader.errors import CourseError


def _chapter(course):
    return course.root / "chapters" / "01_double.py"


def _tree(course):
    return {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}


def test_two_builds_give_identical_bytes(small_course):
    assert len(build(small_course)) == 4  # two notebooks, and a course page beside each
    first = _tree(small_course)
    assert build(small_course) == []
    for path in list(first):
        if path.suffix == ".ipynb":
            path.unlink()
    build(small_course)
    assert _tree(small_course) == first


def test_notebooks_validate_and_carry_nbgraders_marks(small_course):
    build(small_course)
    for step in ("source", "release"):
        notebook = nbformat.read(small_course.notebook(step, "01_double"), as_version=4)
        nbformat.validate(notebook)
        marks = {
            cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader
            for cell in notebook.cells
            if "nbgrader" in cell.metadata
        }
        assert marks["check_double"].points == 4 and marks["check_double"].locked
        assert marks["double"].solution and not marks["double"].grade
        assert marks["why_double"].grade and marks["why_double"].points == 3
        assert not any("dropout_lab" in cell.metadata for cell in notebook.cells)


def test_no_solution_text_reaches_the_student(small_course):
    build(small_course)
    released = small_course.notebook("release", "01_double").read_text()
    assert "return 2 * X" not in released and "model answer" not in released
    assert '\\"b\\"' not in released and "raise NotImplementedError" in released


def test_drift_is_named_and_nothing_is_written(small_course):
    build(small_course)
    released = small_course.notebook("release", "01_double")
    released.write_text(released.read_text().replace("Twice", "Thrice"))
    extra = small_course.notebook("release", "09_old")
    extra.parent.mkdir()
    extra.write_text("{}")
    small_course.notebook("source", "01_double").unlink()
    before = _tree(small_course)
    kinds = {drift.path: drift.kind for drift in check_drift(small_course)}
    assert kinds == {
        released: "changed",
        extra: "extra",
        small_course.notebook("source", "01_double"): "missing",
    }
    result = CliRunner().invoke(app, ["build", "--check", "--course", str(small_course.root)])
    assert result.exit_code == 1
    assert "notebooks/01_double/01_double.ipynb is changed" in result.output.replace("\n", " ")
    assert _tree(small_course) == before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('check="double"\ncheck("double")', 'check="triple"\ncheck("triple")', "does not exist"),
        ('# %% check="double"\ncheck("double")\n', "", "has no check"),
        ("points: 11", "points: 12", "do not add up"),
        ('check="double"\ncheck("double")', 'check="double"\ncheck("dobule")', "nothing else"),
        ("points=3", "", "written answer with points"),
        ('exercise="quiz_double"', 'exercise="double"', "names are unique"),
        ('exercise="double"', 'exercise="double" points=2', "declares them"),
    ],
)
def test_a_chapter_that_does_not_fit_is_one_clear_sentence(small_course, old, new, words):
    build(small_course)
    before = {p: c for p, c in _tree(small_course).items() if p.suffix == ".ipynb"}
    text = _chapter(small_course).read_text()
    assert old in text
    _chapter(small_course).write_text(text.replace(old, new, 1))
    with pytest.raises(CourseError) as error:
        build(small_course)
    assert words in str(error.value) and "01_double.py" in str(error.value)
    assert "\n" not in str(error.value)
    after = {p: c for p, c in _tree(small_course).items() if p.suffix == ".ipynb"}
    assert after == before, "nothing half-written"
