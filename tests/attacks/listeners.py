"""Services of the test's own that an attack tries to reach: TCP, UDP, and two kinds of unix sockets."""

from __future__ import annotations

import os
import selectors
import socket
import threading
from pathlib import Path


class Listeners:
    """Listens until closed. `words` are what an attack needs to know, `reached` who was spoken to."""

    def __init__(self, folder: Path) -> None:
        self.reached: set[str] = set()
        path, name = folder / "service.socket", f"dropout-lab-{os.getpid()}-{folder.name}"
        made = {
            "tcp": socket.create_server(("127.0.0.1", 0)),
            "udp": self._bound(socket.AF_INET, ("127.0.0.1", 0)),
            "abstract": self._bound(socket.AF_UNIX, f"\0{name}"),
            "path": self._bound(socket.AF_UNIX, str(path)),
        }
        self.words = {
            "TCP": str(made["tcp"].getsockname()[1]),
            "UDP": str(made["udp"].getsockname()[1]),
            "ABSTRACT": name,
            "SOCKET": str(path),
        }
        self._selector = selectors.DefaultSelector()
        for which, sock in made.items():
            sock.setblocking(False)
            self._selector.register(sock, selectors.EVENT_READ, which)
        self._stop, self._stopped = socket.socketpair()
        self._selector.register(self._stop, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopped.close()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    @staticmethod
    def _bound(family: int, address: object) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.bind(address)  # type: ignore[arg-type]
        return sock

    def _listen(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                self.reached.add(key.data)
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                if sock.type == socket.SOCK_STREAM:
                    sock.accept()[0].close()
                else:
                    sock.recv(4096)
