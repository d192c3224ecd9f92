"""Which cell defined what a check judges, and whether its last run worked: for the table in a notebook."""

from __future__ import annotations

import re
from collections.abc import Collection
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
    cell: str | None = None


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
        self._newest = 0  # the last run of anything but a check or a hint
        self._checked: dict[str, int] = {}  # by exercise, what was the newest run at its last check
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
        run = CellRun(number, type(error).__name__ if error else "", source, result.info.cell_id)
        if not _ASKS.fullmatch(source):
            self._newest = number
        for key in (_AT + (result.info.cell_id or ""), *_DEFINED.findall(source)):
            self._last[key] = run
            if not run.error:
                self._worked[key] = run

    def judged(self, name: str, needs: Collection[str] = ()) -> str:
        """`cell [12]`, the last run that defined the exercise `name`; empty when none is known.

        needs: the names that its cell must give.
        """
        run = self._judged(name, needs)
        return f"cell [{run.number}]" if run else ""

    def warning(self, name: str, needs: Collection[str] = ()) -> str:
        """A sentence when the last run of the exercise's cell failed or gives not all of the names that it
        needs, so that older code is judged."""
        last = _of(self._last, name)
        if last is None:
            return ""
        cell = f"The last run of this exercise's cell, [{last.number}],"
        if last.error not in ("", "NotImplementedError"):  # open, as the check itself says
            more = f" {WHICH_THERE_ARE}" if last.error == "ModuleNotFoundError" else ""
            if last.error == "NameError" and name.startswith("quiz_"):
                more = " Letters stand in quotes."
            then = _what_was_there(self._judged(name, needs))
            return f"{cell} stopped with {last.error}: {then} Fix that first, and run the cell again.{more}"
        for needed in needs:
            if self._lacks(last, needed):
                then = _what_was_there(self._worked.get(needed))
                return (
                    f"{cell} defines no `{needed}`: {then} Write `{needed}` into it, spelt like this, and run "
                    "the cell again."
                )
        return ""

    def is_written(self, name: str) -> bool:
        """Whether the exercise's cell, when it ran last, had an answer in the place of its stub."""
        last = _of(self._last, name)
        return last is not None and "NotImplementedError" not in last.source

    def is_asked_again(self, name: str) -> bool:
        """Whether only checks and hints have run since the last check of the exercise `name`, which this one is."""
        before, self._checked[name] = self._checked.get(name), self._newest
        return before == self._newest

    def _judged(self, name: str, needs: Collection[str]) -> CellRun | None:
        keys = (name, _AT + cell_id(name), *needs)
        found = [self._worked[key] for key in keys if key in self._worked]
        defining = [run for run in found if not needs or any(_holds(run, name) for name in needs)]
        return max(defining, key=lambda run: run.number, default=None)

    def _lacks(self, last: CellRun, needed: str) -> bool:
        """Whether neither this run of an exercise's cell nor another cell defines what is needed."""
        elsewhere = self._worked.get(needed)
        return not _holds(last, needed) and (elsewhere is None or elsewhere.cell == last.cell)


def defines(name: str, source: str) -> bool:
    """Whether code, which need not be whole, has a function or class of this name at its top."""
    return name in _DEFINED.findall(source)


_AT = "cell "  # before the id of a cell, which may be the name of a function as well
_ASKS = re.compile(r"\s*(?:check|hint|solution)\([^()]*\)\s*")
_DEFINED = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)


def _what_was_there(worked: CellRun | None) -> str:
    return f"this judges {f'what cell [{worked.number}] defined before' if worked else 'nothing of it'}."


def _holds(run: CellRun, name: str) -> bool:
    return re.search(rf"\b{name}\b", run.source) is not None


def _of(runs: dict[str, CellRun], name: str) -> CellRun | None:
    found = [runs[key] for key in (name, _AT + cell_id(name)) if key in runs]
    return max(found, key=lambda run: run.number, default=None)
