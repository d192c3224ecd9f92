"""The engine: a sanitised notebook in, an executed and judged notebook out.

Cells run in order in the sandbox; at each check cell the judge asks its questions to a fork of the
student's process. After the last cell it asks some of them again beside reference implementations, and
writes its tables into the cells. Nothing that the student's process says becomes a grade: the judge
decides from data and from what it computed itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import torch
from nbformat import NotebookNode, from_dict

from grader.checks.exercise import Exercise
from grader.checks.judge import UNWRITTEN, judge, judge_with_reference, unjudged
from grader.checks.packages import WHICH_THERE_ARE
from grader.checks.quiz import Quiz
from grader.checks.registry import chapter_of, get_exercise, has_variants
from grader.checks.results import ExerciseResult, SubmissionResult
from grader.checks.table import ResultTable
from grader.grading import isolating
from grader.grading.names import folder_of, printable
from grader.grading.reference import reference_for
from grader.grading.release import BONUS, DEMO, Release, grade_id
from grader.grading.task import Task, exercise_of, shown_quiz
from grader.grading.whose import another_claim, told
from grader.sandbox import CellOutcome, Session
from grader.wire.probe import StudentError


def grade(
    task: Task,
    *,
    session: Callable[[int], AbstractContextManager[Session]],
    unreadable: Mapping[str, str],
) -> SubmissionResult:
    """Run and judge the notebook of `task`; write outputs into its cells.

    session: gives the place where the student's code runs, for the seed of its chance. unreadable:
    exercises that are not judged, and why.

    Cells tagged `demo`, and those with the source of one in the release, are not run. Every exercise gets a
    result, whatever the code does. What happens to cells is added to the submission's findings.
    """
    torch.set_num_threads(1)  # a judge compares small tensors, and several judges share a machine
    started = time.perf_counter()
    submission, release = task.submission, task.release
    with session(task.chance) as place:
        judged = _run_cells(task, place, unreadable)
        results = [
            _weighed(result, release)
            for result in _with_reference(judged, place, release, unreadable)
        ]
    for entry, result in zip(judged, results, strict=True):
        entry.cell.outputs = _outputs(result, entry.cell.execution_count)
    seconds = time.perf_counter() - started
    findings = tuple(submission.findings)
    about = (submission.student, release.assignment)
    return SubmissionResult(*about, tuple(results), findings, seconds, task.content)


def _run_cells(task: Task, session: Session, unreadable: Mapping[str, str]) -> list[_Judged]:
    """Run the cells in order, and judge each exercise where its check stands."""
    submission, release = task.submission, task.release
    chapter, student = chapter_of(release.assignment), folder_of(submission.student)
    judged: list[_Judged] = []
    stopped: dict[str, str] = {}
    handed_out = {grade_id(cell): cell.source for cell in release.notebook.cells}
    count = 0
    if has_variants(chapter):
        submission.findings += another_claim(task.notebook, student)
        session.run_cell(told(chapter, student), count=0)
    for cell in task.notebook.cells:
        if cell.cell_type != "code":
            continue
        name = exercise_of(cell)
        if name is None and _is_demo(cell, release.demos):
            cell.execution_count, cell.outputs = None, []
            continue
        count += 1
        cell.execution_count = count
        if quiz := shown_quiz(cell):
            cell.outputs = [_sheet(get_exercise(chapter, quiz, student))]
        elif name is not None:
            exercise = get_exercise(chapter, name, student)
            seed = task.seeds[name]
            isolating.note(name)
            if name in unreadable:
                result = judge(exercise, _Unreadable(unreadable[name]), seed)
            else:
                result = judge_in_session(exercise, session, seed)
            isolating.note("")
            if result.failed and name in stopped:
                result = _of_a_stopped_cell(exercise, result, stopped[name])
            judged.append(_Judged(cell, exercise, seed, result))
        elif cell.source.strip():
            outcome = session.run_cell(cell.source, count=count)
            cell.outputs = [_counted(output, count) for output in outcome.outputs]
            if outcome.status != "ok" and not _is_open(outcome):
                is_empty = cell.source == handed_out.get(grade_id(cell))
                stopped[grade_id(cell)] = UNWRITTEN if is_empty else outcome.message
            if outcome.status not in ("ok", "error"):
                text = f"Cell {count} (`{_first_line(cell)}`): {outcome.message}"
                submission.findings.append(text)
    return judged


def _of_a_stopped_cell(exercise: Exercise, result: ExerciseResult, why: str) -> ExerciseResult:
    """The result, with what stopped the exercise's cell as the news; one that is as it was handed out is open."""
    if why == UNWRITTEN:
        return unjudged(exercise, UNWRITTEN)
    news = f"The cell of this exercise stopped: {why.removesuffix('.')}"
    if "ModuleNotFoundError" in news:
        news = f"{news}. {WHICH_THERE_ARE.removesuffix('.')}"
    problem = result.problem and f"{news}. {result.problem}"
    return replace(result, problem=problem, note="" if problem else news)


