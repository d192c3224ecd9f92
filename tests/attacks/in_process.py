"""The same attacks where student code and checks share a process, so that each is seen to work.

`demonstrate` starts one throw-away interpreter, which forks for each attack: a process that stands for
the grader, and from it one that runs the cells in an IPython shell, as a notebook's kernel does, the
test cell last. Points are counted by nbgrader's own `determine_grade`. Nothing here runs in pytest's
process; every run has limits of time, memory and processes.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.attacks import small_course

if TYPE_CHECKING:
    from grader.sandbox.inside.shell import CellShell

SECONDS = 20
POINTS = 10.0
MARK = "dropout-lab-was-here"

# An ordinary test cell of nbgrader, and what it is good for.
TEST_CELLS = {
    "allclose": "X = torch.rand(3, 2)\nassert torch.allclose(double(X), 2 * X)",
    "equality": "assert double(3) == 6",
    "number": "assert abs(total(torch.ones(6)) - 6) < 1e-6",
    "shape": "X = torch.rand(3, 2)\nout = double(X)\nassert out.shape == X.shape and out.dtype == X.dtype",
    "stored": "X = torch.rand(3, 2)\nexpected = 2 * X\nassert torch.equal(double(X), expected)",
    "literal": "X = torch.tensor([1.0, 2.0])\nassert torch.equal(double(X), torch.tensor([2.0, 4.0]))",
    "values": "values = double(torch.ones(3)).tolist()\nassert all(abs(v - 2) < 1e-6 for v in values)",
    "checks": "check({exercise!r})",
    # A grader in the student's process asks the hidden checks there, too.
    "hidden checks": "from grader.checks.exercise import Exercise\n"
    "Exercise.at_home = lambda self: self\ncheck({exercise!r})",
}


@dataclass(frozen=True)
class Job:
    """Cells to run in a notebook's folder, of which the last one is the graded test cell."""

    name: str
    cells: list[str]
    files: dict[str, str] = field(default_factory=dict)
    fresh: bool = False


@dataclass(frozen=True)
class Shown:
    """What came of a job. left: files, processes and shared memory that it left behind."""

    name: str
    points: float
    text: str
    grader_died: bool
    left_files: list[str]
    left_processes: int
    left_segments: int


def demonstrate(
    jobs: list[Job], folder: Path, secret_file: Path, env: dict[str, str]
) -> dict[str, Shown]:
    """Run the jobs one after the other in `folder`, a notebook's folder inside a course.

    secret_file: stays open in the process that stands for the grader. env: its further variables.
    """
    told = json.dumps(
        {"jobs": [asdict(job) for job in jobs], "folder": str(folder), "secret": str(secret_file)}
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.attacks.in_process"],
        input=told,
        text=True,
        capture_output=True,
        timeout=240,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, **env},
        start_new_session=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the in-process run failed: {done.stderr[-2000:]}")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return {record["name"]: Shown(**record) for record in records}


def main() -> None:
    told = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w")
    shell = _preload()
    secret = os.open(told["secret"], os.O_RDONLY)
    os.set_inheritable(secret, True)
    with small_course.small_exercises():
        for number, job in enumerate(told["jobs"]):
            shown = _run(Job(**job), shell, Path(told["folder"]), f"{os.getpid()}-{number}")
            print(json.dumps(asdict(shown)), file=out, flush=True)


def _preload() -> CellShell:
    """A shell such as a kernel has, warm, so that each fork costs its own work only."""
    import nbgrader.utils
    import torch

    import grader.checks.in_notebook
    from grader.sandbox import Limits
    from grader.sandbox.inside.shell import CellShell

    assert nbgrader.utils and grader.checks.in_notebook
    torch.set_num_threads(1)
    shell = CellShell()
    shell.warm_up()
    shell.begin(Limits())
    gc.collect()
    gc.freeze()
    return shell


def _run(job: Job, shell: CellShell, folder: Path, tag: str) -> Shown:
    answer = folder.parent / f"answer-{tag}.json"
    before = set(_segments())
    started = time.monotonic()
    grader = os.fork()
    if grader == 0:
        _stand_for_the_grader(job, shell, folder, answer)
    while True:
        pid, status = os.waitpid(grader, os.WNOHANG)
        if pid or time.monotonic() - started > SECONDS:
            break
        time.sleep(0.01)
    if not pid:
        os.killpg(grader, signal.SIGKILL)
        os.waitpid(grader, 0)
        status = -1
    until = time.monotonic() + 5  # a killed grader does not wait for the student's process
    while not answer.exists() and time.monotonic() < until and os.WIFSIGNALED(max(status, 0)):
        time.sleep(0.05)
    record = json.loads(answer.read_text()) if answer.exists() else {"points": 0.0, "text": ""}
    with contextlib.suppress(OSError):
        answer.unlink()
    segments = [segment for segment in _segments() if segment not in before]
    for segment in segments:
        ctypes.CDLL(None).shmctl(segment, 0, None)
    return Shown(
        job.name,
        record["points"],
        record["text"],
        status > 0 and os.WIFSIGNALED(status),
        _clear_files(folder),
        _clear_processes(),
        len(segments),
    )


def _stand_for_the_grader(job: Job, shell: CellShell, folder: Path, answer: Path) -> None:
    os.setsid()
    student = os.fork()
    if student == 0:
        try:
            _be_the_kernel(job, shell, folder, answer)
        finally:
            os._exit(1)
    os.waitpid(student, 0)
    os._exit(0)


def _be_the_kernel(job: Job, shell: CellShell, folder: Path, answer: Path) -> None:
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**24, 2**24))
    os.chdir(folder)
    sys.path.insert(0, "")
    for name, content in job.files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(content)
    if job.fresh:  # a new kernel has imported nothing yet
        for name in [name for name in sys.modules if name.split(".")[0] == "grader"]:
            del sys.modules[name]
    cells = [shell.execute(source, number)[0] for number, source in enumerate(job.cells, 1)]
    text = json.dumps(cells)
    answer.with_suffix(".new").write_text(json.dumps({"points": _points(cells[-1]), "text": text}))
    os.replace(answer.with_suffix(".new"), answer)
    os._exit(0)


def _points(outputs: list) -> float:
    """What nbgrader's own rules give for a test cell with these outputs."""
    from nbformat import NotebookNode, from_dict
    from nbgrader.utils import determine_grade

    marks = NotebookNode(grade=True, solution=False, points=POINTS, grade_id="test", locked=True)
    cell = NotebookNode(
        cell_type="code", source="", outputs=from_dict(outputs), metadata={"nbgrader": marks}
    )
    return float(determine_grade(cell)[0] or 0.0)


def _clear_files(folder: Path) -> list[str]:
    """Files with the mark in their names, outside the notebook's folder; they are removed."""
    course = folder.parents[2]
    places = [Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), course, course.parent]
    places.append(Path.home())
    found = [path for place in places for path in place.glob(f"*{MARK}*")]
    for path in found:
        path.unlink()
    return [str(path) for path in found]


def _clear_processes() -> int:
    import psutil

    found = 0
    for process in psutil.process_iter(["cmdline"]):
        if process.pid != os.getpid() and MARK in " ".join(process.info["cmdline"] or []):
            process.kill()
            found += 1
    return found


def _segments() -> list[int]:
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return [int(line.split()[1]) for line in lines]


if __name__ == "__main__":
    main()
