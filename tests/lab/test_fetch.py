"""The course's own download, against a server on this machine that misbehaves."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from lab.download import DownloadError
from lab.fetch import download, sha1_of
from lab.local_server import LocalServer, Reply

TABLE = b"Id,SalePrice\r\n1,208500\n" * 40_000
SUM = hashlib.sha1(TABLE).hexdigest()
REPLIES = {
    "good.csv": Reply(TABLE),
    "moved.csv": Reply(status=301, location="/further.csv"),
    "further.csv": Reply(status=307, location="/good.csv"),
    "round.csv": Reply(status=302, location="/round.csv"),
    "nowhere.csv": Reply(status=302, location="/missing.csv"),
    "half.csv": Reply(TABLE, breaks_after=len(TABLE) // 2),
    "nothing.csv": Reply(TABLE, breaks_after=0),
    "damaged.csv": Reply(TABLE[:-1] + b"x"),
    "longer.csv": Reply(TABLE + b"\n"),
    "empty.csv": Reply(b""),
    "broken.csv": Reply(TABLE, status=500),  # an error page is one, whatever is on it
    "login.csv": Reply(b"<html>Please log in</html>"),
}
WHY = {
    "missing.csv": "the server answers 404",
    "nowhere.csv": "the server answers 404",
    "broken.csv": "the server answers 500",
    "half.csv": "the connection broke before all of it had arrived",
    "nothing.csv": "the connection broke",
    "damaged.csv": f"where {SUM} is expected: it is damaged",
    "longer.csv": f"where {SUM} is expected",
    "empty.csv": f"where {SUM} is expected",
    "login.csv": f"where {SUM} is expected",
    "round.csv": "redirects",
}


@pytest.fixture(scope="module")
def server():
    with LocalServer(REPLIES) as running:
        yield running


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.mark.parametrize("name", ["good.csv", "moved.csv"])
def test_a_file_arrives_whole_also_from_where_it_has_moved(server, tmp_path, name) -> None:
    folder = tmp_path / "new" / "folder"
    path = download(server.url(name), folder, SUM)
    assert path == folder / name and path.read_bytes() == TABLE
    assert [p.name for p in folder.iterdir()] == [name]


def test_what_is_there_with_the_right_sum_is_not_fetched_again(server, tmp_path) -> None:
    (tmp_path / "absent.csv").write_bytes(TABLE)
    before = len(server.requests)
    assert download(server.url("absent.csv"), tmp_path, SUM).read_bytes() == TABLE
    assert len(server.requests) == before


def test_a_damaged_file_is_replaced(server, tmp_path) -> None:
    (tmp_path / "good.csv").write_bytes(TABLE[:100])
    assert download(server.url("good.csv"), tmp_path, SUM).read_bytes() == TABLE


@pytest.mark.parametrize("before", [None, TABLE[:100]], ids=["no file before", "a damaged one"])
@pytest.mark.parametrize("name", WHY)
def test_a_failure_is_one_clear_sentence_and_leaves_nothing(server, tmp_path, name, before) -> None:
    if before is not None:
        (tmp_path / name).write_bytes(before)
    with pytest.raises(DownloadError, match=WHY[name]) as caught:
        download(server.url(name), tmp_path, SUM)
    assert "\n" not in str(caught.value) and name in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_no_server_at_all(tmp_path) -> None:
    with LocalServer({}) as gone:
        url = gone.url("table.csv")
    with pytest.raises(DownloadError, match="no connection to the server"):
        download(url, tmp_path, SUM)
    assert list(tmp_path.iterdir()) == []


def test_more_than_is_allowed_is_not_read_to_its_end(server, tmp_path) -> None:
    with pytest.raises(DownloadError, match="larger than the 100,000 bytes"):
        download(server.url("good.csv"), tmp_path, SUM, max_bytes=100_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["", "folder/", "..", ".bashrc", "a%2Fb", "a%00b", "%2E%2E"])
def test_an_address_without_a_name_for_a_file(server, tmp_path, path) -> None:
    with pytest.raises(DownloadError, match="ends in no name for a file"):
        download(server.url(path), tmp_path / "data", SUM)
    assert list(tmp_path.iterdir()) == []


def test_a_query_is_no_part_of_the_name(tmp_path) -> None:
    with LocalServer({"good.csv?version=2": Reply(TABLE)}) as server:
        path = download(server.url("good.csv?version=2"), tmp_path, SUM)
    assert path.name == "good.csv"


def test_a_folder_that_is_a_file(server, tmp_path) -> None:
    (tmp_path / "data").write_text("no folder")
    with pytest.raises(DownloadError, match=r"(?i)exists|not a directory"):
        download(server.url("good.csv"), tmp_path / "data", SUM)
    assert (tmp_path / "data").read_text() == "no folder"


def test_two_at_once_leave_one_whole_file(server, tmp_path) -> None:
    threads = [
        threading.Thread(target=download, args=(server.url("good.csv"), tmp_path, SUM))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [p.name for p in tmp_path.iterdir()] == ["good.csv"]
    assert sha1_of(tmp_path / "good.csv") == SUM


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap, for a small disk")
def test_a_full_disk_leaves_nothing(server, tmp_path) -> None:
    """On a disk of 64 KiB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    program = textwrap.dedent(f"""
        import os
        from pathlib import Path
        from lab.download import DownloadError
        from lab.fetch import download
        try:
            download({server.url("good.csv")!r}, Path({str(disk)!r}), {SUM!r})
        except DownloadError as error:
            print(error, os.listdir({str(disk)!r}))
    """)
    command = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc"]
    command += ["--size", str(2**16), "--tmpfs", str(disk), sys.executable, "-c", program]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if "No permissions" in done.stderr or "Operation not permitted" in done.stderr:
        pytest.skip("bubblewrap may not make a disk here")
    assert "No space left on device []" in done.stdout, done.stderr
