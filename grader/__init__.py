"""Dropout Lab's checks and judge. A notebook needs two names of it: `check` and `hint`."""

from .notebook import check, hint

__all__ = ["check", "hint"]
