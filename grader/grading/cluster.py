"""Grading on other machines: submissions go to Dask's workers as plain data, and results come back.

The command reads what was handed in, prepares it, and records, as it does without a cluster; what runs in
between, here in threads that wait, runs in `grader.grading.on_worker`. Dask gives the work of a worker that
was lost to another; what comes back a second time counts for nothing.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import dask.config
from distributed import Client, Future, KilledWorker
from distributed.client import CancelledError
from nbformat import from_dict

from grader.checks.results import SubmissionResult
from grader.errors import CourseError, GivenUp
from grader.grading.apart import Graded, GradingLost
from grader.grading.names import printable
from grader.grading.on_worker import FAILED, GRADED, LOST, SENTENCE, Terms
from grader.grading.task import Task, packed

CONNECT_SECONDS = 15.0
READY_SECONDS = 120.0
"""How long a worker may take to start its sandbox before the others begin without it."""
EMPTY_SECONDS = 180.0
"""How long a cluster may be without any worker before a run gives up."""
_POLL_SECONDS = 5.0
_MAX_TRIES = 5
_LOCAL = ("localhost", "127.0.0.1", "::1")


class ClusterLost(GivenUp):
    """Nobody is left to grade."""


class Cluster:
    """The workers of the Dask scheduler at `address` that can grade as this command does.

    Several threads may use it. say: is told of workers that are left out. Raises CourseError when there is
    no scheduler, or no worker of it can grade.
    """

    def __init__(
        self, address: str, terms: Terms, say: Callable[[str], None] = lambda sentence: None
    ) -> None:
        # A submission may bring files along; what is large for a graph of Dask's is not for us.
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GiB"})
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            said = printable(str(error), 300)
            raise CourseError(
                f"No Dask scheduler answers at {address} ({said}). Start one with `dask scheduler`, and name "
                "the address that it prints."
            ) from None
        self._address, self._terms, self._say = address, terms.packed(), say
        self._asked: set[str] = set()
        self._left_out: dict[str, str] = {}
        self._lock = threading.Lock()
        self._alive_at = time.monotonic()

    def start(self, at_most: int | None) -> int:
        """Have every worker start its sandbox; returns how many submissions should be on their way at once:
        for each that is worked on, one that waits beside it; or `at_most`."""
        if not _is_private(self._address):
            self._say(
                f"Nothing encrypts the way to {self._address}, and whoever reaches it runs code on its "
                "machines: outside a network of your own, use tls:// as docs/cluster.md says."
            )
        threads = self._threads()
        if not threads:
            raise CourseError(
                f"The scheduler at {self._address} has no workers: start one on each machine with "
                f"`dask worker {self._address}`."
            )
        self._ask()
        grading = {
            worker: count for worker, count in threads.items() if worker not in self._left_out
        }
        if not grading:
            raise CourseError(f"No worker can grade: {self._reasons()}.")
        at_once = sum(grading.values())
        self._say(f"{len(grading)} workers grade {at_once} submissions at once.")
        return at_most or 2 * at_once

    def grade(self, task: Task, *, last: bool) -> Graded:
        """Run and judge a submission on some worker. Raises GradingLost, and ClusterLost for good."""
        about = packed(task)
        for _ in range(_MAX_TRIES):
            try:
                answer = self._answer(about, last)
            except KilledWorker:
                raise GradingLost("several workers were lost while they graded it") from None
            if answer and SENTENCE not in answer:
                return _graded(answer, task)
            if answer:
                self._leave_out(answer["worker"], answer[SENTENCE])
            self._ask()
        raise GradingLost("no worker has graded it")

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self, about: tuple[bytes, list[bytes]], last: bool) -> dict[str, Any]:
        """What a worker says, if it does not stand aside; nothing when it could not even say that."""
        workers = self._workers()
        future = self._client.submit(
            *(_call, "grade_here", self._terms, *about, last), workers=workers, pure=False
        )
        while True:
            try:
                return json.loads(future.result(timeout=_POLL_SECONDS))
            except TimeoutError:
                there = self._threads()
                if workers and there and not set(workers) & set(there):
                    future.cancel()
                    return {}
            except KilledWorker:
                raise
            except CancelledError as error:
                raise ClusterLost(f"the cluster at {self._address} is lost: {error}") from None
            except Exception:  # Dask could not call it there: `_ask` finds out who is to blame
                return {}

    def _workers(self) -> list[str] | None:
        """Those that may grade; None stands for all, those that are yet to come among them."""
        if not self._left_out:
            return None
        there = self._threads()
        kept = [worker for worker in there if worker not in self._left_out]
        if there and not kept:
            raise ClusterLost(f"no worker is left that can grade: {self._reasons()}")
        return kept or None

    def _ask(self) -> None:
        """Ask those workers that have not been asked whether they can grade."""
        with self._lock:
            new = {
                worker: self._client.submit(
                    _call, "ready", self._terms, workers=[worker], pure=False
                )
                for worker in self._threads()
                if worker not in self._asked
            }
            self._asked.update(new)
            deadline = time.monotonic() + READY_SECONDS
            for worker, future in new.items():
                if reason := _reason(future, deadline - time.monotonic()):
                    self._leave_out(worker, reason)

    def _leave_out(self, worker: str, reason: str) -> None:
        if worker not in self._left_out:
            self._left_out[worker] = printable(reason, 500)
            self._say(f"The worker at {worker} is left out: {self._left_out[worker]}.")

    def _threads(self) -> dict[str, int]:
        """The threads of each worker. Raises ClusterLost when the cluster has been empty for too long."""
        try:
            threads = self._client.nthreads()
        except Exception as error:
            said = printable(str(error), 200)
            raise ClusterLost(f"the scheduler at {self._address} is lost: {said}") from None
        now = time.monotonic()
        if threads:
            self._alive_at = now
        elif now - self._alive_at > EMPTY_SECONDS:
            raise ClusterLost(f"the cluster at {self._address} has no workers any more")
        return threads

    def _reasons(self) -> str:
        return "; ".join(f"{worker}: {reason}" for worker, reason in self._left_out.items())


def _caller() -> Callable[..., bytes]:
    """Calls a function of `on_worker` by its name. Made in here, it travels as it is: a scheduler, which
    looks at all that it passes on, need not have the grader, nor spend its time on importing it."""

    def call_on_worker(name: str, *arguments: object) -> bytes:
        from importlib import import_module

        return getattr(import_module("grader.grading.on_worker"), name)(*arguments)

    return call_on_worker


_call = _caller()


def _reason(future: Future, seconds: float) -> str:
    """Why a worker that was asked does not grade; empty when it does, or has not answered in time."""
    try:
        return str(json.loads(future.result(timeout=max(0.1, seconds))).get(SENTENCE, ""))
    except (TimeoutError, CancelledError):
        return ""  # each submission asks again
    except Exception as error:
        return f"it cannot run the grader: {error}"


def _graded(answer: dict[str, Any], task: Task) -> Graded:
    """What a worker has sent, if it is what was asked for."""
    if LOST in answer:
        raise GradingLost(printable(str(answer[LOST]), 300))
    if FAILED in answer:
        raise RuntimeError(printable(str(answer[FAILED]), 500))
    result = SubmissionResult.from_json(answer[GRADED]["result"])
    whose = (result.student, result.assignment, result.content)
    if whose != (task.submission.student, task.release.assignment, task.content):
        raise RuntimeError("the worker's answer is about something else")
    return Graded(result, from_dict(answer[GRADED]["notebook"]))


def _is_private(address: str) -> bool:
    """Whether others cannot read along: it is encrypted, or stays on this machine."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    return parts.scheme != "tcp" or parts.hostname in _LOCAL
