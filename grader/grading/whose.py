"""Whose variant counts in grading, which is that of the folder's student, and whose the notebook says it is."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from grader.checks.registry import constants_of
from grader.checks.variants import same_id
from grader.grading.names import printable

# Sources are a stranger's: a pattern with an end, and no parser, looks at them.
_CLAIM = re.compile(
    r"""^[^#\n]{0,80}\bvariant\(\s{0,9}\d{1,4}\s{0,9},\s{0,9}(?:student\s{0,9}=\s{0,9})?(?:(["'])([^"'\n]{1,200})\1|(\d{1,99}))""",
    re.MULTILINE,
)


def another_claim(notebook: NotebookNode, student: str) -> list[str]:
    """A finding where the last `variant(...)` of the code names another one than `student`, whose folder it is."""
    code = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    claims = [claim[2] or claim[3] for source in code for claim in _CLAIM.finditer(source)]
    if not claims or same_id(claims[-1]) in ("", same_id(student)):
        return []
    claim, owner = (printable(name, 60) for name in (claims[-1], student))
    return [
        f"The notebook was worked on as {claim!r}; it is judged with the variant of {owner!r}, whose folder it is."
    ]


def told(chapter: str, student: str) -> str:
    """A cell that tells a process in the sandbox whose variant it runs: the constants, which every student can draw."""
    about = {"whose": printable(student), "constants": constants_of(chapter, student)}
    return f"vars(__import__('grader')).update({about!r})"
