"""Whatever a cell does to its process, it gets an outcome and a reason, and the rest goes on."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace

import pytest

from grader.sandbox import Sandbox, Session
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


def test_the_worker_is_replaced_when_it_is_lost(sandbox: Sandbox, session: Session):
    session.run_cell("x = 5")
    before = sandbox.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    time.sleep(0.5)
    assert text_of(session.run_cell("x + 1").outputs) == "6"
    assert sandbox.pid != before


def _with_limits(sandbox: Sandbox, limits) -> Session:
    return Session(sandbox._control, limits, 3, {})
