"""Variants: numbers, and the order of a quiz's options, drawn for each student, so that neighbours cannot copy them.

What is drawn hangs on public names alone, the chapter and the student's id. So a notebook at home and grading agree
without the course's secret, and nothing here is one.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeVar

from grader.checks.judge import derive_seed

PUBLIC_KEY = "dropout-lab, variant 1"
_T = TypeVar("_T")
_DECIMALS = 10


def same_id(student: str) -> str:
    """A student's id as it is drawn from: however it is written, `Ada` or ` ada`. A folder's name may be no text."""
    text = student.encode(errors="replace").decode()
    return unicodedata.normalize("NFKC", text).strip().casefold()


def constants(chapter: str, spans: Mapping[str, Sequence[float]], student: str) -> dict[str, float]:
    """A student's number for every name in `spans`: (low, high, step), both ends possible."""
    return {name: _number(span, chapter, same_id(student), name) for name, span in spans.items()}


def steps(low: float, high: float, step: float) -> int:
    """How many numbers there are from `low` to `high`."""
    return math.floor((high - low) / step + 1e-9) + 1


def reordered(options: Mapping[str, _T], student: str, *names: str) -> dict[str, _T]:
    """The options in a student's order, lettered anew. names: whose options they are."""
    order = sorted(
        options, key=lambda letter: derive_seed(PUBLIC_KEY, same_id(student), *names, letter)
    )
    return {letter: options[old] for letter, old in zip(options, order, strict=True)}


def described(numbers: Mapping[str, float]) -> str:
    """`units = 37, rate = 0.4`."""
    return ", ".join(f"{name} = {number}" for name, number in numbers.items())


def _number(span: Sequence[float], *names: str) -> float:
    low, high, step = span
    place = derive_seed(PUBLIC_KEY, *names) % steps(low, high, step)
    return round(low + place * step, _DECIMALS)
