"""Exercises and their checks, and where they are found.

An exercise is a class with a name, points and check methods, in a module of `grader.exercises`.
Further checks that students do not have live in `grader.hidden`; they are found when present.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar, TypeVar

from . import expect
from .errors import CourseError
from .probe import StudentError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .student import Student


@dataclass(frozen=True)
class Check:
    """One check of an exercise: a title that a student can read, its share of the points, a hint."""

    title: str
    weight: float
    hint: str
    function: Callable[[Exercise, Student], None]
    hidden: bool = False


Method = TypeVar("Method", bound=Callable[..., None])
T = TypeVar("T")


def check(title: str, *, weight: float = 1.0, hint: str = "") -> Callable[[Method], Method]:
    """Mark a method `(self, student)` of an Exercise as a check; the method raises through `expect`."""

    def mark(method: Method) -> Method:
        method.check = Check(title, weight, hint, method)  # type: ignore[attr-defined]
        return method

    return mark


class Exercise:
    """Base of all exercises: subclasses set `name` and `points`, and define checks.

    `hints` are opened one at a time on request, the last one nearly the answer.

    Every judging has a copy of its own, so a check may keep on `self` what later checks can use: an
    answer that was expensive, or that something holds. It must do without when it is judged alone.
    """

    name: ClassVar[str]
    points: ClassVar[float]
    hints: ClassVar[tuple[str, ...]] = ()

    def checks(self) -> list[Check]:
        """The checks in the order in which they are written, hidden ones last."""
        found = [getattr(member, "check", None) for member in _members(type(self))]
        visible = [entry for entry in found if isinstance(entry, Check)]
        return visible + _hidden_checks().get(self.name, [])

    def picture(self, student: Student) -> Figure | None:
        """A figure of the target beside the student's result, drawn in the notebook; None for none."""
        return None


class HiddenChecks:
    """Base of further checks for an exercise, in `grader.hidden`: set `exercise` to its name."""

    exercise: ClassVar[str]


@dataclass(frozen=True)
class Option:
    """One option of a quiz question; `why` explains it to whoever picks it."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A quiz question: `options` by letter, of which one is right."""

    text: str
    options: Mapping[str, Option]


class Quiz(Exercise):
    """An exercise of questions: the student fills a dict called like the quiz, number to letter.

    Every question is one check, and every wrong option answers with its own explanation.
    """

    questions: ClassVar[Mapping[int, Question]]

    def checks(self) -> list[Check]:
        return [self._check(number, question) for number, question in self.questions.items()]

    def _check(self, number: int, question: Question) -> Check:
        def ask(_: Exercise, student: Student) -> None:
            answers = student.run(_read_answers, name=self.name)
            if not isinstance(answers, dict):
                seen = f"`{self.name}` is a {answers}"
                raise expect.CheckFailed(seen, "a dict of numbers and letters, such as {1: 'a'}")
            if all(value is None for value in answers.values()):
                raise StudentError("NotImplementedError", f"{self.name} has no answers yet")
            chosen = answers.get(str(number))
            letters = ", ".join(question.options)
            if chosen is None:
                expect.fail("no answer yet", f"one of the letters {letters}")
            option = question.options.get(str(chosen).strip().lower())
            if option is None:
                expect.fail(f"the answer {expect.show(chosen)}", f"one of the letters {letters}")
            elif not option.right:
                expect.fail(f"{str(chosen).strip().lower()}: {option.text}", because=option.why)

        return Check(f"{number}. {question.text}", 1.0, "", ask)


def _read_answers(namespace, name):  # a probe: it travels as source
    answers = namespace[name]
    if not isinstance(answers, dict):
        return type(answers).__name__
    return {str(key): value for key, value in answers.items()}


def get_exercise(name: str) -> Exercise:
    """The exercise of this name. Raises CourseError, with the names there are, for an unknown one."""
    try:
        return all_exercises()[name]
    except KeyError:
        known = ", ".join(all_exercises())
        raise CourseError(f"There is no exercise called {name!r}. There are: {known}.") from None


@cache
def all_exercises() -> dict[str, Exercise]:
    """Every exercise by name. Raises CourseError when two have one name or one is not complete."""
    found: dict[str, Exercise] = {}
    for cls in _classes("grader.exercises", Exercise):
        if not getattr(cls, "name", "") or not getattr(cls, "points", 0):
            continue  # an abstract base
        if cls.name in found:
            other = type(found[cls.name])
            raise CourseError(
                f"Two exercises are called {cls.name!r}: {other.__module__}.{other.__name__} and "
                f"{cls.__module__}.{cls.__name__}. Rename one of them."
            )
        found[cls.name] = cls()
    return found


@cache
def _hidden_checks() -> dict[str, list[Check]]:
    found: dict[str, list[Check]] = {}
    for cls in _classes("grader.hidden", HiddenChecks):
        for member in _members(cls):
            entry = getattr(member, "check", None)
            if isinstance(entry, Check):
                hidden = Check(entry.title, entry.weight, entry.hint, entry.function, hidden=True)
                found.setdefault(cls.exercise, []).append(hidden)
    return found


def _classes(package: str, base: type[T]) -> Iterator[type[T]]:
    """Subclasses of `base` defined in the modules of `package`, in order; none if it is absent."""
    try:
        root = importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        return
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{package}.{info.name}")
        for member in list(vars(module).values()):
            if (
                isinstance(member, type)
                and issubclass(member, base)
                and member is not base
                and member.__module__ == module.__name__
            ):
                yield member


def _members(cls: type) -> list[object]:
    """Attributes of a class and its bases, bases first, in the order in which they are written."""
    members: dict[str, object] = {}
    for parent in reversed(cls.__mro__):
        members.update(vars(parent))
    return list(members.values())
