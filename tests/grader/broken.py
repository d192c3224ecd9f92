"""Broken submissions of the small course: what is handed in, what it earns, and what is found.

`python -m tests.grader.broken` writes their table in docs/security.md anew.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.course import Course
from grader.simulated_class import answered, solved

NAME = "01_double"
FILE = f"{NAME}.ipynb"

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
Files = dict[str, bytes]


@dataclass(frozen=True)
class Broken:
    """Files made from the notebook that has everything right, the points they earn, a finding.

    what: the submission in words. lay: puts what is no plain file into its folder, which it gets; what it
    returns true for replaces the folder. by_nbgrader: whether nbgrader's own command grades it.
    """

    what: str
    make: Callable[[NotebookNode], Files]
    earned: float
    finding: str = ""
    lay: Callable[[Path], object] | None = None
    by_nbgrader: bool = True


PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"
BEGIN, END = "<!-- broken: begin -->\n", "<!-- broken: end -->\n"


def table() -> str:
    """Every broken submission: what was handed in, what it earns, what is said about it."""
    lines = [
        f"{len(BROKEN)} submissions; with everything right, one earns 8 points.\n\n",
        "| handed in | earns | is told | nbgrader's command |\n| --- | --- | --- | --- |\n",
    ]
    for broken in BROKEN.values():
        told = f"… {broken.finding} …" if broken.finding else ""
        by_nbgrader = "the same" if broken.by_nbgrader else "not graded"
        lines.append(f"| {broken.what} | {broken.earned} | {told} | {by_nbgrader} |\n")
    return "".join(lines)


def written() -> str:
    """The table as the page has it."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def write() -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + table() + END + rest.partition(END)[2], encoding="utf-8")


def hand_in(course: Course, student: str, files: Files) -> Path:
    """Put `files` where the submission of `student` is collected; the folder."""
    folder = course.notebook("submitted", NAME, student).parent
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def hand_in_all(course: Course, by_nbgrader: bool | None = None) -> None:
    """Every broken submission, each by a student of its name; only those that `nbgrader autograde` grades,
    or does not, when told."""
    for name, broken in BROKEN.items():
        if by_nbgrader in (None, broken.by_nbgrader):
            folder = hand_in(course, name, broken.make(solved(course, NAME)))
            if broken.lay is not None:
                broken.lay(folder)


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


def _change_types(notebook: NotebookNode) -> None:
    """Code becomes text with a picture in it, and text becomes code."""
    for cell in notebook.cells:
        cell.cell_type = "markdown" if cell.cell_type == "code" else "code"
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
        else:
            cell.attachments = {"a.png": {"image/png": PIXEL}}
            cell.source += "\n# ![](attachment:a.png)"


def _delete_checks(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if not c.source.startswith("check(")]


def _without_imports(notebook: NotebookNode) -> Files:
    notebook.cells = [c for c in notebook.cells if not c.source.startswith("import torch")]
    return _answer("def double(X):\n    return torch.mul(X, 2)")(notebook)


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


def _nothing(notebook: NotebookNode) -> Files:
    return {}


def _beside(files: Files) -> Callable[[NotebookNode], Files]:
    return lambda notebook: {**_file(notebook), **files}


def _link_to(target: str) -> Callable[[Path], object]:
    """The student's folder of the assignment is a link."""

    def lay(folder: Path) -> None:
        folder.rmdir()
        folder.symlink_to(target)

    return lay


def _student_is_a_link(folder: Path) -> None:
    folder.rmdir()
    folder.parent.rmdir()
    folder.parent.symlink_to("right")


def _socket(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder)  # the address of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(FILE)
    finally:
        os.chdir(here)


def _device(folder: Path) -> None:
    try:
        os.mknod(folder / FILE, 0o020666, os.makedev(1, 5))  # /dev/zero: without end
    except PermissionError:  # only root makes devices
        os.mkfifo(folder / FILE)


def _nest(folder: Path) -> None:
    for _ in range(1200):
        folder /= "d"
        folder.mkdir()
    (folder / "deep.txt").write_text("?")


def _nest_long_names(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder)  # the whole path would be too long
    try:
        for _ in range(20):
            os.mkdir("d" * 250)
            os.chdir("d" * 250)
        Path("deep.txt").write_text("?")
    finally:
        os.chdir(here)


