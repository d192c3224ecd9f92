"""What each chapter holds and costs: `python benchmarks/chapters.py [--run]`.

Prints a row a chapter: exercises, checks (hidden ones in brackets), points, lines of Python that its checks
take, and the longest function in them. With `--run`, also the seconds and the peak memory of its solved
notebook from top to bottom, demonstrations included, on one thread and in a process of its own.
"""

from __future__ import annotations

import argparse
import ast
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from grader.authoring.chapter import read_chapter  # noqa: E402
from grader.checks.registry import chapter_of, exercises_of  # noqa: E402

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", action="store_true", help="run the notebooks, too")
    parser.add_argument("--only", help="the chapter whose name begins like this")
    parser.add_argument("--notebook", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.notebook:
        _run_here(options.notebook)
        return
    chapters = sorted((ROOT / "chapters").glob(f"{options.only or ''}*.py"))
    print(
        "chapter                        exercises   checks  points  lines  longest  seconds  peak MB"
    )
    for path in chapters:
        print(f"{path.stem:30} {_size(path)}  {_cost(path) if options.run else ''}", flush=True)
    lengths = [
        length for path in sorted((ROOT / "grader").rglob("*.py")) for length in _functions(path)
    ]
    median = statistics.median(lengths)
    print(f"functions in grader: {len(lengths)}, median {median:g} lines, longest {max(lengths)}")


def _size(chapter: Path) -> str:
    name = chapter_of(chapter.stem)
    exercises = exercises_of(name).values()
    checks = [check for exercise in exercises for check in exercise.checks()]
    hidden = sum(check.hidden for check in checks)
    points = sum(
        cell.metadata.get("nbgrader", {}).get("points", 0) for cell in read_chapter(chapter).cells
    )
    files = [*ROOT.glob(f"grader/exercises/{name}/*.py"), *ROOT.glob(f"grader/hidden/{name}/*.py")]
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
    longest = max(length for path in files for length in _functions(path))
    counted = f"{len(checks)} ({hidden})"
    return f"{len(exercises):9} {counted:>8} {points:7g} {lines:6} {longest:8}"


def _functions(path: Path) -> list[int]:
    """The number of lines of every function in a file, nested ones included."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in nodes
        if isinstance(node, ast.FunctionDef)
    ] or [0]


def _cost(chapter: Path) -> str:
    """Seconds and peak memory of the instructor's notebook in a process of its own."""
    notebook = ROOT / "solutions" / chapter.stem / f"{chapter.stem}.ipynb"
    command = [sys.executable, __file__, "--notebook", str(notebook)]
    environment = {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else f"FAILED: {done.stderr.strip()[-200:]}"


def _run_here(path: Path) -> None:
    """Run the notebook with a kernel and print seconds and the largest memory of the kernel in MB."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    started = time.monotonic()
    NotebookClient(notebook, timeout=600, kernel_name="python3", allow_errors=False).execute()
    seconds = time.monotonic() - started
    # The kernel is this process's only child; ru_maxrss is in kilobytes on Linux.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    written = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" or output.get("name") == "stderr"
    ]
    print(f"{seconds:7.1f} {peak:8.0f}{f'  {len(written)} on stderr or raised' if written else ''}")


if __name__ == "__main__":
    main()
