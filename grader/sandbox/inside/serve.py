"""The process of one submission: runs its cells, and forks for each exercise.

Everything in this process belongs to the student's code once the first cell has run. Nothing outside
trusts it: it talks to the judge on its own channel, which only accepts plain data.
"""

from __future__ import annotations

import base64
import contextlib
import os
import random
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import NoReturn

from grader.sandbox.inside import jail, syscalls
from grader.sandbox.inside.memory import MemoryGroup
from grader.wire import probe
from grader.wire.codec import WireError, WireLimits
from grader.wire.frames import Channel, ChannelClosed
from grader.wire.limits import Limits

POLL_SECONDS = 0.05
"""How often a worker looks at its submission."""


def main(
    fd: int, limits: Limits, home: str | None, shell: object, group: MemoryGroup | None
) -> NoReturn:
    """Set up what surrounds the submission, then serve the judge until the channel closes.

    home: folder for the submission when there are no namespaces, None when there are. group: that of its
    memory.
    """
    from grader.sandbox.inside.shell import CellShell

    assert isinstance(shell, CellShell)
    # Signals to the own process group must not reach the worker.
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jail.keep_only(fd)
    channel = Channel.from_fd(jail.CHANNEL_FD, WireLimits(max_bytes=2 * limits.frame_bytes))
    try:
        if group is not None:
            group.enter()
        _enclose(limits, home)
    except OSError as error:
        channel.send({"failed": f"{error}"})
        os._exit(1)
    try:
        _Process(channel, shell, limits).serve()
    except (ChannelClosed, WireError, KeyboardInterrupt):
        pass
    finally:
        os._exit(0)


def _enclose(limits: Limits, home: str | None) -> None:
    if home is None:
        jail.enclose(limits)
        return
    syscalls.die_with_parent()
    os.environ["HOME"] = home
    os.chdir(home)
    jail.restrict(limits, syscalls.address_space())


class _Process:
    def __init__(self, channel: Channel, shell, limits: Limits) -> None:
        self.channel, self.shell, self.limits = channel, shell, limits
        self.pid = os.getpid()
        self.seed = 0
        self.child: int | None = None

    def serve(self) -> None:
        while True:
            request, fd = self.channel.receive_with_fd()
            assert isinstance(request, dict)
            do = request["do"]
            if do == "open":
                reply = self._open(request)
            elif do == "cell":
                reply = self._cell(str(request["source"]), request["count"])
            elif do == "fork":
                reply = self._fork(fd, request["seconds"])
            elif do == "reap":
                reply = self._reap(request["patience"])
            else:
                return
            # A cell that forked and let the copy go on: only the original may answer.
            if os.getpid() != self.pid:
                os._exit(0)
            self.channel.send(reply)

    def _open(self, request: dict) -> dict:
        try:
            for name, content in request["files"]:
                path = Path(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(base64.b64decode(content))
        except OSError as error:
            return {"failed": f"the files beside the notebook cannot be written: {error}"}
        self.seed = request["seed"]
        if "" not in sys.path:
            sys.path.insert(0, "")
        _seed(self.seed)
        self.shell.begin(self.limits)
        return {"ready": True}

    def _cell(self, source: str, count: object) -> dict:
        assert isinstance(count, int)
        outputs, error = [], None
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            outputs, error = self.shell.execute(source, count)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        except BaseException as escaped:
            with contextlib.suppress(BaseException):
                signal.signal(signal.SIGINT, signal.SIG_IGN)
            error = probe.reduce(escaped, self.shell.user_ns)
        return {"outputs": outputs, "error": None if error is None else _described(error)}

    def _fork(self, fd: int | None, seconds: object) -> dict:
        assert fd is not None and isinstance(seconds, int)
        self._reap(0.0)
        try:
            with warnings.catch_warnings(), jail.spare_processes():
                warnings.simplefilter("ignore")
                self.child = os.fork()
        except OSError as error:
            os.close(fd)
            return {"failed": f"could not be copied: {error.strerror}"}
        if self.child == 0:
            try:
                jail.limit_computing(seconds)
                _serve_exercises(fd, self.shell, self.seed, self.limits)
            finally:
                os._exit(1)
        os.close(fd)
        return {"forked": True}

    def _reap(self, patience: object) -> dict:
        """End the copy, after `patience` seconds. status: None when it had to be killed, or there is none."""
        assert isinstance(patience, float)
        if self.child is None:
            return {"status": None, "computed": 0.0}
        child, self.child = self.child, None
        until = time.monotonic() + patience
        pid, status, used = os.wait4(child, os.WNOHANG)
        while not pid and time.monotonic() < until:
            time.sleep(0.002)
            pid, status, used = os.wait4(child, os.WNOHANG)
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(OSError):
                kill(child, signal.SIGKILL)
        if not pid:
            os.waitpid(child, 0)
            return {"status": None, "computed": 0.0}
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            time.sleep(2 * POLL_SECONDS)  # if it was for its memory, the worker ends it all now
        return {"status": status, "computed": used.ru_utime + used.ru_stime}


def _serve_exercises(fd: int, shell, seed: int, limits: Limits) -> NoReturn:
    """Calls and probes of one exercise, or of several, in a copy of the submission's process."""
    import torch

    # First of all: threads do not survive a fork, and torch would wait for those it had.
    torch.set_num_threads(1)
    os.setpgid(0, 0)
    syscalls.die_with_parent()
    ours = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD, signal.SIGXCPU)
    for number in ours:
        signal.signal(number, signal.SIG_DFL)
    own = os.getpid()
    jail.keep_only(fd)
    channel = Channel.from_fd(jail.CHANNEL_FD, WireLimits(max_bytes=limits.frame_bytes))
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    _begin_exercise(seed)
    with contextlib.suppress(ChannelClosed):
        while True:
            reply = _answer(channel.receive(), shell, seed)
            if os.getpid() != own:
                break
            try:
                channel.send(reply)
            except WireError as error:
                refused = probe.StudentError("ValueError", str(error), kind="not_plain")
                channel.send({"error": _described(refused)})
    os._exit(0)


def _begin_exercise(seed: int) -> None:
    """What no exercise finds otherwise because of the one before it."""
    probe.restore_torch_state()
    _seed(seed)


def _answer(request: object, shell, seed: int) -> dict:
    assert isinstance(request, dict)
    namespace = shell.user_ns
    value: object = True
    try:
        if request.get("begin"):
            _begin_exercise(seed)
        if "use" in request:
            probe.use_reference(namespace, request["use"]["cells"], request["use"]["names"])
        elif "cell" in request:
            _, error = shell.execute(request["cell"], request["count"])
            value = error is None
        elif "call" in request:
            value = probe.call(namespace, request["call"], request["args"], request["kwargs"])
        else:
            value = probe.run(namespace, request["run"], request["inputs"])
    except BaseException as error:
        return {"error": _described(probe.reduce(error, namespace))}
    return {"value": value}


def _described(error: probe.StudentError) -> dict:
    return {
        "type": error.type,
        "message": error.message,
        "line": error.line,
        "source_line": error.source_line,
        "kind": error.kind,
    }


def _seed(seed: int) -> None:
    """The same chance in every run, whatever library it is asked from."""
    import numpy
    import torch

    random.seed(seed)
    numpy.random.seed(seed % 2**32)
    # torch.manual_seed looks for every kind of device as well, which takes 4 ms in a fresh fork.
    torch.default_generator.manual_seed(seed % 2**64)
