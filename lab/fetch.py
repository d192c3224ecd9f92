"""One file from the network, checked by its sum: all of it under its own name, or nothing."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests

from lab.download import DownloadError, reason_of

CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
CHUNK = 2**16
MAX_BYTES = 64 * 2**20


def sha1_of(path: Path) -> str:
    """The SHA-1 of a file as 40 hexadecimal digits, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha1").hexdigest()


def download(url: str, folder: Path, sha1: str, *, max_bytes: int = MAX_BYTES) -> Path:
    """Return `folder`/name, where the name is the last part of `url`, fetched unless it is there already.

    A file that is there counts only if its SHA-1 is `sha1`; another one is replaced. Redirects are
    followed. The file gets its name when all of it has arrived and its sum is right, so that a connection
    that breaks, a full disk or a second process that fetches the same leave no half file.

    Raises DownloadError, and leaves no trace, when it cannot be had: an error page, a wrong sum, more than
    `max_bytes`, no connection, no room.
    """
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    if not name or name.startswith(".") or any(mark in name for mark in "/\\\0"):
        raise DownloadError(f"{url} ends in no name for a file")
    path = folder / name
    try:
        if path.is_file() and sha1_of(path) == sha1:
            return path
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as scratch:
            part = Path(scratch) / name
            _write(url, part, max_bytes)
            seen = sha1_of(part)
            if seen != sha1:
                raise DownloadError(
                    f"{url} has the SHA-1 {seen} where {sha1} is expected: it is damaged, or another file"
                )
            os.replace(part, path)
    except (OSError, requests.RequestException) as error:
        _remove_wrong(path, sha1)
        raise DownloadError(f"{url}: {_told(error)}") from error
    except DownloadError:
        _remove_wrong(path, sha1)
        raise
    return path


def _write(url: str, path: Path, max_bytes: int) -> None:
    """All that the server sends into a new file."""
    limits = (CONNECT_SECONDS, READ_SECONDS)
    with requests.get(url, stream=True, timeout=limits) as response, path.open("wb") as file:
        response.raise_for_status()
        for chunk in response.iter_content(CHUNK):
            if file.tell() + len(chunk) > max_bytes:
                raise DownloadError(
                    f"{url} is larger than the {max_bytes:,} bytes that are allowed"
                )
            file.write(chunk)


def _remove_wrong(path: Path, sha1: str) -> None:
    """Under the final name stays what is right, and nothing else."""
    with contextlib.suppress(OSError):
        if path.is_file() and sha1_of(path) != sha1:
            path.unlink()


def _told(error: OSError | requests.RequestException) -> str:
    """Why it failed, in a line: what the server or the system says."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answers {error.response.status_code} {error.response.reason}".strip()
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke before all of it had arrived"
    if isinstance(error, requests.Timeout):
        return "the server does not answer"
    if isinstance(error, requests.ConnectionError):
        return "no connection to the server"
    return reason_of(error)
