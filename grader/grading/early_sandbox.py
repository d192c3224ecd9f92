"""A sandbox that imports its libraries while the grader imports its own.

Imports nothing large itself, or there would be nothing to gain.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.course import Course
from grader.grading.release import Release
from grader.sandbox.launch import Backend, Launched, SandboxUnavailable, launch


@contextmanager
def early_sandbox(
    course: Course, release: Release, backend: Backend, data: Path | None, *, force: bool
) -> Iterator[Launched | None]:
    """Launch it where somebody is certain to be graded: with `force`, or for who has no graded notebook.

    None for nobody, and where there can be no sandbox or its beginning fails, as on a full disk: what is wrong is
    said by whoever checks for it, or when a sandbox is needed. It ends here at the latest.
    """
    launched = None
    with suppress(SandboxUnavailable, OSError):
        steps = ("submitted", "autograded")
        handed_in, graded = (_students(course, release, step) for step in steps)
        if force or handed_in - graded:
            launched = launch(backend, release.modules, data)
    try:
        yield launched
    finally:
        if launched is not None:
            launched.stop()


def _students(course: Course, release: Release, step: str) -> set[str]:
    """The folders of students in which there is one for this assignment."""
    return {path.parent.name for path in course.folder(step).glob(f"*/{release.assignment}")}
