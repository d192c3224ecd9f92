"""Threads follow the quota of a container, not the cores of its machine."""

from __future__ import annotations

import pytest
import torch

from lab import cores


@pytest.fixture
def cgroup(tmp_path, monkeypatch):
    """An empty control group folder, and no variables that speak of cores."""
    monkeypatch.setattr(cores, "CGROUP", tmp_path)
    for name in ("CPU_LIMIT", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("content", "expected"),
    [("150000 100000", 1.5), ("max 100000", None), ("nonsense", None), ("", None)],
)
def test_version_2_control_groups(cgroup, content, expected):
    (cgroup / "cpu.max").write_text(content + "\n")
    assert cores.cpu_quota() == expected


@pytest.mark.parametrize(("quota", "expected"), [("200000", 2.0), ("-1", None)])
def test_version_1_control_groups(cgroup, quota, expected):
    (cgroup / "cpu").mkdir()
    (cgroup / "cpu" / "cpu.cfs_quota_us").write_text(quota + "\n")
    (cgroup / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    assert cores.cpu_quota() == expected


def test_the_count_is_lowered_never_raised_and_the_users_own_stays(cgroup, monkeypatch):
    chosen = []
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    monkeypatch.setattr(torch, "set_num_threads", chosen.append)
    cores.fit_threads_to_quota()
    monkeypatch.setenv("CPU_LIMIT", "16")
    cores.fit_threads_to_quota()
    assert chosen == []
    monkeypatch.setenv("CPU_LIMIT", "0.5")
    cores.fit_threads_to_quota()
    monkeypatch.setenv("CPU_LIMIT", "2.9")
    cores.fit_threads_to_quota()
    assert chosen == [1, 2]
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    cores.fit_threads_to_quota()
    assert chosen == [1, 2]
