"""A PostgreSQL server of a test's own, in a temporary folder: no port, no password, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

INSTALLED = Path("/usr/lib/postgresql")


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a new database. Skips the test where PostgreSQL is not installed."""
    initdb, server = _program("initdb"), _program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path is short
    how: dict = {}
    if os.geteuid() == 0:  # which PostgreSQL refuses
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        how = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data, options = folder / "data", ["-c", "listen_addresses=", "-c", "fsync=off"]
    words = [initdb, "-D", data, "-U", "lab", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(words, check=True, capture_output=True, cwd=folder, **how)
    options += ["-c", f"unix_socket_directories={folder}"]
    process = subprocess.Popen(
        [server, "-D", data, *options],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **how,
    )
    try:
        _wait(f"host={folder} user=lab dbname=postgres")
        yield f"postgresql://lab@/postgres?host={folder}"
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown: who is still connected is sent away
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str:
    found = [*sorted(INSTALLED.glob(f"*/bin/{name}")), *filter(None, [shutil.which(name)])]
    if not found:
        pytest.skip(f"PostgreSQL's {name} is not installed: `apt-get install postgresql`")
    return str(found[0])


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            psycopg.connect(address).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    pytest.fail("PostgreSQL did not start")
