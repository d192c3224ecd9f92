"""What the commands share: the two consoles, options that many of them have, and quick imports."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console

console = Console()
errors = Console(stderr=True)

CourseOption = Annotated[
    Optional[Path],  # noqa: UP045  (typer reads the annotation at run time)
    typer.Option("--course", help="The course folder; default: this folder or a parent of it."),
]
StudentOption = Annotated[str, typer.Option(help="Only students whose name matches this pattern.")]


@contextmanager
def importing() -> Iterator[None]:
    """For imports: what they make is no garbage, so nobody need look for it, then or later."""
    # jsonschema would load a grammar of web addresses, which takes a second, for formats that no
    # schema of a notebook has. With None in its place it does without.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
