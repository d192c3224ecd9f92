"""The guide's term, day by day: every command of that section, in its order, on a class of two."""

from __future__ import annotations

import csv
import io
import re
import shlex
import shutil
import subprocess
import zipfile

import nbformat
import pytest

from grader.course import Course
from grader.desk.marking import Marking
from grader.simulated_class import answered, catalogued, solved

from .conftest import NAME, ROOT, chapter_copy

GUIDE = ROOT / "docs" / "instructors.md"
WORKSHEET = """Identifier,Full name,Username,Email address
Participant 101,Ada Lovelace,ada,ada@example.org
Participant 102,Bea Bell,bea,bea@example.org
"""


def commands() -> list[list[str]]:
    """The lines of the section's code blocks."""
    section = re.search(r"^## A term, day by day\n(.*?)^## ", GUIDE.read_text(), re.M | re.S)
    assert section
    blocks = re.findall(r"^```\n(.*?)^```", section[1], re.M | re.S)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


@pytest.fixture(scope="module")
def course(chapter_course, tmp_path_factory) -> Course:
    """A new course with what an instructor has downloaded."""
    course = chapter_copy(chapter_course, tmp_path_factory.mktemp("term"))
    (course.root / "gradebook.db").unlink(missing_ok=True)
    downloads = course.root / "Downloads"
    downloads.mkdir()
    (downloads / "class.csv").write_text(WORKSHEET)
    right = solved(course, NAME)
    wrong = {"dropout_layer": catalogued("dropout_layer", "wrong/scale_forgotten")}
    with zipfile.ZipFile(downloads / "submissions.zip", "w") as archive:
        for who, notebook in (
            ("Ada Lovelace_101", right),
            ("Bea Bell_102", answered(right, wrong)),
        ):
            info = zipfile.ZipInfo(
                f"{who}_assignsubmission_file_/{NAME}.ipynb", (2026, 11, 14, 9, 0, 0)
            )
            archive.writestr(info, nbformat.writes(notebook))
    return course


def test_a_whole_term(course, command):
    lines = commands()
    assert len(lines) >= 13 and {words[1] for words in lines} >= {
        "collect",
        "report",
        "mark",
        "export",
    }
    marked = 0
    for words in lines:
        if words[:2] == ["grader", "mark"]:
            marking = Marking(course, words[2])
            for question in marking.questions():
                for answer in marking.answers(question.name):
                    if answer.waiting:
                        marking.mark(question.name, answer.student, "1", "Good.")
                        marked += 1
            continue
        done = command(course.root, *words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    assert marked >= 4
    page = course.notebook("feedback", NAME, "bea").with_suffix(".html").read_text()
    assert "Student: Bea Bell (bea)" in page and "Good." in page and "not graded yet" not in page
    rows = list(csv.reader(io.StringIO((course.root / "moodle.csv").read_text())))
    assert [row[0] for row in rows[1:]] == ["ada", "bea"]
    assert float(rows[1][-1]) > float(rows[2][-1]) > 30
    assert (course.root / "reports" / NAME / "report.html").is_file()
    assert (course.root / "for-students" / "notebooks" / NAME).is_dir()
    made = [f"{path.name}/" if path.is_dir() else path.name for path in course.root.iterdir()]
    ours = {"chapters/", "solutions/", "notebooks/", "nbgrader_config.py"}
    line = ["git", "check-ignore", *(set(made) - ours)]
    ignored = subprocess.run(line, cwd=ROOT, capture_output=True, text=True).stdout.split()
    assert set(made) - ours == set(ignored), "what is about students never gets into the repository"
    shutil.rmtree(course.root)
