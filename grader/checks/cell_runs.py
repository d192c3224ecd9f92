"""Which cell defined what a check judges, and whether its last run worked: for the table in a notebook."""

from __future__ import annotations

import re
from dataclasses import dataclass

from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

from grader.checks.exercise import cell_id
from grader.checks.packages import WHICH_THERE_ARE


@dataclass(frozen=True)
class CellRun:
    """One run of a cell: its number, and the name of the error that stopped it, if one did."""

    number: int
    error: str = ""
    source: str = ""


class CellRuns:
    """Remembers the runs of the cells that define exercises, in a shell whose events it listens to.

    A cell is found by its id, which the build takes from the exercise's name, or, where the front end
    sends none, by a definition of that name.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self._last: dict[str, CellRun] = {}
        self._worked: dict[str, CellRun] = {}
        self._running: tuple[str, str] = ("", "")  # the id and the source of the cell that runs
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._note)

    def _begin(self, info: ExecutionInfo) -> None:
        self._running = (info.cell_id or "", info.raw_cell or "")

    def is_running(self, name: str) -> bool:
        """Whether the cell that runs is that of the exercise `name`."""
        at, source = self._running
        return cell_id(name) == at or defines(name, source)

    def source(self, name: str, without: str) -> str:
        """What the cell of the exercise holds, or, when it holds nothing but the line `without`, what it
        held when it ran last."""
        same = without.replace("'", '"')
        lines = [
            line for line in self._running[1].splitlines() if line.replace("'", '"').strip() != same
        ]
        last = _of(self._last, name)
        return "\n".join(lines).strip() or (last.source if last else "")

    def _note(self, result: ExecutionResult) -> None:
        number = getattr(result, "execution_count", None)
        if result.info is None or not number:
            return
        error = result.error_before_exec or result.error_in_exec
        source = result.info.raw_cell or ""
        run = CellRun(number, type(error).__name__ if error else "", source)
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


def defines(name: str, source: str) -> bool:
    """Whether code, which need not be whole, has a function or class of this name at its top."""
    return name in _DEFINED.findall(source)


_DEFINED = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)


def _of(runs: dict[str, CellRun], name: str) -> CellRun | None:
    found = [runs[key] for key in (name, cell_id(name)) if key in runs]
    return max(found, key=lambda run: run.number, default=None)
