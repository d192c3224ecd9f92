"""Messages over a socket, each with its length before it, and never later than a deadline."""

from __future__ import annotations

import array
import contextlib
import os
import socket
import struct

import numpy as np

from grader.wire.clock import is_ready
from grader.wire.codec import Plain, WireError, WireLimits, decode, parts_of

_HEADER = struct.Struct(">I")
_MAX_PARTS = 1024  # that the kernel takes at once


class ChannelClosed(ConnectionError):
    """The process at the other end is gone, or closed its channel."""


class DeadlinePassed(TimeoutError):
    """The other end did not send or take a whole message in time."""


class Channel:
    """One end of a socket pair that carries plain data.

    The reader never accepts file descriptors unless it asks for them, and an oversized or malformed
    message raises WireError before its content is used. A deadline is a moment of `grader.wire.clock`;
    what has arrived is taken, however late it is.
    """

    def __init__(self, sock: socket.socket, limits: WireLimits | None = None) -> None:
        self._sock = sock
        self._limits = limits or WireLimits()

    @classmethod
    def from_fd(cls, fd: int, limits: WireLimits | None = None) -> Channel:
        return cls(socket.socket(fileno=fd), limits)

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        self._sock.close()

    def send(self, value: object, deadline: float | None = None, fd: int | None = None) -> None:
        """Raises ChannelClosed, DeadlinePassed, or WireError when `value` is not plain data.

        A small message arrives in one piece, so several processes may send on copies of one end.
        """
        parts = parts_of(value, self._limits)
        left = [memoryview(part) for part in (_HEADER.pack(sum(map(len, parts))), *parts)]
        fds = [] if fd is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))]
        with self._failures():
            while left:
                try:
                    sent = self._sock.sendmsg(left[:_MAX_PARTS], fds, _flags(deadline))
                except BlockingIOError:
                    self._wait_until(deadline, to_write=True)
                    continue
                fds = []
                while left and sent >= len(left[0]):
                    sent -= len(left.pop(0))
                if sent:
                    left[0] = left[0][sent:]

    def receive(self, deadline: float | None = None) -> Plain:
        """Raises ChannelClosed, DeadlinePassed, or WireError for a message that is not one."""
        with self._failures():
            (length,) = _HEADER.unpack(self._exactly(_HEADER.size, deadline))
            return self._body(length, deadline)

    def receive_with_fd(self) -> tuple[Plain, int | None]:
        """Like `receive`, with the file descriptor that came along. Only for messages from the judge."""
        with self._failures():
            header, fds, _, _ = socket.recv_fds(
                self._sock, _HEADER.size, 1, socket.MSG_CMSG_CLOEXEC
            )
            header += self._exactly(_HEADER.size - len(header), None) if header else b""
            if not header:
                raise ChannelClosed
            (length,) = _HEADER.unpack(header)
            return self._body(length, None), (fds[0] if fds else None)

    def wait(self) -> bool:
        """Wait until there is something to receive; false when nothing will come any more."""
        return bool(self._sock.recv(1, socket.MSG_PEEK))

    def has_unread(self) -> bool:
        """Whether something waits to be read, the end of the channel included."""
        try:
            self._sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def _body(self, length: int, deadline: float | None) -> Plain:
        if length > self._limits.max_bytes:
            raise WireError(
                f"a message of {length:,} bytes; at most {self._limits.max_bytes:,} are read"
            )
        return decode(self._exactly(length, deadline), self._limits)

    def _exactly(self, count: int, deadline: float | None) -> memoryview:
        data = np.empty(count, np.uint8).data
        left = data
        while left:
            try:
                size = self._sock.recv_into(left, 0, _flags(deadline))
            except BlockingIOError:
                self._wait_until(deadline)
                continue
            if not size:
                raise ChannelClosed
            left = left[size:]
        return data

    def _wait_until(self, deadline: float | None, *, to_write: bool = False) -> None:
        if not is_ready(self._sock.fileno(), deadline, to_write=to_write):
            raise DeadlinePassed

    @staticmethod
    @contextlib.contextmanager
    def _failures():
        try:
            yield
        except (ChannelClosed, DeadlinePassed):
            raise
        except OSError as error:
            raise ChannelClosed(os.strerror(error.errno or 0)) from None


def _flags(deadline: float | None) -> int:
    return 0 if deadline is None else socket.MSG_DONTWAIT


def pair(limits: WireLimits | None = None) -> tuple[Channel, socket.socket]:
    """A channel to keep, and the socket to hand to the other process."""
    ours, theirs = socket.socketpair()
    return Channel(ours, limits), theirs
