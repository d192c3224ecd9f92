"""How many cores this process may use, where a container gets less than the machine has."""

from __future__ import annotations

import math
import os
from pathlib import Path

import torch

CGROUP = Path("/sys/fs/cgroup")


def fit_threads_to_quota() -> None:
    """Lower torch's thread count to the CPU quota of the container, if there is one.

    torch counts the machine's cores. On a course server that grants one of 64, its threads would
    spend the quota waiting for each other. A count that the user set (OMP_NUM_THREADS) stays.
    """
    quota = cpu_quota()
    if quota is None or "OMP_NUM_THREADS" in os.environ:
        return
    allowed = max(1, math.floor(quota))
    if allowed < torch.get_num_threads():
        torch.set_num_threads(allowed)


def cpu_quota() -> float | None:
    """The number of cores granted by the control group (v2 or v1) or JupyterHub's CPU_LIMIT."""
    quotas = [_from_v2(), _from_v1(), _number(os.environ.get("CPU_LIMIT", ""))]
    granted = [quota for quota in quotas if quota is not None and quota > 0]
    return min(granted, default=None)


def _from_v2() -> float | None:
    quota, _, period = _read(CGROUP / "cpu.max").partition(" ")
    return _share(quota, period)


def _from_v1() -> float | None:
    folder = CGROUP / "cpu"
    return _share(_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us"))


def _share(quota: str, period: str) -> float | None:
    """Both in microseconds; "max" and -1 stand for no limit."""
    granted, of = _number(quota), _number(period)
    if granted is None or not of or granted < 0:
        return None
    return granted / of


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
