"""What happens to the machinery costs nobody a point: kills, stops, a pause, load, little memory."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from grader.checks.results import SubmissionResult
from grader.grading import apart, grade_class, isolated
from grader.grading.capacity import available_memory, workers_that_fit
from grader.grading.grade_class import autograde
from grader.grading.outcome import Failure
from grader.sandbox import Limits, control, memory_groups
from grader.simulated_class import answered, solved, submit
from grader.wire.limits import MIB
from tests.grader.broken import NAME
from tests.grader.conftest import use_small_exercises

SLOW = """def double(X):
    import time
    until = time.process_time() + 0.5
    while time.process_time() < until:
        pass
    return 2 * X"""
WRONG = "def double(X): return X"
LIMITS = Limits(cell_seconds=10, exercise_seconds=10, memory_bytes=300 * MIB)


@pytest.fixture(scope="module")
def course(built_course):
    """Ten students, each of whom takes a second or two."""
    right = solved(built_course, NAME)
    for number in range(10):
        answer = WRONG if number % 4 == 3 else SLOW
        submit(built_course, f"s{number}", NAME, answered(right, {"double": answer}))
    return built_course


@pytest.fixture(scope="module")
def undisturbed(course) -> dict[str, object]:
    return _graded(course)


def _graded(course, workers: int = 2, limits: Limits = LIMITS, say=print) -> dict[str, object]:
    """What counts of each outcome: all but the seconds that it took."""
    with isolated.Isolation(prepare=(use_small_exercises, NAME)) as isolation:
        outcomes = autograde(
            course, NAME, workers=workers, limits=limits, isolation=isolation, say=say
        )
    return {outcome.student: _what_counts(outcome) for outcome in outcomes}


def _what_counts(outcome: SubmissionResult | Failure) -> object:
    if isinstance(outcome, Failure):
        return outcome.reason
    exercises = [
        (e.exercise, e.earned, [check.message for check in e.checks]) for e in outcome.exercises
    ]
    return exercises, outcome.findings


HITS = 20


def test_kills_and_stops_at_random_moments(built_course, tmp_path, monkeypatch):
    """Twenty in a class of forty, until somebody has been lost twice: the third try takes a kill for the
    submission's own doing. What is not graded after that is graded by the next run.
    """
    course = replace(built_course, root=tmp_path / "course")
    shutil.copytree(built_course.root, course.root)
    shutil.rmtree(course.folder("submitted"), ignore_errors=True)
    right = solved(course, NAME)
    for number in range(40):
        answer = WRONG if number % 4 == 3 else SLOW.replace("0.5", "0.2")
        submit(course, f"s{number:02}", NAME, answered(right, {"double": answer}))
    undisturbed, notebooks = _graded(course), _notebooks(course)
    shutil.rmtree(course.folder("autograded"))
    (course.root / "gradebook.db").unlink()
    for module, name in ((isolated, "_STOPPED_SECONDS"), (control, "WORKER_SECONDS")):
        monkeypatch.setattr(module, name, 2.0)
    monkeypatch.setattr(control, "PROBE_SECONDS", 2.0)
    with _disturbed(seed=2) as (hits, peace):
        once = grade_class.grade_apart

        def watched(*about, last, **more):
            if last:
                peace()
            return once(*about, last=last, **more)

        monkeypatch.setattr(grade_class, "grade_apart", watched)
        outcomes = _graded(course)
    assert len(hits) >= HITS / 4
    wrong = {s: said for s, said in outcomes.items() if said != undisturbed[s]}
    assert all(isinstance(said, str) for said in wrong.values())  # not graded, and said
    assert _graded(course) == undisturbed and _notebooks(course) == notebooks


@contextmanager
def _disturbed(seed: int):
    """Kills and stops of the graders, judges, bubblewrap, the zygote, workers, submissions and their copies."""
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    chance, hits, over, turn = random.Random(seed), [], threading.Event(), threading.Lock()

    def disturb() -> None:
        while len(hits) < HITS and not over.wait(chance.uniform(0.3, 1.0)):
            found = psutil.Process().children(recursive=True)
            ours = [process for process in found if process.pid not in before]
            with turn:
                if len(ours) > 6 and not over.is_set():
                    victim, number = chance.choice(ours), chance.choice((9, 9, signal.SIGSTOP))
                    hits.append(victim.pid)
                    with suppress(psutil.NoSuchProcess):
                        victim.send_signal(number)

    def peace() -> None:
        with turn:
            over.set()

    thread = threading.Thread(target=disturb, name="sandbox-start-disturber")
    thread.start()
    try:
        yield hits, peace
    finally:
        peace()
        thread.join()
        for pid in filter(psutil.pid_exists, hits):
            os.kill(pid, signal.SIGKILL)


def _notebooks(course) -> dict[str, bytes]:
    folder = course.folder("autograded")
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.ipynb")}


def test_many_workers_on_few_processors(course, undisturbed):
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(ours)[:1])
    try:
        said: list[str] = []
        assert _graded(course, workers=8, say=said.append) == undisturbed
        assert not any("lost" in sentence for sentence in said)
    finally:
        os.sched_setaffinity(0, ours)


def test_a_submission_that_is_lost_again_and_again_keeps_its_grade(
    course, undisturbed, monkeypatch
):
    tries: list[bool] = []
    said: list[str] = []

    def lose(*about, last, **more):
        tries.append(last)
        raise apart.GradingLost("the machine is on fire")

    monkeypatch.setattr("grader.grading.grade_class.grade_apart", lose)
    (outcome,) = autograde(course, NAME, pattern="s1", limits=LIMITS, say=said.append)
    assert isinstance(outcome, Failure) and "the machine is on fire" in outcome.reason
    assert tries == [False, False, True]
    assert said[-1].startswith("1 lost on the way, graded again, one at a time: the machine is on")
    monkeypatch.undo()


HUNGRY = """def double(X):
    held = bytearray(b"x") * (400 << 20)
    return 2 * X"""


@pytest.fixture
def little_room(monkeypatch):
    """A control group with a limit of its own, in which the sandbox makes its groups."""
    for parent in memory_groups._parents():
        room = parent / f"little-room-{os.getpid()}"
        try:
            room.mkdir()
        except OSError:
            continue
        monkeypatch.setattr(memory_groups, "_parents", lambda room=room: [room])
        yield Room(room)
        room.rmdir()
        return
    pytest.skip("no memory group can be made here: neither root nor a delegated session")


@dataclass
class Room:
    path: Path

    def __post_init__(self) -> None:
        self._first = (self.path / "memory.limit_in_bytes").exists()
        if not self._first:
            (self.path / "cgroup.subtree_control").write_text("+memory")

    def leave(self, size: int) -> None:
        """So much more may be taken in there than is now."""
        names = ("usage_in_bytes", "limit_in_bytes") if self._first else ("current", "max")
        used, limit = (self.path / f"memory.{name}" for name in names)
        limit.write_text(str(int(used.read_text()) + size))


def test_memory_that_ran_out_below_the_limit_costs_no_point(built_course, little_room, monkeypatch):
    """The kernel ends what a submission may well do; alone, and with more room, it is graded as it is."""
    right = solved(built_course, NAME)
    submit(built_course, "hungry", NAME, answered(right, {"double": HUNGRY}))
    tries, once = [], grade_class.grade_apart

    def watched(*about, last, **more):
        tries.append(last)
        little_room.leave((200 if len(tries) == 1 else 1000) * MIB)
        return once(*about, last=last, **more)

    monkeypatch.setattr(grade_class, "grade_apart", watched)
    limits = replace(LIMITS, memory_bytes=900 * MIB)
    with isolated.Isolation(prepare=(use_small_exercises, NAME)) as isolation:
        (outcome,) = autograde(
            built_course, NAME, pattern="hungry", limits=limits, isolation=isolation
        )
    shutil.rmtree(built_course.folder("submitted") / "hungry")
    assert isinstance(outcome, SubmissionResult) and outcome.earned == 8, outcome
    assert tries == [False, False]


def _tree(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


MEMINFO = "MemTotal: 9000000 kB\nMemAvailable: 8388608 kB\n"


def test_memory_of_the_machine_and_of_both_kinds_of_groups(tmp_path):
    assert available_memory(tmp_path) is None
    root = _tree(tmp_path, proc__meminfo=MEMINFO)
    assert available_memory(root) == 8192 * MIB
    _tree(root, proc__self__cgroup="4:memory:/a/b\n0::/x\n")
    group = _tree(root, sys__fs__cgroup__memory__a__b__x="").joinpath("sys/fs/cgroup/memory/a")
    (group / "memory.limit_in_bytes").write_text(f"{4096 * MIB}\n")
    (group / "memory.usage_in_bytes").write_text(f"{1024 * MIB}\n")
    (group / "memory.stat").write_text(f"cache 1\ntotal_inactive_file {24 * MIB}\n")
    assert available_memory(root) == (4096 - 1024 + 24) * MIB
    group = _tree(root, sys__fs__cgroup__x__y="").joinpath("sys/fs/cgroup/x")
    (group / "memory.max").write_text(f"{2048 * MIB}\n")
    (group / "memory.current").write_text(f"{48 * MIB}\n")
    (group / "memory.stat").write_text("inactive_file 0\n")
    assert available_memory(root) == 2000 * MIB
    (group / "memory.max").write_text("max\n")
    assert available_memory(root) == (4096 - 1024 + 24) * MIB


def test_fewer_workers_when_memory_is_short(monkeypatch):
    monkeypatch.setattr("grader.grading.capacity.available_memory", lambda: 8192 * MIB)
    workers, warning = workers_that_fit(8, Limits())
    assert workers == 2 and "2 submissions are graded side by side, not 8" in warning
    assert workers_that_fit(2, Limits()) == (2, "")
    monkeypatch.setattr("grader.grading.capacity.available_memory", lambda: 100 * MIB)
    assert workers_that_fit(4, Limits())[0] == 1
    monkeypatch.setattr("grader.grading.capacity.available_memory", lambda: None)
    assert workers_that_fit(4, Limits()) == (4, "")
