"""The table that a student reads after `check`: title, mark, what was seen, expected, and a hint.

One result, two renderings (HTML for the notebook, plain text for everything else), picked by the
front end. Marks are words and symbols, never colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from grader.checks.results import CheckResult, ExerciseResult, as_points

PASSED, NOT_YET = "✓ passed", "✗ not yet"
ADDED_BY_GRADING = "(a check that only grading makes)"
# JupyterLab sets lines and room by itself; a feedback page has neither without this.
_CELL = "text-align:left;padding:0.3em 0.6em;border-bottom:1px solid rgba(128,128,128,0.3)"


NO_POINTS = "none hang on this: it is for you to know"


class ResultTable:
    """Displays an ExerciseResult in a notebook; `str()` gives the plain text.

    What failed comes first, the checks that failed alike together; what passed is one line that opens.
    judged: what was judged, such as "cell [12]", where that is known. warning: what must be read before the rest.
    """

    def __init__(self, result: ExerciseResult, judged: str = "", warning: str = "") -> None:
        self.result, self.judged, self.warning = result, judged, warning

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    def __str__(self) -> str:
        lines = [headline(self.result, self.judged)] + [f"  {self.warning}"] * bool(self.warning)
        if self.result.problem:
            return "\n".join([*lines, f"  {self.result.problem}", *self._remarks()])
        for checks in _alike(self.result.failed):
            lines += [f"  {NOT_YET}  {_title(check)}" for check in checks]
            lines += [f"      {name}: {text}" for name, text in _explanation(checks)]
        for check in self.result.passed:
            lines.append(f"  {PASSED}  {_title(check)}")
            lines += [f"      {name}: {text}" for name, text in _explanation([check])]
        return "\n".join(lines + self._remarks())

    def _remarks(self) -> list[str]:
        return [f"  {text}" for text in remarks(self.result)]

    def _repr_html_(self) -> str:
        result = self.result
        parts = [f"<p><strong>{with_code(headline(result, self.judged))}</strong></p>"]
        if self.warning:
            parts.append(f"<p><strong>⚠ {with_code(self.warning)}</strong></p>")
        if result.problem:
            parts.append(f"<p>{with_code(result.problem)}</p>")
        else:
            if result.failed:
                parts.append(_rows(_failed_row(checks) for checks in _alike(result.failed)))
            if result.passed:
                summary = f"{PASSED}: {_counted(len(result.passed))}"
                rows = _rows(_row(PASSED, _said(_title(check), [check])) for check in result.passed)
                parts.append(f"<details><summary>{summary}</summary>{rows}</details>")
        parts += [f"<p>{with_code(text)}</p>" for text in remarks(result)]
        return "".join(parts)


def headline(result: ExerciseResult, judged: str = "") -> str:
    """`dropout_layer: 4.5 of 6 points (9 of 12 checks passed), cell [12]`."""
    counts = (
        f"{as_points(result.points)} points"
        if not result.bonus
        else f"{as_points(result.bonus)} bonus points"
    )
    return (
        f"{result.exercise}: {as_points(result.earned)} of {counts} "
        f"({len(result.passed)} of {_counted(len(result.checks))} passed)"
        + (f", {judged}" if judged else "")
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


def _alike(failed: Sequence[CheckResult]) -> list[list[CheckResult]]:
    """The checks that failed, those together for which the same was seen, expected and said."""
    groups: dict[tuple[object, ...], list[CheckResult]] = {}
    for check in failed:
        key = (check.hidden, check.seen, check.expected, check.because)
        groups.setdefault(key, []).append(check)
    return list(groups.values())


def _title(check: CheckResult) -> str:
    return f"{check.title} {ADDED_BY_GRADING}" if check.hidden else check.title


def _counted(number: int) -> str:
    return f"{number} check" if number == 1 else f"{number} checks"


def _explanation(checks: Sequence[CheckResult]) -> list[tuple[str, str]]:
    """What is said of checks that are alike; the hint is that of the first one.

    Of a check that grading adds, a learner reads what was seen: what it expects is asked of others, too.
    """
    first = checks[0]
    if first.hidden:
        return [("seen", first.seen)] if first.seen else []
    rows = [
        ("seen", first.seen),
        ("expected", first.expected),
        ("why", first.because),
        ("try", first.hint),
        ("points", "" if any(check.weight for check in checks) or _is_told(first) else NO_POINTS),
    ]
    return [(name, text) for name, text in rows if text]


def _is_told(check: CheckResult) -> bool:
    """Whether a check that has passed says itself what it is worth, as a question of a closed quiz does."""
    return check.passed and bool(check.because)


def _failed_row(checks: Sequence[CheckResult]) -> str:
    titles = "<br>".join(f"<strong>{with_code(_title(check))}</strong>" for check in checks)
    return _row(NOT_YET, titles + _said("", checks))


def _said(title: str, checks: Sequence[CheckResult]) -> str:
    said = "".join(f"<br><em>{name}:</em> {with_code(text)}" for name, text in _explanation(checks))
    return with_code(title) + said


def _rows(rows: Iterable[str]) -> str:
    return (
        '<table style="width:100%;border-collapse:collapse"><thead><tr>'
        f'<th scope="col" style="width:7em;{_CELL}">mark</th>'
        f'<th scope="col" style="{_CELL}">check</th></tr></thead><tbody>{"".join(rows)}'
        "</tbody></table>"
    )


def _row(mark: str, cells: str) -> str:
    return (
        f'<tr><td style="vertical-align:top;{_CELL}">{mark.replace(" ", "&nbsp;")}</td>'
        f'<td style="{_CELL}">{cells}</td></tr>'
    )


def with_code(text: str) -> str:
    """Escaped text in which `code` is set as code."""
    pieces = escape(text, quote=False).split("`")
    if len(pieces) % 2 == 0:  # an odd number of backticks is not markup
        return escape(text, quote=False)
    return "".join(
        f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces)
    )
