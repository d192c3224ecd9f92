"""Chapter 6: the solutions of `download` and `extract` with a real server, and with archives made to harm."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
import requests

from lab.local_server import LocalServer, Reply

CHAPTER = "06_house_prices"
TABLE = b"Id,SalePrice\r\n1,208500\n" * 20_000
SUM = hashlib.sha1(TABLE).hexdigest()
REPLIES = {
    "good.csv": Reply(TABLE),
    "moved.csv": Reply(status=302, location="/good.csv"),
    "half.csv": Reply(TABLE, breaks_after=len(TABLE) // 2),
    "damaged.csv": Reply(TABLE[:-1] + b"x"),
    "broken.csv": Reply(TABLE, status=503),
    "round.csv": Reply(status=302, location="/round.csv"),
}


@pytest.fixture(scope="module")
def chapter_functions(solved):
    return solved(CHAPTER)


@pytest.fixture
def get():
    session = requests.Session()
    session.trust_env = False
    with session:
        yield session.get


@pytest.fixture(scope="module")
def server():
    with LocalServer(REPLIES) as running:
        yield running


@pytest.mark.parametrize("name", ["good.csv", "moved.csv"])
def test_download_fetches(chapter_functions, server, get, tmp_path, name) -> None:
    path = chapter_functions["download"](server.url(name), tmp_path / "new", SUM, get=get)
    assert Path(path).read_bytes() == TABLE and os.listdir(tmp_path / "new") == [name]


@pytest.mark.parametrize("before", [None, b"damaged"])
@pytest.mark.parametrize("name", ["half.csv", "damaged.csv", "broken.csv", "round.csv", "gone.csv"])
def test_download_leaves_nothing_behind(
    chapter_functions, server, get, tmp_path, name, before
) -> None:
    if before:
        (tmp_path / name).write_bytes(before)
    with pytest.raises((requests.RequestException, ValueError)):
        chapter_functions["download"](server.url(name), tmp_path, SUM, get=get)
    assert list(tmp_path.iterdir()) == []


def test_download_on_a_full_disk(chapter_functions, server, get, tmp_path, monkeypatch) -> None:
    """The disk is full after the first piece."""

    class Full(io.FileIO):
        def write(self, data):  # type: ignore[no-untyped-def]
            if self.tell():
                raise OSError(28, "No space left on device")
            return super().write(data)

    real_open = open

    def opened(path, mode="r", *rest, **more):  # type: ignore[no-untyped-def]
        return Full(path, "w") if mode == "wb" else real_open(path, mode, *rest, **more)

    monkeypatch.setitem(chapter_functions, "open", opened)
    with pytest.raises(OSError, match="No space left"):
        chapter_functions["download"](server.url("good.csv"), tmp_path, SUM, get=get)
    assert list(tmp_path.iterdir()) == []


def tar_of(path: Path, *entries: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> str:
    with tarfile.open(path, mode) as packed:  # type: ignore[call-overload]
        for entry, data in entries:
            entry.size = len(data)
            packed.addfile(entry, io.BytesIO(data))
    return str(path)


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


HOSTILE = {
    "up": [(entry("../evil.txt"), b"evil")],
    "up in the middle": [(entry("a/../../evil.txt"), b"evil")],
    "absolute": [(entry("/tmp/evil.txt"), b"evil")],
    "beside, and begins alike": [(entry("../data-beside/evil.txt"), b"evil")],
    "symbolic link, and through it": [
        (entry("way", tarfile.SYMTYPE, "../.."), b""),
        (entry("way/evil.txt"), b"evil"),
    ],
    "symbolic link to a file": [(entry("passwd", tarfile.SYMTYPE, "/etc/passwd"), b"")],
    "hard link": [(entry("hard", tarfile.LNKTYPE, "/etc/passwd"), b"")],
    "device": [(entry("zero", tarfile.CHRTYPE), b"")],
    "pipe": [(entry("pipe", tarfile.FIFOTYPE), b"")],
    "bomb": [(entry(f"zeros{i}"), b"0" * 600_000) for i in range(3)],
}


@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".tgz"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_tars_are_refused(chapter_functions, tmp_path, kind, ending) -> None:
    home = tmp_path / "home"
    home.mkdir()
    mode = "w" if ending == ".tar" else "w:gz"
    honest = (entry("honest.txt"), b"honest")
    archive = tar_of(home / f"data{ending}", honest, *HOSTILE[kind], mode=mode)
    with pytest.raises(ValueError):
        chapter_functions["extract"](archive, max_bytes=1_000_000)
    assert os.listdir(tmp_path) == ["home"] and os.listdir(home) == [f"data{ending}"]


@pytest.mark.parametrize("name", ["../evil.txt", "a/../../evil.txt", "/tmp/evil.txt", "bomb"])
def test_hostile_zips_are_refused(chapter_functions, tmp_path, name) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with zipfile.ZipFile(home / "data.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("honest.txt", "honest")
        packed.writestr(name, "0" * 2_000_000 if name == "bomb" else "evil")
    with pytest.raises(ValueError):
        chapter_functions["extract"](str(home / "data.zip"), max_bytes=1_000_000)
    assert os.listdir(home) == ["data.zip"]


def test_a_plain_gz_and_a_file_that_is_no_archive(chapter_functions, tmp_path) -> None:
    (tmp_path / "table.csv.gz").write_bytes(gzip.compress(TABLE))
    (tmp_path / "page.zip").write_bytes(b"<html>Not found</html>")
    with pytest.raises(ValueError, match=r"no \.zip"):
        chapter_functions["extract"](str(tmp_path / "table.csv.gz"))
    with pytest.raises(zipfile.BadZipFile):
        chapter_functions["extract"](str(tmp_path / "page.zip"))
    assert sorted(os.listdir(tmp_path)) == ["page.zip", "table.csv.gz"]


def test_honest_archives_are_unpacked(chapter_functions, tmp_path) -> None:
    folders = (entry("more", tarfile.DIRTYPE), b"")
    archive = tar_of(tmp_path / "data.tar.gz", folders, (entry("more/a.csv"), TABLE))
    folder = chapter_functions["extract"](archive)
    assert folder == str(tmp_path / "data")
    assert (tmp_path / "data" / "more" / "a.csv").read_bytes() == TABLE
