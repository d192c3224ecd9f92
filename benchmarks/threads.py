"""What threads cost when a core is wanted elsewhere: `python benchmarks/threads.py [--steps N]`.

The network of chapter 1 is trained for some steps in a process of its own, once with torch's own number
of threads, once as `import lab` leaves it, and once with one thread; alone, beside one and beside two
processes that keep a core busy, and, where control groups can be made, with half of one core allowed.
All that belongs to a row runs in alternation. Prints seconds, and how they compare with one thread.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRAIN = """
import sys, time
import torch
from torch import nn
steps, threads = int(sys.argv[1]), sys.argv[2]
if threads == "lab":
    import lab
elif threads == "one":
    torch.set_num_threads(1)
X, y = torch.rand(256, 784), torch.randint(10, (256,))
net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))
updater = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(-5, steps):
    if step == 0:
        start = time.perf_counter()
    updater.zero_grad()
    nn.functional.cross_entropy(net(X), y).backward()
    updater.step()
print(time.perf_counter() - start)
"""
QUOTA = Path("/sys/fs/cgroup/cpu/dropout_lab_benchmark")
CHOICES = ("torch", "lab", "one")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=400, help="of gradient descent, each time")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores; seconds for {options.steps} steps, median of {options.repeats}")
    print(f"{'':24}" + "".join(f"{name:>18}" for name in CHOICES))
    for busy in (0, 1, 2):
        with busy_processes(busy):
            row(f"beside {busy} busy" if busy else "alone", options)
    with half_a_core() as group:
        if group is None:
            print("half a core: control groups cannot be made here")
        else:
            row("half a core allowed", options, group)


def row(name: str, options: argparse.Namespace, group: Path | None = None) -> None:
    seconds: dict[str, list[float]] = {choice: [] for choice in CHOICES}
    for _ in range(options.repeats):
        for choice in CHOICES:
            seconds[choice].append(train(options.steps, choice, group))
    medians = {choice: statistics.median(values) for choice, values in seconds.items()}
    told = "".join(f"{medians[c]:>10.2f} ({medians[c] / medians['one']:4.1f})" for c in CHOICES)
    print(f"{name:24}{told}", flush=True)


def train(steps: int, choice: str, group: Path | None) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}

    def enter() -> None:
        if group is not None:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    done = subprocess.run(
        [sys.executable, "-c", TRAIN, str(steps), choice],
        cwd=ROOT,
        env=environment,
        preexec_fn=enter,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


@contextlib.contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """`count` processes that each want a whole core."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


@contextlib.contextmanager
def half_a_core() -> Iterator[Path | None]:
    """A control group (version 1) that may use half of one core; None where none can be made."""
    try:
        QUOTA.mkdir()
        (QUOTA / "cpu.cfs_quota_us").write_text("50000")
    except OSError:
        yield None
        return
    try:
        yield QUOTA
    finally:
        QUOTA.rmdir()


if __name__ == "__main__":
    main()
