"""The judge: runs an exercise's checks against a student and says what was earned."""

from __future__ import annotations

import copy
import hashlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch

from grader.checks import statistics
from grader.checks.exercise import Check, Exercise
from grader.checks.expect import CheckFailed
from grader.checks.results import CheckResult, ExerciseResult
from grader.checks.student import Student
from grader.wire.probe import StudentError, source_of

UNWRITTEN = "This exercise is still open: put your answer in place of `raise NotImplementedError()`, and run that cell."
STILL_OPEN = "is still open"
"""Ends what a check says of one of several functions."""
JUDGED_WITH_REFERENCE = "Judged with the course's own {} where yours made a check fail: a mistake costs its points once."
MAX_REASON = 1000
# Control characters, and those that turn the direction of writing.
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]+")


def judge(
    exercise: Exercise,
    student: Student,
    seed: int,
    reference: Student | None = None,
    *,
    to_first_failure: bool = False,
) -> ExerciseResult:
    """Judge `exercise`: every check draws its inputs from `seed` and its own id.

    reference: as for `judge_with_reference`, which then has the last word. to_first_failure: after a check
    that fails, no other is asked, for whoever only wants to know whether all of them pass.

    Never raises for what a student's code does or returns: whatever cannot be judged is a failed
    check with a reason. The caller's random state is left as it was. Torch has one for all threads of a
    process, so only one thread of a process may judge at a time.
    """
    own = copy.copy(exercise)
    results: list[CheckResult] = []
    problem = ""
    with torch.random.fork_rng(devices=[]):
        for entry in exercise.checks():
            if problem:
                results.append(_failed(entry, problem))
                continue
            outcome = _ask(own, entry, student, seed)
            results.append(outcome.result)
            problem = outcome.problem
            if to_first_failure and not outcome.result.passed:
                problem = problem or "An earlier check has failed."
    result = ExerciseResult(exercise.name, exercise.points, tuple(results), problem)
    if results and all(one.seen.endswith(STILL_OPEN) for one in results):
        result = unjudged(exercise, UNWRITTEN)
    return judge_with_reference(exercise, result, reference, seed) if reference else result


def unjudged(exercise: Exercise, problem: str) -> ExerciseResult:
    """The result of an exercise that was not judged at all. problem: why."""
    failed = tuple(_failed(entry, problem) for entry in exercise.checks())
    return ExerciseResult(exercise.name, exercise.points, failed, problem)


def judge_with_reference(
    exercise: Exercise, result: ExerciseResult, reference: Student, seed: int
) -> ExerciseResult:
    """`result`, with every check that failed asked once more, of `reference`: the student's code with the
    reference implementations of what the exercise `uses`. So a mistake costs its points once.

    The inputs are others: who is asked the same again would know that the first answer was wrong.

    The second answer counts. Its values say what is this exercise's own mistake; what the code said
    beside them is not shown, because it could quote the reference implementations.
    """
    if not exercise.uses or not result.failed:
        return result
    own = copy.copy(exercise)
    results: list[CheckResult] = []
    asked, over, helped = False, False, False
    with torch.random.fork_rng(devices=[]):
        for entry, first in zip(exercise.checks(), result.checks, strict=True):
            if first.passed:
                own._passed |= {entry.id}
            if first.passed or over:
                results.append(first)
                continue
            outcome = _ask(own, entry, reference, derive_seed(str(seed), "with reference"))
            seconds = first.seconds + outcome.result.seconds
            results.append(replace(first if outcome.quotes else outcome.result, seconds=seconds))
            over = bool(outcome.problem)
            asked, helped = asked or not over, helped or outcome.result.passed
    if not asked:
        return result
    note = JUDGED_WITH_REFERENCE.format(_listed(exercise.uses)) if helped else ""
    return replace(result, checks=tuple(results), problem="", note=f"{result.note} {note}".strip())


@dataclass(frozen=True)
class _Outcome:
    """What one check gave. problem: why further checks are pointless, if they are. quotes: whether the
    reason may hold words of the student's code, and not only values.
    """

    result: CheckResult
    problem: str = ""
    quotes: bool = False


