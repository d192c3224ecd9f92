"""`grader doctor`: whatever is missing is a line with a remedy, never a traceback."""

from __future__ import annotations

import importlib.metadata
import shutil

from typer.testing import CliRunner

from grader import doctor
from grader.cli import app
from grader.grading import capacity


def found() -> dict[str, doctor.Finding]:
    return {finding.what: finding for finding in doctor.examine()}


def test_here_everything_is_looked_at(monkeypatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    seen = found()
    assert {"Python", "torch", "d2l", "device", "threads", "memory", "disk"} <= set(seen)
    assert not seen["Python"].remedy and not seen["computes"].remedy
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0 and "✓ Python" in result.output


def test_what_is_missing_has_a_remedy(monkeypatch, tmp_path) -> None:
    def version(name: str) -> str:
        if name == "d2l":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(doctor, "version", version)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "none"))
    seen = found()
    assert seen["d2l"].remedy == "`pip install --no-deps d2l==0.17.6`"
    assert "bubblewrap" in seen["bubblewrap"].remedy
    assert seen["COURSE_DATA"].remedy == "Correct or unset it."


def test_a_torch_that_does_not_load_is_a_line(monkeypatch) -> None:
    def broken():
        raise RuntimeError("operator torchvision::nms does not exist")

    broken.__name__ = "_torch"
    monkeypatch.setattr(doctor, "_torch", broken)
    assert "torchvision::nms" in found()["torch"].seen


def test_little_memory_is_seen_as_grading_sees_it(monkeypatch) -> None:
    """A container may have less than its machine."""
    monkeypatch.setattr(capacity, "available_memory", lambda: 2**30)
    assert found()["memory"] == doctor.Finding(
        "memory", "1.0 GiB free", "A chapter takes up to 1.5 GiB: close other kernels."
    )
