"""Grading on Dask's workers: real processes, which differ, die, and stand still in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import dask.config
import pytest
from distributed import Client

from grader.checks.results import SubmissionResult
from grader.course import Course
from grader.errors import CourseError
from grader.grading.cluster import ClusterLost, _graded, _is_private
from grader.grading.grade_class import autograde
from grader.grading.isolated import Isolation
from grader.grading.on_worker import GRADED
from grader.grading.outcome import Outcomes
from grader.grading.release import read_release
from grader.grading.submission import Submission
from grader.grading.task import content_of, make_task, packed, unpacked
from grader.sandbox import Limits
from grader.simulated_class import answered, solved, submit
from tests.grader.broken import NAME
from tests.grader.conftest import ROOT, use_small_exercises

LIMITS = Limits(cell_seconds=20, exercise_seconds=3, memory_bytes=512 * 2**20)
SILENT_SECONDS = 20
"""After so long without a sign of life, the scheduler gives a worker's work to others."""
ANSWERS = {
    "right": "import time; time.sleep(0.3)\ndef double(X):\n    return 2 * X",
    "wrong": "import time; time.sleep(0.3)\ndef double(X):\n    return X",
    "prints": "import time; time.sleep(0.3)\nprint(open('notes.txt').read())\ndef double(X):\n    return X + X",
    "hangs": "def double(X):\n    while True: pass",
}


