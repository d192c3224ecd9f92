"""Dropout Lab's checks and judge. A notebook needs one name of it: `check, hint = chapter(1)`,
and one with variants `variant`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.learner import chapter, variant

__all__ = ["chapter", "variant"]


def __getattr__(name: str) -> object:
    """Import torch and IPython for a notebook only, so that the command line starts at once."""
    if name in __all__:
        from grader import learner

        return getattr(learner, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
