"""otter-grader on the notebooks of the comparison: its own environment, a test an exercise, one run each.

Otter-grader is no dependency of the course. It is installed into an environment of its own, which sees the
packages of this one, so both grade with the same torch. `otter run` is what its documentation has for grading
on the instructor's machine without containers: one submission a command, in an ordinary kernel.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat

from grader.course import Course
from grader.grading.task import exercise_of

VERSION = "7.0.0"
_TEST = """from otter.test_files import test_case

OK_FORMAT = False
name = "{name}"
points = {points}


@test_case()
def all_points(check):
    assert check("{name}") == {points}
"""


def install(folder: Path) -> Path:
    """The folder of otter-grader's programs. Raises CalledProcessError where it cannot be installed."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(
        subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    )
    ours = sysconfig.get_path("purelib")
    (packages / "course.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    wanted = f"otter-grader=={VERSION}"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wanted], check=True)
    return python.parent


def configure(otter: Path, course: Course, assignment: str, folder: Path) -> Path:
    """Otter's configuration file for `assignment`: one test an exercise, passed with all of its points."""
    tests = folder / "tests"
    tests.mkdir(parents=True)
    for cell in nbformat.read(course.notebook("release", assignment), as_version=4).cells:
        if name := exercise_of(cell):
            text = _TEST.format(name=name, points=cell.metadata.nbgrader.points)
            (tests / f"{name}.py").write_text(text)
    archive = folder / "autograder.zip"
    command = [otter / "otter", "generate", "-t", tests, "-o", archive, "--no-environment"]
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    return archive


def commands(
    otter: Path, archive: Path, course: Course, assignment: str, names: list[str]
) -> list[str]:
    """A shell command that grades these students' notebooks one after the other."""
    lines = ["set -e"]
    for name in names:
        output = archive.parent / "results" / name
        output.mkdir(parents=True, exist_ok=True)
        notebook = course.notebook("submitted", assignment, name)
        lines.append(f"{otter / 'otter'} run --no-logo -a {archive} -o {output} {notebook}")
    return ["sh", "-c", "\n".join(lines)]


def full_points(archive: Path, name: str) -> set[str]:
    """The exercises for which a student got all points."""
    results = json.loads((archive.parent / "results" / name / "results.json").read_text())
    return {
        test["name"]
        for test in results["tests"]
        if test.get("max_score") and test["score"] == test["max_score"]
    }
