"""A bundle for students: notebooks, what they import, visible checks, the environment; no solutions and no keys."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.checks.registry import chapter_of
from grader.course import CONFIG_FILE, Course, make_anew
from grader.errors import CourseError

_ROOT = Path(__file__).resolve().parents[2]
_CONFIG = '''"""Says where the notebooks lie."""

c = get_config()  # noqa: F821
c.CourseDirectory.release_directory = "notebooks"
'''
ENVIRONMENT = ("pyproject.toml", "requirements.txt", "environment.yml", "postBuild", "LICENSE")
# What makes, grades and exports a course; hidden checks above all.
LEFT_OUT = ("hidden", "exercises", "demo.py", "simulated_class.py")
_OTHER_CHAPTER = re.compile(r"grader\.exercises\.(ch\d+)")
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".ipynb_checkpoints")
MAKEFILE = """\
# Opens a chapter in JupyterLab; makes the environment when it is missing.
PYTHON ?= python3
CHAPTER ?= 1
BIN := .venv/bin

.PHONY: lab

lab: .venv/ready
\t$(BIN)/grader lab $(CHAPTER)

.venv/ready: requirements.txt
\t$(PYTHON) -m venv .venv
\t$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
\t$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --requirement requirements.txt
\t$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
\t@touch .venv/ready
"""
README = """\
# {title}

{chapters}

## Start

With Python 3.11, 3.12 or 3.13 and `make`, in this folder:

```
make lab
make lab CHAPTER={last}
```

The first time this makes the environment `.venv`, which takes a while. JupyterLab opens a copy of the chapter of your own, in
the folder `work`, which nothing overwrites. With conda: `conda env create --file environment.yml`, activate
it, `./postBuild`, `grader lab`.

Write code, run the cell below it, and read what is right, what is wrong, and why. Which answers of a quiz are right,
grading says.

## Hand in

`.venv/bin/grader validate work/{notebook}` says what is still missing. Hand in that one file.
"""


def bundle(course: Course, folder: Path, assignments: Sequence[str] = ()) -> list[str]:
    """Make `folder` anew with everything that students of these assignments need; default: all.

    Returns the assignments in it. Raises CourseError for an unknown assignment, for one that was not built, and
    for a folder that holds anything else than an earlier bundle.
    """
    chosen = list(assignments) or course.assignments
    for name in chosen:
        course.require(name)
        if not course.notebook("release", name).is_file():
            raise CourseError(f"{name} has no student notebook: run `grader build`.")
    if not chosen:
        raise CourseError("There are no assignments: run `grader build`.")
    make_anew(folder, ".student_bundle", "no earlier bundle: name another one.")
    for name in chosen:
        path = course.notebook("release", name)
        target = folder / "notebooks" / name
        shutil.copytree(path.parent, target, ignore=_IGNORED)
    _copy_packages(folder, {chapter_of(name) for name in chosen})
    for file in ENVIRONMENT:
        if (_ROOT / file).is_file():
            shutil.copy2(_ROOT / file, folder)
    (folder / CONFIG_FILE).write_text(_CONFIG)
    (folder / "Makefile").write_text(MAKEFILE)
    (folder / "README.md").write_text(_readme(course, chosen))
    return chosen


def _copy_packages(folder: Path, chapters: Iterable[str]) -> None:
    """`lab` and `grader`, of the exercises those of `chapters` and what they import of others."""
    shutil.copytree(_ROOT / "lab", folder / "lab", ignore=_IGNORED)
    package, target = _ROOT / "grader", folder / "grader"
    shutil.copytree(package, target, ignore=_without(package))
    (target / "exercises").mkdir()
    shutil.copy2(package / "exercises" / "__init__.py", target / "exercises")
    for name in _with_imported(package / "exercises", sorted(chapters)):
        shutil.copytree(package / "exercises" / name, target / "exercises" / name, ignore=_IGNORED)
        for quiz in (target / "exercises" / name).glob("quiz_*.json"):
            quiz.write_text(without_key(quiz.read_text("utf-8")), encoding="utf-8")


def _without(package: Path):
    def ignored(folder: str, names: list[str]) -> set[str]:
        dropped = set(LEFT_OUT) if Path(folder) == package else set()
        return set(_IGNORED(folder, names)) | dropped.intersection(names)

    return ignored


def _with_imported(exercises: Path, chapters: list[str]) -> list[str]:
    found = list(chapters)
    for name in found:  # grows
        for path in (exercises / name).glob("*.py"):
            others = _OTHER_CHAPTER.findall(path.read_text("utf-8"))
            found += [other for other in dict.fromkeys(others) if other not in found]
    return [name for name in found if (exercises / name).is_dir()]


def without_key(quiz: str) -> str:
    """The file of a quiz without the right answers and the explanations, which give them away."""
    data = json.loads(quiz)
    for question in data["questions"]:
        for option in question["options"].values():
            option.update(right=False, why="")
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _readme(course: Course, chosen: Sequence[str]) -> str:
    chapters = "\n".join(f"- `notebooks/{name}/{name}.ipynb`" for name in chosen)
    title = str(course.config.CourseDirectory.get("course_id", "") or "Course")
    last = int(chapter_of(chosen[-1])[2:])
    return README.format(title=title, chapters=chapters, last=last, notebook=f"{chosen[0]}.ipynb")
