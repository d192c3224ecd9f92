"""Whose variant a notebook was worked on with, as far as it says so. Grading goes by the folder alone."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from grader.checks.variants import same_id
from grader.grading.names import printable

# Sources are a stranger's: a pattern with an end, and no parser, looks at them.
_CLAIM = re.compile(
    r"""^[^#\n]{0,80}\bvariant\(\s{0,9}\d{1,4}\s{0,9},\s{0,9}(?:student\s{0,9}=\s{0,9})?(["'])([^"'\n]{1,200})\1""",
    re.MULTILINE,
)


def another_claim(notebook: NotebookNode, student: str) -> list[str]:
    """A finding where the last `variant(...)` of the code names another one than `student`, whose folder it is."""
    code = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    claims = [claim[2] for source in code for claim in _CLAIM.finditer(source)]
    if not claims or same_id(claims[-1]) in ("", same_id(student)):
        return []
    claim, owner = (printable(name, 60) for name in (claims[-1], student))
    return [
        f"The notebook was worked on as {claim!r}; it is judged with the variant of {owner!r}, whose folder it is."
    ]
