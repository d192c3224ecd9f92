"""Whatever a cell does to its process, it gets an outcome and a reason, and the rest goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psutil
import pytest

from grader.sandbox import Sandbox, SandboxLost, Session, control, open_session
from grader.wire.probe import StudentError
from tests.sandbox.conftest import text_of

# cell, status, in the message
ENDINGS = {
    "os._exit": ("import os; os._exit(3)", "died", "exit code 3"),
    "exit as if all were well": ("import os; os._exit(0)", "died", "exit code 0"),
    "segmentation fault": ("import ctypes; ctypes.string_at(0)", "died", "SIGSEGV"),
    "abort": ("import os; os.abort()", "died", "signal"),
    "closes all files": ("import os; os.closerange(0, 256)", "died", "ended itself"),
    "infinite loop": ("while True: pass", "timeout", "was interrupted"),
    "sleeps": ("import time; time.sleep(1000)", "timeout", "was interrupted"),
    "waits for ever": ("import asyncio\nawait asyncio.sleep(1000)", "timeout", "was interrupted"),
    "catches everything": (
        "n = 0\nwhile True:\n  try:\n    while n >= 0: n += 1\n  except BaseException: n += 1",
        "timeout",
        "did not stop",
    ),
    "ignores the signal": (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(9)",
        "timeout",
        "did not stop",
    ),
    "hangs in C": ("import ctypes; ctypes.CDLL(None).sleep(1000)", "timeout", ""),
    "stops itself": (
        "import os, signal\nif os.fork() == 0: os._exit(0)\nos.wait(); signal.pause()",
        "timeout",
        "was interrupted",
    ),
    "fork bomb": (
        "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass",
        "timeout",
        "",
    ),
    "memory of many processes": (
        "import os, time\nfor i in range(6):\n  if os.fork() == 0:\n    x = b'x' * (200 << 20)\n"
        "    time.sleep(60)\ntime.sleep(60)",
        "memory",
        "700 MiB",
    ),
}


@pytest.mark.parametrize(("cell", "status", "says"), ENDINGS.values(), ids=ENDINGS.keys())
def test_a_bad_cell_costs_itself_only(session: Session, cell: str, status: str, says: str):
    assert session.run_cell("import torch\nbefore = torch.rand(1).item()").status == "ok"
    first = text_of(session.run_cell("before").outputs)
    bad = session.run_cell(cell, timeout=8 if status == "memory" else 1)
    assert (bad.status, says in bad.message) == (status, True), bad
    assert bad.outputs[-1]["output_type"] == "error" and bad.outputs[-1]["evalue"] == bad.message
    assert text_of(session.run_cell("before").outputs) == first
    assert session.run_cell("def f(x): return x + before").status == "ok"
    with session.exercise() as remote:
        assert isinstance(remote.call("f", 1.0), float)


SURVIVED = {
    "memory in one process": ("x = []\nwhile True: x.append(b'x' * (64 << 20))", "MemoryError"),
    "memory of a tensor": ("import torch; torch.ones(10**9)", "RuntimeError"),
    "a thread bomb": (
        "import threading, time\n"
        "while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "RuntimeError",
    ),
    "a file too large": ("open('x', 'wb').write(bytes(40 << 20))", "OSError"),
    "a full disk": ("for i in range(9): open(f'{i}', 'wb').write(bytes(30 << 20))", "OSError"),
    "a full /dev/shm": (
        "for i in range(9): open(f'/dev/shm/{i}', 'wb').write(bytes(30 << 20))",
        "OSError",
    ),
    "too many files": ("x = [open('/dev/null') for _ in range(2000)]", "OSError"),
    "kills all processes": ("import os; os.kill(-1, 9)", "ProcessLookupError"),
}


@pytest.mark.parametrize(("cell", "name"), SURVIVED.values(), ids=SURVIVED.keys())
def test_what_the_process_survives(session: Session, cell: str, name: str):
    session.run_cell("def f(): return 4")
    outcome = session.run_cell(cell)
    assert (outcome.status, outcome.error.type) == ("error", name), outcome
    assert session.run_cell("x = None; y = 5").status == "ok"
    with session.exercise() as remote:
        assert remote.call("f") == 4


@pytest.mark.parametrize(
    "cell",
    [
        "import os; os.killpg(0, 9)",
        "import os; os.kill(os.getpid(), 9); os.kill(0, 15)",
        "import os, signal; os.kill(os.getppid(), 9)",
        "import os; pid = os.fork(); print('both')",
        "import sys; sys.stdout = None",
    ],
)
def test_what_does_nothing(sandbox: Sandbox, session: Session, cell: str):
    worker = sandbox.pid
    session.run_cell(cell)
    assert session.run_cell("1 + 1").outputs != [] and sandbox.pid == worker


def test_a_cell_that_dies_too_often_uses_up_the_restarts(sandbox: Sandbox):
    limits = replace(sandbox.limits, replays=2)
    with _with_limits(sandbox, limits) as session:
        statuses = [session.run_cell("import os; os._exit(1)").status for _ in range(4)]
        assert statuses == ["died", "died", "died", "limit"]
        with session.exercise() as remote, pytest.raises(StudentError, match="ended 3 times") as e:
            remote.call("f")
        assert e.value.kind == "died"


def test_a_notebook_has_a_time_of_its_own(sandbox: Sandbox):
    with _with_limits(sandbox, replace(sandbox.limits, notebook_seconds=0.6)) as session:
        assert session.run_cell("import time; time.sleep(0.2); x = 3").status == "ok"
        assert session.run_cell("time.sleep(60)").status == "timeout"
        late = session.run_cell("1")
        assert late.status == "limit" and "used up its 0.6 s" in late.message
        assert late.outputs[0]["ename"] == "Limit"
        session.run_cell("import os; os._exit(0)")
        with session.exercise() as remote, pytest.raises(StudentError):
            remote.call("x")


def test_a_replayed_notebook_does_not_repeat_what_timed_out(session: Session):
    session.run_cell("log = ['a']")
    assert (
        session.run_cell("log.append('b'); import time; time.sleep(60)", timeout=0.5).status
        == "timeout"
    )
    session.run_cell("log.append('c'); 1 / 0")
    session.run_cell("import os; os._exit(0)")
    assert text_of(session.run_cell("log").outputs) == "['a', 'c']"


def test_a_lost_sandbox_is_nobodys_failure_and_is_replaced(sandbox: Sandbox, session: Session):
    session.run_cell("x = 5")
    before = sandbox.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    time.sleep(0.5)
    with pytest.raises(SandboxLost):
        session.run_cell("x + 1")
    with session.exercise() as remote, pytest.raises(SandboxLost):
        remote.call("f")
    with sandbox.open(7) as other:
        assert text_of(other.run_cell("5 + 1").outputs) == "6"
    assert sandbox.pid != before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_lost_worker_is_lost_alone(sandbox: Sandbox, number: int, monkeypatch):
    monkeypatch.setattr(control, "WORKER_SECONDS", 2.0)
    with sandbox.open(1) as other, sandbox.open(2) as session:
        assert other.run_cell("x = 1").status == session.run_cell("x = 2").status == "ok"
        worker = psutil.Process(_worker_of(sandbox, session))
        worker.send_signal(number)
        with pytest.raises(SandboxLost):
            session.run_cell("import os; os._exit(1)")
        assert text_of(other.run_cell("x").outputs) == "1"
        if worker.is_running():
            worker.kill()


@pytest.mark.parametrize("lost", [True, False])
def test_a_process_that_was_killed_from_outside(sandbox: Sandbox, lost: bool):
    with open_session(sandbox.fileno(), sandbox.limits, 3, killed_is_lost=lost) as session:
        (process,) = psutil.Process(_worker_of(sandbox, session)).children()
        process.kill()
        if lost:
            with pytest.raises(SandboxLost, match="killed from outside"):
                session.run_cell("1")
        else:
            assert "SIGKILL" in session.run_cell("1").message


@pytest.mark.parametrize("lost", [True, False])
def test_a_copy_that_was_killed_from_outside_was_not_too_slow(sandbox: Sandbox, lost: bool):
    with open_session(sandbox.fileno(), sandbox.limits, 3, killed_is_lost=lost) as session:
        assert session.run_cell("import time").status == "ok"
        (process,) = psutil.Process(_worker_of(sandbox, session)).children()
        with session.exercise() as remote, ThreadPoolExecutor() as pool:
            answer = pool.submit(remote.run, _asleep)
            while not (copies := process.children()):
                time.sleep(0.01)
            copies[0].kill()
            error = SandboxLost if lost else StudentError
            with pytest.raises(error, match="killed from outside" if lost else "SIGKILL"):
                answer.result()


def test_a_copy_that_is_slow_to_end_is_not_lost(sandbox: Sandbox):
    """On a busy machine it is killed before it has noticed that nobody asks any more."""
    with open_session(sandbox.fileno(), sandbox.limits, 3, killed_is_lost=True) as session:
        session.run_cell("def f():\n    return 4")
        (process,) = psutil.Process(_worker_of(sandbox, session)).children()
        for _ in range(2):
            with session.exercise() as remote:
                assert remote.call("f") == 4
                process.children()[0].suspend()
        assert text_of(session.run_cell("f()").outputs) == "4"


def test_a_copy_that_closes_its_channel_and_goes_on(sandbox: Sandbox):
    with open_session(sandbox.fileno(), sandbox.limits, 3, killed_is_lost=True) as session:
        session.run_cell("import os, time\ndef f():\n    os.closerange(3, 99)\n    time.sleep(60)")
        with session.exercise() as remote, pytest.raises(StudentError, match="broke off its conn"):
            remote.call("f")


def _asleep(namespace):
    namespace["time"].sleep(60)


def test_time_in_which_the_processors_are_busy_does_not_count(sandbox: Sandbox):
    """Eight programs that compute take three quarters of the time of two processors, or more."""
    limits = replace(sandbox.limits, cell_seconds=2.0, exercise_seconds=2.0)
    code = "import time\ndef f(seconds=1.0):\n    until = time.process_time() + seconds\n    while time.process_time() < until: pass\n    return 4"
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus := sorted(ours)[:1])
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(6)]
    try:
        with _with_limits(sandbox, limits) as session:
            for process in psutil.Process(sandbox.pid).children(recursive=True):
                process.cpu_affinity(cpus)
            assert session.run_cell(code + "\nf()").status == "ok"
            with session.exercise() as remote:
                assert remote.call("f") == 4
                assert remote.call("f", 0.4) == 4  # in time, so nobody asked how long it waited
                remote._left = 0.0  # the time by the clock is used up
                assert remote.call("f", 0.2) == 4
            assert session._control.granted > 0
            assert session.run_cell("time.sleep(60)").status == "timeout"
    finally:
        os.sched_setaffinity(0, ours)
        for process in busy:
            process.kill()
            process.wait()
        sandbox.close()  # and with it what is bound to one processor


PAUSED = """
import sys
from grader.sandbox import Limits, Sandbox
with Sandbox(Limits(cell_seconds=2, exercise_seconds=2), preload=()) as sandbox:
    with sandbox.open(1) as session:
        code = "import time\\ndef f():\\n    until = time.process_time() + 1\\n    while time.process_time() < until: pass\\n    return 4"
        print(sandbox.pid, flush=True)
        print(session.run_cell(code + "\\nf()").status, flush=True)
        with session.exercise() as remote:
            print(remote.call("f"))
"""


@pytest.mark.usefixtures("sandbox")
def test_a_pause_of_everything_costs_nothing():
    grader = subprocess.Popen([sys.executable, "-c", PAUSED], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    outermost = psutil.Process(int(grader.stdout.readline()))
    for _ in range(2):  # in the cell, then in the call
        time.sleep(0.4)
        everything = [psutil.Process(grader.pid), outermost, *outermost.children(recursive=True)]
        for process in everything:
            process.suspend()
        time.sleep(6)
        for process in everything:
            process.resume()
        if _ == 0:
            assert grader.stdout.readline() == "ok\n"
    assert grader.stdout.read() == "4\n" and grader.wait() == 0


def _worker_of(sandbox: Sandbox, session: Session) -> int:
    """The number of the process that watches over a session, found by the process that it opened last."""
    del session
    zygotes = [p for p in psutil.Process(sandbox.pid).children(recursive=True) if p.children()]
    workers = [p for p in zygotes if len(p.children()) == 1 and not p.children()[0].children()]
    return max(workers, key=lambda p: p.pid).pid


def _with_limits(sandbox: Sandbox, limits) -> Session:
    return open_session(sandbox.fileno(), limits, 3)
