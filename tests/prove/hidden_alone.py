"""Wrong answers that hidden checks alone reject: their learners see full marks first and lose points later.

Hidden checks vary what visible ones ask, so such an answer is rare. `hidden_alone.toml` lists each with
the reason why no visible check asks for it. One that is not listed, and a listed one that a visible check
rejects meanwhile, fail the proof.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from grader.authoring.catalogue import Answer
from grader.checks.results import ExerciseResult

LIST = Path(__file__).with_name("hidden_alone.toml")


def hidden_alone(result: ExerciseResult) -> bool:
    """Whether checks reject the answer, and all of these are hidden."""
    return bool(result.failed) and all(check.hidden for check in result.failed)


def problem_with(answer: Answer, result: ExerciseResult, listed: Mapping[str, str]) -> str:
    """Why a wrong answer breaks the rule; empty when it does not."""
    alone = hidden_alone(result)
    if alone and answer.path not in listed:
        return f"is rejected by hidden checks alone: let a visible one see it, or list it in {LIST.name}"
    if not alone and answer.path in listed:
        return f"is listed in {LIST.name}, though hidden checks are not alone in rejecting it"
    return ""


@cache
def listed_answers(path: Path = LIST) -> dict[str, str]:
    """Path of a wrong answer to the reason. Raises ValueError for a reason of less than four words."""
    listed = tomllib.loads(path.read_text(encoding="utf-8"))
    for name, reason in listed.items():
        if len(reason.split()) < 4:
            raise ValueError(f"{path.name}: {name!r} has no reason, or a very short one")
    return listed
