"""The engine: a sanitised notebook in, an executed and judged notebook out.

Cells run in order in the sandbox; at each check cell the judge asks its questions to a fork of the
student's process and writes its table into the cell. Nothing that the student's process says
becomes a grade: the judge decides from data and from what it computed itself.
"""

from __future__ import annotations

import time

import torch
from nbformat import NotebookNode, from_dict

from grader.checks.judge import derive_seed, judge
from grader.checks.registry import chapter_of, get_exercise
from grader.checks.results import ExerciseResult, SubmissionResult
from grader.checks.table import ResultTable
from grader.grading.names import printable
from grader.grading.reference import reference_for
from grader.grading.release import DEMO, Release
from grader.sandbox import Sandbox, Session


def grade(
    notebook: NotebookNode,
    *,
    release: Release,
    student: str,
    secret: str,
    sandbox: Sandbox,
    findings: tuple[str, ...] = (),
    files: dict[str, bytes] | None = None,
) -> SubmissionResult:
    """Run and judge `notebook` in `sandbox`, writing outputs into its cells.

    `secret`, `student` and the exercise's name give the seed of the judge's inputs; the student's
    process has a seed of its own. Cells tagged `demo`, and those with the source of one in `release`,
    are not run. Every exercise gets a result, whatever the code does.
    """
    torch.set_num_threads(1)  # a judge compares small tensors, and several judges share a machine
    started = time.perf_counter()
    assignment = release.assignment
    results: list[ExerciseResult] = []
    notes = list(findings)
    session = sandbox.open(derive_seed(secret, "student", student, assignment), files or {})
    try:
        count = 0
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            exercise = _exercise(cell)
            if exercise is None and _is_demo(cell, release.demos):
                cell.execution_count, cell.outputs = None, []
                continue
            count += 1
            cell.execution_count = count
            if exercise is not None:
                result = _judge(exercise, session, release, derive_seed(secret, student, exercise))
                results.append(result)
                cell.outputs = _outputs(result, count)
            elif cell.source.strip():
                outcome = session.run_cell(cell.source, count=count)
                cell.outputs = [_counted(output, count) for output in outcome.outputs]
                if outcome.status not in ("ok", "error"):
                    notes.append(f"Cell {count} (`{_first_line(cell)}`): {outcome.message}")
    finally:
        session.close()
    seconds = time.perf_counter() - started
    return SubmissionResult(student, assignment, tuple(results), tuple(notes), seconds)


def _judge(name: str, session: Session, release: Release, seed: int) -> ExerciseResult:
    exercise = get_exercise(chapter_of(release.assignment), name)
    reference = reference_for(release.source, exercise)
    with session.exercise() as own, session.exercise(reference=reference) as with_reference:
        return judge(exercise, own, seed, with_reference)


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
    points = {"text/plain": repr(float(result.earned))}
    shown = {"output_type": "display_data", "metadata": {}, "data": bundle}
    returned = {"output_type": "execute_result", "metadata": {}, "data": points}
    return [from_dict(shown), from_dict(returned | {"execution_count": count})]


def _counted(output: dict, count: int) -> NotebookNode:
    node = NotebookNode(output)
    if node.output_type == "execute_result":
        node.execution_count = count
    return node


def _first_line(cell: NotebookNode) -> str:
    return printable(cell.source.strip().splitlines()[0], 60)
