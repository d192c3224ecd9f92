"""Says what a machine has and lacks for the course: for the sentence "it does not work"."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader.checks.packages import PACKAGES

NEEDED_MEMORY = 1.5
"""GiB that a chapter may take, its kernel and JupyterLab included."""
SHOWN = ("jupyterlab", "nbgrader", "ipykernel", *PACKAGES[:-1])


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. remedy: what to do; empty when all is well."""

    what: str
    seen: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Look at one thing after the other; nothing here raises, whatever is missing."""
    for look in (_python, _versions, _torch, _memory, _data, _folder, _bubblewrap):
        try:
            yield from look()
        except Exception as error:
            name = look.__name__.removeprefix("_")
            yield Finding(name, f"{type(error).__name__}: {error}", "Report this, with this table.")


def _python() -> Iterator[Finding]:
    fits = (3, 11) <= sys.version_info < (3, 14)
    remedy = (
        "" if fits else "Use Python 3.11, 3.12 or 3.13: `make clean`, `make lab PYTHON=python3.12`."
    )
    yield Finding("Python", f"{platform.python_version()} in {sys.prefix}", remedy)
    yield Finding("system", f"{platform.system()} {platform.release()}, {platform.machine()}")


def _versions() -> Iterator[Finding]:
    for name in SHOWN:
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            how = "pip install --no-deps d2l==0.17.6" if name == "d2l" else "make clean, make lab"
            yield Finding(name, "missing", f"`{how}`")


def _torch() -> Iterator[Finding]:
    import torch
    import torchvision  # a torch that does not fit it raises here

    import lab

    yield Finding("computes", f"{float(torch.ones(3) @ torch.ones(3)):g} is 3")
    yield Finding("pictures", f"torchvision {torchvision.__version__} fits torch")
    yield Finding("device", str(lab.try_device()))
    threads = torch.get_num_threads()
    slow = (
        ""
        if threads == 1
        else "More than one is slow beside other programs: unset OMP_NUM_THREADS."
    )
    yield Finding("threads", f"{threads} of {os.cpu_count()} cores", slow)


def _memory() -> Iterator[Finding]:
    from grader.grading.capacity import available_memory

    free = available_memory()
    if free is None:
        yield Finding("memory", "unknown here")
        return
    enough = free >= NEEDED_MEMORY * 2**30
    remedy = "" if enough else f"A chapter takes up to {NEEDED_MEMORY} GiB: close other kernels."
    yield Finding("memory", f"{free / 2**30:.1f} GiB free", remedy)


def _data() -> Iterator[Finding]:
    setting = os.environ.get("COURSE_DATA", "")
    if setting and not Path(setting).is_dir():
        yield Finding("COURSE_DATA", f"{setting} is no folder", "Correct or unset it.")
    from lab.fashion import find_fashion_mnist

    where = find_fashion_mnist()
    yield Finding(
        "Fashion-MNIST",
        str(where) if where else "not here",
        "" if where else "It is downloaded when a chapter asks for it; else a stand-in is drawn.",
    )


def _folder() -> Iterator[Finding]:
    free = shutil.disk_usage(Path.cwd()).free / 2**30
    yield Finding("disk", f"{free:.1f} GiB free", "" if free > 1 else "Free at least 1 GiB.")
    if not os.access(Path.cwd(), os.W_OK):
        yield Finding("folder", f"{Path.cwd()} cannot be written", "Work in a folder of your own.")


def _bubblewrap() -> Iterator[Finding]:
    from grader.sandbox.launch import install_command

    program = shutil.which("bwrap")
    if platform.system() != "Linux":
        yield Finding("bubblewrap", "needs Linux", "Only grading a class needs it.")
    elif program:
        yield Finding("bubblewrap", program)
    else:
        yield Finding(
            "bubblewrap", "missing", f"Only grading a class needs it: `{install_command()}`."
        )
