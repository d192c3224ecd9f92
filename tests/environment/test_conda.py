"""environment.yml and postBuild together deliver what pyproject.toml declares, each thing once."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from importlib.metadata import requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

CONDA_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib"}
TOOLS = {"python", "pip"}


@pytest.fixture(scope="module")
def conda(root: Path) -> dict[str, str]:
    """Conda name to range of every package in environment.yml."""
    environment = yaml.safe_load((root / "environment.yml").read_text())
    lines = environment["dependencies"]
    assert all(isinstance(line, str) for line in lines), "pip's packages belong in postBuild"
    parsed = [re.fullmatch(r"([a-z0-9_.-]+?) *([=<>!].*)?", line) for line in lines]
    return {match[1]: match[2] or "" for match in parsed if match}


@pytest.fixture(scope="module")
def delivered(conda: dict[str, str]) -> dict[str, SpecifierSet]:
    """The same by the names of pyproject.toml, without Python and pip."""
    return {
        canonicalize_name(CONDA_NAMES.get(name, name)): SpecifierSet(range_)
        for name, range_ in conda.items()
        if name not in TOOLS
    }


@pytest.fixture(scope="module")
def calls(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """What postBuild asks of Python: it runs with a `python` that only writes down its arguments."""
    folder = tmp_path_factory.mktemp("bin")
    log = folder / "calls"
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>"{log}"\necho "---" >>"{log}"\n')
    python.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["./postBuild"], cwd=root, env={**os.environ, "PATH": path}, check=True)
    return [call.splitlines() for call in log.read_text().split("---\n") if call]


@pytest.fixture(scope="module")
def pip_pins(calls: list[list[str]]) -> dict[str, str]:
    """Name to version of what postBuild installs by name."""
    words = [word for call in calls for word in call if "==" in word]
    return {word.split("==")[0]: word.split("==")[1] for word in words}


def test_each_dependency_comes_from_exactly_one_place(needed, delivered, pip_pins) -> None:
    assert not set(delivered) & set(pip_pins)
    missing = set(needed) - set(delivered) - set(pip_pins)
    assert not missing, f"neither environment.yml nor postBuild delivers {missing}"
    unknown = set(delivered) - set(needed)
    assert not unknown, f"environment.yml has {unknown}, which pyproject.toml does not know"


def test_ranges_are_those_of_pyproject(needed, delivered) -> None:
    differing = {
        name: f"{specifier} here, {needed[name].specifier} in pyproject.toml"
        for name, specifier in delivered.items()
        if specifier != needed[name].specifier
    }
    assert not differing


def test_post_build_installs_the_pins_of_requirements(needed, pinned, pip_pins) -> None:
    assert "d2l" in pip_pins
    for name, version in pip_pins.items():
        assert pinned[name] == version
        assert name not in needed or needed[name].specifier.contains(version)


def test_post_build_brings_what_its_packages_need(delivered, pip_pins) -> None:
    """They are installed with --no-deps, so what they import must come from somewhere.

    `jupyter` is a name for a bundle that d2l lists and never imports; requests comes with
    JupyterLab's server.
    """
    here = set(delivered) | set(pip_pins) | {"jupyter", "requests"}
    for name in pip_pins:
        lines = [Requirement(line) for line in requires(name) or []]
        used = [
            line for line in lines if line.marker is None or line.marker.evaluate({"extra": ""})
        ]
        missing = {canonicalize_name(line.name) for line in used} - here
        assert not missing, f"postBuild installs {name} without {missing}"


def test_post_build_installs_this_project_and_never_resolves(root, calls) -> None:
    installs = [call for call in calls if call[:3] == ["-m", "pip", "install"]]
    assert all("--no-deps" in call for call in installs)
    assert any(call[-2:] == ["--editable", "."] for call in installs)
    assert (root / "postBuild").stat().st_mode & stat.S_IXUSR


def test_python_is_one_that_pyproject_allows(conda, pyproject) -> None:
    version = conda["python"].lstrip("=")
    assert SpecifierSet(pyproject["project"]["requires-python"]).contains(version)
