"""A web server of one's own on this machine, with files that arrive whole, broken or not at all.

For trying a download where there is no network, and for meeting what goes wrong on purpose.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass(frozen=True)
class Reply:
    """What the server answers. breaks_after: the connection ends after so many bytes of the body, all of
    which were announced. location: where a redirect (status 301, 302, 307, 308) leads.
    """

    body: bytes = b""
    status: int = 200
    breaks_after: int | None = None
    location: str = ""


class LocalServer:
    """Serves `replies`, path to `Reply`, at `http://127.0.0.1` while it is open as a context.

    requests: the paths that were asked for, in order.
    """

    def __init__(self, replies: Mapping[str, Reply]) -> None:
        self.requests: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(replies, self.requests))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self._server.server_port}/{path}"

    def __enter__(self) -> LocalServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(replies: Mapping[str, Reply], asked: list[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.lstrip("/")
            asked.append(path)
            reply = replies.get(path, Reply(b"<h1>Not Found</h1>", 404))
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(reply.body)))
            if reply.location:
                self.send_header("Location", reply.location)
            self.end_headers()
            self.wfile.write(reply.body[: reply.breaks_after])

        def log_message(self, *args: object) -> None:
            """Nothing: the log would go to stderr."""

    return Handler
