"""Starts a zygote: behind bubblewrap, or as a plain process without isolation."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, TypeAlias

from grader.sandbox.inside.jail import ROOM
from grader.sandbox.inside.memory import GROUPS
from grader.sandbox.inside.syscalls import NOBODY
from grader.sandbox.memory_groups import MemoryGroups, make_memory_groups

Backend: TypeAlias = Literal["bubblewrap", "none"]
COURSE, DATA = "/course", "/course/data"
# All of `grader` that lies beside a student's code. In place of its `__init__` stands a module that says
# that the notebook is being graded.
_SHIPPED = ("wire", "sandbox/inside")
_PACKAGE = "sandbox/inside/package_while_graded.py"
# What bubblewrap and `start.py` make of a SIGKILL, depending on which of the processes it met.
_KILLED = (-9, 128 + 9, -9 & 0xFF)
_INSTALL = (
    ("apt-get", "sudo apt-get install bubblewrap"),
    ("dnf", "sudo dnf install bubblewrap"),
    ("pacman", "sudo pacman -S bubblewrap"),
    ("zypper", "sudo zypper install bubblewrap"),
    ("apk", "sudo apk add bubblewrap"),
)


class SandboxUnavailable(RuntimeError):
    """No sandbox can be had here; the text says what is missing and what to do."""


@dataclass
class Launched:
    """A started zygote, the judge's end of its control channel, and what it wrote.

    was_killed: whether somebody, or a machine without memory, had ended it before `stop` did.
    """

    process: subprocess.Popen[bytes]
    control: socket.socket
    log: IO[bytes]
    groups: MemoryGroups | None = None
    was_killed: bool = False

    def stop(self, patience: float = 0.0) -> str:
        """End it, after `patience` seconds, with all that it left; the end of what it wrote to stderr.

        A second time, nothing happens.
        """
        if self.log.closed:
            return ""
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        ended = self.process.poll()
        self.was_killed = ended in _KILLED
        if ended is None or self.was_killed:
            # The whole group: who kills bubblewrap while it starts leaves a half of it that waits for ever.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.seek(0)
        diagnosis = self.log.read()[-2000:].decode("utf-8", "replace").strip()
        self.log.close()
        if self.groups is not None:
            self.groups.remove()
        return diagnosis


def launch(backend: Backend, preload: Sequence[str], data: Path | None) -> Launched:
    """Raises SandboxUnavailable when bubblewrap is not installed."""
    ours, theirs = socket.socketpair()
    isolate = backend == "bubblewrap"
    setup = {"control_fd": theirs.fileno(), "isolate": isolate, "preload": list(preload)}
    folder = f"{COURSE}/grader/sandbox/inside" if isolate else str(Path(__file__).parent / "inside")
    program = ["-s", f"{folder}/start.py", json.dumps(setup)]
    log = tempfile.TemporaryFile()  # noqa: SIM115  (outlives this function)
    memory = make_memory_groups() if isolate else None
    with theirs, _users() as users, _groups() as groups:
        command = [sys.executable, *program]
        passed = [theirs.fileno()]
        if isolate:
            bubblewrap = _bubblewrap(data, users.fileno(), groups.fileno(), memory)
            command = [*bubblewrap, "--", *command]
            passed += [users.fileno(), groups.fileno()]
        process = _from_lasting_thread(command, passed, _environment(isolate, data), log)
    return Launched(process, ours, log, memory)


def install_command() -> str:
    """How bubblewrap is installed on this machine."""
    for tool, command in _INSTALL:
        if shutil.which(tool):
            return command
    return "your system's package manager (the package is called bubblewrap; it needs Linux)"


def _bubblewrap(
    data: Path | None, users_fd: int, groups_fd: int, memory: MemoryGroups | None
) -> list[str]:
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxUnavailable(
            "submissions are graded inside bubblewrap, which is not installed. "
            f"Install it with: {install_command()}. "
            "Grading without a sandbox needs the explicit option --sandbox none."
        )
    command = [program, "--die-with-parent", "--new-session", "--unshare-ipc", "--unshare-pid"]
    command += ["--unshare-net", "--unshare-uts", "--hostname", "lab"]
    if os.geteuid() == 0:
        # The zygote's first act is to become nobody, so no file here is its own.
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)]
        command += ["--cap-drop", "ALL"]
    for folder in (ROOM, "/tmp", "/etc", f"{COURSE}/grader/sandbox"):
        command += _folder(folder)
    command += [*_system(), *_interpreter(), *_course()]
    if data is not None:
        command += ["--ro-bind", str(data.resolve()), DATA]
    if memory is not None:
        # The sandbox moves into its group first, from where it may move submissions into theirs.
        command = ["/bin/sh", "-c", 'echo 0 > "$0" && exec "$@"', str(memory.entrance), *command]
        command += [*_folder(GROUPS), "--bind", str(memory.path), GROUPS]
    for fd, name in ((users_fd, "passwd"), (groups_fd, "group")):
        command += ["--perms", "0444", "--ro-bind-data", str(fd), f"/etc/{name}"]
    command += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/"]
    return [*command, "--chdir", "/"]


def _system() -> list[str]:
    """The operating system's programs and libraries, and of /etc only what these need."""
    binds = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/", name)
        if path.is_symlink():
            binds += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            binds += ["--ro-bind", str(path), str(path)]
    for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "fonts"):
        binds += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    # torch counts the processors.
    processors = "/sys/devices/system/cpu"
    return [*binds, *_folder(processors), "--ro-bind-try", processors, processors]


