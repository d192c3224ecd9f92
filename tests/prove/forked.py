"""Many small tasks, each in a forked process of its own with a time limit, two at a time.

A mutant may loop for ever, exit, or leave the process in a bad state; a fork costs some
milliseconds and none of that matters any more.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

Result = TypeVar("Result")
_FORK = get_context("fork")


@dataclass(frozen=True)
class Outcome(Generic[Result]):
    """The result of one task, or the reason why there is none: "timeout" or what went wrong."""

    index: int
    result: Result | None
    problem: str = ""


def run_forked(
    tasks: Sequence[Callable[[], Result]], seconds: float, workers: int = 2
) -> Iterator[Outcome[Result]]:
    """Run every task in a fork, `workers` at a time, and yield outcomes as they come in.

    A task that takes longer than `seconds` is killed. The caller must not have started threads.
    """
    waiting = list(reversed(list(enumerate(tasks))))
    running: dict[Connection, tuple[int, BaseProcess, float]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                index, task = waiting.pop()
                reader, writer = _FORK.Pipe(duplex=False)
                process = _FORK.Process(target=_work, args=(task, writer))
                process.start()
                writer.close()
                running[reader] = (index, process, time.monotonic() + seconds)
            nearest = min(deadline for _, _, deadline in running.values())
            ready = connection.wait(list(running), max(0.0, nearest - time.monotonic()))
            for reader in list(running):
                index, process, deadline = running[reader]
                if reader in ready:
                    yield _received(index, reader)
                elif time.monotonic() >= deadline:
                    yield Outcome(index, None, "timeout")
                else:
                    continue
                _end(process)
                reader.close()
                del running[reader]
    finally:
        for _, process, _ in running.values():
            _end(process)


def _work(task: Callable[[], object], writer: Connection) -> None:
    try:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it lives as long as the process
        answer = (True, task())
    except BaseException as error:
        answer = (False, f"{type(error).__name__}: {error}")
    writer.send(answer)
    writer.close()
    os._exit(0)  # no clean-up of what belongs to the parent


def _received(index: int, reader: Connection) -> Outcome:
    try:
        good, value = reader.recv()
    except EOFError:
        return Outcome(index, None, "the process died")
    return Outcome(index, value) if good else Outcome(index, None, value)


def _end(process: BaseProcess) -> None:
    process.kill()
    process.join()
    process.close()
