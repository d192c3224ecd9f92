"""The catalogue: what learners write, right and wrong, one small file an answer.

`tests/answers/<exercise>/right/*.py` and `wrong/*.py`. The first line of a wrong answer says which
check must reject it, and what the message must contain:

    # rejected by: survivors are scaled by 1 / (1 - dropout) | says: the scale is missing
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = ROOT / "tests" / "answers"
MIN_RIGHT, MIN_WRONG = 3, 6
_FIRST_LINE = re.compile(r"# rejected by: (?P<check>.+?) \| says: (?P<says>.+)")


@dataclass(frozen=True)
class Answer:
    """One file of the catalogue. `rejected_by` and `says` are empty for a right answer."""

    exercise: str
    name: str
    code: str
    right: bool
    rejected_by: str = ""
    says: str = ""

    @property
    def path(self) -> str:
        kind = "right" if self.right else "wrong"
        return f"{self.exercise}/{kind}/{self.name}.py"


def read_catalogue(folder: Path = ANSWERS) -> list[Answer]:
    """Every answer, ordered by path. Raises ValueError for a wrong one without a proper first line."""
    return [_read(path) for path in sorted(folder.glob("*/*/*.py"))]


def _read(path: Path) -> Answer:
    exercise, kind = path.parts[-3:-1]
    code = path.read_text(encoding="utf-8")
    if kind == "right":
        return Answer(exercise, path.stem, code, right=True)
    first = _FIRST_LINE.fullmatch(code.partition("\n")[0].strip())
    if kind != "wrong" or first is None:
        raise ValueError(
            f"{path}: an answer lies in right/ or in wrong/, and a wrong one begins with "
            "`# rejected by: <title of the check> | says: <words of its message>`"
        )
    return Answer(exercise, path.stem, code, False, first["check"], first["says"])