def _interpreter() -> list[str]:
    """The Python that runs this, its environment, and the folders that its libraries lie in."""
    folders = [Path(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix)]
    folders.append(Path(sys.executable).resolve().parents[1])
    binds = []
    for folder in _outermost(folders):
        if not folder.is_relative_to("/usr"):
            binds += [*_folder(str(folder)), "--ro-bind", str(folder), str(folder)]
    return binds


def _folder(path: str) -> list[str]:
    """Make a folder and those above it. bubblewrap would make them for its own user only."""
    parents = [str(parent) for parent in reversed(Path(path).parents)][1:]
    return [word for parent in (*parents, path) for word in ("--dir", parent)]


def _course() -> list[str]:
    """`lab` and the part of `grader` that runs beside a student's code: no checks, no answers."""
    package = Path(__file__).resolve().parents[1]
    binds = []
    for name in _SHIPPED:
        binds += ["--ro-bind", str(package / name), f"{COURSE}/grader/{name}"]
    binds += ["--ro-bind", str(package / _PACKAGE), f"{COURSE}/grader/__init__.py"]
    lab = package.parent / "lab"
    if lab.is_dir():
        binds += ["--ro-bind", str(lab), f"{COURSE}/lab"]
    # An installed copy lies inside the interpreter's own folders, whole.
    for place in sorted({package, *(Path(entry, "grader").resolve() for entry in sys.path)}):
        if place.is_dir() and _is_bound(place):
            binds += ["--tmpfs", str(place), "--remount-ro", str(place)]
    return binds


def _is_bound(path: Path) -> bool:
    roots = ("/usr", sys.prefix, sys.base_prefix, sys.exec_prefix)
    return any(path.resolve().is_relative_to(root) for root in roots)


def _outermost(folders: Iterable[Path]) -> list[Path]:
    """The folders without those that lie in another of them."""
    kept: list[Path] = []
    for folder in sorted(set(folders), key=lambda path: (len(path.parts), path)):
        if not any(folder.is_relative_to(other) for other in kept):
            kept.append(folder)
    return kept


def _environment(isolate: bool, data: Path | None) -> dict[str, str]:
    """All that the zygote's environment holds; nothing of the grader's own is passed on."""
    package_root = str(Path(__file__).resolve().parents[2])
    scratch = ROOM if isolate else tempfile.gettempdir()
    variables = {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": scratch,
        "TMPDIR": scratch,
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "PYTHONPATH": COURSE if isolate else package_root,
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "315532800",  # the date in an SVG figure
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "CUDA_VISIBLE_DEVICES": "",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{scratch}/matplotlib-{os.geteuid()}",
        "XDG_CACHE_HOME": f"{scratch}/cache-{os.geteuid()}",
        "IPYTHONDIR": f"{scratch}/ipython-{os.geteuid()}",
    }
    if data is not None:
        variables["COURSE_DATA"] = DATA if isolate else str(data.resolve())
    return variables


def _users() -> IO[bytes]:
    return _file_with(f"student:x:{NOBODY}:{NOBODY}:student:{ROOM}/home:/bin/sh\n")


def _groups() -> IO[bytes]:
    return _file_with(f"student:x:{NOBODY}:\n")


def _file_with(text: str) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115
    file.write(text.encode())
    file.seek(0)
    return file


# The kernel ends a process "with its parent" when the thread that started it ends. So all zygotes are
# started by one thread that lasts as long as the grader. A forked copy of the grader needs its own.
_starters: dict[int, concurrent.futures.ThreadPoolExecutor] = {}


def _from_lasting_thread(
    command: list[str], passed: list[int], env: dict[str, str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    starter = _starters.setdefault(
        os.getpid(), concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="sandbox-start")
    )
    return starter.submit(
        subprocess.Popen[bytes],
        command,
        pass_fds=passed,
        env=env,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    ).result()
