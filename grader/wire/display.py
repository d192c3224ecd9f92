"""What a cell may show: the form of an output, and the types of data in one."""

from __future__ import annotations

from typing import Any, TypeAlias

Output: TypeAlias = dict[str, Any]  # an output as nbformat 4 describes it
MIME_TYPES = frozenset(
    {
        "text/plain",
        "text/html",
        "text/markdown",
        "text/latex",
        "image/png",
        "image/jpeg",
        "image/svg+xml",
    }
)
