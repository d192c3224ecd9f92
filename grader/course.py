"""Where things lie in a course folder, and what its assignments are called.

A course folder holds `nbgrader_config.py`; its parts have the names that nbgrader's configuration
gives them, so that nbgrader's own commands work on the same files.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from grader.errors import CourseError

if TYPE_CHECKING:
    from grader.wire.limits import Limits

CONFIG_FILE = "nbgrader_config.py"


@dataclass(frozen=True)
class Course:
    """A course folder: `chapters`, `solutions` (source), `notebooks` (release) and the rest."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """The course at `start` (default: the current folder) or the nearest parent that is one."""
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / CONFIG_FILE).is_file():
                return cls(folder)
        raise CourseError(
            f"{start} is not inside a course folder: neither it nor a parent has {CONFIG_FILE}. "
            "Change to the course folder, or name it with --course."
        )

    @cached_property
    def config(self) -> Config:
        """nbgrader's configuration, with this folder as the course root."""
        config = PyFileConfigLoader(CONFIG_FILE, path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        return config

    def folder(self, step: str) -> Path:
        """The folder of a step: chapters, source, release, submitted, autograded or feedback."""
        if step == "chapters":
            return self.root / "chapters"
        name = self.config.CourseDirectory.get(f"{step}_directory", step)
        return self.root / str(name)

    @property
    def database(self) -> str:
        """The gradebook's address, as SQLAlchemy reads it."""
        default = f"sqlite:///{self.root / 'gradebook.db'}"
        return str(self.config.CourseDirectory.get("db_url", default))

    @property
    def limits(self) -> Limits:
        """What a submission may use: the defaults, and what `c.SandboxExecute.limits` sets.

        Raises CourseError for a limit that does not exist or is not a positive number.
        """
        from grader.wire.limits import Limits

        given = dict(self.config.SandboxExecute.get("limits", {}))
        known = [field.name for field in fields(Limits)]
        for name, value in given.items():
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if name not in known:
                raise CourseError(
                    f"{CONFIG_FILE} sets the limit {name!r}; there are: {', '.join(known)}."
                )
            if not number or value <= 0:
                raise CourseError(
                    f"{CONFIG_FILE} sets the limit {name!r} to {value!r}: give a number above 0."
                )
        return Limits(**given)

    @property
    def assignments(self) -> list[str]:
        """The names of the assignments, in order: the folders of the source step."""
        source = self.folder("source")
        return sorted(path.parent.name for path in source.glob("*/*.ipynb"))

    def notebook(self, step: str, assignment: str, student: str = "") -> Path:
        """The path of an assignment's notebook in `step`, of one student where the step has students."""
        return self.folder(step) / student / assignment / f"{assignment}.ipynb"

    def require(self, assignment: str) -> Path:
        """The source notebook of `assignment`. Raises CourseError when there is none."""
        path = self.notebook("source", assignment)
        if not path.is_file():
            known = ", ".join(self.assignments) or "none yet (run `grader build`)"
            raise CourseError(f"There is no assignment called {assignment!r}. There are: {known}.")
        return path


def find_commands() -> None:
    """Have the commands that are installed beside this interpreter found, in an environment not activated, too.

    A new database makes nbgrader call `alembic` by its name.
    """
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join((beside, os.environ.get("PATH", os.defpath)))


def data_folder() -> Path | None:
    """The folder of data sets that submissions may read: `COURSE_DATA`, where it is set.

    Raises CourseError when that is no folder.
    """
    setting = os.environ.get("COURSE_DATA", "")
    if not setting:
        return None
    folder = Path(setting).resolve()
    if not folder.is_dir():
        raise CourseError(f"COURSE_DATA is {setting!r}, which is no folder: correct or unset it.")
    return folder


def make_anew(folder: Path, mark: str, otherwise: str) -> None:
    """An empty folder with the file `mark` in it, in the place of one that has it, too.

    Raises CourseError for what is no folder, and, ending with `otherwise`, for a folder that holds anything and
    has no such mark.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} is a file: name a folder.")
    if folder.exists() and any(folder.iterdir()) and not (folder / mark).is_file():
        raise CourseError(f"{folder} is not empty and {otherwise}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / mark).touch()