class Machines:
    """A scheduler and its workers, processes of their own with a folder each."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._scheduler = folder, folder / "scheduler.json"
        self._processes: dict[str, subprocess.Popen] = {}
        self._start("scheduler", "scheduler", "--port", "0", "--host", "127.0.0.1")
        self._wait(self._scheduler.exists)
        self.address = json.loads(self._scheduler.read_text())["address"]

    def start(
        self,
        name: str,
        preload: str = "tests.grader.small_on_worker",
        folder: Path = ROOT,
        **more: str,
    ) -> None:
        """Start a worker that grades one submission at a time."""
        about = ("--nthreads", "1", "--no-nanny", "--memory-limit", "0", "--name", name)
        self._start(
            name,
            "worker",
            *about,
            *(["--preload", preload] if preload else []),
            folder=folder,
            **more,
        )

    def wait(self, count: int) -> None:
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=120)

    def signal(self, name: str, number: int) -> None:
        os.kill(self._processes[name].pid, number)

    def busy(self, client: Client) -> list[str]:
        """The workers that have something to do, by name."""
        names = {worker["name"]: at for at, worker in client.scheduler_info(-1)["workers"].items()}
        return [name for name, at in names.items() if client.processing()[at]]

    def stop(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()

    def _start(
        self, name: str, command: str, *options: str, folder: Path = ROOT, **environment: str
    ) -> None:
        words = ["-m", f"distributed.cli.dask_{command}", *options, "--no-dashboard"]
        kept = {key: value for key, value in os.environ.items() if key != "COURSE_DATA"}
        with open(self._folder / f"{name}.log", "wb") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, *words, "--scheduler-file", str(self._scheduler)],
                cwd=folder,
                env={
                    **kept,
                    "PYTHONPATH": str(folder),
                    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": f"{SILENT_SECONDS}s",
                    "DASK_TEMPORARY_DIRECTORY": str(self._folder),
                    **environment,
                },
                stdout=log,
                stderr=log,
            )

    @staticmethod
    def _wait(condition) -> None:
        for _ in range(1200):
            if condition():
                return
            time.sleep(0.1)
        pytest.fail("it did not start")


@pytest.fixture(scope="module")
def course(built_course) -> Course:
    for number in range(4):
        for name, code in ANSWERS.items():
            if name == "hangs" and number:
                continue
            student = f"{name} {number}"
            notebook = answered(solved(built_course, NAME), {"double": code})
            path = submit(built_course, student, NAME, notebook)
            (path.parent / "notes.txt").write_bytes(f"notes of {student}".encode())
    return built_course


def graded(course: Course, **how) -> Outcomes:
    with Isolation(prepare=(use_small_exercises, NAME)) as isolation:
        return autograde(course, NAME, limits=LIMITS, isolation=isolation, **how)


def kept(course: Course, outcomes: Outcomes) -> dict[str, tuple]:
    """All that must not depend on where a submission was graded."""
    return {
        outcome.student: (
            outcome.earned,
            outcome.findings,
            course.notebook("autograded", NAME, outcome.student).read_bytes(),
        )
        for outcome in outcomes
    }


@dataclass
class Run:
    """What came of the class: on this machine, on workers that all differ, and on five of whom two differ,
    one dies and one stands still in the middle."""

    here: dict[str, tuple]
    there: dict[str, tuple] = field(default_factory=dict)
    reported: list[str] = field(default_factory=list)
    harmed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    refused: str = ""


@pytest.fixture(scope="module")
def machines(tmp_path_factory) -> Iterator[Machines]:
    started = Machines(tmp_path_factory.mktemp("machines"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def run(course, machines, tmp_path_factory) -> Run:
    run = Run(kept(course, graded(course, workers=2)))
    folder = tmp_path_factory.mktemp("other")
    (folder / "grader.py").write_text("raise ImportError('half installed')")
    machines.start("half", preload="", folder=folder)
    machines.start("other data", COURSE_DATA=str(folder))
    machines.wait(2)
    with pytest.raises(CourseError) as refusal:
        graded(course, cluster=machines.address)
    run.refused = str(refusal.value)
    for name in "abc":
        machines.start(name)
    machines.wait(5)
    with Client(machines.address, set_as_default=False) as client:

        def progress(outcome, total) -> None:
            run.reported.append(outcome.student)
            if len(run.harmed) < 2 and len(run.reported) >= 2 + 2 * len(run.harmed):
                number = signal.SIGSTOP if run.harmed else signal.SIGKILL
                for name in [n for n in machines.busy(client) if n not in run.harmed][:1]:
                    machines.signal(name, number)
                    run.harmed.append(name)

        outcomes = graded(course, cluster=machines.address, progress=progress, say=run.said.append)
    run.there = kept(course, outcomes)
    return run


def test_grades_and_bytes_are_those_of_one_machine(run):
    assert run.there == run.here
    assert {earned for earned, _, _ in run.here.values()} == {8.0, 5.0, 4.0}
    assert len({notebook for _, _, notebook in run.here.values()}) == 10, (
        "what went wrong, and notes"
    )


def test_nobody_is_lost_or_graded_twice_when_workers_die_and_stand_still(run):
    assert len(set(run.harmed)) == 2
    assert sorted(run.reported) == sorted(run.here)


def test_a_worker_that_differs_is_left_out_and_says_why(run):
    *left_out, at_work = run.said
    half, other = sorted(left_out, key=lambda sentence: "data sets" in sentence)
    assert at_work == "3 workers grade 3 submissions at once."
    assert "left out: it cannot run the grader: half installed" in half
    assert "left out: it has data sets" in other and "the command has no data sets" in other


def test_nothing_begins_when_no_worker_can_grade(run):
    assert run.refused.startswith("No worker can grade: ")
    assert "half installed" in run.refused and "data sets" in run.refused


def test_what_is_sent_holds_no_secret_and_is_the_same_on_arrival(course):
    release, secret = read_release(course, NAME), "the-secret-of-this-course-and-no-other"
    submission = Submission("s", NAME, solved(course, NAME), ["found"], {"a/\udcff.txt": b"\0\xff"})
    task = make_task(submission, solved(course, NAME), release, secret)
    sent = packed(task)
    assert secret.encode() not in b"".join((sent[0], *sent[1]))
    arrived = unpacked(*sent)
    assert (arrived.seeds, arrived.chance, arrived.content) == (
        task.seeds,
        task.chance,
        content_of(arrived.notebook, arrived.submission.files),
    )
    assert set(arrived.seeds) == {"double", "quiz_double"}
    assert arrived.submission.files == submission.files
    assert arrived.submission.findings == ["found"]
    for part in ("assignment", "source", "demos", "modules"):
        assert getattr(arrived.release, part) == getattr(release, part)


def test_an_answer_about_another_submission_is_no_grade(course):
    task = make_task(
        Submission("s", NAME, solved(course, NAME)),
        solved(course, NAME),
        read_release(course, NAME),
        "x",
    )
    result = SubmissionResult("s", NAME, (), content=task.content)
    for wrong in ({"student": "t"}, {"assignment": "02_other"}, {"content": "0"}):
        sent = {"result": replace(result, **wrong).as_json(), "notebook": task.notebook}
        with pytest.raises(RuntimeError, match="about something else"):
            _graded({GRADED: sent}, task)
    right = {"result": result.as_json(), "notebook": task.notebook}
    assert _graded({GRADED: right}, task).result == result


def test_without_a_scheduler_nothing_begins(course, monkeypatch):
    monkeypatch.setattr("grader.grading.cluster.CONNECT_SECONDS", 0.5)
    with pytest.raises(CourseError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:1 "):
        graded(course, cluster="tcp://127.0.0.1:1")


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("tcp://127.0.0.1:8786", True),
        ("localhost:8786", True),
        ("tls://grading.example.org:8786", True),
        ("tcp://grading.example.org:8786", False),
        ("10.0.0.1:8786", False),
    ],
)
def test_a_way_that_others_can_read_is_known(address, private):
    assert _is_private(address) is private


def test_a_cluster_that_is_lost_ends_the_run_and_keeps_what_is_graded(run, course, machines):
    seen: list[str] = []

    def progress(outcome, total) -> None:
        if not seen:
            machines.signal("scheduler", signal.SIGKILL)
        seen.append(outcome.student)

    impatient = {"distributed.comm.timeouts.connect": "3s"}
    with dask.config.set(impatient), pytest.raises(ClusterLost, match="lost"):
        graded(course, cluster=machines.address, progress=progress)
    assert 1 <= len(seen) < len(run.here)
    for student in seen:
        kept = course.notebook("autograded", NAME, student).read_bytes()
        assert kept == run.here[student][-1]
