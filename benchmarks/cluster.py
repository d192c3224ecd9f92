"""Grade one class here with two workers and on a cluster of three, and compare grades, bytes and cost.

    python benchmarks/cluster.py [--students 40] [--unharmed]

Scheduler and workers run in network namespaces of their own, joined by a bridge, and speak TLS with
certificates made for the occasion (so run it as root, with `ip` and `openssl`). One of the workers is killed
and one stopped, with all their processes, while the class is being graded; `--unharmed` leaves them alone, for
the cost. CPU seconds come from control groups: the command's, and all machines' together. As everywhere,
start-up counts: a machine's is told from a run before in which its sandbox starts.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path

import psutil
from autograding import ASSIGNMENT, BIN, Cost, _class, _course, _CpuAccount, _run

from grader.course import Course
from grader.simulated_class import submit

NETWORK = "10.77.0"
SILENT = "20s"
"""After so long without a sign of life, the scheduler gives a worker's work to others."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--unharmed", action="store_true")
    options = parser.parse_args()
    root = Course.find(Path(__file__).parent).root
    with tempfile.TemporaryDirectory() as scratch:
        course = _course(root, Path(scratch) / "course", with_d2l=False)
        for number, notebook in enumerate(islice(_class(course), options.students)):
            submit(course, f"student_{number:04}", ASSIGNMENT, notebook)
        here = _grade(course, options.students, "--workers", "2")
        expected = _kept(course)
        with _CpuAccount() as account, Network(Path(scratch), account.prefix) as network:
            address = network.start(3)
            first = _grade(course, 1, "--cluster", address, "--student", "student_0000")
            started = account.seconds()
            if not options.unharmed:
                network.harm_later(course)
            there = _grade(course, options.students, "--cluster", address)
            computed = account.seconds() - started
        same = _kept(course) == expected
    others = options.students - 1
    print(f"this machine, 2 workers: {here.seconds:.0f} s, {here.cpu_seconds:.0f} CPU s")
    print(f"cluster: {there.seconds:.0f} s; its command {there.cpu_seconds:.0f} CPU s, "
          f"{(there.cpu_seconds - first.cpu_seconds) / others:.3f} for each more submission; its workers "
          f"{computed:.0f} CPU s, {computed / options.students:.3f} each")  # fmt: skip
    print(f"its start: {first.seconds:.0f} s, {started / 3:.1f} CPU s a worker")
    print(f"harmed: {', '.join(network.harmed) or 'nobody'}")
    print(f"grades and notebooks are {'the same' if same else 'DIFFERENT'}")
    raise SystemExit(not same)


def _grade(course: Course, count: int, *how: str) -> Cost:
    command = [BIN / "grader", "autograde", ASSIGNMENT, "--force", *how]
    return _run([*command, "--course", course.root], course.root, count)


def _kept(course: Course) -> dict[str, str]:
    """The graded notebooks, by student: the tables in them hold points and messages."""
    folder = course.folder("autograded")
    return {
        path.parent.parent.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("*/*/*.ipynb")
    }


class Network:
    """Machines that are namespaces, on one bridge, whose other end is here."""

    def __init__(self, folder: Path, prefix: list[str]) -> None:
        self._folder, self._prefix = folder, prefix
        self._machines: dict[str, subprocess.Popen] = {}
        self.harmed: list[str] = []

    def __enter__(self) -> Network:
        _ip("link", "add", "lab-bridge", "type", "bridge")
        _ip("addr", "add", f"{NETWORK}.1/24", "dev", "lab-bridge")
        _ip("link", "set", "lab-bridge", "up")
        self._certificates()
        return self

    def __exit__(self, *_: object) -> None:
        for name, process in self._machines.items():
            for part in _tree(process):
                with suppress(psutil.NoSuchProcess):
                    part.kill()
            process.wait()
            _ip("netns", "del", name)
        _ip("link", "del", "lab-bridge")

    def start(self, workers: int) -> str:
        """A scheduler and `workers` workers; the address of the scheduler."""
        address = f"tls://{NETWORK}.2:8786"
        self._machine(2, "scheduler", "--port", "8786")
        for number in range(workers):
            self._machine(3 + number, "worker", address, "--nthreads", "1")
        time.sleep(20)
        return address

    def harm_later(self, course: Course) -> None:
        """Kill one worker and stop another while the class is graded, from a process beside it."""
        if os.fork():
            self.harmed += ["lab3 killed", "lab4 stopped"]
            return
        started = time.time()
        for name, number, count in (("lab3", signal.SIGKILL, 5), ("lab4", signal.SIGSTOP, 10)):
            while (
                sum(p.stat().st_mtime > started for p in course.folder("autograded").glob("*/*/*"))
                < count
            ):
                time.sleep(0.2)  # fmt: skip
            for part in _tree(self._machines[name]):
                part.send_signal(number)
        os._exit(0)

    def _machine(self, number: int, command: str, *options: str) -> None:
        name = f"lab{number}"
        _ip("netns", "add", name)
        _ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("link", "set", name, "master", "lab-bridge", "up")
        for words in (
            ("addr", "add", f"{NETWORK}.{number}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-n", name, *words)
        words = ["ip", "netns", "exec", name, BIN / "dask", command, *options, "--no-dashboard"]
        with open(self._folder / f"{name}.log", "wb") as log:
            self._machines[name] = subprocess.Popen(
                [*self._prefix, *map(str, words)], cwd=self._folder, stdout=log, stderr=log
            )

    def _certificates(self) -> None:
        """One certificate for all, in the way that Dask's configuration names it."""
        key, certificate = self._folder / "key.pem", self._folder / "certificate.pem"
        words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lab"]
        files = ["-keyout", str(key), "-out", str(certificate)]
        subprocess.run(["openssl", *words, *files], check=True, capture_output=True)
        os.environ |= {
            "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": SILENT,
            "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True",
            "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(certificate),
        }
        for who in ("CLIENT", "SCHEDULER", "WORKER"):
            os.environ[f"DASK_DISTRIBUTED__COMM__TLS__{who}__CERT"] = str(certificate)
            os.environ[f"DASK_DISTRIBUTED__COMM__TLS__{who}__KEY"] = str(key)


def _tree(process: subprocess.Popen) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(process.pid)
        return [root, *root.children(recursive=True)]
    return []


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


if __name__ == "__main__":
    main()
