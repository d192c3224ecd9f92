"""The report of a class of 60: `python benchmarks/class_report.py --folder FOLDER [--students 60] [--workers 2]`.

Makes a course in FOLDER with a class that has names, honest mistakes from the catalogue, marks for most written
answers, and what a report points at: two notebooks that are alike, a cell that crashes, locked cells that were
changed, an upload that broke off, and an empty hand-in. Prints how long grading, feedback and the report took,
and where the page is.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from copy import deepcopy
from itertools import islice
from pathlib import Path

import nbformat
from autograding import ASSIGNMENT, BIN, _class, _course
from nbformat import NotebookNode

from grader.course import Course, make_anew
from grader.desk.marking import Marking
from grader.simulated_class import answered, handed_out, solved, submit

ROOT = Course.find(Path(__file__).parent).root
FIRST = ["Ada", "Bea", "Carl", "Dan", "Eva", "Finn", "Gita", "Hugo", "Ines", "Jan"]
LAST = ["Abel", "Berg", "Cole", "Diaz", "Ek", "Fox", "Gray", "Hall", "Ito", "Juhl"]
# An answer that passes, in words of its own: two students hand it in under other names.
OWN_LAYER = """
def dropout_layer(X, dropout):
    {check} = 0 <= dropout <= 1
    if not {check}:
        raise ValueError(f"the rate has to lie between 0 and 1, and is {{dropout}}")
    if dropout == 1:
        return torch.zeros_like(X)
    {kept} = torch.rand(X.shape, device=X.device) >= dropout
    {factor} = 1.0 / (1.0 - dropout)
    return torch.where({kept}, X * {factor}, torch.zeros_like(X))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    make_anew(options.folder, ".class", "no earlier run made it: name another --folder.")
    course = _course(ROOT, options.folder, with_d2l=False)
    _hand_in(course, options.students)
    _timed(course, "roster", "class.csv")
    _timed(course, "autograde", ASSIGNMENT, "--workers", str(options.workers))
    _mark(course)
    _timed(course, "feedback", ASSIGNMENT, "--workers", str(options.workers))
    _timed(course, "report", ASSIGNMENT)


def _hand_in(course: Course, count: int) -> None:
    """All of the class: the odd ones first, then the honest ones."""
    right = solved(course, ASSIGNMENT)
    odd: list[NotebookNode | bytes] = [
        _layer(right, check="valid", kept="mask", factor="scale"),
        _layer(right, check="is_rate", kept="stays", factor="grow"),
        answered(right, {"dropout_layer": "import os\nos._exit(1)"}),
        _without_locks(right),
        nbformat.writes(right).encode()[:30000],
        handed_out(course, ASSIGNMENT),
    ]
    lines = ["student_id,first_name,last_name,email"]
    for number, book in enumerate([*odd, *islice(_class(course), count - len(odd))]):
        first, last = FIRST[number % len(FIRST)], LAST[(number // len(FIRST) + number) % len(LAST)]
        student = f"{first}.{last}".lower()
        lines.append(f"{student},{first},{last},{student}@example.org")
        submit(course, student, ASSIGNMENT, book)
    (course.root / "class.csv").write_text("\n".join(lines) + "\n")


def _layer(right: NotebookNode, **names: str) -> NotebookNode:
    return answered(right, {"dropout_layer": OWN_LAYER.format(**names)})


def _without_locks(right: NotebookNode) -> NotebookNode:
    """Its owner has deleted a check and written into another one."""
    changed = deepcopy(right)
    checks = [cell for cell in changed.cells if cell.source.startswith("check(")]
    changed.cells.remove(checks[0])
    checks[1].source = "print('all right')"
    return changed


def _mark(course: Course) -> None:
    """Every written answer but those to the last question has been read."""
    marking = Marking(course, ASSIGNMENT)
    *questions, _ = marking.questions()
    for question in questions:
        for place, answer in enumerate(marking.answers(question.name)):
            if answer.waiting:
                points = (question.points, question.points / 2)[place % 4 == 0]
                marking.mark(question.name, answer.student, f"{points:g}", "Read.")


def _timed(course: Course, *words: str) -> None:
    """Run `grader WORDS` and print the seconds and the last line that it says."""
    started = time.perf_counter()
    line = [str(BIN / "grader"), *words]
    done = subprocess.run(line, cwd=course.root, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    seconds = time.perf_counter() - started
    print(f"{seconds:7.1f} s  grader {' '.join(words)}: {done.stdout.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
