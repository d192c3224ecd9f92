"""The image's pip steps: postBuild's, run on a clone, with the packages of this environment for conda's."""

from __future__ import annotations

import os
import re
import subprocess
import venv
from importlib.metadata import version
from pathlib import Path
from sysconfig import get_path

import pytest

BY_PIP = re.compile(r"d2l|execnb|fastcore|dropout_lab|_dropout_lab|__editable__")
NO_INDEX = re.compile(r"No matching distribution found|Could not find a version|Connection")
SAY = """
import importlib.metadata, d2l.torch, execnb, fastcore, grader, lab
for name in ("d2l", "execnb", "fastcore", "dropout-lab"):
    print(name, importlib.metadata.version(name))
print(grader.__file__, lab.__file__)
"""


@pytest.fixture(scope="module")
def clone(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    clone = tmp_path_factory.mktemp("image") / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", root, clone], check=True)
    return clone


@pytest.fixture(scope="module")
def image(clone: Path) -> Path:
    """The folder of commands of an environment that has all packages but those that postBuild brings."""
    folder = clone.parent / "environment"
    venv.create(folder, symlinks=True)
    conda = folder / "conda"
    conda.mkdir()
    for entry in Path(get_path("purelib")).iterdir():
        if not BY_PIP.match(entry.name):
            (conda / entry.name).symlink_to(entry)
    (site,) = folder.glob("lib/*/site-packages")
    (site / "conda.pth").write_text(str(conda))
    return folder / "bin"


def test_post_build_completes_an_environment(clone: Path, image: Path, pinned) -> None:
    path = f"{image}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PIP_NO_COMPILE": "1"}
    lines = (clone / "postBuild").read_text().splitlines()
    steps = [line for line in lines if not line.startswith("python -c")]  # it fetches the data
    assert len(steps) == len(lines) - 1
    done = subprocess.run(
        ["bash", "-c", "\n".join(steps)], cwd=clone, env=environment, capture_output=True, text=True
    )
    if done.returncode != 0 and NO_INDEX.search(done.stderr):
        pytest.skip("needs a package index")
    assert done.returncode == 0, done.stdout + done.stderr
    said = subprocess.run(
        [image / "python", "-c", SAY], cwd=image, env=environment, capture_output=True, text=True
    )
    *versions, where = said.stdout.splitlines()
    assert said.returncode == 0, said.stderr
    pins = [f"{name} {pinned[name]}" for name in ("d2l", "execnb", "fastcore")]
    assert versions == [*pins, f"dropout-lab {version('dropout-lab')}"]
    assert where == f"{clone / 'grader' / '__init__.py'} {clone / 'lab' / '__init__.py'}"
    told = subprocess.run([image / "grader", "--help"], env=environment, capture_output=True)
    assert told.returncode == 0, told.stderr
