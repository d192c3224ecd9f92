"""What an exercise asks for, said in its heading, once: points, difficulty, minutes, core or optional.

    ### Exercise: `Net` (7 points, medium, 15 minutes)

In the notebook it becomes a line of its own below the heading. Everything but the points may be left out, and
an exercise is core unless its heading says that it is optional.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADING = re.compile(
    r"^(?P<title>#{2,4} \S.*?) \((?P<points>\d+(?:\.\d+)?) points?(?P<each> each)?"
    r"(?:, (?P<difficulty>easy|medium|hard))?(?:, (?P<minutes>\d+) minutes?)?"
    r"(?P<optional>, optional)?\)$",
    re.MULTILINE,
)
_DOTS = {"easy": "●○○ easy", "medium": "●●○ medium", "hard": "●●● hard"}


@dataclass(frozen=True)
class Asked:
    """What a heading says. each: the points are those of each of several exercises below it."""

    points: float
    each: bool
    difficulty: str
    minutes: int | None
    optional: bool

    @property
    def line(self) -> str:
        """`**7 points** · ●●○ medium · 15 minutes · core`."""
        points = f"**{self.points:g} {'point' if self.points == 1 else 'points'}"
        parts = [f"{points}{' each' if self.each else ''}**", _DOTS.get(self.difficulty, "")]
        parts.append(f"{self.minutes} minutes" if self.minutes else "")
        return " · ".join(filter(None, [*parts, "optional" if self.optional else "core"]))


def asked_in(markdown: str) -> Asked | None:
    """What the last heading of a text asks for; None when none says points."""
    found = list(_HEADING.finditer(markdown))
    return _asked(found[-1]) if found else None


def with_lines(markdown: str) -> str:
    """The text with what its headings ask for in a line below each."""
    return _HEADING.sub(lambda match: f"{match['title']}\n\n{_asked(match).line}", markdown)


def _asked(match: re.Match[str]) -> Asked:
    minutes = int(match["minutes"]) if match["minutes"] else None
    return Asked(
        points=float(match["points"]),
        each=bool(match["each"]),
        difficulty=match["difficulty"] or "",
        minutes=minutes,
        optional=bool(match["optional"]),
    )
