"""One submission in the sandbox, brought back to life when its code kills it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypeVar

from grader.sandbox.control import SandboxLost, WorkerControl
from grader.sandbox.definitions import only_defines
from grader.sandbox.outputs import OutputBudget, error_output
from grader.sandbox.process import Files, ProcessGone, StudentProcess, TimedOut
from grader.sandbox.remote import Reference, Remote
from grader.wire.clock import now
from grader.wire.display import Output
from grader.wire.limits import MAX_SOURCE, Limits
from grader.wire.probe import StudentError

Status: TypeAlias = Literal["ok", "error", "timeout", "died", "memory", "limit"]
Result = TypeVar("Result")


@dataclass(frozen=True)
class CellOutcome:
    """What became of a cell.

    status: "ok"; "error" when it raised; "timeout", "died" and "memory" when it was stopped or ended its
    process; "limit" when it was not run because the submission has used up its time or its restarts.
    outputs: as nbformat 4 describes them, with an error output whenever the status is not "ok".
    message: one sentence for instructor and student, empty for "ok". error: what it raised, if it did.
    """

    status: Status
    outputs: list[Output] = field(default_factory=list)
    message: str = ""
    error: StudentError | None = None


class Session:
    """A submission's cells and exercises, in order. From `Sandbox.open`.

    When a cell kills the submission's process, the earlier cells run again in a fresh one before the
    next cell or exercise, without the cell that did it. So a bad cell costs what depends on it only.
    When the sandbox itself fails, SandboxLost is raised, and the session is of no use any more.
    """

    def __init__(self, control: WorkerControl, limits: Limits, seed: int, files: Files) -> None:
        self._control, self._limits, self._seed, self._files = control, limits, seed, dict(files)
        self._budget = OutputBudget(limits.notebook_output_bytes)
        self._process: StudentProcess | None = None
        self._kept: Remote | None = None
        self._survived: list[tuple[int, str, float]] = []
        self._count = 0
        self._seconds = 0.0
        self._starts = 0
        self._closed = False
        self._lost: SandboxLost | None = None
        self._living_process()

    def run_cell(
        self, source: str, timeout: float | None = None, count: int | None = None
    ) -> CellOutcome:
        """Run a cell. Raises SandboxLost, and nothing for what the cell does.

        timeout: seconds, by default `Limits.cell_seconds`. count: the cell's execution count, by default
        one more than that of the cell before.
        """
        self._count = self._count + 1 if count is None else count
        number = self._count
        seconds = self._limits.cell_seconds if timeout is None else timeout
        started = self._spent()
        try:
            if len(source) > MAX_SOURCE:
                raise _Exhausted(
                    f"it has {len(source):,} characters; at most {MAX_SOURCE:,} are run"
                )
            with self._remembering_loss():
                if self._kept and not only_defines(source):
                    self._end_kept()
                outcome = self._run(source, number, seconds)
                if self._kept and not (
                    outcome.status == "ok" and self._kept.follow(source, number)
                ):
                    self._end_kept()
        except _Exhausted as reason:
            return _failed("limit", "Limit", f"This cell was not run: {reason}.")
        finally:
            self._seconds += self._spent() - started
        if outcome.status in ("ok", "error"):
            self._survived.append((number, source, seconds))
        return outcome

    @contextlib.contextmanager
    def exercise(
        self,
        seconds: float | None = None,
        reference: Reference | None = None,
        *,
        shared: bool = False,
    ) -> Iterator[Remote]:
        """A copy of the submission's process as it is now, for the calls and probes of one exercise.

        It is made with the first question. reference: replaces parts of the student's code in it. shared:
        it may be the copy that the exercise before has kept, when the cells since then only define
        something, which they did there as well. Whoever shares asks what failed there anew, in a fresh copy.
        """
        seconds = self._limits.exercise_seconds if seconds is None else seconds
        if not shared:
            self._end_kept()
        remote, self._kept = Remote(self.with_process, seconds, reference, self._kept), None
        try:
            yield remote
        finally:
            if remote.is_kept:
                self._kept = remote
            else:
                remote.close()

    def _end_kept(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def close(self) -> None:
        """End the submission's process and everything that it started."""
        self._closed = True
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(SandboxLost):
                process.end()
        self._control.stop()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def with_process(self, ask: Callable[[StudentProcess], Result]) -> Result:
        """What `ask` returns for the living process, for `Remote`.

        Raises StudentError with kind "died" when there is none any more, or it dies of the question, and
        SandboxLost.
        """
        try:
            with self._remembering_loss():
                return ask(self._living_process())
        except _Exhausted as reason:
            raise StudentError("Died", f"this was not run: {reason}", kind="died") from None
        except ProcessGone as gone:
            self._process = None
            raise StudentError("Died", f"the process {gone.reason}", kind="died") from None

    def _run(self, source: str, number: int, seconds: float) -> CellOutcome:
        process = self._living_process()
        seconds = min(seconds, self._limits.notebook_seconds - self._seconds)
        if seconds <= 0:
            raise _Exhausted(_time_used(self._limits))
        try:
            reply = process.run_cell(source, number, seconds, self._budget)
        except TimedOut:
            self._process = None
            return _failed(
                "timeout",
                "Timeout",
                f"The cell ran longer than {seconds:g} s and did not stop when interrupted.",
            )
        except ProcessGone as gone:
            self._process = None
            status: Status = "memory" if gone.ending.over_memory else "died"
            name = "MemoryLimit" if status == "memory" else "Died"
            return _failed(
                status, name, f"The process of this notebook {gone.reason} in this cell."
            )
        if reply.interrupted:
            message = f"The cell ran longer than {seconds:g} s and was interrupted."
            kept = [output for output in reply.outputs if output["output_type"] != "error"]
            return CellOutcome("timeout", [*kept, error_output("Timeout", message)], message)
        if reply.error is None:
            return CellOutcome("ok", reply.outputs)
        return CellOutcome("error", reply.outputs, f"The cell raised {reply.error}", reply.error)

    def _living_process(self) -> StudentProcess:
        """The submission's process; a new one, brought to the same state, when it has died."""
        if self._closed:
            raise ValueError("the session is closed")
        if self._lost is not None:
            raise self._lost
        if self._process is not None:
            return self._process
        if self._starts > self._limits.replays:
            raise _Exhausted(f"the process of this notebook ended {self._starts} times")
        self._starts += 1
        process = StudentProcess(self._control, self._limits, self._seed, self._files)
        started = self._spent()
        for number, source, seconds in self._survived:
            left = self._limits.notebook_seconds - self._seconds - (self._spent() - started)
            if left <= 0:
                process.end()
                raise _Exhausted(_time_used(self._limits))
            try:
                shown_before = OutputBudget(self._limits.notebook_output_bytes)
                process.run_cell(source, number, min(left, seconds), shown_before)
            except (TimedOut, ProcessGone):
                return self._living_process()
        self._process = process
        return process

    @contextlib.contextmanager
    def _remembering_loss(self) -> Iterator[None]:
        try:
            yield
        except SandboxLost as lost:
            self._lost, self._process = lost, None
            raise

    def _spent(self) -> float:
        """The time now, without what was waited longer because the processors were busy."""
        return now() - self._control.granted


class _Exhausted(Exception):
    """The submission has used up what it may use; the text says what."""


def _time_used(limits: Limits) -> str:
    return f"the notebook used up its {limits.notebook_seconds:g} s"


def _failed(status: Status, name: str, message: str) -> CellOutcome:
    return CellOutcome(status, [error_output(name, message)], message)
