"""The memory limit: kept by the kernel where a group can be made, measured everywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.sandbox import Sandbox, launch, memory_groups
from grader.sandbox.inside import memory
from grader.sandbox.memory_groups import MemoryGroups, make_memory_groups
from grader.wire.probe import StudentError
from tests.sandbox.conftest import LIMITS, MIB

SMALL = replace(LIMITS, memory_bytes=300 * MIB)
TAKES = """
import ctypes, os, threading, time
def take(count, size, wait, lead):
    told, tell = os.pipe()
    def hold():
        time.sleep(wait)
        held = bytearray(b"x") * (size << 20)
        os.write(tell, b"+"); time.sleep(60)
    for _ in range(count):
        if os.fork() == 0:
            if lead: hold()
            threading.Thread(target=hold).start()
            ctypes.CDLL(None).pthread_exit(None)
    seen = 0
    while seen < count: seen += len(os.read(told, count))
    time.sleep(1)
    return seen
def double(X): return 2 * X
"""


@pytest.fixture
def groups():
    made = make_memory_groups()
    if made is None:
        pytest.skip("no groups can be made here: neither root nor a delegated session")
    yield made
    made.remove()
    assert not made.path.exists()


@pytest.fixture(scope="module", params=["with a group", "measured only"])
def either(request, data_folder):
    """A sandbox with the kernel's limit, where there can be one, and one without."""
    with Sandbox(SMALL, data=data_folder, preload=("torch", "grader")) as sandbox:
        with pytest.MonkeyPatch.context() as patch:
            if request.param == "measured only":
                patch.setattr(launch, "make_memory_groups", lambda: None)
            sandbox.start()
        yield sandbox


@pytest.mark.parametrize("lead", [True, False])
def test_many_processes_share_one_limit(either: Sandbox, lead: bool):
    """Also when their first threads have ended, so that /proc shows no memory of theirs."""
    with either.open(1) as session:
        assert session.run_cell(TAKES).status == "ok"
        with session.exercise() as remote:
            with pytest.raises(StudentError, match="300 MiB"):
                remote.call("take", 8, 60, 0.5, lead)
            assert remote.call("double", 1) == 2


def test_what_stays_below_the_limit_is_not_ended(either: Sandbox):
    with either.open(1) as session:
        session.run_cell(TAKES)
        with session.exercise() as remote:
            assert remote.call("take", 4, 40, 0, True) == 4


def test_a_submission_has_a_group_of_its_own_that_it_does_not_see(
    groups: MemoryGroups, data_folder
):
    with Sandbox(LIMITS, data=data_folder, preload=("grader",)) as sandbox:
        sandbox.start()
        launched = sandbox._zygote._launched
        assert launched is not None and launched.groups is not None
        top = launched.groups.path
        with sandbox.open(1) as session:
            (own,) = top.glob("submission-*")
            name = "memory.max" if (own / "memory.max").exists() else "memory.limit_in_bytes"
            allowed = LIMITS.memory_bytes + LIMITS.home_bytes + memory.SPARE
            assert int((own / name).read_text()) == allowed
            inside = (
                "import os; print(os.listdir('/memory-groups'), os.access('/memory-groups', 2))"
            )
            assert session.run_cell(inside).outputs[0]["text"] == "[] False\n"
        assert list(top.glob("submission-*")) == []
    assert not top.exists()


def _told(tmp_path, monkeypatch, mounts: str, own: str) -> list[Path]:
    (tmp_path / "mounts").write_text(mounts)
    (tmp_path / "own").write_text(own)
    monkeypatch.setattr(memory_groups, "MOUNTS", tmp_path / "mounts")
    monkeypatch.setattr(memory_groups, "OWN", tmp_path / "own")
    return list(memory_groups._parents())


def test_where_a_group_can_be(tmp_path, monkeypatch):
    """Below the own one in the first kind of hierarchy, beside it in the second."""
    first = f"30 1 0:1 / {tmp_path}/memory rw - cgroup cgroup rw,memory\n"
    second = f"31 1 0:2 / {tmp_path} rw - cgroup2 cgroup2 rw\n"
    inner = f"31 1 0:2 /app.slice {tmp_path}/app.slice rw - cgroup2 cgroup2 rw\n"
    own = "4:cpu,memory:/a/b\n0::/app.slice/terminal.scope\n"
    (tmp_path / "app.slice").mkdir()
    control = tmp_path / "app.slice" / "cgroup.subtree_control"
    assert _told(tmp_path, monkeypatch, first + second, own) == [tmp_path / "memory/a/b"]
    control.write_text("cpu memory pids\n")
    for mounts in (second, inner):
        assert _told(tmp_path, monkeypatch, mounts, own) == [tmp_path / "app.slice"]
    control.write_text("cpu pids\n")
    assert _told(tmp_path, monkeypatch, second, own) == []
    assert _told(tmp_path, monkeypatch, "", "") == []


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (
            ["memory.limit_in_bytes"],
            {"memory.limit_in_bytes": "9", "memory.memsw.limit_in_bytes": "9"},
        ),
        (["memory.max"], {"memory.max": "9", "memory.swap.max": "0", "memory.oom.group": "1"}),
    ],
)
def test_both_kinds_of_groups_are_written(tmp_path, monkeypatch, names, written):
    for name in names:
        (tmp_path / name).touch()
    events = "memory.events" if "memory.max" in names else "memory.oom_control"
    (tmp_path / events).write_text("oom 3\noom_kill 0\n")
    monkeypatch.setattr(memory.tempfile, "mkdtemp", lambda **options: str(tmp_path))
    group = memory.MemoryGroup(9)
    assert {name: (tmp_path / name).read_text() for name in written} == written
    assert not group.exceeded()
    (tmp_path / events).write_text("oom 3\noom_kill 1\n")
    assert group.exceeded()
    group.enter()
    assert (tmp_path / "cgroup.procs").read_text() == "0"


def test_what_a_killed_grader_left_is_taken_away(groups: MemoryGroups):
    left = groups.path.parent / "dropout-lab-99999999-1"
    (left / "grader").mkdir(parents=True)
    again = make_memory_groups()
    assert again is not None
    again.remove()
    assert not left.exists()
