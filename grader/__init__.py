"""Dropout Lab's checks and judge. A notebook needs two names of it: `check` and `hint`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .notebook import check, hint

__all__ = ["check", "hint"]


def __getattr__(name: str) -> object:
    """Import torch and IPython for a notebook only, so that the command line starts at once."""
    if name in __all__:
        from . import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
