"""The far side of a cluster: grades one submission on another machine, from plain data to plain data.

Dask calls `ready` and `grade_here` in its worker processes, on any of their threads. Each process keeps one
warm sandbox for an assignment. What comes back is JSON, never an object.
"""

from __future__ import annotations

import atexit
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cache

from distributed import get_worker

from grader.course import data_folder
from grader.errors import CourseError
from grader.grading.apart import GradingLost, grade_apart, isolation_for
from grader.grading.capacity import workers_that_fit
from grader.grading.fingerprint import environment
from grader.grading.names import listed
from grader.grading.task import unpacked
from grader.sandbox import Backend, Limits, Sandbox, SandboxLost, SandboxUnavailable

SENTENCE, LOST, FAILED, GRADED = "left_out", "lost", "failed", "graded"
"""What an answer holds: why the worker does not grade, why the submission was lost or could not be graded,
or its result and notebook."""


@dataclass(frozen=True)
class Terms:
    """How an assignment is graded, wherever that is done. environment: of the command, item by item."""

    assignment: str
    modules: tuple[str, ...]
    backend: Backend
    limits: Limits
    environment: tuple[str, ...]

    def packed(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def unpacked(cls, data: bytes) -> Terms:
        about = json.loads(data)
        lists = {name: tuple(about[name]) for name in ("modules", "environment")}
        return cls(**about | lists | {"limits": Limits(**about["limits"])})


def ready(terms: bytes) -> bytes:
    """Start the sandbox ahead of the first submission; the answer says why this worker grades none, if so."""
    return _answer(Terms.unpacked(terms), lambda place: {})


def grade_here(terms: bytes, task: bytes, files: Sequence[bytes], last: bool) -> bytes:
    """Run and judge a submission as `grade_apart` does. Raises nothing: whatever happens is in the answer."""

    def grade(place: _Place) -> dict[str, object]:
        with place.room:
            graded = grade_apart(place.isolation, place.sandbox, unpacked(task, files), last=last)
        return {GRADED: {"result": graded.result.as_json(), "notebook": graded.notebook}}

    return _answer(Terms.unpacked(terms), grade)


def _answer(terms: Terms, work: Callable[[_Place], dict[str, object]]) -> bytes:
    answer: dict[str, object]
    try:
        refusal = _refusal(terms)
        if refusal:
            answer = {SENTENCE: refusal}
        else:
            with _place_for(terms) as place:
                answer = work(place)
    except (SandboxUnavailable, CourseError) as error:
        answer = {SENTENCE: f"it cannot grade: {error}"}
    except (GradingLost, SandboxLost) as error:
        answer = {LOST: str(error)}
    except Exception as error:
        answer = {FAILED: f"{type(error).__name__}: {error}"}
    return json.dumps({**answer, "worker": get_worker().address}).encode()


def _refusal(terms: Terms) -> str:
    """Why this process would not give the grades that the command would; empty when it does."""
    ours, theirs = _environment(terms.assignment), terms.environment
    if ours == theirs:
        return ""
    here = listed([item for item in ours if item not in theirs])
    there = listed([item for item in theirs if item not in ours])
    return f"it has {here or 'nothing'}, where the command has {there or 'nothing'}"


@cache
def _environment(assignment: str) -> tuple[str, ...]:
    """As it is when this process begins with an assignment: its code is what it has loaded then."""
    return environment(assignment, data_folder())


class _Place:
    """A warm sandbox, and the process that judges beside it. users: how many threads are at work in it."""

    def __init__(self, terms: Terms) -> None:
        self.users = 0
        with ExitStack() as stack:
            self.isolation = stack.enter_context(isolation_for(terms.assignment, fresh=True))
            self.isolation.start()
            about = (terms.limits, data_folder(), terms.backend, terms.modules)
            self.sandbox = stack.enter_context(Sandbox(*about))
            self.sandbox.start()
            self.close = stack.pop_all().close
        threads = get_worker().state.nthreads
        self.room = threading.Semaphore(workers_that_fit(threads, terms.limits)[0])


_places: dict[Terms, _Place] = {}
_lock = threading.Lock()


@contextmanager
def _place_for(terms: Terms) -> Iterator[_Place]:
    """This process's place for an assignment. Those of others go, unless somebody is at work in them."""
    with _lock:
        for other in [key for key, place in _places.items() if key != terms and not place.users]:
            _places.pop(other).close()
        if terms not in _places:
            _places[terms] = _Place(terms)
        place = _places[terms]
        place.users += 1
    try:
        yield place
    finally:
        with _lock:
            place.users -= 1


@atexit.register
def _close() -> None:
    for place in _places.values():
        place.close()
