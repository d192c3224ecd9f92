"""The other side of `grader.grading.isolated`: the process that forks, and what happens in a fork.

It ends when the socket to the grader closes, and its forks with it. A message on that socket holds the name
of a module and one end of a connection; the fork gets its task from there, and answers there: frames of one
letter, a length and a text. After the fork has ended, the last frame says how.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import pickle
import resource
import select
import signal
import socket
import struct
import sys
from typing import NoReturn

from grader.sandbox.inside.syscalls import (
    address_space,
    collapse_memory,
    die_with_parent,
    use_large_pages,
)

HEADER = struct.Struct(">cQ")
MAX_NOTE, _MAX_MODULE, _MAX_FDS = 200, 200, 8
PID, NOTE, VALUE, RAW, RAISED, MEMORY, ENDED = (bytes([letter]) for letter in b"PNVREMS")
_connection: socket.socket | None = None


def note(text: str) -> None:
    """Tell the grader what is being done now, for the case that it is the last thing."""
    if _connection is not None:
        _send(_connection, NOTE, text[:MAX_NOTE].encode("utf-8", "replace"))


def main(fd: int, module: str = "", function: str = "", argument: str = "") -> NoReturn:
    """Fork for every message, until the grader goes. Before that, call the function, if one is named."""
    gc.freeze()  # what the grader had made stays: its files are closed already
    control = socket.socket(fileno=fd)
    _be_quiet()
    use_large_pages()
    if module:
        with contextlib.suppress(Exception):  # a fork will meet it again, and say so
            getattr(importlib.import_module(module), function)(argument)
        gc.freeze()
    collapse_memory()
    ended, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    running: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([control.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 512)
            _report(running)
        if control.fileno() in ready:
            name, fds, _, _ = socket.recv_fds(control, _MAX_MODULE, 1, socket.MSG_CMSG_CLOEXEC)
            if not name:
                os._exit(0)
            connection = socket.socket(fileno=fds[0])
            pid = _fork(name.decode(), connection, [control, *running.values()])
            running[pid] = connection


def _be_quiet() -> None:
    """A session of its own, so that Ctrl-C and Ctrl-Z are for the grader to handle; nothing is printed."""
    with contextlib.suppress(PermissionError):
        os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    quiet = os.open(os.devnull, os.O_RDWR)
    for fd in range(3):
        os.dup2(quiet, fd)


def _fork(module: str, connection: socket.socket, others: list[socket.socket]) -> int:
    if module not in sys.modules:
        with contextlib.suppress(Exception):  # the fork will say why
            importlib.import_module(module)
        gc.freeze()
    pid = os.fork()
    if pid == 0:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            die_with_parent()
            for other in others:
                other.close()
            _work(connection)
        finally:
            os._exit(1)
    with contextlib.suppress(OSError):
        _send(connection, PID, str(pid).encode())
    return pid


def _report(running: dict[int, socket.socket]) -> None:
    """Say of every fork that has ended how it did."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with running.pop(pid) as connection, contextlib.suppress(OSError):
            _send(connection, ENDED, str(status).encode())


def _work(connection: socket.socket) -> NoReturn:
    global _connection
    size, fds, _, _ = socket.recv_fds(connection, 8, _MAX_FDS, socket.MSG_CMSG_CLOEXEC)
    (length,) = struct.unpack(">Q", size)
    with connection.makefile("rb") as file:
        module, name, arguments, limits = pickle.loads(file.read(length))  # from the grader
    function = getattr(importlib.import_module(module), name)
    _connection = connection
    _limit(limits.cpu_seconds, limits.memory_bytes)
    try:
        kind, data = _encoded(function(*arguments, *([fds] if fds else [])))
        if len(data) > limits.result_bytes:
            kind, data = MEMORY, f"it gave {len(data):,} bytes back".encode()
    except MemoryError:
        kind, data = MEMORY, b""
    except Exception as error:
        said = [type(error).__name__, str(error)[:2000]]
        kind, data = RAISED, json.dumps(said).encode()
    _limit(None, None)
    _send(connection, kind, data)
    os._exit(0)


def _encoded(value: object) -> tuple[bytes, bytes]:
    if isinstance(value, bytes):
        return RAW, value
    return VALUE, json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _limit(cpu_seconds: float | None, memory_bytes: int | None) -> None:
    """The kernel's limits of this process; None takes one away, to say that it was reached."""
    if memory_bytes is None or cpu_seconds is None:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
        return
    seconds = math.ceil(cpu_seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (address_space() + memory_bytes, resource.RLIM_INFINITY))


def _send(connection: socket.socket, kind: bytes, data: bytes) -> None:
    connection.sendall(HEADER.pack(kind, len(data)) + data)
