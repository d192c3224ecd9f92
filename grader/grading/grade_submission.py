"""The engine: a sanitised notebook in, an executed and judged notebook out.

Cells run in order in the sandbox; at each check cell the judge asks its questions to a fork of the
student's process. After the last cell it asks some of them again beside reference implementations, and
writes its tables into the cells. Nothing that the student's process says becomes a grade: the judge
decides from data and from what it computed itself.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial

import torch
from nbformat import NotebookNode, from_dict

from grader.checks.exercise import Exercise
from grader.checks.judge import derive_seed, judge, judge_with_reference
from grader.checks.packages import WHICH_THERE_ARE
from grader.checks.registry import chapter_of, get_exercise
from grader.checks.results import ExerciseResult, SubmissionResult
from grader.checks.table import ResultTable
from grader.grading import isolating
from grader.grading.names import printable
from grader.grading.reference import reference_for
from grader.grading.release import BONUS, DEMO, Release
from grader.grading.submission import Submission
from grader.sandbox import CellOutcome, Session
from grader.wire.probe import StudentError


def grade(
    submission: Submission,
    notebook: NotebookNode,
    *,
    release: Release,
    secret: str,
    session: Callable[[int], AbstractContextManager[Session]],
    unreadable: Mapping[str, str],
) -> SubmissionResult:
    """Run and judge `notebook`, what `submission` became when it was prepared; write outputs into its
    cells.

    session: gives the place where the student's code runs, for the seed of its chance. unreadable:
    exercises that are not judged, and why.

    `secret`, the student, what was handed in, and the exercise's name give the seed of the judge's inputs:
    grading the same again repeats it, and handing in something else gets other questions. The student's
    process has a seed of its own. Cells tagged `demo`, and those with the source of one in `release`,
    are not run. Every exercise gets a result, whatever the code does. What happens to cells is added to
    the submission's findings.
    """
    torch.set_num_threads(1)  # a judge compares small tensors, and several judges share a machine
    started = time.perf_counter()
    student, assignment = submission.student, release.assignment
    content = content_of(notebook, submission.files)
    with session(derive_seed(secret, "student", student, assignment)) as place:
        seeds = partial(derive_seed, secret, student, content)
        judged = _run_cells(notebook, submission, release, seeds, place, unreadable)
        results = [
            _weighed(result, release)
            for result in _with_reference(judged, place, release, unreadable)
        ]
    for entry, result in zip(judged, results, strict=True):
        entry.cell.outputs = _outputs(result, entry.cell.execution_count)
    seconds = time.perf_counter() - started
    findings = tuple(submission.findings)
    return SubmissionResult(student, assignment, tuple(results), findings, seconds, content)


def content_of(notebook: NotebookNode, files: Mapping[str, bytes]) -> str:
    """A hash of what a student's process is given: the code of a prepared notebook, in order, and files."""
    parts = [
        cell.source.encode(errors="replace") for cell in notebook.cells if cell.cell_type == "code"
    ]
    parts += [
        part for name in sorted(files) for part in (name.encode(errors="replace"), files[name])
    ]
    digests = [hashlib.sha256(part).digest() for part in parts]
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _run_cells(
    notebook: NotebookNode,
    submission: Submission,
    release: Release,
    seeds: Callable[[str], int],
    session: Session,
    unreadable: Mapping[str, str],
) -> list[_Judged]:
    """Run the cells in order, and judge each exercise where its check stands. seeds: by its name."""
    judged: list[_Judged] = []
    stopped: dict[str, str] = {}
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        name = _exercise(cell)
        if name is None and _is_demo(cell, release.demos):
            cell.execution_count, cell.outputs = None, []
            continue
        count += 1
        cell.execution_count = count
        if name is not None:
            exercise = get_exercise(chapter_of(release.assignment), name)
            seed = seeds(name)
            isolating.note(name)
            if name in unreadable:
                result = judge(exercise, _Unreadable(unreadable[name]), seed)
            else:
                with session.exercise() as remote:
                    result = judge(exercise, remote, seed)
            isolating.note("")
            if result.failed and name in stopped:
                news = f"The cell of this exercise stopped: {stopped[name]}"
                if "ModuleNotFoundError" in news:
                    news = f"{news}. {WHICH_THERE_ARE.removesuffix('.')}"
                problem = result.problem and f"{news}. {result.problem}"
                result = replace(result, problem=problem, note="" if problem else news)
            judged.append(_Judged(cell, exercise, seed, result))
        elif cell.source.strip():
            outcome = session.run_cell(cell.source, count=count)
            cell.outputs = [_counted(output, count) for output in outcome.outputs]
            if outcome.status != "ok" and not _is_open(outcome):
                stopped[cell.metadata.get("nbgrader", {}).get("grade_id", "")] = outcome.message
            if outcome.status not in ("ok", "error"):
                text = f"Cell {count} (`{_first_line(cell)}`): {outcome.message}"
                submission.findings.append(text)
    return judged


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


def _exercise(cell: NotebookNode) -> str | None:
    """The exercise that a check cell judges."""
    marks = cell.metadata.get("nbgrader", {})
    if marks.get("grade") and marks.get("locked"):
        return marks["grade_id"].removeprefix("check_")
    return None


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
