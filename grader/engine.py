"""The engine: a sanitised notebook in, an executed and judged notebook out.

Cells run in order in the sandbox; at each check cell the judge asks its questions to a fork of the
student's process and writes its table into the cell. Nothing that the student's process says
becomes a grade: the judge decides from data and from what it computed itself.
"""

from __future__ import annotations

import time

import torch
from nbformat import NotebookNode, from_dict

from .exercise import get_exercise
from .judge import derive_seed, judge
from .release import DEMO
from .results import ExerciseResult, SubmissionResult
from .sandbox import Sandbox, Session
from .table import ResultTable


def grade(
    notebook: NotebookNode,
    *,
    assignment: str,
    student: str,
    secret: str,
    sandbox: Sandbox,
    demos: frozenset[str] = frozenset(),
    findings: tuple[str, ...] = (),
    files: dict[str, bytes] | None = None,
) -> SubmissionResult:
    """Run and judge `notebook` in `sandbox`, writing outputs into its cells.

    `secret`, `student` and the exercise's name give the seed of the judge's inputs; the student's
    process has a seed of its own. Cells tagged `demo`, and those whose source is in `demos`, are
    not run. Every exercise gets a result, whatever the code does.
    """
    torch.set_num_threads(1)  # a judge compares small tensors, and several judges share a machine
    started = time.perf_counter()
    results: list[ExerciseResult] = []
    notes = list(findings)
    session = sandbox.open(derive_seed(secret, "student", student, assignment), files or {})
    try:
        count = 0
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            exercise = _exercise(cell)
            if exercise is None and _is_demo(cell, demos):
                cell.execution_count, cell.outputs = None, []
                continue
            count += 1
            cell.execution_count = count
            if exercise is not None:
                result = _judge(exercise, session, derive_seed(secret, student, exercise))
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


def _judge(name: str, session: Session, seed: int) -> ExerciseResult:
    with session.exercise() as remote:
        return judge(get_exercise(name), remote, seed)


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
    return cell.source.strip().splitlines()[0][:60]
