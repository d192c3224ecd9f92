"""A sandbox for submissions: bubblewrap, a preloaded process in it, and a session for each submission."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from grader.sandbox.control import WorkerControl, ZygoteControl, fork_worker
from grader.sandbox.launch import Backend, Launched
from grader.sandbox.session import Session
from grader.wire.frames import Channel
from grader.wire.limits import MAX_FILES_BYTES, Limits

PRELOAD = (
    "torch",
    "torch._dynamo",  # torch.optim imports it on first use, and that takes three seconds
    "numpy",
    "pandas",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "d2l.torch",
    "lab",
    "grader",
)


class Sandbox:
    """A place for submissions, behind bubblewrap; any number of them side by side.

    Starts on the first `open`, or on `start`, and anew when it has ended. Several threads may use it, and
    other processes with `open_session`. backend "none" is the
    same without isolation: it protects neither files nor grades, and its memory limit holds for single
    processes only. data: folder that notebooks find in `COURSE_DATA`, read-only. preload: modules
    imported before the first fork; those that are not installed are listed in `missing`. launched: what
    `launch` has started with the same three, for a head start.
    """

    def __init__(
        self,
        limits: Limits = Limits(),  # noqa: B008  (frozen)
        data: Path | None = None,
        backend: Backend = "bubblewrap",
        preload: Sequence[str] = PRELOAD,
        launched: Launched | None = None,
    ) -> None:
        if backend not in ("bubblewrap", "none"):
            raise ValueError(f"backend is {backend!r}; it must be 'bubblewrap' or 'none'")
        self.limits, self.backend = limits, backend
        self._zygote = ZygoteControl(backend, preload, data, launched)

    @property
    def missing(self) -> list[str]:
        """Modules of `preload` that could not be imported."""
        return list(self._zygote.missing)

    @property
    def pid(self) -> int | None:
        """The number of the outermost process, None when it does not run."""
        return self._zygote.pid

    def start(self) -> None:
        """Start, which takes as long as importing the libraries.

        Raises SandboxUnavailable, which says what is missing and how to install it.
        """
        self._zygote.channel()

    def heal(self) -> None:
        """Start anew if it does not work any more. Raises SandboxUnavailable."""
        self._zygote.heal()

    def fileno(self) -> int:
        """The open file that leads to the sandbox, for `open_session`. Raises SandboxUnavailable."""
        return self._zygote.channel().fileno()

    def open(self, seed: int, files: Mapping[str, bytes] | None = None) -> Session:
        """A submission, in a fresh fork of the preloaded process: see `open_session`."""
        return open_session(self.fileno(), self.limits, seed, files)

    def close(self) -> None:
        """End the sandbox and all submissions in it."""
        self._zygote.stop()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_session(
    fd: int,
    limits: Limits,
    seed: int,
    files: Mapping[str, bytes] | None = None,
    killed_is_lost: bool = False,
) -> Session:
    """A submission in the sandbox that `fd` leads to, from any process.

    seed: of the chance that the student's code sees. files: what lies beside the notebook, by its
    relative path; they appear in the notebook's working folder. killed_is_lost: a process that was killed
    or stopped from outside, such as by a kernel that is short of memory, raises SandboxLost; otherwise it
    is a death or a hang like others, as a submission can bring both about. Raises SandboxLost, SandboxUnavailable, and
    ValueError for a path that leads out of the folder and for files that are too large.
    """
    for name in files or {}:
        path = PurePosixPath(name)
        if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name:
            raise ValueError(f"the file name {name!r} leads out of the notebook's folder")
    size, room = sum(map(len, (files or {}).values())), limits.home_bytes // 2
    if size > min(room, MAX_FILES_BYTES):
        raise ValueError(
            f"the files beside the notebook take {size:,} bytes; "
            f"at most {min(room, MAX_FILES_BYTES):,} can be brought along"
        )
    control = WorkerControl(partial(_fork_through, fd), killed_is_lost)
    return Session(control, limits, seed, files or {})


def _fork_through(fd: int) -> Channel:
    zygote = Channel.from_fd(os.dup(fd))
    try:
        return fork_worker(zygote)
    finally:
        zygote.close()
