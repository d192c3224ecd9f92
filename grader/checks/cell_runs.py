"""Which cell defined what a check judges, and whether its last run worked: for the table in a notebook."""

from __future__ import annotations

import re
from dataclasses import dataclass

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

from grader.checks.exercise import cell_id
from grader.checks.packages import WHICH_THERE_ARE


@dataclass(frozen=True)
class CellRun:
    """One run of a cell: its number, and the name of the error that stopped it, if one did."""

    number: int
    error: str = ""


class CellRuns:
    """Remembers the runs of the cells that define exercises, in a shell whose events it listens to.

    A cell is found by its id, which the build takes from the exercise's name, or, where the front end
    sends none, by a definition of that name.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._last: dict[str, CellRun] = {}
        self._worked: dict[str, CellRun] = {}
        shell.events.register("post_run_cell", self._note)

    def _note(self, result: ExecutionResult) -> None:
        number = getattr(result, "execution_count", None)
        if result.info is None or not number:
            return
        error = result.error_before_exec or result.error_in_exec
        run = CellRun(number, type(error).__name__ if error else "")
        source = result.info.raw_cell or ""
        for key in {result.info.cell_id, *_DEFINED.findall(source)} - {None}:
            self._last[key] = run
            if not run.error:
                self._worked[key] = run

    def judged(self, name: str) -> str:
        """`cell [12]`, the last run that defined the exercise `name`; empty when none is known."""
        run = _of(self._worked, name)
        return f"cell [{run.number}]" if run else ""

    def warning(self, name: str) -> str:
        """A sentence when the last run of the exercise's cell failed, so that older code is judged."""
        last, worked = _of(self._last, name), _of(self._worked, name)
        if last is None or last.error in (
            "",
            "NotImplementedError",
        ):  # open, as the check itself says
            return ""
        then = f"what cell [{worked.number}] defined before" if worked else "nothing of it"
        missing = f" {WHICH_THERE_ARE}" if last.error == "ModuleNotFoundError" else ""
        return (
            f"The last run of this exercise's cell, [{last.number}], stopped with {last.error}: this "
            f"judges {then}. Fix that first, and run the cell again.{missing}"
        )


_DEFINED = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)


def _of(runs: dict[str, CellRun], name: str) -> CellRun | None:
    found = [runs[key] for key in (name, cell_id(name)) if key in runs]
    return max(found, key=lambda run: run.number, default=None)
