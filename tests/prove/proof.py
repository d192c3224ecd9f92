"""The catalogue's part of the proof: every answer judged, again with other chance, and in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.console import Console
from rich.progress import track

from grader.authoring.catalogue import Answer
from grader.checks.registry import get_exercise
from grader.checks.statistics import Comparison
from grader.course import data_folder
from grader.sandbox import Limits, Sandbox, SandboxUnavailable
from grader.sandbox.launch import Backend

from .catalogue import MIN_RIGHT, MIN_WRONG, all_answers
from .error_rates import ErrorRates
from .forked import run_forked
from .hidden_alone import hidden_alone, listed_answers, problem_with
from .judging import Verdict, faults, judge_here, judge_sandboxed, seed_of
from .points import kept
from .setting import Setting, settings
from .table import Row

WORKERS = 2
SECONDS = 120.0
REPEATS = 40
"""How often each right answer is judged again, each time with other random numbers."""
WRONG_REPEATS = 4
"""How often each wrong answer is judged again: that it is rejected must not be luck."""
LUCK = 3
"""How often a wrong answer is judged once more, with other chance, before it counts as a fault: words may
fit only some of the inputs that are drawn."""
LUCK_IN_SANDBOX = 12
"""The same for a difference between the two ways: the code's own draws differ in the sandbox, and one mask for
each row still has about the right mean in three drawings of ten."""


def judge_catalogue(answers: Sequence[Answer]) -> dict[str, Verdict]:
    """Every answer judged in a process of its own; by the answer's path."""
    verdicts = {}
    tasks = [lambda answer=answer: judge_answer(answer) for answer in answers]
    for outcome in run_forked(tasks, SECONDS, WORKERS):
        answer = answers[outcome.index]
        if outcome.result is None:
            raise RuntimeError(f"{answer.path}: {outcome.problem}")
        verdicts[answer.path] = outcome.result
    return verdicts


def judge_answer(answer: Answer) -> Verdict:
    """The verdict on an answer, always the same; on a wrong one, the first of some that has no fault."""
    first = _judge(answer, answer.path)
    if answer.right or not faults(answer, first):
        return first
    others = (_judge(answer, f"{answer.path} {number}") for number in range(LUCK))
    return next((verdict for verdict in others if not faults(answer, verdict)), first)


def row_of(place: tuple[str, str], own: Sequence[Answer], verdicts: Mapping[str, Verdict]) -> Row:
    """What the answers to one exercise show, judged once."""
    ids = [entry.id for entry in get_exercise(*place).checks()]
    row = Row(place[1], len(ids))
    for answer in own:
        found = faults(answer, verdicts[answer.path])
        row.right += answer.right
        row.wrong += not answer.right
        row.accepted += answer.right and not found
        row.rejected += not answer.right and not found
        row.problems += [f"{answer.path}: {fault}" for fault in found]
        if not answer.right:
            result = verdicts[answer.path].result
            row.kept.append(kept(answer, result))
            if hidden_alone(result):
                row.hidden_alone.append(answer.path)
            if problem := problem_with(answer, result, listed_answers()):
                row.problems.append(f"{answer.path} {problem}")
    row.problems += [f"{entry.answer.path} {entry.problem}" for entry in row.kept if entry.problem]
    if row.right < MIN_RIGHT or row.wrong < MIN_WRONG:
        row.problems.append(f"{row.right} right and {row.wrong} wrong answers are too few")
    named = {answer.rejected_by for answer in own}
    row.problems += [f"no wrong answer shows that `{i}` can fail" for i in ids if i not in named]
    return row


def judge_again(
    rows: Mapping[tuple[str, str], Row],
    rates: Mapping[tuple[str, str], ErrorRates],
    answers: Sequence[Answer],
    repeats: int,
) -> None:
    """Each answer again and again, with other random numbers: the outcome must not be luck. What the
    checks of right answers book goes to `rates`."""
    counts = [repeats if answer.right else min(WRONG_REPEATS, repeats) for answer in answers]
    tasks = [
        lambda answer=answer, count=count: [_once_more(answer, n) for n in range(count)]
        for answer, count in zip(answers, counts, strict=True)
    ]
    outcomes = run_forked(tasks, SECONDS * max(repeats, 1), WORKERS)
    for outcome in track(outcomes, "all answers again", len(tasks), console=Console(stderr=True)):
        answer = answers[outcome.index]
        row = rows[answer.place]
        rounds = [([outcome.problem], ())] if outcome.result is None else outcome.result
        row.repeats += counts[outcome.index]
        row.missed_repeats += sum(bool(found) for found, _ in rounds)
        found = dict.fromkeys(text for texts, _ in rounds for text in texts)
        row.problems += [f"{answer.path}, judged again: {text}" for text in found]
        for _, booked in rounds:
            rates[answer.place].add(booked)


