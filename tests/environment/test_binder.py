"""repo2docker, which is what Binder runs, picks the conda environment of a clone; no Docker needed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import BuildPack, CondaBuildPack


@pytest.fixture
def build_pack(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BuildPack:
    """The first of repo2docker's build packs, in its own order, that detects a clone of this."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", root, clone], check=True)
    monkeypatch.chdir(clone)
    app = Repo2Docker()
    packs = (pack(base_image=app.base_image) for pack in app.buildpacks)
    found = next(pack for pack in packs if pack.detect())
    found.platform = "linux/amd64"
    return found


def test_a_clone_renders_to_a_dockerfile_with_our_environment(build_pack: BuildPack) -> None:
    assert type(build_pack) is CondaBuildPack
    assert build_pack.python_version == "3.12"
    dockerfile = build_pack.render()
    assert '--file "environment.yml"' in dockerfile
    assert dockerfile.index("environment.yml") < dockerfile.index("RUN ./postBuild")
    assert Path("postBuild").stat().st_mode & 0o100, "postBuild must be executable in git"
