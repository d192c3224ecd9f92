"""Chapter 6: files on the student's side, and a server that misbehaves on request.

What lies here runs beside a student's code. The responses are real ones, of `requests` and `urllib3`, around
a body that the judge has described; so every way to read one works as it does with a network.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import tempfile
import tracemalloc

import requests
import urllib3

from grader.checks.folders import PIECE, as_bytes, files_in, path_as


class Body(io.RawIOBase):
    """The bytes that a server sends: `pattern`, again and again, `size` in all. The connection is reset after
    `breaks_after` of them.
    """

    def __init__(self, pattern, size, breaks_after, look):
        super().__init__()
        self.pattern, self.size, self.breaks_after, self.sent = pattern, size, breaks_after, 0
        self.look = look

    def readable(self):
        return True

    def read(self, amount=-1):
        self.look()
        if amount is None or amount < 0:
            pieces = []
            while piece := self.read(PIECE):
                pieces.append(piece)
            return b"".join(pieces)
        end = min(self.size, self.sent + amount)
        if self.breaks_after is not None:
            if self.sent >= self.breaks_after:
                raise ConnectionResetError("the connection was reset")
            end = min(end, self.breaks_after)
        start, self.sent = self.sent, end
        shift = start % len(self.pattern)
        times = (shift + end - start) // len(self.pattern) + 1
        return (self.pattern * times)[shift : shift + end - start]


class Server:
    """What stands for `requests.get`: one reply, how often it was asked for, and what lay in the working folder
    while it was read. A silent server gives its reply only to somebody who waits without a timeout.
    """

    def __init__(self, reply):
        self.reply, self.asked, self.beside = reply, [], set()

    def look(self):
        self.beside.update(os.listdir("."))

    def get(self, url, params=None, **options):
        self.asked.append(url)
        if self.reply.get("unreachable"):
            raise requests.exceptions.ConnectionError("no route to host")
        timeout = options.get("timeout")
        if timeout == 0:
            raise ValueError("Attempted to set connect timeout to 0, which no connection can keep")
        if self.reply["silent"] and timeout is not None:
            raise requests.exceptions.ReadTimeout(f"Read timed out. (read timeout={timeout})")
        content = as_bytes(self.reply["body"])
        body = Body(content, self.reply["size"], self.reply["breaks_after"], self.look)
        response = requests.models.Response()
        response.url, response.status_code = url, self.reply["status"]
        response.reason = "OK" if response.status_code < 400 else "Error"
        response.raw = urllib3.HTTPResponse(
            body, status=response.status_code, preload_content=False, decode_content=False
        )
        if not options.get("stream"):
            response.content  # noqa: B018  (read whole at once, as requests does)
        return response


def as_plain_error(error, folder):
    """Kind and text of an exception, without the folder of the probe, whose name says nothing."""
    return [type(error).__name__, str(error).replace(folder + os.sep, "")[:200]]


def sums_of_files(namespace, files):
    """`sha1_of` of files: each a pattern, how often it is repeated, and whether the path is text or a Path."""
    sums = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (pattern, times, kind) in enumerate(files):
            path = os.path.join(folder, f"file{number}.bin")
            with open(path, "wb") as file:
                for _ in range(times):
                    file.write(as_bytes(pattern))
            sums.append(namespace["sha1_of"](path_as(path, kind)))
    return sums


def memory_of_a_sum(namespace, pattern, times):
    """The sum of a large file, and the largest memory in bytes that Python took meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "large.bin")
        with open(path, "wb") as file:
            for _ in range(times):
                file.write(as_bytes(pattern))
        return with_memory(lambda: namespace["sha1_of"](path))


def with_memory(function):
    """What a function returns, and the largest memory in bytes that Python took meanwhile."""
    if tracemalloc.is_tracing():
        tracemalloc.stop()
    tracemalloc.start()
    try:
        value = function()
        return [value, tracemalloc.get_traced_memory()[1]]
    finally:
        tracemalloc.stop()


def downloads(namespace, cases):
    """Of each case, one after another, each in a folder of its own: what `download` returned or raised, what
    lies in the folder then, what lay in the working folder meanwhile, and how often the server was asked. A
    case: name, sum, reply, what lies there before (None for no file), whether there is a folder, and the kind
    of path.
    """
    reports = []
    for case in cases:
        with (
            tempfile.TemporaryDirectory() as home,
            tempfile.TemporaryDirectory() as working,
            contextlib.chdir(working),
        ):
            folder = os.path.join(home, "data")
            if case["folder"]:
                os.mkdir(folder)
            if case["before"] is not None:
                with open(os.path.join(folder, case["name"]), "wb") as file:
                    file.write(as_bytes(case["before"]))
            server, report = Server(case["reply"]), {"path": None, "error": None}
            url = "http://example.org/data/" + case["name"]
            arguments = (url, path_as(folder, case["kind"]), case["sum"])
            try:
                call = functools.partial(namespace["download"], *arguments, get=server.get)
                path, report["memory"] = with_memory(call) if case["measured"] else (call(), 0)
                report["path"] = "" if path is None else os.path.relpath(os.fspath(path), folder)
            except NotImplementedError:
                raise
            except Exception as error:
                report["error"] = as_plain_error(error, home)
            report["files"] = files_in(folder)
            report["asked"] = len(server.asked)
            report["beside"] = sorted(server.beside)
            reports.append(report)
    return reports