def judge_beside_others(rows: Mapping[tuple[str, str], Row]) -> None:
    """Each reference solution beside every right answer to an exercise that it builds on, however that is written:
    it must earn all points there, too.
    """
    right = [answer for answer in all_answers() if answer.right]
    pairs = [
        (setting, answer)
        for place, setting in settings().items()
        if place in rows
        for answer in right
        if answer.chapter == place[0] and answer.exercise in _builds_on(place)
    ]
    tasks = [lambda pair=pair: _beside(*pair) for pair in pairs]
    for outcome in run_forked(tasks, SECONDS, WORKERS):
        setting, answer = pairs[outcome.index]
        row = rows[setting.place]
        found = [outcome.problem] if outcome.result is None else outcome.result
        row.beside += 1
        row.missed_beside += bool(found)
        row.problems += [f"the solution beside {answer.path}: {fault}" for fault in found]


def compare_with_sandbox(
    rows: Mapping[tuple[str, str], Row],
    answers: Sequence[Answer],
    verdicts: Mapping[str, Verdict],
    backend: Backend,
) -> None:
    """Judge every answer in the sandbox too: both ways must say the same of every check.

    The code's own draws differ there. So a wrong answer on which a check depends on luck is judged
    again, with other draws, before it counts as a difference between the two ways. Raises
    SandboxUnavailable.
    """
    parts = [answers[start::WORKERS] for start in range(WORKERS)]
    tasks = [lambda part=part: _compare_part(part, verdicts, backend) for part in parts]
    Console(stderr=True).print(f"{len(answers)} answers in the sandbox ...")
    for outcome in run_forked(tasks, SECONDS * len(answers), WORKERS):
        if outcome.result is None:
            raise SandboxUnavailable(outcome.problem.removeprefix("SandboxUnavailable: "))
        for answer, found in zip(parts[outcome.index], outcome.result, strict=True):
            row = rows[answer.place]
            row.agree = (row.agree or 0) + (not found)
            row.problems += [f"{answer.path}, in the sandbox: {fault}" for fault in found]


def _builds_on(place: tuple[str, str]) -> set[str]:
    """All exercises of the chapter that one uses, directly or not."""
    used = set(get_exercise(*place).uses)
    return used.union(*(_builds_on((place[0], name)) for name in used))


def _beside(setting: Setting, answer: Answer) -> list[str]:
    """What checks say of the solution where `answer` stands in the cell of an earlier exercise."""
    solved = settings()[answer.place].reference
    before = tuple(answer.code if cell == solved else cell for cell in setting.before)
    changed = replace(setting, before=before)
    verdict = judge_here(changed, setting.reference, seed_of(*setting.place, answer.path))
    return [f"`{check.id}` rejects it: {check.message}" for check in verdict.result.failed]


def _compare_part(
    answers: Sequence[Answer], verdicts: Mapping[str, Verdict], backend: Backend
) -> list[list[str]]:
    """What is wrong with each of these answers in a sandbox of their own."""
    with Sandbox(Limits(), data_folder(), backend) as sandbox:
        return [_in_sandbox(answer, verdicts[answer.path], sandbox) for answer in answers]


def _in_sandbox(answer: Answer, here: Verdict, sandbox: Sandbox) -> list[str]:
    """What is wrong with an answer in the sandbox; a wrong one that may owe it to luck is tried again."""
    found = _compared(answer, here, sandbox)
    for number in range(LUCK_IN_SANDBOX):
        if answer.right or not found:
            break
        other = f"{answer.path} {number}"
        (tried,) = run_forked([lambda: _judge(answer, other)], SECONDS, 1)  # noqa: B023
        if tried.result is not None:
            found = _compared(answer, tried.result, sandbox)
    return found


def _judge(answer: Answer, seed: str) -> Verdict:
    return judge_here(settings()[answer.place], answer.code, seed_of(seed))


def _once_more(answer: Answer, number: int) -> tuple[list[str], tuple[Comparison, ...]]:
    """What is wrong this time, and what was booked for a right answer. A wrong one needs no particular
    words: they may fit only some of the rates that are drawn."""
    verdict = _judge(answer, f"{answer.path} {number}")
    return faults(replace(answer, says=""), verdict), verdict.booked if answer.right else ()


def _compared(answer: Answer, here: Verdict, sandbox: Sandbox) -> list[str]:
    """What is wrong with the same judging in the sandbox, and where the two differ."""
    there = judge_sandboxed(settings()[answer.place], answer.code, here.seed, sandbox)
    differences = [
        f"`{name}` {'passes' if passed else 'fails'} here and not there"
        for name, passed in here.passed.items()
        if there.passed.get(name) is not passed
    ]
    return faults(answer, there) + differences
