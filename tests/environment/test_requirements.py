"""requirements.txt is installed with --no-deps: it must hold everything, and nothing that clashes."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader.checks.packages import PACKAGES


@pytest.fixture(scope="module")
def overridden(pyproject: dict) -> set[str]:
    """The packages whose version we choose against what d2l asks for."""
    lines = pyproject["tool"]["uv"]["override-dependencies"]
    return {canonicalize_name(Requirement(line).name) for line in lines}


@pytest.fixture(scope="module")
def closure(pyproject: dict) -> dict[str, list[tuple[str, Requirement]]]:
    """Every package that pyproject.toml (with its extras) needs here, and who asks for which range."""
    project = pyproject["project"]
    lines = project["dependencies"] + [
        line for extra in project["optional-dependencies"].values() for line in extra
    ]
    waiting = [("pyproject.toml", Requirement(line)) for line in lines]
    found: dict[str, list[tuple[str, Requirement]]] = {}
    seen: set[tuple[str, str]] = set()
    while waiting:
        asker, requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        found.setdefault(name, []).append((asker, requirement))
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += [(name, needed) for needed in _requirements(name, extra)]
    return found


def test_every_dependency_of_every_package_is_pinned(closure, pinned) -> None:
    missing = {name: askers[0][0] for name, askers in closure.items() if name not in pinned}
    assert not missing, f"not pinned (package: who needs it): {missing}; run `make requirements`"


def test_nothing_is_pinned_that_nobody_needs(closure, pinned) -> None:
    assert not set(pinned) - set(closure)


def test_pins_satisfy_everyone_who_asks(closure, pinned, overridden) -> None:
    clashes = [
        f"{asker} needs {requirement}, pinned is {pinned[name]}"
        for name, askers in closure.items()
        for asker, requirement in askers
        if not (asker == "d2l" and name in overridden)
        and not requirement.specifier.contains(pinned[name], prereleases=True)
    ]
    assert not clashes


def test_lines_are_plain_pins(root: Path) -> None:
    for line in (root / "requirements.txt").read_text().splitlines():
        assert re.match(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; .+)?$", line), (
            f"{line!r} is not of the form name==version: no index, address, option or comment"
        )


def test_a_plain_installation_asks_for_nothing_that_cannot_be_resolved(pyproject) -> None:
    """d2l's own pins fit no Python of today: it comes by its extra, with `--no-deps`."""
    needed = {Requirement(line).name for line in pyproject["project"]["dependencies"]}
    assert "d2l" not in needed
    assert pyproject["project"]["optional-dependencies"]["d2l"] == ["d2l==0.17.6"]


def test_what_a_notebook_may_import_is_there_and_named(pyproject, root: Path) -> None:
    project = pyproject["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["d2l"]
    direct = {Requirement(line).name for line in lines} | {"lab"}
    assert set(PACKAGES) <= direct
    students = (root / "docs" / "students.md").read_text()
    for package in PACKAGES:
        assert importlib.util.find_spec(package), package
        assert f"`{package}`" in students


def test_torch_and_torchvision_are_a_pair(pinned) -> None:
    assert pinned["torch"] != "2.13.0", "torch 2.13.0 has no torchvision to go with it"
    lines = requires("torchvision") or []
    (wanted,) = [line for line in map(Requirement, lines) if line.name == "torch"]
    assert wanted.specifier.contains(pinned["torch"])


@pytest.mark.parametrize("torch", ["default", "cpu"])
def test_what_only_a_gpu_needs_can_be_left_out(root: Path, torch: str) -> None:
    told = subprocess.run(
        ["make", "--always-make", "--dry-run", f"TORCH={torch}", ".venv/ready"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (pattern,) = re.findall(r"grep -vE '(.*?)' requirements.txt", told)
    kept = [
        line
        for line in (root / "requirements.txt").read_text().splitlines()
        if not re.search(pattern, line)
    ]
    assert ("--torch-backend cpu" in told) is (torch == "cpu")
    assert any(line.startswith("nvidia-") for line in kept) is (torch != "cpu")
    assert any(line.startswith("torch==") for line in kept)


def _requirements(name: str, extra: str) -> list[Requirement]:
    """What an installed package needs on this machine, for one of its extras ("" for none)."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        pytest.fail(f"{name} is not installed, so its dependencies are unknown: run `make test`")
    needed = [Requirement(line) for line in lines]
    return [
        line for line in needed if line.marker is None or line.marker.evaluate({"extra": extra})
    ]
