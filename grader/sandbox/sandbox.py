"""A sandbox for one submission after the other: bubblewrap, zygote, worker, and the session on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path, PurePosixPath

from grader.sandbox.control import WorkerControl, ZygoteControl
from grader.sandbox.launch import Backend, Launched
from grader.sandbox.session import Session
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
    """A place for one submission after the other, behind bubblewrap.

    Starts on the first `open`, or on `start`. To be used by one thread at a time; several sandboxes run
    side by side in several threads, and a `sibling` shares what was imported. backend "none" is the
    same without isolation: it protects neither files nor grades, and its memory limit holds for single
    processes only. data: folder that notebooks find in `COURSE_DATA`, read-only. preload: modules
    imported before the first fork; those that are not installed are listed in `missing`. launched: what
    `launch` has started with the same three, for a head start.
    """

    _is_sibling = False

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
        self._share(ZygoteControl(backend, preload, data, launched))

    def _share(self, zygote: ZygoteControl) -> None:
        self._zygote, self._control = zygote, WorkerControl(zygote)
        self._session: Session | None = None

    def sibling(self) -> Sandbox:
        """Another sandbox in the same bubblewrap, with the same limits; it ends with this one."""
        other = copy(self)
        other._share(self._zygote)
        other._is_sibling = True
        return other

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
        self._zygote.start()

    def open(self, seed: int, files: Mapping[str, bytes] | None = None) -> Session:
        """A submission, in a fresh fork of the zygote. Only one can be open at a time.

        seed: of the chance that the student's code sees. files: what lies beside the notebook, by its
        relative path; they appear in the notebook's working folder. Raises SandboxUnavailable, and
        ValueError for a path that leads out of the folder and for files that are too large.
        """
        for name in files or {}:
            path = PurePosixPath(name)
            if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name:
                raise ValueError(f"the file name {name!r} leads out of the notebook's folder")
        size, room = sum(map(len, (files or {}).values())), self.limits.home_bytes // 2
        if size > min(room, MAX_FILES_BYTES):
            raise ValueError(
                f"the files beside the notebook take {size:,} bytes; "
                f"at most {min(room, MAX_FILES_BYTES):,} can be brought along"
            )
        if self._session is not None:
            self._session.close()
        self._session = Session(self._control, self.limits, seed, files or {})
        return self._session

    def close(self) -> None:
        """End the submission that is open, and all siblings unless this is one itself."""
        if self._session is not None:
            self._session.close()
            self._session = None
        self._control.stop()
        if not self._is_sibling:
            self._zygote.stop()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
