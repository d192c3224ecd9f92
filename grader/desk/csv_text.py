"""CSV as spreadsheets and learning platforms read it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

# A cell begins behind a semicolon or tabulator, too, where a program takes these for what separates cells.
_FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=\s*[=+@-]|[\t\r])")


def written(lines: Iterable[Sequence[object]]) -> str:
    """The text of a CSV file; commas and quotes of a name stay in their column."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode("utf-8", "replace").decode("utf-8")


def plain(text: str) -> str:
    """A text that a person chose, so that no spreadsheet takes it for a formula."""
    return _FORMULA.sub("'", text)
