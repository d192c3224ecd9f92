"""Data folders for the tests of `lab`: written by the test, or nowhere and without a network."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

import lab.download

NUM_TRAIN, NUM_TEST = 60_000, 10_000


@pytest.fixture(autouse=True, scope="package")
def one_thread() -> Iterator[None]:
    """Small networks on a busy machine: threads would wait for each other more than they work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No data folder, an empty cache, and a network that answers to nobody; gives the cache."""
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(lab.download, "_failure", None)

    def unreachable(url: str) -> None:
        raise OSError("there is no network in this test")

    monkeypatch.setattr(lab.download, "_probe", unreachable)
    return tmp_path / "cache" / "dropout-lab"


@pytest.fixture(scope="session")
def full_size_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in torchvision's layout with files of the right sizes, one of them as .gz."""
    folder = tmp_path_factory.mktemp("data")
    write_fashion_files(folder)
    return folder


def write_fashion_files(folder: Path) -> Path:
    """Write four files with recognisable values under `folder`; returns the folder they are in.

    Image number i has the label i % 10. Test image number i has all pixels i % 256; training
    images are black, so that their file takes no space on the disk.
    """
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for prefix, n in (("train", NUM_TRAIN), ("t10k", NUM_TEST)):
        numbers = torch.arange(n)
        with (raw / f"{prefix}-images-idx3-ubyte").open("wb") as file:
            file.write(struct.pack(">2xBBIII", 8, 3, n, 28, 28))
            if prefix == "train":
                file.truncate(16 + n * 28 * 28)
            else:
                pixels = (numbers % 256).to(torch.uint8).repeat_interleave(28 * 28)
                file.write(pixels.numpy().tobytes())
        labels = (numbers % 10).to(torch.uint8).numpy().tobytes()
        content = struct.pack(">2xBBI", 8, 1, n) + labels
        if prefix == "train":
            (raw / f"{prefix}-labels-idx1-ubyte").write_bytes(content)
        else:
            (raw / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(content))
    return raw
