"""Reading what a student handed in: whatever the file is, a notebook comes out, with findings.

A submission is data from a stranger. Only cell types, sources, tags, nbgrader's marks and
attached pictures are taken from it; everything else (outputs, foreign metadata) is left behind.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from grader.grading.attachments import Attachments
from grader.grading.folder import Folder, NotRead
from grader.grading.names import printable
from grader.sandbox.markdown_sanitiser import harmless_markdown
from grader.wire.limits import MAX_SOURCE

MAX_BYTES = 512 * 1024 * 1024
MAX_CELLS = 5000
TIMESTAMP, MAX_TIMESTAMP = "timestamp.txt", 1000
_TAG = re.compile(r"[\w.-]{1,60}")  # pages make classes of tags


@dataclass
class Submission:
    """A student's notebook as it can be graded.

    timestamp: when it was handed in, as nbgrader wrote it; empty when it did not. findings: all that was
    found out of the ordinary, in the file and later in grading; each step adds what it finds.
    """

    student: str
    assignment: str
    notebook: NotebookNode
    findings: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    timestamp: str = ""


def read_submission(path: Path, student: str, assignment: str) -> Submission:
    """Read the notebook of `assignment` in the folder `path`. Never raises for what the folder holds.

    Raises OSError when the folder itself cannot be read.
    """
    findings: list[str] = []
    folder = Folder(path)
    notebook = _notebook(_load(folder, assignment, findings), findings)
    files = folder.files(findings, apart=frozenset({f"{assignment}.ipynb", TIMESTAMP}))
    return Submission(student, assignment, notebook, findings, files, _timestamp(folder, findings))


def _load(folder: Folder, assignment: str, findings: list[str]) -> object:
    """The JSON value in the notebook, as much of it as can be read; None when nothing can."""
    if not folder.is_folder:
        findings.append("What was handed in is a link, or no folder: nothing of it was read.")
        return None
    name = _choose(folder, f"{assignment}.ipynb", findings)
    if name is None:
        return None
    try:
        data = folder.read(name, MAX_BYTES)
    except NotRead as reason:
        findings.append(f"The file {reason}.")
        return None
    if not data:
        findings.append("The file is empty.")
        return None
    text = _decode(data, findings)
    try:
        return json.loads(text)
    except ValueError as error:
        cells = _salvage(text)
        findings.append(
            f"The file is not a complete notebook ({error}); {len(cells)} cells could be read."
        )
        return {"nbformat": 4, "cells": cells}
    except RecursionError:
        findings.append("The file is nested too deeply to be a notebook.")
        return None


def _choose(folder: Folder, expected: str, findings: list[str]) -> str | None:
    """The name of the notebook: the one that it should have, else that of the only one there is."""
    notebooks = [
        name for name, kind in folder.kinds.items() if name.endswith(".ipynb") and not kind
    ]
    others = [name for name in notebooks if name != expected]
    if expected in notebooks:
        if others:
            more = f" and {len(others) - 1:,} more were" if len(others) > 1 else " was"
            findings.append(
                f"{printable(others[0])}{more} not read: {expected} is the one that counts."
            )
        return expected
    if len(others) == 1:
        findings.append(f"The notebook is called {printable(others[0])}, not {expected}.")
        return others[0]
    seen = folder.kinds.get(expected)
    missing = f"{expected} is {seen}, not a file" if seen else f"There is no {expected}"
    findings.append(f"{missing}; {len(others)} other notebooks were found.")
    return None


def _decode(data: bytes, findings: list[str]) -> str:
    """Text of the file: UTF-8 as it should be, else the other encodings that editors write."""
    encodings = ["utf-8-sig"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings.append("utf-16")
    encodings.append("gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8-sig":
            findings.append(f"The file is not in UTF-8; it was read as {encoding}.")
        return text
    findings.append("The file is not in UTF-8; unreadable bytes were replaced.")
    return data.decode("utf-8", errors="replace")


def _salvage(text: str) -> list[object]:
    """The complete cells of a notebook that was cut off."""
    start = text.find('"cells"')
    position = text.find("[", start) + 1 if start >= 0 else 0
    decoder = json.JSONDecoder()
    cells: list[object] = []
    while position and len(cells) < MAX_CELLS:
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
        try:
            cell, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        cells.append(cell)
    return cells


def _notebook(raw: object, findings: list[str]) -> NotebookNode:
    notebook = nbformat.v4.new_notebook()
    if raw is None:
        return notebook
    if not isinstance(raw, dict):
        findings.append("The file holds JSON, but not a notebook.")
        return notebook
    version = raw.get("nbformat")
    if version != 4:
        raw = _upgrade(raw, version, findings)
    language = _text(_get(raw, "metadata", "kernelspec", "language"))
    name = _text(_get(raw, "metadata", "kernelspec", "name"))
    if (language or name) and "python" not in (language or name).lower():
        kernel = printable(name or language)
        findings.append(f"The notebook's kernel is {kernel!r}; it was run as Python.")
    cells = raw.get("cells")
    if not isinstance(cells, list):
        findings.append("The notebook has no list of cells.")
        return notebook
    if len(cells) > MAX_CELLS:
        findings.append(f"The notebook has {len(cells)} cells; the first {MAX_CELLS} were read.")
    unreadable, attachments = 0, Attachments()
    for position, entry in enumerate(cells[:MAX_CELLS]):
        cell = _cell(entry, position, attachments)
        if cell is None:
            unreadable += 1
        else:
            notebook.cells.append(cell)
    if unreadable:
        findings.append(f"{unreadable} cells could not be read and were left out.")
    if attachments.left_out:
        findings.append(f"{attachments.left_out} attached files are no pictures, or too large.")
    return notebook


def _upgrade(raw: dict, version: object, findings: list[str]) -> dict:
    try:
        upgraded = nbformat.reads(json.dumps(raw), as_version=4)
    except Exception as error:  # old formats fail in as many ways as there are files
        said = printable(str(error), 200)
        findings.append(f"The notebook format {_short(version)} could not be upgraded ({said}).")
        return raw
    findings.append(f"The notebook was in format {_short(version)}; it was upgraded to 4.")
    return upgraded


def _cell(entry: object, position: int, attachments: Attachments) -> NotebookNode | None:
    """A clean cell from an entry of the file; None when it is not a cell."""
    if not isinstance(entry, dict):
        return None
    source = entry.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    kind = entry.get("cell_type")
    if not isinstance(source, str) or kind not in ("code", "markdown", "raw"):
        return None
    source = source[:MAX_SOURCE].encode("utf-8", errors="replace").decode("utf-8")
    cell = NotebookNode(
        cell_type=kind, id=f"cell-{position}", metadata=NotebookNode(), source=source
    )
    if kind == "code":
        cell.update(execution_count=None, outputs=[])
    else:
        names, pictures = attachments.read(entry.get("attachments"))
        cell.source = harmless_markdown(source, names)
        if pictures:
            cell["attachments"] = pictures
    tags = _get(entry, "metadata", "tags")
    if isinstance(tags, list):
        kept = (tag for tag in tags if isinstance(tag, str) and _TAG.fullmatch(tag))
        cell.metadata["tags"] = list(dict.fromkeys(kept))  # with one twice, it is no notebook
    marks = _get(entry, "metadata", "nbgrader")
    if isinstance(marks, dict) and isinstance(marks.get("grade_id"), str):
        cell.metadata["nbgrader"] = _marks(marks)
    return cell


def _marks(marks: dict) -> NotebookNode:
    """nbgrader's marks with the right types; the gradebook's own values overwrite them later."""
    node = NotebookNode(grade_id=marks["grade_id"], schema_version=3, task=False)
    for key in ("grade", "locked", "solution"):
        node[key] = marks.get(key) is True
    if node.grade:
        points = marks.get("points")
        usable = isinstance(points, (int, float)) and not isinstance(points, bool)
        node["points"] = points if usable else 0
    return node


def _timestamp(folder: Folder, findings: list[str]) -> str:
    if TIMESTAMP not in folder.kinds:
        return ""
    try:
        text = folder.read(TIMESTAMP, MAX_TIMESTAMP).decode("utf-8", "replace").strip()
    except NotRead as reason:
        findings.append(f"{TIMESTAMP} {reason}; it was ignored.")
        return ""
    if time_of(text) is None:
        findings.append(f"{TIMESTAMP} holds no time ({printable(text, 40)!r}); it was ignored.")
        return ""
    return text


def time_of(text: str) -> datetime | None:
    """The time in UTC, without a zone, that nbgrader reads from `timestamp.txt`; None where it says none."""
    try:
        return parse_utc(text.strip())
    except Exception:  # the file is the student's
        return None


def _get(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _short(version: object) -> str:
    return printable(str(version), 20) if isinstance(version, (int, float, str)) else "?"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
