"""Finds exercises by chapter and name, and gives each its hidden checks where these are present."""

from __future__ import annotations

import copy
import difflib
import importlib
import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import TypeVar

from grader.checks.exercise import Exercise, HiddenChecks, checks_in
from grader.checks.quiz import Quiz, read_quiz
from grader.checks.variants import constants
from grader.errors import CourseError

_T = TypeVar("_T")

_CHECKS = ("grader.exercises.", "grader.hidden.", "grader.checks.")
EMPTY_CELLS = "stubs.json"
"""The file of a chapter's exercises as they were handed out, name to code."""
SPANS = "variants.json"
"""The file of the constants that a chapter draws for each student; there is one where it has variants."""
_GIVEN = re.compile(r"^(def |class |)(\w+)(?=\(|:| =)", re.MULTILINE)


def chapter_of(assignment: str) -> str:
    """The package of a chapter's exercises: "ch01" for "01_dropout_from_scratch".

    Raises CourseError for a name that does not begin with the number of a chapter.
    """
    number = re.match(r"\d+", assignment)
    if number is None:
        raise CourseError(
            f"{assignment!r} does not begin with the number of its chapter, as 01_dropout does."
        )
    return f"ch{int(number[0]):02}"


def get_exercise(chapter: str, name: str, student: str = "") -> Exercise:
    """The exercise of this name, in the variant of `student`; without one, as the chapter's text has it.

    Raises CourseError, with the names there are, for an unknown one.
    """
    known = exercises_of(chapter)
    if name not in known:
        close = difflib.get_close_matches(name, known, 1)
        raise CourseError(
            f"There is no exercise called {name!r} in chapter {int(chapter[2:])}. "
            + names_there_are(chapter)
            + "".join(f" Did you mean {other!r}?" for other in close)
        )
    return _variant(known[name], chapter, student)


@cache
def exercises_of(chapter: str) -> dict[str, Exercise]:
    """The exercises of a chapter by name, its quizzes last; none for an unknown chapter.

    Raises CourseError when two have one name, a hidden check has the name of another check, or a file
    called like a quiz holds none.
    """
    found: dict[str, Exercise] = {}
    package = f"grader.exercises.{chapter}"
    for cls in (*_classes(package, Exercise), *_quizzes(package)):
        if not getattr(cls, "name", ""):
            continue  # a base of several exercises
        if cls.name in found:
            other = type(found[cls.name])
            raise CourseError(
                f"Two exercises are called {cls.name!r}: {other.__module__}.{other.__name__} and "
                f"{cls.__module__}.{cls.__name__}. Rename one of them."
            )
        found[cls.name] = cls()
    for key in _quizzes(f"grader.hidden.{chapter}"):
        asked = found.get(key.name)
        if isinstance(asked, Quiz) and asked.closed:
            asked.key = key()
    for hidden in _classes(f"grader.hidden.{chapter}", HiddenChecks):
        if hidden.exercise not in found:
            raise CourseError(
                f"{hidden.__module__} has hidden checks for {hidden.exercise!r}, which is no exercise "
                f"of {chapter}."
            )
        _add_hidden(found[hidden.exercise], hidden)
    drawn = constants_of(chapter, "")
    for exercise in found.values():
        exercise.constants = drawn
    return found


def _variant(exercise: Exercise, chapter: str, student: str) -> Exercise:
    if not student or not has_variants(chapter):
        return exercise
    own = copy.copy(exercise)
    own.constants = constants_of(chapter, student)
    return own.in_order_of(student, chapter) if isinstance(own, Quiz) else own


def has_variants(chapter: str) -> bool:
    """Whether students have constants of their own in a chapter, or an order of options."""
    return _spans(chapter) is not None


def constants_of(chapter: str, student: str) -> dict[str, float]:
    """The constants that a chapter draws for `student`, by name."""
    return constants(chapter, _spans(chapter) or {}, student)


