"""Whether the code runs in a notebook."""

from __future__ import annotations

import sys


def shell() -> object | None:
    """IPython's shell, where one runs; a process that never imported IPython has none."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def has_kernel() -> bool:
    """Whether a notebook's kernel runs this, and not a terminal or a script."""
    return getattr(shell(), "kernel", None) is not None
