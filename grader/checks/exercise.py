"""What an exercise is: a class with a name, points and checks.

Exercises lie in `grader.exercises.chNN`, a module for each or for a family of them. Further checks
that students do not have lie in `grader.hidden.chNN`. `grader.checks.registry` finds both.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from grader.checks.student import Student


@dataclass(frozen=True)
class Check:
    """One check of an exercise.

    id: the name of its method, unique in the exercise; it seeds the inputs, and the catalogue, the
    error rates and the JSON name the check by it. title: what a learner reads. weight: its share of
    the points; 0 for what only the student's process can know, which is told and not graded. essential: failing it caps the exercise at half of its points. function: raises when the
    check fails; a sentence that it returns is shown when it passes.
    """

    id: str
    title: str
    weight: float
    hint: str
    function: Callable[[Exercise, Student], str | None]
    essential: bool = False
    hidden: bool = False


Method = TypeVar("Method", bound=Callable[..., None])


def check(
    title: str, *, weight: float = 1.0, essential: bool = False
) -> Callable[[Method], Method]:
    """Mark a method `(self, student)` of an Exercise as a check; the method raises through `expect`.

    Its docstring is the hint: one thing for the learner to try.
    """

    def mark(method: Method) -> Method:
        hint = " ".join((method.__doc__ or "").split())
        method.check = Check(method.__name__, title, weight, hint, method, essential)  # type: ignore[attr-defined]
        return method

    return mark


class Exercise:
    """Base of all exercises: subclasses set `name` and `points`, and define checks.

    hints: opened one at a time on request, the last one nearly the answer. uses: the earlier exercises
    of the chapter that a learner's code calls. In grading, a check that fails is judged once more with
    the reference implementations of these in place of the learner's own; at home, the table says
    which of them to fix first. imports: modules that its checks import late, in the judge; the grader has them ready.
    constants: the numbers that the chapter draws for the student who is judged, by name.

    Every judging has a copy of its own, so a check may keep on `self` what later checks look at: an
    answer that was expensive. It must do without when it is judged alone.
    """

    name: ClassVar[str]
    points: ClassVar[float]
    hints: ClassVar[tuple[str, ...]] = ()
    uses: ClassVar[tuple[str, ...]] = ()
    imports: ClassVar[tuple[str, ...]] = ()
    hidden: tuple[Check, ...] = ()
    constants: Mapping[str, float] = {}
    _passed: frozenset[str] = frozenset()

    def checks(self) -> list[Check]:
        """The checks in the order in which they are written, hidden ones last."""
        return [*checks_in(type(self)), *self.hidden]

    def at_home(self) -> Self:
        """The exercise as a notebook has it: without hidden checks, which a clone of the course has as well."""
        own = copy.copy(self)
        own.hidden = ()
        return own

    def passed(self, check_id: str) -> bool:
        """Whether the check of this id has passed already in this judging."""
        return check_id in self._passed

    def picture(self, student: Student) -> Figure | None:
        """A figure of the target beside the student's result, drawn in the notebook; None for none."""
        return None


class HiddenChecks:
    """Base of further checks for an exercise, in `grader.hidden`: set `exercise` to its name."""

    exercise: ClassVar[str]


def checks_in(cls: type) -> list[Check]:
    """The checks of a class and its bases, bases first, in the order in which they are written."""
    members: dict[str, object] = {}
    for parent in reversed(cls.__mro__):
        members.update(vars(parent))
    found = [getattr(member, "check", None) for member in members.values()]
    return [entry for entry in found if isinstance(entry, Check)]


def cell_id(name: str) -> str:
    """The id that the build gives to the cell of this name: `dropout-layer` for `dropout_layer`."""
    return name.replace("_", "-")[:58]
