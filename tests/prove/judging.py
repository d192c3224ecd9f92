"""Judging code in both ways: in this process, as `check` does, and in the sandbox, as grading does."""

from __future__ import annotations

import copy
import io
import random
import zlib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace

import numpy as np
import torch

from grader.authoring.catalogue import Answer
from grader.checks.exercise import Check, Exercise
from grader.checks.judge import judge
from grader.checks.registry import get_exercise, has_variants
from grader.checks.results import ExerciseResult
from grader.checks.statistics import Comparison, ledger
from grader.checks.student import LocalStudent, Student
from grader.grading.whose import told
from grader.sandbox import Sandbox

from .setting import Setting, namespace_with

UNREADABLE = "a result that this check could not read"


@dataclass(frozen=True)
class Verdict:
    """What the judge said of some code, what the code raised or wrote to stderr as it ran, the seed
    that it was judged with, and what the checks booked in the ledger."""

    result: ExerciseResult
    raised: str = ""
    seed: int = 0
    booked: tuple[Comparison, ...] = ()

    @property
    def passed(self) -> dict[str, bool]:
        return {check.id: check.passed for check in self.result.checks}


def judge_here(setting: Setting, code: str, seed: int) -> Verdict:
    """Judge `code` in this process, every check, with the randomness that `seed` gives."""
    student, raised = _student(setting, code, seed)
    with redirect_stdout(io.StringIO()), ledger() as booked:
        result = judge(get_exercise(*setting.place), student, seed)
    return Verdict(result, raised, seed, tuple(booked))


def first_failure(setting: Setting, code: str, seed: int) -> str:
    """The id of the first check that rejects `code`; empty when all accept it. Asks no further."""
    student, _ = _student(setting, code, seed)
    with redirect_stdout(io.StringIO()):
        result = judge(_until_one_fails(get_exercise(*setting.place)), student, seed)
    return result.failed[0].id if result.failed else ""


def judge_sandboxed(setting: Setting, code: str, seed: int, sandbox: Sandbox) -> Verdict:
    """Judge `code` in a submission of its own in `sandbox`, through the autograder's own way."""
    session = sandbox.open(seed, {})
    try:
        if has_variants(setting.chapter):
            session.run_cell(told(setting.chapter, ""), count=0)
        for source in setting.before:
            outcome = session.run_cell(source)
            if outcome.status != "ok":
                raise RuntimeError(f"a cell before {setting.exercise} failed: {outcome}")
        outcome = session.run_cell(code)
        with session.exercise() as remote:
            result = judge(get_exercise(*setting.place), remote, seed)
    finally:
        session.close()
    return Verdict(result, "" if outcome.status == "ok" else outcome.message, seed)


def faults(answer: Answer, verdict: Verdict) -> list[str]:
    """What is wrong with the checks, seen from this answer; nothing when they are right."""
    failed = {check.id: check for check in verdict.result.failed}
    found = [
        f"`{name}` could not read the result: {check.seen}"
        for name, check in failed.items()
        if check.seen.startswith(UNREADABLE)
    ]
    if answer.right:
        found += [f"`{name}` rejects it: {check.message}" for name, check in failed.items()]
        if verdict.raised:
            found.append(f"it raises {verdict.raised}")
        if verdict.result.earned != verdict.result.points:
            found.append(f"it earns {verdict.result.earned} of {verdict.result.points} points")
        return found
    named = failed.get(answer.rejected_by)
    if named is None:
        known = answer.rejected_by in verdict.passed
        what = "accepts it" if known else "is no check of this exercise"
        also = "; ".join(f"`{name}` says {check.message}" for name, check in failed.items())
        return [*found, f"`{answer.rejected_by}` {what} (rejected by: {also or 'none'})"]
    if answer.says not in named.message:
        found.append(f"`{named.id}` does not say {answer.says!r}, but: {named.message}")
    return found


def seed_of(*parts: str) -> int:
    """The same seed in every run, different for different parts."""
    return zlib.crc32("\0".join(parts).encode())


def _student(setting: Setting, code: str, seed: int) -> tuple[LocalStudent, str]:
    # The student's own randomness, of all three kinds; the judge's comes from `seed`.
    torch.manual_seed(seed ^ 0x5EED)
    np.random.seed(seed)
    random.seed(seed)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        namespace, raised = namespace_with(setting, code)
    return LocalStudent(namespace), raised


def _until_one_fails(exercise: Exercise) -> Exercise:
    """The exercise with its checks up to the first that fails."""

    failed: list[str] = []

    def watched(entry: Check) -> Check:
        def ask(own: Exercise, student: Student) -> None:
            failed.append(entry.id)
            entry.function(own, student)
            failed.pop()

        return replace(entry, function=ask)

    def checks() -> Iterator[Check]:
        for entry in exercise.checks():
            yield watched(entry)
            if failed:
                return

    cut = copy.copy(exercise)
    cut.checks = checks  # type: ignore[method-assign,assignment]
    return cut
