"""The desk at a glance: a line for each exercise of a chapter, after `check()`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from grader.checks.judge import STILL_OPEN, UNWRITTEN
from grader.checks.results import ExerciseResult, as_points
from grader.checks.table import with_code

WHAT_GRADING_ADDS = (
    "Grading asks these checks with other inputs, and some more of the same kind. "
    "Written answers are read by a person; the button Validate says when one is still empty."
)
NOT_DEFINED = "is not defined"
_CELL = "text-align:left;padding:0.2em 0.8em"


class Overview:
    """Displays the results of all exercises of a chapter, open ones marked as such, and `warnings` below."""

    def __init__(self, results: Sequence[ExerciseResult], warnings: Sequence[str] = ()) -> None:
        self.results = results
        self.below = [*warnings, WHAT_GRADING_ADDS]

    @property
    def earned(self) -> float:
        """The points of all exercises together."""
        return round(sum(result.earned for result in self.results), 2)

    def __str__(self) -> str:
        width = max((len(result.exercise) for result in self.results), default=0)
        rows = [
            f"  {result.exercise:{width}}  {points:>12}  {state}"
            for result, points, state in self._rows()
        ]
        return "\n".join([self._headline(), *rows, *self.below])

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        rows = "".join(
            f'<tr><td style="{_CELL}"><code>{escape(result.exercise)}</code></td>'
            f'<td style="{_CELL};white-space:nowrap">{points}</td><td style="{_CELL}">{with_code(state)}</td></tr>'
            for result, points, state in self._rows()
        )
        head = "".join(
            f'<th scope="col" style="{_CELL}">{name}</th>'
            for name in ("exercise", "points", "state")
        )
        html = (
            f"<p><strong>{self._headline()}</strong></p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
            + "".join(f"<p>{with_code(text)}</p>" for text in self.below)
        )
        return {"text/plain": str(self), "text/html": html}

    def _headline(self) -> str:
        points = sum(result.points for result in self.results)
        return f"{as_points(self.earned)} of {as_points(points)} points so far"

    def _rows(self) -> list[tuple[ExerciseResult, str, str]]:
        return [
            (result, f"{as_points(result.earned)} of {as_points(result.points)}", _state(result))
            for result in self.results
        ]


def is_open(result: ExerciseResult) -> bool:
    """Whether nothing was judged because there is no answer yet."""
    reasons = [result.problem] if result.problem else [check.seen for check in result.checks]
    return all(
        reason == UNWRITTEN or reason.endswith((STILL_OPEN, NOT_DEFINED)) for reason in reasons
    )


def _state(result: ExerciseResult) -> str:
    if not result.failed:
        return "✓ done"
    if is_open(result):
        return "open"
    if result.problem:
        return f"✗ {result.problem}"
    first = result.failed[0].title
    more = f", and {len(result.failed) - 1} more" if len(result.failed) > 1 else ""
    return f"✗ not yet: {first}{more}"