def _many(folder: Path) -> None:
    for number in range(20_000):
        (folder / f"{number:05}.txt").touch()


_ODD = {
    "[a]*?.txt": b"1",
    "line\nbreak.txt": b"1",
    " blanks ": b"1",
    os.fsdecode(b"no text \xff.txt"): b"1",
    "\x1b[31m.txt": b"1",
}
BROKEN = {
    "right": Broken("everything right", _file, 8),
    "张三 and spaces": Broken("a name in another script, with blanks", _file, 8),
    "wrong": Broken("one wrong answer", _answer("def double(X): return X"), 5),
    "no_bytes": Broken("a file without a byte", lambda notebook: {FILE: b""}, 0, "empty"),
    "truncated": Broken("a notebook that was cut off", _truncated, 4, "not a complete notebook"),
    "not_json": Broken(
        "another file under the notebook's name",
        lambda notebook: {FILE: b"\x89PNG\r\n"},
        0,
        "not a complete notebook",
    ),
    "no_notebook": Broken(
        "no notebook", lambda notebook: {"readme.txt": b"?"}, 0, "0 other notebooks"
    ),
    "two_names": Broken(
        "two notebooks of other names",
        lambda notebook: {"a.ipynb": b"{}", "b.ipynb": b"{}"},
        0,
        "2 other notebooks",
    ),
    "other_name": Broken(
        "one notebook of another name",
        lambda notebook: {f"{NAME} (1).ipynb": _file(notebook)[FILE]},
        8,
        "is called",
    ),
    "format_3": Broken("notebook format 3", _format_3, 8, "in format 3"),
    "format_4_0": Broken("notebook format 4.0, without ids of cells", _format_4_0, 8),
    "gb18030": Broken("a notebook in GB 18030", _in_gb18030, 8, "read as gb18030"),
    "utf_16": Broken(
        "a notebook in UTF-16", lambda notebook: _text(notebook, "utf-16"), 8, "read as utf-16"
    ),
    "foreign_kernel": Broken(
        "a kernel of another language",
        _changed(lambda nb: nb.metadata.update(kernelspec={"name": "ir", "language": "R"})),
        8,
        "kernel is 'ir'",
    ),
    "huge": Broken("outputs of 20 MB in the file", _changed(_print_much), 8),
    "exits_in_exercise": Broken(
        "a function that ends its process",
        _answer("def double(X):\n    import os\n    os._exit(1)"),
        4,
    ),
    "hangs_in_exercise": Broken(
        "a function that never returns", _answer("def double(X):\n    while True: pass"), 4
    ),
    "edited_check": Broken("a check cell that was edited", _changed(_edit_check), 8, "was edited"),
    "duplicate_ids": Broken(
        "marked cells that stand twice", _changed(_repeat_marked_cells), 8, "stands twice"
    ),
    "same_cell_ids": Broken("one id for all cells", _same_ids, 8),
    "forged_marks": Broken("answers marked as graded cells", _changed(_forge_marks), 8),
    "other_types": Broken(
        "code cells as texts with pictures, and texts as code",
        _changed(_change_types),
        8,
        "was edited",
    ),
    "deleted_checks": Broken(
        "check cells that were deleted", _changed(_delete_checks), 8, "Missing cells were put back"
    ),
    "deleted_imports": Broken(
        "the cell with the imports was deleted", _without_imports, 8, "imports was missing"
    ),
    "reversed": Broken(
        "all cells in the opposite order",
        _changed(lambda nb: nb.cells.reverse()),
        8,
        "another order",
    ),
    "second_notebook": Broken(
        "a second notebook beside the first",
        lambda notebook: {**_file(notebook), f"{NAME} (1).ipynb": b"{}"},
        8,
        "(1).ipynb was not read: 01_double.ipynb is the one that counts",
    ),
    "file_beside": Broken("a file beside the notebook, which it reads", _with_file, 8),
    "link_beside": Broken(
        "a link beside the notebook",
        _file,
        8,
        "link.txt was left out: it is a link",
        lambda folder: (folder / "link.txt").symlink_to("../../../nbgrader_config.py"),
    ),
    "dead_link_beside": Broken(
        "a link that leads nowhere beside the notebook",
        _file,
        8,
        "link was left out: it is a link",
        lambda folder: (folder / "link").symlink_to("nowhere"),
    ),
    "notebook_is_a_link": Broken(
        "a link to the solutions in the notebook's place",
        _nothing,
        0,
        f"{FILE} is a link, not a file",
        lambda folder: (folder / FILE).symlink_to(f"../../../solutions/{NAME}/{FILE}"),
    ),
    "folder_is_a_link": Broken(
        "a link to the solutions in the folder's place",
        _nothing,
        0,
        "is a link, or no folder",
        _link_to(f"../../solutions/{NAME}"),
    ),
    "folder_of_another": Broken(
        "a link to another student's folder",
        _nothing,
        0,
        "is a link, or no folder",
        _link_to(f"../right/{NAME}"),
    ),
    "another_student": Broken(
        "a link to another student in this student's place",
        _nothing,
        0,
        "is a link, or no folder",
        _student_is_a_link,
    ),
    "dead_link": Broken(
        "a link that leads nowhere in the folder's place",
        _nothing,
        0,
        "is a link, or no folder",
        _link_to("nowhere"),
        by_nbgrader=False,
    ),
    "no_folder": Broken(
        "a file in the folder's place",
        _nothing,
        0,
        "is a link, or no folder",
        lambda folder: (folder.rmdir(), folder.write_text("{}")),
        by_nbgrader=False,
    ),
    "notebook_is_a_folder": Broken(
        "a folder in the notebook's place",
        _nothing,
        0,
        f"{FILE} is a folder, not a file",
        lambda folder: (folder / FILE).mkdir(),
    ),
    "notebook_is_a_pipe": Broken(
        "a pipe in the notebook's place",
        _nothing,
        0,
        f"{FILE} is a pipe, not a file",
        lambda folder: os.mkfifo(folder / FILE),
    ),
    "notebook_is_a_socket": Broken(
        "a socket in the notebook's place",
        _nothing,
        0,
        f"{FILE} is a socket, not a file",
        _socket,
    ),
    "notebook_is_a_device": Broken(
        "a device without end in the notebook's place",
        _nothing,
        0,
        ", not a file; 0 other notebooks",
        _device,
    ),
    "pipe_beside": Broken(
        "a pipe beside the notebook",
        _file,
        8,
        "pipe was left out: it is a pipe",
        lambda folder: os.mkfifo(folder / "pipe"),
    ),
    "many_files": Broken(
        "20,000 files beside the notebook",
        _file,
        8,
        "left out: more than 1,000 files",
        _many,
    ),
    "nested_folders": Broken(
        "1,200 folders within each other beside the notebook",
        _file,
        8,
        "left out: it lies in more than 16 folders",
        _nest,
        by_nbgrader=False,
    ),
    "long_path": Broken(
        "20 folders within each other whose names together are longer than a path",
        _file,
        8,
        "was left out: it",
        _nest_long_names,
        by_nbgrader=False,
    ),
    "odd_files": Broken(
        "files whose names hold brackets, blanks, line breaks, terminal codes, bytes that are no text",
        _beside(_ODD),
        8,
        "was left out: the name is no text",
    ),
    "odd_notebook": Broken(
        "a notebook whose name is no text and breaks the line",
        lambda notebook: {os.fsdecode(b"a\n\xff.ipynb"): _file(notebook)[FILE]},
        8,
        "is called a\ufffd\ufffd.ipynb",
    ),
    "timestamp_is_a_folder": Broken(
        "a folder called timestamp.txt",
        _file,
        8,
        "timestamp.txt cannot be read",
        lambda folder: (folder / "timestamp.txt").mkdir(),
        by_nbgrader=False,
    ),
    "brackets [1] *?": Broken(
        "a student's name with the signs of patterns", _file, 8, by_nbgrader=False
    ),
    "blank at the end ": Broken(
        "a student's name that ends with a blank", _file, 8, by_nbgrader=False
    ),
    "line\nbreak": Broken("a student's name with a line break", _file, 8, by_nbgrader=False),
    os.fsdecode(b"no text \xff"): Broken(
        "a student's name of bytes that are no text", _file, 8, by_nbgrader=False
    ),
    "<img src=x onerror=x()>": Broken("a student's name that is HTML", _file, 8, by_nbgrader=False),
}


if __name__ == "__main__":
    write()
