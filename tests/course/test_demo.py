"""The demonstration needs no third command: it installs the sandbox or says aloud that it does without."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from grader.sandbox import installing

from .conftest import BIN, ROOT


def tools(folder: Path, **programs: str) -> str:
    """A PATH with these shell scripts, and what Python itself needs."""
    folder.mkdir()
    for name, script in programs.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    return str(folder)


def test_without_bubblewrap_it_says_so_aloud_and_goes_on(command, tmp_path):
    path = tools(tmp_path / "bin")
    done = command(ROOT, "grader", "demo", "--folder", str(tmp_path / "demo"), PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert (
        "WITHOUT A SANDBOX: submissions are graded inside bubblewrap, which is not installed"
        in said
    )
    assert "refuses to grade anybody else's code" in said and "the scale is missing" in said
    assert len(list((tmp_path / "demo" / "feedback").glob("*/*/*.html"))) == 8
    shutil.rmtree(tmp_path / "demo")


INSTALLS = 'case "$*" in *install*) test -e {ready} && cp /bin/true {bin}/bwrap;; *update*) touch {ready};; esac'


@pytest.mark.parametrize("user", ["root", "sudo"])
def test_it_is_installed_where_nobody_need_be_asked(tmp_path, monkeypatch, user):
    """A new machine has no list of packages: the first try fails, the second is after an update."""
    folder = tmp_path / "bin"
    script = INSTALLS.format(ready=tmp_path / "ready", bin=folder)
    path = tools(folder, **{"apt-get": script, "sudo": 'shift; exec "$@"'})
    monkeypatch.setenv("PATH", os.pathsep.join((path, "/nowhere")))
    monkeypatch.setattr(os, "geteuid", lambda: 0 if user == "root" else 1000)
    script_tools = {
        name: shutil.which(name, path="/usr/bin:/bin") for name in ("cp", "touch", "test", "true")
    }
    for name, real in script_tools.items():
        os.symlink(real or sys.executable, folder / name)
    before = installing.may_install()
    assert before == (() if user == "root" else ("sudo", "--non-interactive"))
    assert installing.install_bubblewrap(before)
    assert installing.may_install() is None, "it is there"


@pytest.mark.parametrize("sudo", [None, "exit 1"])
def test_nobody_is_asked_for_a_password(tmp_path, monkeypatch, sudo):
    programs = {"apt-get": "exit 0", **({"sudo": sudo} if sudo else {})}
    monkeypatch.setenv("PATH", tools(tmp_path / "bin", **programs))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert installing.may_install() is None


def test_no_apt_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", tools(tmp_path / "bin", dnf="exit 0"))
    assert installing.may_install() is None and BIN.is_dir()
