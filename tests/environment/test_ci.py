"""CI's script on machines that lack things, and the commit hooks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PRESENT = ("bwrap", "chromium", "git", "make", "pg_createcluster", "python3")


@pytest.fixture
def ci(root: Path, tmp_path: Path):
    """Runs CI's script on a machine that has these programs, and no others, all of them recorders.

    Returns the exit status, what was called in order, and what was written to stderr.
    """

    def run(programs: tuple[str, ...], user: int = 0) -> tuple[int, list[str], str]:
        log = tmp_path / "calls"
        log.touch()
        for program in programs:
            _program(tmp_path / program, f'echo "{program} $*" >>"{log}"')
        _program(tmp_path / "id", f"echo {user}")
        if not (tmp_path / "dirname").exists():
            (tmp_path / "dirname").symlink_to(shutil.which("dirname"))
        done = subprocess.run(
            [shutil.which("bash"), root / ".ci" / "run"],
            env={"PATH": str(tmp_path), "CI": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return done.returncode, log.read_text().splitlines(), done.stderr

    return run


def test_ci_ends_with_the_tests(ci, root: Path) -> None:
    """Whoever reads CI's output looks for pytest's closing line at its end."""
    status, calls, _ = ci(PRESENT)
    calls = [call for call in calls if not call.startswith("python3")]
    assert (status, calls[0], calls[-1]) == (0, "make lint", "make test")
    assert not [call for call in calls if not call.startswith("make")], "nothing was missing"
    recipe = re.search(r"^test:.*\n((?:\t.*\n)+)", (root / "Makefile").read_text(), re.MULTILINE)
    assert recipe is not None
    assert recipe[1].splitlines()[-1].strip() == "$(BIN)/pytest"


def test_ci_installs_what_a_bare_machine_lacks(ci) -> None:
    status, calls, _ = ci(("git", "make", "python3", "apt-get"))
    installs = [call for call in calls if call.startswith("apt-get")]
    assert status == 0
    assert [call.split()[1] for call in installs] == ["update", "install"]
    assert {"bubblewrap", "chromium", "postgresql"} <= set(installs[1].split())
    assert "python3-venv" not in installs[1]


def test_ci_asks_sudo_when_it_is_not_root(ci) -> None:
    _, calls, _ = ci(("git", "make", "python3", "chromium", "apt-get", "sudo"), user=1000)
    assert any(re.match(r"sudo .*apt-get install .*bubblewrap", call) for call in calls)


def test_ci_says_what_is_missing_where_it_cannot_install(ci) -> None:
    for programs in (("git", "make", "python3"), ("git", "make", "python3", "apt-get")):
        status, calls, said = ci(programs, user=1000)
        assert status == 1
        assert "bubblewrap" in said and "chromium" in said
        assert not [call for call in calls if call.startswith(("apt-get", "make"))]


def test_a_failing_step_fails_ci(ci, tmp_path: Path) -> None:
    _program(tmp_path / "make", "exit 3")
    status, _, _ = ci(("bwrap", "chromium", "git", "initdb", "python3"))
    assert status == 3


def test_commit_hooks_are_valid(root: Path) -> None:
    config = root / ".pre-commit-config.yaml"
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", config], check=True)
    (repository,) = yaml.safe_load(config.read_text())["repos"]
    assert repository["repo"] == "local", "hooks use the pinned tools of .venv"
    for hook in repository["hooks"]:
        tool = hook["entry"].split()[0]
        assert tool.startswith(".venv/bin/")
        assert Path(sys.executable).with_name(Path(tool).name).exists(), f"{tool} does not exist"


def _program(path: Path, line: str) -> None:
    path.write_text(f"#!{shutil.which('sh')}\n{line}\n")
    path.chmod(0o755)
