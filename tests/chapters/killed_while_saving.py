"""Kills processes that run `atomic_save`, and prints what they have left of a file: a JSON list of pairs.

Called with the file of the function's source, the folder to work in, and `bytes` or `steps`: whether a child is killed
by the kernel when it writes more than so many bytes, or by itself after so many steps of the interpreter.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import signal
import sys
import tempfile
from pathlib import Path

import torch

source, folder, way = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
path = folder / "model.pt"
namespace = {
    "torch": torch, "os": os, "Path": Path, "tempfile": tempfile, "pickle": pickle,
}  # fmt: skip
exec(source.read_text(), namespace)
old, new = {"weight": torch.zeros(400)}, {"weight": torch.ones(400)}


def limited(size: int) -> None:
    """The kernel kills this process when a file becomes larger than so many bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def killed_after(steps: int) -> None:
    """This process kills itself after so many steps."""
    left = steps

    def step(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(step)


def left_by_a_child(number: int) -> tuple[bool, str]:
    """Whether it was killed, and which file it has left."""
    torch.save(old, path)
    child = os.fork()
    if child == 0:
        (limited if way == "bytes" else killed_after)(number)
        namespace["atomic_save"](new, path)
        sys.setprofile(None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    try:
        weight = torch.load(path)["weight"]
        found = "old" if torch.equal(weight, old["weight"]) else "new"
    except Exception as error:
        found = type(error).__name__
    for other in folder.iterdir():
        if other != path:
            other.unlink()
    return os.WIFSIGNALED(status), found


torch.save(new, path)
size = path.stat().st_size
numbers = range(0, size + 100, size // 30) if way == "bytes" else range(0, 4000, 60)
print(json.dumps([left_by_a_child(number) for number in numbers]))