def _spans(chapter: str) -> dict[str, Sequence[float]] | None:
    return _built(chapter, SPANS)


def probes() -> Iterator[Callable[..., object]]:
    """The probes in all modules of checks that are loaded: functions that take a student's `namespace`."""
    modules = {name: entry for name, entry in sys.modules.items() if name.startswith(_CHECKS)}
    for name, module in modules.items():
        for member in vars(module).values():
            own = inspect.isfunction(member) and member.__module__ == name
            if own and next(iter(inspect.signature(member).parameters), "") == "namespace":
                yield member


def _add_hidden(exercise: Exercise, hidden: type[HiddenChecks]) -> None:
    known = {entry.id for entry in exercise.checks()}
    for entry in checks_in(hidden):
        if entry.id in known:
            raise CourseError(
                f"Two checks of {exercise.name!r} are called {entry.id!r}: rename the method in "
                f"{hidden.__module__}."
            )
        exercise.hidden += (replace(entry, hidden=True),)


def _classes(package: str, base: type[_T]) -> Iterator[type[_T]]:
    """Subclasses of `base` defined in the modules of `package`, in order; none if it is absent."""
    root = _package(package)
    modules = pkgutil.iter_modules(root.__path__) if root else ()
    for info in sorted(modules, key=lambda info: info.name):
        module = importlib.import_module(f"{package}.{info.name}")
        for member in list(vars(module).values()):
            if (
                isinstance(member, type)
                and issubclass(member, base)
                and member is not base
                and member.__module__ == module.__name__
            ):
                yield member


def _quizzes(package: str) -> Iterator[type[Quiz]]:
    """The quizzes whose files the build has put into `package`, in order; none if it is absent."""
    present = files(package).iterdir() if _package(package) else ()
    for file in sorted(present, key=lambda file: file.name):
        if file.name.startswith("quiz_") and file.name.endswith(".json"):
            try:
                yield read_quiz(file.read_text(encoding="utf-8"))
            except CourseError as error:
                raise CourseError(f"{file} {error}.") from None


def in_order(chapter: str, student: str = "") -> list[Exercise]:
    """The exercises of a chapter in the order in which its text has them, in the variant of `student`."""
    places = {name: place for place, name in enumerate(_stubs(chapter))}
    found = [_variant(exercise, chapter, student) for exercise in exercises_of(chapter).values()]
    return sorted(found, key=lambda exercise: places.get(exercise.name, len(places)))


def names_there_are(chapter: str) -> str:
    """A sentence with the names of a chapter's exercises."""
    return f"There are: {', '.join(exercise.name for exercise in in_order(chapter)) or 'none'}."


def defined_by(chapter: str, name: str) -> dict[str, str]:
    """The names that the cell of an exercise gives, as it was handed out, and to what: a "function", a "class", or
    "" for anything else. Nothing when there was no build.
    """
    given = _GIVEN.findall(_stubs(chapter).get(name, ""))
    return {name: {"def ": "function", "class ": "class"}.get(kind, "") for kind, name in given}


def stub_of(chapter: str, name: str) -> str:
    """The cell of an exercise as it was handed out. Raises CourseError when the build has put none here."""
    stubs = _stubs(chapter)
    if name not in stubs:
        raise CourseError(
            f"The empty cell of {name!r} is not here: open the chapter's notebook anew."
        )
    return stubs[name]


def _stubs(chapter: str) -> dict[str, str]:
    """The cells of a chapter's exercises as they were handed out, in order; none when there was no build."""
    return _built(chapter, EMPTY_CELLS) or {}


def _built(chapter: str, name: str) -> dict | None:
    """What the build has written into a file of a chapter's exercises; None where it has written none."""
    package = f"grader.exercises.{chapter}"
    file = files(package).joinpath(name) if _package(package) else None
    return json.loads(file.read_text(encoding="utf-8")) if file and file.is_file() else None


def _package(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in (name, name.rpartition(".")[0]):
            raise
        return None
