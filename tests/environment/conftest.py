"""What the environment tests read: the project's own statements of what it needs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def pyproject(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text())


@pytest.fixture(scope="session")
def needed(pyproject: dict) -> dict[str, Requirement]:
    """Name to range of every dependency that pyproject.toml declares, without extras."""
    return _by_name(pyproject["project"]["dependencies"])


@pytest.fixture(scope="session")
def pinned(root: Path) -> dict[str, str]:
    """Name to version of every line of requirements.txt that applies on this machine."""
    pins: dict[str, str] = {}
    for line in (root / "requirements.txt").read_text().splitlines():
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate():
            (specifier,) = pin.specifier
            assert specifier.operator == "==", f"{line} is not a pin"
            assert canonicalize_name(pin.name) not in pins, f"{pin.name} is pinned twice"
            pins[canonicalize_name(pin.name)] = specifier.version
    return pins


def _by_name(lines: list[str]) -> dict[str, Requirement]:
    parsed = (Requirement(line) for line in lines)
    return {canonicalize_name(requirement.name): requirement for requirement in parsed}
