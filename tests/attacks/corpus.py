"""The corpus: what each attack file says about itself, and the submission that it makes.

An attack file is the source of one cell, which goes right after the answer that it is to help. Its
docstring says in one sentence what it tries, then, by key:

- `In process:` whether it works where student code and checks share a process, and why.
- `Here:` what it gets from this grader, and why.
- `Shown by:` how the in-process run shows it: `points`, `canary NAME`, `output TEXT`, `file`, `process`,
  `segment`, `grader` (which dies), `listener NAME`, or `nothing`.
- `Against:` the test cell of that run (see `in_process.TEST_CELLS`); `checks` when not given.
- `Base:` the answers that the attack goes with: one of `small_course.BASES`, or an answer of the catalogue
  as `EXERCISE wrong/NAME` for chapter 1.
- `Kind: notebook` when the file is no cell but defines `alter(notebook)`, which changes the notebook and
  returns further files to hand in; `Kind: folder` when it defines `lay(folder)`, which changes the folder
  that was handed in.

Words between @ signs are replaced by what an attacker would have to find out: paths, ports, numbers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nbformat import NotebookNode, v4

HERE = Path(__file__).parent
FAMILIES = {
    "raise_grade": "Raise the own grade",
    "read": "Read what is not theirs",
    "harm": "Do harm",
    "go_out": "Go out",
    "hand_in": "Hand in something else",
    "reader": "Reach whoever reads",
}
KEYS = ("In process", "Here", "Shown by", "Against", "Base", "Kind")


@dataclass(frozen=True)
class Attack:
    """One attack file. `gains` says whether its points may be more than those of its base."""

    family: str
    name: str
    tries: str
    in_process: str
    here: str
    shown_by: str
    against: str
    base: str
    kind: str
    source: str

    @property
    def works_in_process(self) -> bool:
        return self.in_process.startswith("yes")

    @property
    def gains(self) -> bool:
        return self.here.startswith("yes")

    @property
    def alters(self) -> bool:
        return self.kind == "notebook"

    @property
    def in_chapter(self) -> bool:
        return " " in self.base


@cache
def attacks() -> dict[str, Attack]:
    """Every attack by its name, in the order of families and names. Raises ValueError for a bad header."""
    found: dict[str, Attack] = {}
    for family in FAMILIES:
        for path in sorted((HERE / family).glob("*.py")):
            if path.stem in found:
                raise ValueError(f"two attacks are called {path.stem}")
            found[path.stem] = _read(path)
    return found


def with_attack(
    notebook: NotebookNode, attack: Attack, words: Mapping[str, str], exercise: str
) -> tuple[NotebookNode, dict[str, bytes]]:
    """A copy of `notebook` with the attack in it, after the cell of `exercise`, and files beside it."""
    notebook = deepcopy(notebook)
    source = filled(attack.source, words)
    if attack.alters:
        return notebook, defined(attack, "alter")(notebook) or {}
    if attack.kind == "folder":
        return notebook, {}
    place = next(
        number
        for number, cell in enumerate(notebook.cells)
        if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise
    )
    notebook.cells.insert(place + 1, v4.new_code_cell(source, id=f"attack-{attack.name}"[:60]))
    return notebook, {}


def defined(attack: Attack, name: str) -> Callable:
    """The function of this name in the attack's file."""
    space: dict = {}
    exec(compile(attack.source, attack.name, "exec"), space)
    return space[name]


def filled(source: str, words: Mapping[str, str]) -> str:
    return re.sub(r"@([A-Z]+)@", lambda match: words[match.group(1)], source)


def _read(path: Path) -> Attack:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    text = ast.get_docstring(tree) or ""
    tries, *paragraphs = re.split(r"\n\s*\n", text)
    fields: dict[str, str] = {}
    for line in re.split(r"\n(?=[A-Z][a-z ]+: )", "\n".join(paragraphs).strip()):
        key, _, value = line.partition(": ")
        if key not in KEYS:
            raise ValueError(f"{path.name}: {line[:40]!r} begins with none of {', '.join(KEYS)}")
        fields[key] = " ".join(value.split())
    for key in KEYS[:3]:
        if key not in fields:
            raise ValueError(f"{path.name} does not say `{key}:`")
    for key in KEYS[:2]:
        if not re.match(r"(yes|no)\b[,;] .{10,}", fields[key]):
            raise ValueError(f"{path.name}: `{key}:` must be yes or no, and why")
    body = source.splitlines(keepends=True)[tree.body[0].end_lineno :]
    return Attack(
        path.parent.name,
        path.stem,
        " ".join(tries.split()),
        fields["In process"],
        fields["Here"],
        fields["Shown by"],
        fields.get("Against", "checks"),
        fields.get("Base", "wrong"),
        fields.get("Kind", "cell"),
        "".join(body).strip() + "\n",
    )
