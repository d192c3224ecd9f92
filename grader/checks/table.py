"""The table that a student reads after `check`: title, mark, what was seen, expected, and a hint.

One result, two renderings (HTML for the notebook, plain text for everything else), picked by the
front end. Marks are words and symbols, never colour alone.
"""

from __future__ import annotations

from html import escape

from grader.checks.expect import show
from grader.checks.results import CheckResult, ExerciseResult

# JupyterLab sets lines and room by itself; a feedback page has neither without this.
_CELL = "text-align:left;padding:0.3em 0.6em;border-bottom:1px solid rgba(128,128,128,0.3)"


NO_POINTS = "none hang on this, since grading can only take your code's word for it"


class ResultTable:
    """Displays an ExerciseResult in a notebook; `str()` gives the plain text."""

    def __init__(self, result: ExerciseResult) -> None:
        self.result = result

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    def __str__(self) -> str:
        lines = [headline(self.result)]
        if self.result.problem:
            lines.append(f"  {self.result.problem}")
            return "\n".join(lines)
        for check in self.result.checks:
            lines.append(f"  {_mark(check)}  {check.title}")
            lines += [f"      {name}: {text}" for name, text in _explanation(check)]
        lines += [f"  {text}" for text in remarks(self.result)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        result = self.result
        parts = [f"<p><strong>{_html(headline(result))}</strong></p>"]
        if result.problem:
            parts.append(f"<p>{_html(result.problem)}</p>")
        else:
            parts.append(
                '<table style="width:100%;border-collapse:collapse"><thead><tr>'
                f'<th scope="col" style="width:7em;{_CELL}">mark</th>'
                f'<th scope="col" style="{_CELL}">check</th></tr></thead><tbody>'
            )
            parts += [_row(check) for check in result.checks]
            parts.append("</tbody></table>")
            parts += [f"<p>{_html(text)}</p>" for text in remarks(result)]
        return "".join(parts)


def headline(result: ExerciseResult) -> str:
    """`dropout_layer: 4.5 of 6 points (9 of 12 checks passed)`."""
    passed = len(result.checks) - len(result.failed)
    return (
        f"{result.exercise}: {show(float(result.earned))} of {show(float(result.points))} points "
        f"({passed} of {len(result.checks)} checks passed)"
    )


def remarks(result: ExerciseResult) -> list[str]:
    """Sentences below the table: why the points are capped, and the result's note."""
    found = []
    if result.capped:
        names = " and ".join(f"\u201c{check.title}\u201d" for check in result.missed)
        found.append(
            f"The point of this exercise is {names}: without it, at most half of the points."
        )
    return [*found, result.note] if result.note else found


def _mark(check: CheckResult) -> str:
    return "✓ passed" if check.passed else "✗ not yet"


def _explanation(check: CheckResult) -> list[tuple[str, str]]:
    rows = [
        ("seen", check.seen),
        ("expected", check.expected),
        ("why", check.because),
        ("try", check.hint),
        ("points", "" if check.weight or check.passed else NO_POINTS),
    ]
    return [(name, text) for name, text in rows if text]


def _row(check: CheckResult) -> str:
    cells = f"<strong>{_html(check.title)}</strong>" if not check.passed else _html(check.title)
    cells += "".join(f"<br><em>{name}:</em> {_html(text)}" for name, text in _explanation(check))
    mark = _mark(check).replace(" ", "&nbsp;")
    return (
        f'<tr><td style="vertical-align:top;{_CELL}">{mark}</td>'
        f'<td style="{_CELL}">{cells}</td></tr>'
    )


def _html(text: str) -> str:
    """Escaped text in which `code` is set as code."""
    pieces = escape(text, quote=False).split("`")
    if len(pieces) % 2 == 0:  # an odd number of backticks is not markup
        return escape(text, quote=False)
    return "".join(
        f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces)
    )
