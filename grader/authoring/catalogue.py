"""The catalogue: what learners write, right and wrong. It proves the checks, and makes simulated classes.

`tests/answers/CHAPTER/EXERCISE` holds right answers in `right/*.py` and wrong ones in two forms. One that
looks quite different is a file in `wrong/`, whose first line says which check must reject it, by its id,
and words of the message:

    # rejected by: scales_survivors | says: the scale is missing

One that differs from a right answer in some lines is an entry in `wrong.toml` (`grader.authoring.edits`),
an edit of the chapter's reference solution, or of the right answer that `base` names:

    [scale_forgotten]
    rejected_by = "scales_survivors"
    says = "the scale is missing"
    edit = '''
    - return mask * X / (1 - dropout)
    + return mask * X
    '''
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from grader.authoring.chapter import handed_in, read_chapter, remarks_in
from grader.authoring.edits import edited
from grader.checks.registry import chapter_of
from grader.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = ROOT / "tests" / "answers"
_FIRST_LINE = re.compile(r"# rejected by: (?P<check>\w+) \| says: (?P<says>.+)")
_KEYS = {"rejected_by", "says", "edit"}


@dataclass(frozen=True)
class Answer:
    """A learner's code for one exercise.

    rejected_by: the id of the check that must reject it, and says: words of its message; both are empty
    for a right answer.
    """

    chapter: str
    exercise: str
    name: str
    code: str
    right: bool
    rejected_by: str = ""
    says: str = ""

    @property
    def kind(self) -> str:
        return "right" if self.right else "wrong"

    @property
    def place(self) -> tuple[str, str]:
        """Chapter and exercise, which name an exercise together."""
        return self.chapter, self.exercise

    @property
    def path(self) -> str:
        """How messages name it, such as ch01/dropout_layer/wrong/scale_forgotten."""
        return f"{self.chapter}/{self.exercise}/{self.kind}/{self.name}"


def read_catalogue(folder: Path = ANSWERS) -> list[Answer]:
    """Every answer, ordered by path. Raises CourseError without the folder, ValueError for an answer
    that has not its form."""
    if not folder.is_dir():
        raise CourseError(f"{folder} is missing: this needs the catalogue of a source checkout.")
    homes = sorted(folder.glob("*/*/"))
    return [x for home in homes for x in answers_to(home.parent.name, home.name, folder)]


def answers_to(chapter: str, exercise: str, folder: Path = ANSWERS) -> list[Answer]:
    """The answers to one exercise, ordered by path, none for an unknown one. Raises ValueError."""
    home = folder / chapter / exercise
    right = {path.stem: path.read_text(encoding="utf-8") for path in home.glob("right/*.py")}
    found = [Answer(chapter, exercise, name, code, True) for name, code in right.items()]
    found += [_whole(chapter, exercise, path) for path in home.glob("wrong/*.py")]
    if (home / "wrong.toml").exists():
        found += _edits(chapter, exercise, home / "wrong.toml", right)
    found.sort(key=lambda answer: answer.path)
    for one, two in pairwise(found):
        if one.path == two.path:
            raise ValueError(f"{home}: two wrong answers are called {one.name}")
    return found


def reference(chapter: str, exercise: str) -> str:
    """The chapter's own solution of an exercise, as a student would hand it in. Raises CourseError."""
    solutions = _solutions(chapter)
    if exercise not in solutions:
        raise CourseError(f"No text of chapter {chapter} has an exercise {exercise!r}.")
    return solutions[exercise]


def remarks(chapter: str, exercise: str) -> str:
    """What the chapter says of its solution, Markdown; "" where it says nothing. Raises CourseError."""
    return "".join(remarks_in(path).get(exercise, "") for path in _texts(chapter))


@cache
def _solutions(chapter: str) -> dict[str, str]:
    """The solution cells of a chapter by name."""
    return {
        cell.metadata.nbgrader.grade_id: handed_in(cell.source)
        for path in _texts(chapter)
        for cell in read_chapter(path).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def _texts(chapter: str) -> list[Path]:
    paths = sorted((ROOT / "chapters").glob("*.py"))
    return [path for path in paths if chapter_of(path.stem) == chapter]


def _whole(chapter: str, exercise: str, path: Path) -> Answer:
    """A wrong answer in a file of its own."""
    first, _, code = path.read_text(encoding="utf-8").partition("\n")
    said = _FIRST_LINE.fullmatch(first.strip())
    if said is None:
        raise ValueError(
            f"{path}: a wrong answer begins with "
            "`# rejected by: <id of the check> | says: <words of its message>`"
        )
    return Answer(chapter, exercise, path.stem, code, False, said["check"], said["says"])


def _edits(chapter: str, exercise: str, path: Path, right: dict[str, str]) -> Iterator[Answer]:
    """The wrong answers that are edits of the reference or of one of the `right` answers."""
    for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if not _KEYS <= set(entry) <= {*_KEYS, "base"}:
            raise ValueError(f"{path}: [{name}] has {sorted(entry)}; it needs {sorted(_KEYS)}")
        base = entry.get("base", "")
        if base and base not in right:
            raise ValueError(f"{path}: [{name}] changes {base!r}, which is no right answer")
        try:
            code = edited(right[base] if base else reference(chapter, exercise), entry["edit"])
        except ValueError as error:
            raise ValueError(f"{path}: [{name}], {error}") from None
        yield Answer(chapter, exercise, name, code, False, entry["rejected_by"], entry["says"])
