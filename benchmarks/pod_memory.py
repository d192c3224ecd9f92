"""What a student's whole pod takes: `python benchmarks/pod_memory.py [--chapter NAME]`.

Starts JupyterLab in a folder of its own, runs a solved chapter in a kernel from top to bottom, demonstrations
included, and presses Validate while that kernel still holds what it computed: all that a Binder pod holds at
once. Prints the largest memory of each step, by process: the proportional set size, in which what processes
share is counted once, and which is what a pod's limit counts, but for the page cache. Set COURSE_DATA to run
it with the real data. Exits with 1 where a cell fails, the validation does, or the sum is above the LIMIT.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import requests
import torch
from jupyter_client import BlockingKernelClient

from grader.course import CONFIG_FILE, Course
from grader.simulated_class import solved

ROOT = Course.find(Path(__file__).parent).root
sys.path.insert(0, str(ROOT))
from tests.jupyterlab.conftest import LabServer, serving  # noqa: E402

LIMIT = 1500  # MB
MB = 10**6


class Pod:
    """The processes below this one, watched."""

    def __init__(self) -> None:
        self._largest: dict[str, float] = {}

    @contextmanager
    def watched(self, step: str) -> Iterator[None]:
        """Look five times a second, and print the moment at which they took most."""
        self._largest, over = {}, threading.Event()

        def look() -> None:
            while True:
                now = _memory()
                if sum(now.values()) > sum(self._largest.values()):
                    self._largest = now
                if over.wait(0.2):
                    return

        watch = threading.Thread(target=look)
        watch.start()
        try:
            yield
        finally:
            over.set()
            watch.join()
            parts = ", ".join(f"{name} {size:.0f}" for name, size in self._largest.items())
            print(f"{step:34} {self.largest:6.0f} MB   {parts}", flush=True)

    @property
    def largest(self) -> float:
        """Of the last step, in MB."""
        return sum(self._largest.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chapter", default="01_dropout_from_scratch")
    chapter = parser.parse_args().chapter
    data = "the data in COURSE_DATA" if os.environ.get("COURSE_DATA") else "data made up by lab"
    print(f"{chapter}, PyTorch {torch.__version__}, {data}")
    pod, sums = Pod(), []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "course"
        folder.mkdir()
        shutil.copy(ROOT / CONFIG_FILE, folder)
        notebook = solved(Course(ROOT), chapter)
        nbformat.write(notebook, folder / f"{chapter}.ipynb")
        with serving("jupyterlab", Path(scratch), folder) as server:
            with pod.watched("server"):
                _ask(server, "get", "api/contents")
            with pod.watched("server, kernel, the chapter"):
                failed = _run(server, Path(scratch) / "runtime", notebook)
            sums.append(pod.largest)
            with pod.watched("server, kernel, validation"):
                told = _ask(server, "post", "assignments/validate", {"path": f"{chapter}.ipynb"})
            sums.append(pod.largest)
    print(f"largest: {max(sums):.0f} MB; the limit is {LIMIT} MB")
    if told["value"]:
        print(f"the validation failed: {told['value']}")
    sys.exit(failed or bool(told["value"]) or max(sums) > LIMIT)


def _memory() -> dict[str, float]:
    """MB of each process of the tree, by what it is."""
    sizes: dict[str, float] = {}
    for process in psutil.Process().children(recursive=True):
        try:
            is_kernel = any("ipykernel" in word for word in process.cmdline())
            name = f"kernel {process.pid}" if is_kernel else f"{process.name()} {process.pid}"
            sizes[name] = process.memory_full_info().pss / MB
        except psutil.Error:  # it has ended meanwhile
            continue
    return sizes


def _ask(server: LabServer, method: str, path: str, body: dict | None = None) -> dict:
    answer = requests.request(
        method,
        server.address + path,
        json=body,
        headers={"Authorization": f"token {server.token}"},
        timeout=1200,
    )
    answer.raise_for_status()
    return dict(answer.json())


def _run(server: LabServer, runtime: Path, notebook: nbformat.NotebookNode) -> bool:
    """Run the code cells in a kernel of the server's, which goes on living; whether one failed."""
    kernel = _ask(server, "post", "api/kernels", {"name": "python3"})["id"]
    client = BlockingKernelClient()
    client.load_connection_file(str(runtime / f"kernel-{kernel}.json"))
    client.start_channels()
    client.wait_for_ready(timeout=120)
    try:
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            reply = client.execute_interactive(cell.source, output_hook=lambda message: None)
            may_raise = "raises-exception" in cell.metadata.get("tags", [])
            if reply["content"]["status"] != "ok" and not may_raise:
                print(f"a cell failed: {reply['content']['ename']}: {reply['content']['evalue']}")
                return True
        return False
    finally:
        client.stop_channels()


if __name__ == "__main__":
    main()
