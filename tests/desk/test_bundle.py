"""A bundle holds what students need, and nothing that an answer could be taken from."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from grader.checks.quiz import Quiz, read_quiz
from grader.course import Course
from grader.desk.bundle import bundle
from grader.errors import CourseError
from grader.simulated_class import solved

ROOT = Path(__file__).resolve().parents[2]
NAME = "01_dropout_from_scratch"
# Notebooks import `lab.try_device` from chapter 1 on; chapter 11 has it written anew.
WRITTEN_ANEW = ("lab/devices.py",)
MEANINGFUL = 20  # signs of a line that could be an answer
WORK = """
import importlib.util, json, sys
from pathlib import Path
import grader, lab
from grader.course import Course
from grader.grading.validate import validate
course = Course.find()
assert all(Path(module.__file__).is_relative_to(course.root) for module in (grader, lab))
assert importlib.util.find_spec("grader.hidden") is None
found = validate(course.root / "work" / sys.argv[1], course)
print(json.dumps([[row.name, row.earned, row.points] for row in found.exercises]))
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bundle") / "course"
    made = bundle(Course(ROOT), folder)
    assert made == Course(ROOT).assignments and len(made) >= 8
    return folder


def _texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in (".py", ".ipynb", ".json", ".md", ".toml", "", ".csv")
    }


def _solutions() -> list[list[str]]:
    """The lines of every solution that say something and were not handed out."""
    pattern = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
    texts = [path.read_text("utf-8") for path in (ROOT / "chapters").glob("*.py")]
    given = {line.strip("# ") for text in texts for line in pattern.sub("", text).splitlines()}
    blocks = []
    for text in texts:
        for block in pattern.findall(text):
            lines = [line.strip() for line in block.splitlines()]
            blocks.append(
                [
                    line
                    for line in lines
                    if len(line) >= MEANINGFUL and line not in given and line[0] != "#"
                ]
            )
    return [block for block in blocks if block]


def test_no_solution_is_in_it(whole):
    """No line in notebooks and texts. A check and `lab` compute some things themselves: of theirs, no
    three lines are those of a solution."""
    solutions = _solutions()
    assert sum(map(len, solutions)) > 200
    for name, text in _texts(whole).items():
        assert "Notes on chapter" not in text, f"{name} is for whoever teaches"
        if name.endswith(".ipynb"):
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(cell["source"]) for cell in cells)
        lines = [line for line in map(str.strip, text.splitlines()) if len(line) >= MEANINGFUL]
        passages = set(zip(lines, lines[1:], lines[2:], strict=False))
        for block in solutions:
            if not name.endswith(".py"):
                assert not set(block) & set(lines), name
            passage = passages.intersection(zip(block, block[1:], block[2:], strict=False))
            assert not passage or name in WRITTEN_ANEW, (name, passage)


def test_no_hidden_check_and_no_model_answer_is_in_it(whole):
    texts = _texts(whole)
    assert not any(
        name.startswith(("grader/hidden", "solutions", "chapters", "tests")) for name in texts
    )
    hidden = {
        line.strip()
        for path in (ROOT / "grader" / "hidden").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if len(line.strip()) > 40 and not line.strip().startswith(("from ", "import "))
    }
    visible = "\n".join(p.read_text("utf-8") for p in (ROOT / "grader" / "exercises").rglob("*.py"))
    hidden = {line for line in hidden if line not in visible}
    models = [
        cell.source
        for name in Course(ROOT).assignments
        for cell in nbformat.read(Course(ROOT).require(name), 4).cells
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade")
    ]
    assert len(hidden) > 50 and len(models) > 8
    for name, text in texts.items():
        assert not [line for line in hidden if line in text], name
        assert not [model for model in models if json.dumps(model)[1:-1] in text], name


def test_no_quiz_key_is_in_it(whole):
    quizzes = list((whole / "grader" / "exercises").rglob("quiz_*.json"))
    assert len(quizzes) == len(list((ROOT / "grader" / "exercises").rglob("quiz_*.json"))) >= 8
    for path in quizzes:
        real = json.loads((ROOT / path.relative_to(whole)).read_text("utf-8"))
        text = path.read_text("utf-8")
        assert '"right": true' not in text
        for question in real["questions"]:
            assert not [o["why"] for o in question["options"].values() if o["why"] in text]
        quiz = read_quiz(text)
        assert issubclass(quiz, Quiz) and len(quiz.questions) == len(real["questions"])


def test_a_student_can_work_in_it(whole):
    """With nothing of this repository on the path: every exercise but the quiz can be got right there."""
    work = whole / "work"
    work.mkdir(exist_ok=True)
    nbformat.write(solved(Course(ROOT), NAME), work / f"{NAME}.ipynb")
    environment = {**os.environ, "PYTHONPATH": str(whole), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", WORK, f"{NAME}.ipynb"],
        cwd=whole,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout.splitlines()[-1])
    assert len(rows) == 9
    assert all(
        earned == (0 if name.startswith("quiz") else points) for name, earned, points in rows
    )


def test_only_what_was_asked_for_is_in_it(tmp_path):
    made = bundle(Course(ROOT), tmp_path / "b", ["08_parameters"])
    assert made == ["08_parameters"]
    assert [p.name for p in (tmp_path / "b" / "notebooks").iterdir()] == made
    chapters = {p.name for p in (tmp_path / "b" / "grader" / "exercises").iterdir() if p.is_dir()}
    assert chapters == {"ch02", "ch08"}, "chapter 8 asks with a check of chapter 2"
    assert "make lab CHAPTER=8" in (tmp_path / "b" / "README.md").read_text()
    bundle(Course(ROOT), tmp_path / "b", [NAME])  # again, anew
    assert [p.name for p in (tmp_path / "b" / "notebooks").iterdir()] == [NAME]


def test_nothing_is_overwritten_that_is_no_bundle(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(CourseError, match="is not empty and no earlier bundle"):
        bundle(Course(ROOT), tmp_path)
    with pytest.raises(CourseError, match=r"mine\.txt is a file: name a folder"):
        bundle(Course(ROOT), tmp_path / "mine.txt")
    with pytest.raises(CourseError, match="There is no assignment called 'x'"):
        bundle(Course(ROOT), tmp_path / "new", ["x"])
    assert (tmp_path / "mine.txt").exists() and not (tmp_path / "new").exists()