def judge_in_session(exercise: Exercise, session: Session, seed: int) -> ExerciseResult:
    """Judge it in the copy that the exercise before has left, and anew in a fresh one when a check fails there.

    A copy is left only when every check passed in it.
    """
    while True:
        with session.exercise(shared=True) as remote:
            result = judge(exercise, remote, seed, to_first_failure=remote.is_second_hand)
            if not result.failed:
                remote.keep()
        if not (result.failed and remote.is_second_hand):
            return result


def _sheet(quiz: Exercise) -> NotebookNode:
    """What the cell above a shuffled quiz shows: its options in the student's order."""
    assert isinstance(quiz, Quiz)
    data = {"text/markdown": quiz.sheet(), "text/plain": quiz.sheet()}
    return from_dict({"output_type": "display_data", "metadata": {}, "data": data})


def _is_open(outcome: CellOutcome) -> bool:
    """Whether a cell only said that it waits for its answer, as a quiz does; the check says so itself."""
    return outcome.error is not None and outcome.error.type == "NotImplementedError"


@dataclass(frozen=True)
class _Unreadable:
    """Stands for a student whose answers no judge can look at."""

    reason: str

    def call(self, name: str, *args: object, **kwargs: object) -> object:
        raise StudentError("Unreadable", self.reason, kind="malformed")

    def run(self, probe: Callable[..., object], **inputs: object) -> object:
        raise StudentError("Unreadable", self.reason, kind="malformed")


@dataclass(frozen=True)
class _Judged:
    """A check cell, and what its exercise earned with nothing but the student's own code."""

    cell: NotebookNode
    exercise: Exercise
    seed: int
    result: ExerciseResult


def _with_reference(
    judged: list[_Judged], session: Session, release: Release, unreadable: Mapping[str, str]
) -> list[ExerciseResult]:
    """The results, those judged again that lost points and build on an exercise that lost points.

    Only now, when no cell runs any more: what a student's code reads of the reference implementations
    cannot become an output. They know of earlier exercises only, and these have been judged.
    """
    lost = {entry.exercise.name for entry in judged if entry.result.failed}
    parts: dict[str, set[str]] = {}  # all that an exercise builds on, directly or not
    results = []
    for entry in judged:
        exercise, result = entry.exercise, entry.result
        own = parts[exercise.name] = {*exercise.uses}.union(
            *(parts.get(used, set()) for used in exercise.uses)
        )
        again = exercise.name in lost and lost & own
        if again and exercise.name not in unreadable:
            isolating.note(exercise.name)
            reference = reference_for(release.source, exercise)
            with session.exercise(reference=reference) as remote:
                result = judge_with_reference(exercise, result, remote, entry.seed)
        results.append(result)
    return results


def _weighed(result: ExerciseResult, release: Release) -> ExerciseResult:
    """The result as the instructor has it count."""
    if result.exercise in release.dropped:
        return replace(result, points=0.0, note="This exercise does not count.")
    if result.exercise in release.bonus:
        return replace(result, points=0.0, bonus=result.points)
    return result


def _is_demo(cell: NotebookNode, demos: frozenset[str]) -> bool:
    return DEMO in cell.metadata.get("tags", []) or cell.source in demos


def _outputs(result: ExerciseResult, count: int) -> list[NotebookNode]:
    """What the check cell shows: the table, then the points, which nbgrader reads as the grade."""
    table = ResultTable(result)
    bundle = table._repr_mimebundle_()
    points = {"text/plain": repr(0.0 if result.bonus else float(result.earned))}
    shown = {"output_type": "display_data", "metadata": {}, "data": bundle}
    bonus = {BONUS: result.earned} if result.bonus else {}
    returned = {"output_type": "execute_result", "metadata": bonus, "data": points}
    return [from_dict(shown), from_dict(returned | {"execution_count": count})]


def _counted(output: dict, count: int) -> NotebookNode:
    node = NotebookNode(output)
    if node.output_type == "execute_result":
        node.execution_count = count
    return node


def _first_line(cell: NotebookNode) -> str:
    return printable(cell.source.strip().splitlines()[0], 60)
