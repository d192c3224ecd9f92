"""CI's script and the commit hooks: they parse, and call what the Makefile and .venv have."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path

import yaml


def test_ci_script_is_executable_and_parses(root: Path) -> None:
    script = root / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    for path in (script, root / "postBuild"):
        subprocess.run(["bash", "-n", path], check=True)


def test_ci_ends_with_the_tests(root: Path) -> None:
    """Whoever reads CI's output looks for pytest's closing line at its end."""
    script = (root / ".ci" / "run").read_text()
    body = re.search(r"^main\(\) \{\n(.*?)^\}", script, re.MULTILINE | re.DOTALL)
    assert body is not None
    assert body[1].splitlines()[-1].strip() == "make test"
    recipe = re.search(r"^test:.*\n((?:\t.*\n)+)", (root / "Makefile").read_text(), re.MULTILINE)
    assert recipe is not None
    assert recipe[1].splitlines()[-1].strip() == "$(BIN)/pytest"


def test_commit_hooks_are_valid(root: Path) -> None:
    config = root / ".pre-commit-config.yaml"
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", config], check=True)
    (repository,) = yaml.safe_load(config.read_text())["repos"]
    assert repository["repo"] == "local", "hooks use the pinned tools of .venv"
    for hook in repository["hooks"]:
        tool = hook["entry"].split()[0]
        assert tool.startswith(".venv/bin/")
        assert Path(sys.executable).with_name(Path(tool).name).exists(), f"{tool} does not exist"
