"""How a sandbox starts, refuses to start, and does without bubblewrap."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace

import psutil
import pytest

from grader.sandbox import Sandbox, SandboxUnavailable, control, launch
from grader.wire.probe import StudentError
from tests.sandbox.conftest import LIMITS, text_of


def test_missing_bubblewrap_names_the_command(monkeypatch: pytest.MonkeyPatch):
    real = shutil.which
    tools = {"bwrap": None, "apt-get": "/usr/bin/apt-get"}
    monkeypatch.setattr(shutil, "which", lambda name: tools.get(name, real(name)))
    with pytest.raises(SandboxUnavailable, match=r"apt-get install bubblewrap.*--sandbox none"):
        Sandbox(LIMITS).start()


def test_a_bubblewrap_that_fails_is_quoted(tmp_path, monkeypatch: pytest.MonkeyPatch):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(fake) if name == "bwrap" else None)
    with pytest.raises(SandboxUnavailable, match="No permissions to create new namespace"):
        Sandbox(LIMITS).start()


@pytest.mark.parametrize("backend, which", [("bubblewrap", 0), ("bubblewrap", -1), ("none", 0)])
@pytest.mark.usefixtures("sandbox")
def test_a_sandbox_that_is_killed_while_it_starts_says_so(backend: launch.Backend, which: int):
    launched = launch.launch(backend, ("torch",), None)
    outermost = psutil.Process(launched.process.pid)
    deadline = time.monotonic() + 20
    while which and len(outermost.children(recursive=True)) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    [outermost, *outermost.children(recursive=True)][which].kill()
    with pytest.raises(SandboxUnavailable, match=r"killed while it started.*Free some memory"):
        Sandbox(LIMITS, backend=backend, preload=("torch",), launched=launched).start()


@pytest.mark.parametrize("milliseconds", [1, 2, 3, 4, 5, 10, 15])
@pytest.mark.usefixtures("sandbox")
def test_a_sandbox_that_loses_its_bubblewrap_ends_whole(milliseconds: int):
    launched = launch.launch("bubblewrap", (), None)
    time.sleep(milliseconds / 1000)
    launched.process.kill()
    with pytest.raises(SandboxUnavailable, match="killed while it started"):
        Sandbox(LIMITS, preload=(), launched=launched).start()
    deadline = time.monotonic() + 20
    while (left := _in_group(launched.process.pid)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left


def _in_group(number: int) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            if os.getpgid(process.pid) == number and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def test_an_unknown_backend():
    with pytest.raises(ValueError, match="'docker'"):
        Sandbox(LIMITS, backend="docker")  # type: ignore[arg-type]


def test_without_isolation_cells_and_exercises_work_the_same(tmp_path):
    with Sandbox(LIMITS, backend="none", preload=("torch", "no_such_module")) as sandbox:
        with sandbox.open(7, {"a.txt": b"x"}) as session:
            assert sandbox.missing == ["no_such_module"]
            text = text_of(session.run_cell("import os, torch; print(os.listdir())").outputs)
            assert text == "['a.txt']\n"
            home = text_of(session.run_cell("print(os.getcwd())").outputs).strip()
            session.run_cell("def f(x): return x * torch.ones(2)")
            assert session.run_cell("os._exit(2)").status == "died"
            assert session.run_cell("import time; time.sleep(60)", timeout=0.3).status == "timeout"
            with session.exercise(seconds=2) as remote:
                assert remote.call("f", 3).tolist() == [3, 3]
                with pytest.raises(StudentError):
                    remote.call("g")
        assert not os.path.exists(home)


@pytest.mark.usefixtures("sandbox")
def test_two_threads_grade_in_two_sandboxes_with_the_same_results():
    cells = [
        "import random, torch\nprint(torch.rand(2), random.random(), object())",
        "f = lambda: 5",
    ]
    found: dict[int, tuple] = {}

    def work(number: int, sandbox: Sandbox) -> None:
        for _ in range(3):
            with sandbox.open(3) as session:
                outputs = [session.run_cell(cell).outputs for cell in cells]
                with session.exercise() as remote:
                    found[number] = (outputs, remote.call("f"))

    with Sandbox(LIMITS, preload=("torch",)) as first, Sandbox(LIMITS, preload=("torch",)) as other:
        sandboxes = enumerate((first, first, other))
        threads = [threading.Thread(target=work, args=each) for each in sandboxes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 3 and found[0] == found[1] == found[2] and found[0][1] == 5


@pytest.mark.usefixtures("sandbox")
def test_the_first_submissions_print_the_addresses_of_later_ones():
    """The zygote arranges its memory anew while the first submissions run."""
    with Sandbox(LIMITS, preload=("torch",)) as sandbox:
        seen = []
        for _ in range(4):
            with sandbox.open(3) as session:
                printed = session.run_cell("x = [object() for _ in range(50)]; print(x, id(x))")
                seen.append(text_of(printed.outputs))
    assert seen[0].startswith("[<object object at 0x") and set(seen) == {seen[0]}


@pytest.mark.usefixtures("sandbox")
def test_two_submissions_do_not_reach_each_other_and_survive_each_other():
    """Two submissions at once, from one zygote: the memory and the death of one are its own."""
    limits = replace(LIMITS, memory_bytes=300 * 2**20)
    sandbox = Sandbox(limits, preload=())
    with sandbox, sandbox.open(1) as bad, sandbox.open(1) as good:
        good.run_cell("x = bytearray(200 * 2**20)")
        greedy = "import time; y = bytearray(200 * 2**20); time.sleep(0.5)"
        assert bad.run_cell(greedy).status == "ok"
        seen = good.run_cell("import os; print(os.getpid(), os.listdir('/proc'))")
        assert text_of(seen.outputs) == "1 []\n"
        bad.close()
        assert text_of(good.run_cell("len(x)").outputs) == str(200 * 2**20)


@pytest.mark.usefixtures("sandbox")
def test_a_sandbox_that_does_not_fork_any_more_is_healed():
    with Sandbox(LIMITS, preload=()) as sandbox:
        sandbox.heal()
        before = sandbox.pid
        sandbox.heal()
        assert before is not None and sandbox.pid == before
        outermost = psutil.Process(before)
        inside = outermost.children(recursive=True)
        outermost.kill()
        psutil.wait_procs(inside)
        sandbox.heal()
        assert sandbox.pid != before
        with sandbox.open(1) as session:
            assert session.run_cell("1").status == "ok"


GRADER = """
import sys, time
from grader.sandbox import Sandbox
sandbox = Sandbox(preload=())
session = sandbox.open(1)
print(sandbox.pid, flush=True)
session.run_cell("import time; time.sleep(300)")
"""


@pytest.mark.usefixtures("sandbox")
def test_a_grader_that_is_killed_leaves_nothing():
    child = subprocess.Popen([sys.executable, "-c", GRADER], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    outermost = int(child.stdout.readline())
    child.kill()
    child.wait()
    child.stdout.close()
    until = time.monotonic() + 10
    while os.path.exists(f"/proc/{outermost}") and time.monotonic() < until:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{outermost}")


def test_folders_inside_each_other_are_bound_once(tmp_path):
    inner, outer = tmp_path / "a" / "b", tmp_path / "a"
    assert launch._outermost([inner, outer, tmp_path / "c"]) == [outer, tmp_path / "c"]


@pytest.mark.parametrize(
    ("log", "advice"),
    [
        ("PermissionError: [Errno 13] Permission denied: '/course/lab/x.py'", "chmod -R a+rX"),
        ("bwrap: execvp /opt/venv/bin/python: Permission denied", "a umask such as 077"),
        ("bwrap: setting up uid map: Permission denied", "Install bubblewrap with"),
    ],
)
def test_files_that_only_their_owner_may_read_are_named_as_the_cause(log, advice):
    said = control._why_not("", log)
    assert log in said and advice in said
    assert ("bubblewrap" in said) == ("Install" in advice)
