"""Where the images come from, and what happens when they are damaged or absent."""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path

import pytest
import torch

import lab
import lab.download
from lab import DataError
from tests.lab.conftest import write_fashion_files

REAL = Path(os.environ.get("COURSE_DATA", "/nowhere")) / "FashionMNIST" / "raw"


def test_a_local_folder_is_read_plain_and_compressed(nowhere, full_size_folder, monkeypatch, capfd):
    monkeypatch.setenv("COURSE_DATA", str(full_size_folder))
    train_iter, test_iter = lab.fashion_mnist(256, train_size=300, test_size=20)
    assert (len(train_iter), len(test_iter)) == (2, 1)
    X, y = next(iter(test_iter))
    assert X.shape == (20, 1, 28, 28)
    assert torch.equal(X[13], torch.full((1, 28, 28), 13 / 255))
    assert y.tolist() == [i % 10 for i in range(20)]
    assert capfd.readouterr() == ("", "")  # nothing to announce
    assert not nowhere.exists()


def test_all_examples_are_there_unless_fewer_are_asked_for(nowhere, full_size_folder, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(full_size_folder))
    train_iter, test_iter = lab.fashion_mnist(256)
    assert (train_iter.num_examples, test_iter.num_examples) == (60_000, 10_000)
    assert (len(train_iter), len(test_iter)) == (235, 40)
    with pytest.raises(ValueError, match="from 1 to 10,000"):
        lab.fashion_mnist(256, test_size=10_001)


def test_the_cache_is_used_when_the_course_folder_lacks_the_data(nowhere, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    write_fashion_files(nowhere)
    _, test_iter = lab.fashion_mnist(256)
    assert next(iter(test_iter))[1][:3].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("truncated", r"train-labels-idx1-ubyte holds 1,000 bytes where 60,008 .* truncated"),
        ("empty", r"train-labels-idx1-ubyte holds 0 bytes where 60,008"),
        ("too long", r"holds 60,009 bytes where 60,008 .* not the right file"),
        ("other header", r"begins with 00000d01 .* expected 00000801"),
        ("other label", r"holds the label 10; expected 0 to 9"),
        ("missing", r"train-labels-idx1-ubyte is missing"),
        ("broken gzip", r"train-labels-idx1-ubyte\.gz .* not a complete gzip file"),
    ],
)
def test_a_damaged_file_is_one_clear_sentence(
    nowhere, full_size_folder, tmp_path, monkeypatch, damage, expected
):
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for whole in (full_size_folder / "FashionMNIST" / "raw").iterdir():
        (raw / whole.name).symlink_to(whole)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    path = raw / "train-labels-idx1-ubyte"
    content = path.read_bytes()
    path.unlink()
    if damage == "broken gzip":
        (raw / f"{path.name}.gz").write_bytes(gzip.compress(content)[:-9])
    elif damage != "missing":
        damaged = {
            "truncated": content[:1000],
            "empty": b"",
            "too long": content + b"x",
            "other header": b"\0\0\x0d\x01" + content[4:],
            "other label": content[:-1] + b"\x0a",
        }
        path.write_bytes(damaged[damage])
    with pytest.raises(DataError, match=expected) as caught:
        lab.fashion_mnist(256)
    assert "\n" not in str(caught.value)
    assert "replace it" in str(caught.value) or "put the whole data set there" in str(caught.value)


def test_without_data_and_network_the_stand_in_is_announced_on_stdout(nowhere, monkeypatch, capfd):
    small = lab.synthetic_fashion_mnist(50, 20, seed=3)
    monkeypatch.setattr("lab.fashion.synthetic_fashion_mnist", lambda: small)
    train_iter, test_iter = lab.fashion_mnist(16)
    assert (train_iter.num_examples, test_iter.num_examples) == (50, 20)
    out, err = capfd.readouterr()
    assert "synthetic stand-in: numbers will differ from the text" in out
    assert "there is no network in this test" in out
    assert err == ""
    assert not nowhere.exists()  # nothing half-written, no empty folders


def test_a_failed_look_for_the_network_is_not_repeated(nowhere, monkeypatch):
    attempts = []

    def unreachable(url: str) -> None:
        attempts.append(url)
        raise TimeoutError("the server does not answer")

    monkeypatch.setattr(lab.download, "_probe", unreachable)
    for _ in range(2):
        with pytest.raises(lab.download.DownloadError, match="does not answer"):
            lab.download.download_fashion_mnist(nowhere / "raw", check=lambda raw: None)
    assert len(attempts) == 1


class FakeTorchvision:
    """Stands for torchvision's data set: 'downloads' whole or truncated files and is chatty."""

    mirrors = ("http://mirror.invalid/",)
    truncated = False

    def __init__(self, root: str, download: bool) -> None:
        print("100%", file=sys.stderr)
        raw = write_fashion_files(Path(root))
        (raw / "train-labels-idx1-ubyte.gz").write_bytes(b"the archive, already unpacked")
        if self.truncated:
            (raw / "train-labels-idx1-ubyte").write_bytes(b"\0\0")


def test_a_download_lands_whole_in_the_cache_and_is_used_again(nowhere, monkeypatch, capfd):
    import torchvision.datasets

    monkeypatch.setattr(lab.download, "_probe", lambda url: None)
    monkeypatch.setattr(torchvision.datasets, "FashionMNIST", FakeTorchvision)
    train_iter, _ = lab.fashion_mnist(256)
    assert train_iter.num_examples == 60_000
    out, err = capfd.readouterr()
    assert "Fetching Fashion-MNIST" in out and err == ""
    assert [p.name for p in (nowhere / "FashionMNIST").iterdir()] == ["raw"]
    assert len(list((nowhere / "FashionMNIST" / "raw").iterdir())) == 4
    lab.fashion_mnist(256)
    assert capfd.readouterr().out == ""  # from the cache now


def test_a_truncated_download_leaves_nothing_behind(nowhere, monkeypatch, capfd):
    import torchvision.datasets

    class Truncated(FakeTorchvision):
        truncated = True

    monkeypatch.setattr(lab.download, "_probe", lambda url: None)
    monkeypatch.setattr(torchvision.datasets, "FashionMNIST", Truncated)
    small = lab.synthetic_fashion_mnist(50, 20, seed=3)
    monkeypatch.setattr("lab.fashion.synthetic_fashion_mnist", lambda: small)
    train_iter, _ = lab.fashion_mnist(16)
    assert train_iter.num_examples == 50
    assert "truncated" in capfd.readouterr().out
    assert not [p for p in nowhere.rglob("*") if p.is_file() or p.name == "raw"]


@pytest.mark.skipif(not REAL.is_dir(), reason="COURSE_DATA has no FashionMNIST/raw: real data")
def test_the_real_data_are_the_published_ones():
    train, test = lab.fashion.load_fashion_mnist()
    X = train.images.double() / 255
    assert X.mean().item() == pytest.approx(0.2860, abs=5e-5)
    assert X.std().item() == pytest.approx(0.3530, abs=5e-5)
    assert lab.FASHION_CLASSES[train.labels[0]] == "ankle boot"
    assert train.labels.bincount().tolist() == [6000] * 10
    assert test.labels.bincount().tolist() == [1000] * 10
