"""Runs submissions out of reach: a preloaded process behind bubblewrap, and a fork of it for each.

`Sandbox.open` gives a `Session`, whose `run_cell` runs a submission's cells in order and whose
`exercise` asks its functions. Only plain data comes back; whatever a submission does to itself, the
grader gets an outcome and a reason. `start` and `worker` run inside, `student`, `jail`, `seccomp`,
`shell` and `capture` in a submission's own process; everything else is the judge's side.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from grader.sandbox.launch import Backend, SandboxUnavailable, install_command
from grader.wire.limits import Limits

if TYPE_CHECKING:
    from grader.sandbox.control import SandboxLost
    from grader.sandbox.remote import Reference, Remote
    from grader.sandbox.sandbox import Sandbox, open_session
    from grader.sandbox.session import CellOutcome, Session

__all__ = [
    "Backend",
    "CellOutcome",
    "Limits",
    "Reference",
    "Remote",
    "Sandbox",
    "SandboxLost",
    "SandboxUnavailable",
    "Session",
    "install_command",
    "open_session",
]

_MODULES = {
    "Reference": "remote",
    "Remote": "remote",
    "Sandbox": "sandbox",
    "SandboxLost": "control",
    "open_session": "sandbox",
    "CellOutcome": "session",
    "Session": "session",
}


def __getattr__(name: str) -> object:
    """Import the judge's side, and with it torch, only when it is used: `launch` need not wait for that."""
    if name in _MODULES:
        return getattr(importlib.import_module(f"grader.sandbox.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
