"""First program in the sandbox: gives up all privilege, then becomes the zygote.

A script of its own, run by its path as `python start.py SETUP` with SETUP the JSON text of a zygote's
`Setup`, so that it is through before anything large is imported.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    sys.path.pop(0)  # this script's folder, whose module names are not meant to be found
    setup = json.loads(sys.argv[1])
    if setup["isolate"]:
        _become_nobody()
    if sys.platform == "linux" and "--again" not in sys.argv and _syscalls().fix_addresses():
        os.execv(sys.executable, [sys.executable, "-s", *sys.argv, "--again"])
    if setup["isolate"]:
        try:
            _enter_namespaces()
        except OSError as error:
            sys.exit(f"The kernel does not allow namespaces here: {error}.")
        pid = os.fork()
        if pid:
            os.close(setup["control_fd"])
            _, status = os.waitpid(pid, 0)
            sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
    gc.disable()  # the zygote imports, and nothing of that is garbage
    from grader.sandbox.inside import worker

    worker.main(worker.Setup(**setup))


def _become_nobody() -> None:
    """Give up whatever rights the grader has."""
    if os.getuid() == 0:
        nobody = _syscalls().NOBODY
        with contextlib.suppress(PermissionError):
            os.setgroups([])
        os.setresgid(nobody, nobody, nobody)
        os.setresuid(nobody, nobody, nobody)


def _enter_namespaces() -> None:
    """Take power over own namespaces only. The next child is the first process of a new one."""
    syscalls = _syscalls()
    syscalls.stay_readable_to_own_user()
    syscalls.remember_ids()
    syscalls.unshare(syscalls.NEW_USERS | syscalls.NEW_PROCESSES | syscalls.NEW_MOUNTS)
    syscalls.map_own_user(syscalls.NOBODY)
    syscalls.make_mounts_private()


def _syscalls() -> ModuleType:
    """`grader.sandbox.inside.syscalls` without the rest of the package, which imports torch."""
    path = Path(__file__).with_name("syscalls.py")
    spec = importlib.util.spec_from_file_location("syscalls", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
