"""Whether the code runs in a notebook."""

from __future__ import annotations

import sys
from typing import Any


def shell() -> Any:
    """IPython's shell, where one runs code; a process that never imported IPython has none.

    In a script, matplotlib makes a bare shell when d2l draws. It runs nothing, and is no notebook.
    """
    ipython = sys.modules.get("IPython")
    found = ipython.get_ipython() if ipython is not None else None
    return None if type(found).__qualname__ == "InteractiveShell" else found


def has_kernel() -> bool:
    """Whether a notebook's kernel runs this, and not a terminal or a script."""
    return getattr(shell(), "kernel", None) is not None