class _Heard:
    """A student whose words are kept: the texts in the answers that the question did not hold already."""

    def __init__(self, student: Student) -> None:
        self._student = student
        self.words: set[str] = set()

    def call(self, name: str, *args: object, **kwargs: object) -> object:
        answer = self._student.call(name, *args, **kwargs)
        self.words |= set(_texts(answer))
        return answer

    def run(self, probe: Callable[..., object], **inputs: object) -> object:
        answer = self._student.run(probe, **inputs)
        source = source_of(probe)
        self.words |= {text for text in _texts(answer) if text not in source}
        return answer

    def is_quoted(self, reason: str) -> bool:
        """Whether the beginning of such a text occurs in `reason`, as it is or in quotes."""
        shown = [form for text in self.words if text for form in (_legible(text), repr(text)[1:-1])]
        return any(text[:20] in reason for text in shown)


def _texts(value: object) -> Iterator[str]:
    """All texts in a plain value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value:
            yield from _texts(item)
        if isinstance(value, dict):
            yield from _texts(list(value.values()))


def derive_seed(secret: str, *parts: str) -> int:
    """A 63-bit seed from the instructor's secret and the names of student, assignment and exercise."""
    text = "\0".join((secret, *parts)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1


def _ask(exercise: Exercise, entry: Check, student: Student, seed: int) -> _Outcome:
    """Ask one check, which `exercise` then remembers to have passed."""
    started = time.perf_counter()
    # torch.manual_seed looks for every kind of device as well, which takes its time.
    torch.default_generator.manual_seed(derive_seed(str(seed), entry.id))
    asked = _Heard(student)
    problem, quotes = "", True
    try:
        with statistics.account(entry.id):
            why = entry.function(exercise, asked) or ""
    except CheckFailed as failure:
        result = _failed(entry, failure.seen, failure.expected, failure.because)
        quotes = asked.is_quoted(result.message)
    except StudentError as error:
        result, problem = _failed(entry, *_explain(error)), _fatal(error)
    except Exception as error:  # what came back fits no expectation of the check
        seen = f"a result that this check could not read ({type(error).__name__}: {error})"
        result = _failed(entry, seen, "a result as the exercise describes it")
    else:
        result, quotes = _result(entry, passed=True, because=why), False
        exercise._passed |= {entry.id}
    seconds = time.perf_counter() - started
    return _Outcome(replace(result, seconds=seconds), problem, quotes)


def _result(
    entry: Check, passed: bool, seen: str = "", expected: str = "", because: str = ""
) -> CheckResult:
    return CheckResult(
        id=entry.id,
        title=entry.title,
        weight=entry.weight,
        passed=passed,
        seen=_legible(seen),
        expected=_legible(expected),
        because=_legible(because),
        hint="" if passed else entry.hint,
        essential=entry.essential,
        hidden=entry.hidden,
    )


def _failed(entry: Check, seen: str, expected: str = "", because: str = "") -> CheckResult:
    return _result(entry, False, seen, expected, because)


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _legible(text: str) -> str:
    """A reason that fits into a table and holds nothing that a terminal would obey.

    It may quote what a student's code said, which can be long, and meant for another reader.
    """
    short = text if len(text) <= MAX_REASON else text[: MAX_REASON - 1] + "…"
    return _CONTROL.sub(" ", short)


def _explain(error: StudentError) -> tuple[str, str]:
    """What was seen and expected, for an error of the student's code."""
    if error.is_stub:
        return UNWRITTEN, ""
    if error.kind != "raised":
        return error.message, ""
    where = f" in line {error.line}" if error.line else ""
    if error.source_line:
        where += f" (`{error.source_line}`)"
    return f"{error.type}{where}: {error.message}", "no exception"


def _fatal(error: StudentError) -> str:
    """Why no further check can tell more: the code is missing, unwritten, or its process is gone."""
    if error.is_stub:
        return UNWRITTEN
    fatal = error.kind in ("missing", "died", "malformed")
    return _legible(error.message) if fatal else ""
