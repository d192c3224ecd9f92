"""Broken submissions of the small course: what is handed in, what it earns, and what is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from grader.course import Course
from grader.simulated_class import answered, solved

NAME = "01_double"
FILE = f"{NAME}.ipynb"

Files = dict[str, bytes]


@dataclass(frozen=True)
class Broken:
    """Files made from the notebook that has everything right, the points they earn, a finding."""

    make: Callable[[NotebookNode], Files]
    earned: float
    finding: str = ""


def hand_in(course: Course, student: str, files: Files) -> None:
    """Put `files` where the submission of `student` is collected."""
    folder = course.notebook("submitted", NAME, student).parent
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def hand_in_all(course: Course) -> None:
    """Every broken submission, each by a student of its name."""
    for name, broken in BROKEN.items():
        hand_in(course, name, broken.make(solved(course, NAME)))
    link = course.notebook("submitted", NAME, "link_beside").with_name("link.txt")
    link.symlink_to(course.root / "nbgrader_config.py")


def _file(notebook: NotebookNode) -> Files:
    return {FILE: nbformat.writes(notebook).encode()}


def _text(notebook: NotebookNode, encoding: str) -> Files:
    text = json.dumps(json.loads(nbformat.writes(notebook)), ensure_ascii=False)
    return {FILE: text.encode(encoding)}


def _changed(change: Callable[[NotebookNode], object]) -> Callable[[NotebookNode], Files]:
    def make(notebook: NotebookNode) -> Files:
        change(notebook)
        return _file(notebook)

    return make


def _answer(code: str) -> Callable[[NotebookNode], Files]:
    return lambda notebook: _file(answered(notebook, {"double": code}))


def _truncated(notebook: NotebookNode) -> Files:
    whole = nbformat.writes(notebook).encode()
    return {FILE: whole[: whole.index(b"quiz_double = {1")]}


def _in_gb18030(notebook: NotebookNode) -> Files:
    notebook.cells[0].source = "# 加倍"
    return _text(notebook, "gb18030")


def _edit_check(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.source == 'check("double")':
            cell.source = "4.0"


def _repeat_marked_cells(notebook: NotebookNode) -> None:
    copies = [deepcopy(cell) for cell in notebook.cells if "nbgrader" in cell.metadata]
    for number, cell in enumerate(copies):
        cell.id = f"copy-{number}"
    notebook.cells += copies


def _forge_marks(notebook: NotebookNode) -> None:
    """Answers become graded, locked cells, and a cell of a name that there is not claims points."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.metadata["nbgrader"].update(grade=True, locked=True, points=100)
    marks = {"grade_id": "bonus", "grade": True, "locked": True, "points": "many"}
    notebook.cells.append(nbformat.v4.new_code_cell("100.0", metadata={"nbgrader": marks}))


def _delete_checks(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if not c.source.startswith("check(")]


def _format_3(notebook: NotebookNode) -> Files:
    return {FILE: nbformat.v3.writes_json(nbformat.convert(notebook, 3)).encode()}


def _same_ids(notebook: NotebookNode) -> Files:
    raw = json.loads(nbformat.writes(notebook))
    for cell in raw["cells"]:
        cell["id"] = "one"
    return {FILE: json.dumps(raw).encode()}


def _format_4_0(notebook: NotebookNode) -> Files:
    raw = json.loads(nbformat.writes(notebook))
    raw["nbformat_minor"] = 0
    for cell in raw["cells"]:
        del cell["id"]
    return {FILE: json.dumps(raw).encode()}


def _print_much(notebook: NotebookNode) -> None:
    code = next(cell for cell in notebook.cells if cell.cell_type == "code")
    code.outputs = [nbformat.v4.new_output("stream", text="x" * 20_000_000)]


def _with_file(notebook: NotebookNode) -> Files:
    code = "def double(X):\n    return int(open('two.txt').read()) * X"
    return {**_answer(code)(notebook), "two.txt": b"2"}


BROKEN = {
    "right": Broken(_file, 8),
    "张三 and spaces": Broken(_file, 8),
    "wrong": Broken(_answer("def double(X): return X"), 5),
    "no_bytes": Broken(lambda notebook: {FILE: b""}, 0, "empty"),
    "truncated": Broken(_truncated, 4, "not a complete notebook"),
    "not_json": Broken(lambda notebook: {FILE: b"\x89PNG\r\n"}, 0, "not a complete notebook"),
    "no_notebook": Broken(lambda notebook: {"readme.txt": b"?"}, 0, "0 other notebooks"),
    "two_names": Broken(
        lambda notebook: {"a.ipynb": b"{}", "b.ipynb": b"{}"}, 0, "2 other notebooks"
    ),
    "other_name": Broken(
        lambda notebook: {f"{NAME} (1).ipynb": _file(notebook)[FILE]}, 8, "is called"
    ),
    "format_3": Broken(_format_3, 8, "in format 3"),
    "format_4_0": Broken(_format_4_0, 8),
    "gb18030": Broken(_in_gb18030, 8, "read as gb18030"),
    "utf_16": Broken(lambda notebook: _text(notebook, "utf-16"), 8, "read as utf-16"),
    "foreign_kernel": Broken(
        _changed(lambda nb: nb.metadata.update(kernelspec={"name": "ir", "language": "R"})),
        8,
        "kernel is 'ir'",
    ),
    "huge": Broken(_changed(_print_much), 8),
    "exits_in_exercise": Broken(_answer("def double(X):\n    import os\n    os._exit(1)"), 4),
    "hangs_in_exercise": Broken(_answer("def double(X):\n    while True: pass"), 4),
    "edited_check": Broken(_changed(_edit_check), 8, "was edited"),
    "duplicate_ids": Broken(_changed(_repeat_marked_cells), 8, "stands twice"),
    "same_cell_ids": Broken(_same_ids, 8),
    "forged_marks": Broken(_changed(_forge_marks), 8),
    "deleted_checks": Broken(_changed(_delete_checks), 8, "Missing cells were put back"),
    "reversed": Broken(_changed(lambda nb: nb.cells.reverse()), 8, "another order"),
    "file_beside": Broken(_with_file, 8),
    "link_beside": Broken(_file, 8),
}
