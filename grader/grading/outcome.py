"""What became of a submission: graded, or not and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from grader.checks.results import SubmissionResult


@dataclass(frozen=True)
class Failure:
    """A submission that could not be graded, and why; its earlier grade, if any, is untouched.

    student: the folder's name, as it can be shown.
    """

    student: str
    reason: str


Outcome: TypeAlias = SubmissionResult | Failure
Outcomes: TypeAlias = Sequence[Outcome]
