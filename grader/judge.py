"""The judge: runs an exercise's checks against a student and says what was earned."""

from __future__ import annotations

import copy
import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from .exercise import Check, Exercise
from .expect import CheckFailed
from .probe import StudentError
from .results import CheckResult, ExerciseResult
from .student import Student

UNWRITTEN = (
    "This exercise is still open: put your answer in place of `raise NotImplementedError()`."
)
MAX_REASON = 1000
# Control characters, and those that turn the direction of writing.
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]+")


def judge(exercise: Exercise, student: Student, seed: int) -> ExerciseResult:
    """Judge `exercise`: every check draws its inputs from `seed` and its own title.

    Never raises for what a student's code does or returns: whatever cannot be judged is a failed
    check with a reason. The caller's random state is left as it was. The checks share a copy of
    `exercise` that is made for this judging.
    """
    exercise = copy.copy(exercise)
    results: list[CheckResult] = []
    problem = ""
    with _TURN, torch.random.fork_rng(devices=[]):
        student = _TakingTurns(student)
        for entry in exercise.checks():
            if problem:
                results.append(_failed(entry, problem))
                continue
            # torch.manual_seed looks for every kind of device as well, which takes its time.
            torch.default_generator.manual_seed(_seed_of(entry, seed))
            started = time.perf_counter()
            result, problem = _run(exercise, entry, student)
            results.append(
                CheckResult(**{**vars(result), "seconds": time.perf_counter() - started})
            )
    return ExerciseResult(exercise.name, exercise.points, tuple(results), problem)


# Torch has one random state for all threads of a process, and several sandboxes are judged by several
# threads. A judge has its turn while it draws and compares, and passes it on while it waits.
_TURN = threading.Lock()


class _TakingTurns:
    """A student whose answers are waited for without holding the turn, nor losing the random state."""

    def __init__(self, student: Student) -> None:
        self._student = student

    def call(self, name: str, *args: object, **kwargs: object) -> object:
        with _turn_passed_on():
            return self._student.call(name, *args, **kwargs)

    def run(self, probe: Callable[..., object], **inputs: object) -> object:
        with _turn_passed_on():
            return self._student.run(probe, **inputs)


@contextmanager
def _turn_passed_on() -> Iterator[None]:
    state = torch.random.get_rng_state()
    _TURN.release()
    try:
        yield
    finally:
        _TURN.acquire()
        torch.random.set_rng_state(state)


def derive_seed(secret: str, *parts: str) -> int:
    """A 63-bit seed from the instructor's secret and the names of student, assignment and exercise."""
    text = "\0".join((secret, *parts)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1


def _seed_of(entry: Check, seed: int) -> int:
    return derive_seed(str(seed), entry.title)


def _run(exercise: Exercise, entry: Check, student: Student) -> tuple[CheckResult, str]:
    """The result of one check, and the problem that makes the further ones pointless, if any."""
    try:
        entry.function(exercise, student)
    except CheckFailed as failure:
        return _failed(entry, failure.seen, failure.expected, failure.because), ""
    except StudentError as error:
        return _failed(entry, *_explain(error)), _fatal(error)
    except Exception as error:  # what came back fits no expectation of the check
        seen = f"a result that this check could not read ({type(error).__name__}: {error})"
        return _failed(entry, seen, "a result as the exercise describes it"), ""
    return CheckResult(entry.title, entry.weight, True, hidden=entry.hidden), ""


def _failed(entry: Check, seen: str, expected: str = "", because: str = "") -> CheckResult:
    seen, expected, because = (_legible(text) for text in (seen, expected, because))
    return CheckResult(
        entry.title, entry.weight, False, seen, expected, because, entry.hint, entry.hidden
    )


def _legible(text: str) -> str:
    """A reason that fits into a table and holds nothing that a terminal would obey.

    It may quote what a student's code said, which can be long, and meant for another reader.
    """
    short = text if len(text) <= MAX_REASON else text[: MAX_REASON - 1] + "…"
    return _CONTROL.sub(" ", short)


def _explain(error: StudentError) -> tuple[str, str]:
    """What was seen and expected, for an error of the student's code."""
    if error.type == "NotImplementedError":
        return UNWRITTEN, ""
    if error.kind != "raised":
        return error.message, ""
    where = f" in line {error.line}" if error.line else ""
    if error.source_line:
        where += f" (`{error.source_line}`)"
    return f"{error.type}{where}: {error.message}", "no exception"


def _fatal(error: StudentError) -> str:
    """Why no further check can tell more: the code is missing, unwritten, or its process is gone."""
    if error.type == "NotImplementedError":
        return UNWRITTEN
    fatal = error.kind in ("missing", "timeout", "died", "malformed")
    return _legible(error.message) if fatal else ""
