"""A place among the kernel's control groups, where each submission gets a memory limit that the kernel keeps.

Where the grader may make such groups: as root, or in a session that systemd has delegated. Elsewhere the
limits of single processes and the worker's own measuring have to do.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.inside.syscalls import NOBODY

MOUNTS, OWN = Path("/proc/self/mountinfo"), Path("/proc/self/cgroup")
_NAME = "dropout-lab"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class MemoryGroups:
    """A group of our own. The sandbox lies in its group `grader`; workers make one for each submission."""

    path: Path

    @property
    def entrance(self) -> Path:
        """Who writes 0 into it moves into the group of the sandbox."""
        return self.path / "grader" / "cgroup.procs"

    def remove(self) -> None:
        """Take the groups away when all in them has ended, for which the kernel may take a moment."""
        for _ in range(100):
            _remove_empty(self.path)
            if not self.path.exists():
                return
            time.sleep(0.01)


def make_memory_groups() -> MemoryGroups | None:
    """A group whose children the sandbox's user may make; None where that is not allowed."""
    for parent in _parents():
        path = parent / f"{_NAME}-{os.getpid()}-{next(_numbers)}"
        try:
            _remove_left_over(parent)
            path.mkdir()
        except OSError:
            continue
        groups = MemoryGroups(path)
        try:
            _prepare(path)
        except OSError:
            groups.remove()
            continue
        return groups
    return None


def _parents() -> Iterator[Path]:
    """The folders in which a group of our own can have a memory limit, best first."""
    for line in MOUNTS.read_text().splitlines() if MOUNTS.exists() else ():
        before, _, after = line.partition(" - ")
        root, mount = before.split()[3:5]
        kind, _, options = after.split()[:3]
        if kind == "cgroup" and "memory" in options.split(","):
            own = _own_group("memory")
            if own is not None and own.is_relative_to(root):
                yield Path(mount) / own.relative_to(root)
        elif kind == "cgroup2":
            own = _own_group("")
            # A group with processes in it hands on no limits, so ours lies beside our own.
            if own is not None and own.parent.is_relative_to(root):
                beside = Path(mount) / own.parent.relative_to(root)
                if "memory" in _words(beside / "cgroup.subtree_control"):
                    yield beside


def _own_group(controller: str) -> Path | None:
    for line in OWN.read_text().splitlines() if OWN.exists() else ():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return Path(path)
    return None


def _prepare(path: Path) -> None:
    if (path / "cgroup.controllers").exists():
        (path / "cgroup.subtree_control").write_text("+memory")
    (path / "grader").mkdir()
    if os.geteuid() == 0:
        for place in (path, path / "cgroup.procs", path / "grader", path / "grader/cgroup.procs"):
            os.chown(place, NOBODY, NOBODY)


def _remove_left_over(parent: Path) -> None:
    """Take away the empty groups of graders that were killed."""
    for path in parent.glob(f"{_NAME}-*-*"):
        if not Path("/proc", path.name.split("-")[2]).exists():
            _remove_empty(path)


def _remove_empty(path: Path) -> None:
    for folder in (*path.glob("*/"), path):
        with contextlib.suppress(OSError):  # there are processes in it
            folder.rmdir()


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []
