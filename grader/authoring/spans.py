"""The constants of a chapter that are drawn for each student, as its header declares them: `units: [20, 60]`."""

from __future__ import annotations

import math
from typing import TypeAlias

from grader.checks.variants import steps
from grader.errors import CourseError

Span: TypeAlias = tuple[float, float, float]


def read_spans(chapter: str, declared: object) -> dict[str, Span]:
    """Name to (low, high, step), both ends possible; the step is 1 unless a third number says another.

    chapter: the file, for errors. Raises CourseError, with the name, for what is no span of two or more numbers.
    """
    if not isinstance(declared, dict):
        raise CourseError(
            f"{chapter}: variants in the header hold a span for each name, as `units: [20, 60]`."
        )
    return {str(name): _span(chapter, name, numbers) for name, numbers in declared.items()}


def _span(chapter: str, name: object, numbers: object) -> Span:
    right = isinstance(numbers, list) and len(numbers) in (2, 3) and all(map(_is_number, numbers))
    if not right or not str(name).isidentifier():
        raise CourseError(
            f"{chapter}: the variant {name!r} is {numbers!r}; write `name: [low, high]` or `[low, high, step]`."
        )
    low, high, step = (*numbers, 1)[:3]  # type: ignore[misc]
    if step <= 0 or steps(low, high, step) < 2:
        raise CourseError(
            f"{chapter}: the variant {name} has fewer than two numbers in {numbers!r}."
        )
    return low, high, step


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value)
