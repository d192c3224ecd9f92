"""An answer written as an edit of another one: the lines that differ, as a diff shows them.

    - mask = torch.rand(X.shape, device=X.device) > dropout
    + mask = torch.randn(X.shape, device=X.device) > dropout

`- ` is what stands there, `+ ` what takes its place, two spaces a line that stays. Hunks are separated by
an empty line. A hunk takes its indentation from its place; within it, indentation counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Hunk:
    """Lines that stand together in the base, and the lines that take their place."""

    old: tuple[str, ...]
    new: tuple[str, ...]


def edited(base: str, edit: str) -> str:
    """`base` with every hunk of `edit` applied, each where its lines stand in `base`.

    Raises ValueError, which names the hunk, when its lines stand there not at all or more than once,
    when two hunks overlap, or when a line has no sign.
    """
    lines = base.split("\n")
    changes: list[tuple[int, int, list[str]]] = []
    for number, hunk in enumerate(hunks_of(edit), start=1):
        found = _places(lines, hunk.old)
        if len(found) != 1:
            where = f"{len(found)} times" if found else "nowhere"
            raise ValueError(f"hunk {number}: `{hunk.old[0].strip()}` stands {where} in the base")
        start, indent = found[0]
        changes.append((start, start + len(hunk.old), [_indented(indent, x) for x in hunk.new]))
    changes.sort()
    for (_, end, _), (start, _, _) in pairwise(changes):
        if start < end:
            raise ValueError(f"two hunks change `{lines[start].strip()}`")
    for start, end, new in reversed(changes):
        lines[start:end] = new
    return "\n".join(lines)


def hunks_of(edit: str) -> list[Hunk]:
    """The hunks of an edit. Raises ValueError for a line without a sign and for an edit of nothing."""
    hunks = []
    for number, block in enumerate(edit.strip("\n").split("\n\n"), start=1):
        old, new = [], []
        for line in block.split("\n"):
            sign, text = line[:2].ljust(2), line[2:].rstrip()
            if sign not in ("- ", "+ ", "  "):
                raise ValueError(f"hunk {number}: `{line}` begins with none of `- `, `+ ` and `  `")
            old += [text] if sign != "+ " else []
            new += [text] if sign != "- " else []
        if not old or old == new:
            raise ValueError(f"hunk {number} changes no line of the base")
        hunks.append(Hunk(tuple(old), tuple(new)))
    return hunks


def _places(lines: list[str], old: tuple[str, ...]) -> list[tuple[int, str]]:
    """Where these lines stand together, equally indented: the index of the first, and the indentation."""
    found = []
    for start in range(len(lines) - len(old) + 1):
        first = lines[start]
        indent = first[: len(first) - len(old[0])] if first.endswith(old[0]) else None
        if indent is None or indent.strip():
            continue
        if all(_indented(indent, text) == lines[start + i] for i, text in enumerate(old)):
            found.append((start, indent))
    return found


def _indented(indent: str, line: str) -> str:
    return indent + line if line else ""
