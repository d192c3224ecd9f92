"""Reading and restoring submissions: whatever the file is, a notebook comes out, with findings."""

import base64
import contextlib
import json
import os
import re
import tempfile
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest

from grader.authoring.build import build
from grader.grading.restore import restore, restore_marks
from grader.grading.submission import read_submission

NAME = "01_double"


@pytest.fixture
def release(small_course):
    build(small_course)
    return nbformat.read(small_course.notebook("release", NAME), as_version=4)


def _read(tmp_path, content: bytes, name: str = f"{NAME}.ipynb"):
    folder = tmp_path / "张三 with spaces" / NAME
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    return read_submission(folder, "张三 with spaces", NAME)


def _bytes(notebook) -> bytes:
    return nbformat.writes(notebook).encode()


def _sources(notebook) -> list[str]:
    """The sources of the cells, without links to files: what is read of a submission has none."""
    return [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", cell.source) for cell in notebook.cells]


def test_a_good_notebook_has_no_findings(tmp_path, release):
    submission = _read(tmp_path, _bytes(release))
    assert submission.findings == []
    assert _sources(submission.notebook) == _sources(release)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"{", "not a complete notebook"),
        (b"[1, 2]", "not a notebook"),
        (b'"text"', "not a notebook"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"nbformat": 4, "cells": 3}', "no list of cells"),
        (b'{"nbformat": 4, "cells": [1, {"cell_type": "x"}, null]}', "3 cells could not be read"),
        (b'{"nbformat": 99, "cells": []}', "could not be upgraded"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "not a complete notebook"),
    ],
)
def test_what_is_not_a_notebook_is_a_finding(tmp_path, content, words):
    submission = _read(tmp_path, content)
    assert any(words in finding for finding in submission.findings), submission.findings
    nbformat.validate(submission.notebook)


def test_cells_before_the_cut_of_a_truncated_file_are_kept(tmp_path, release):
    text = _bytes(release)
    submission = _read(tmp_path, text[: text.index(b"quiz_double = {1")])
    sources = [cell.source for cell in submission.notebook.cells]
    assert 'check("double")' in sources and not any("quiz" in source for source in sources)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_other_encodings_are_read_and_named(tmp_path, release, encoding):
    release.cells[0].source = "# 加倍"
    text = json.dumps(json.loads(nbformat.writes(release)), ensure_ascii=False)
    submission = _read(tmp_path, text.encode(encoding))
    assert submission.notebook.cells[0].source == "# 加倍"
    assert encoding in submission.findings[0]


def test_old_formats_are_upgraded(tmp_path, release):
    old = nbformat.convert(deepcopy(release), 3)
    submission = _read(tmp_path, nbformat.v3.writes_json(old).encode())
    assert "format 3" in submission.findings[0]
    assert any("def double" in cell.source for cell in submission.notebook.cells)
    raw = json.loads(_bytes(release))
    raw["nbformat_minor"] = 0
    for cell in raw["cells"]:
        del cell["id"]
    assert _read(tmp_path / "4.0", json.dumps(raw).encode()).findings == []


def test_foreign_kernel_renamed_file_and_hostile_metadata(tmp_path, release):
    raw = json.loads(_bytes(release))
    raw["metadata"] = {"kernelspec": {"name": "ir", "language": "R"}}
    raw["cells"][0]["metadata"] = {"nbgrader": {"grade_id": 7}, "tags": "demo"}
    raw["cells"][1]["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": "40"}}]
    submission = _read(tmp_path, json.dumps(raw).encode(), name=f"{NAME} (1).ipynb")
    assert any("is called" in finding for finding in submission.findings)
    assert any("kernel" in finding for finding in submission.findings)
    nbformat.validate(submission.notebook)
    assert not any(cell.get("outputs") for cell in submission.notebook.cells)


def test_links_are_not_followed(tmp_path, release):
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    folder = tmp_path / "s" / NAME
    folder.mkdir(parents=True)
    (folder / "data.txt").symlink_to(secret)
    (folder / "sub").symlink_to(tmp_path)
    (folder / f"{NAME}.ipynb").symlink_to(secret)
    (folder / "own.txt").write_text("mine")
    submission = read_submission(folder, "s", NAME)
    assert submission.files == {"own.txt": b"mine"}
    assert submission.notebook.cells == []


@contextlib.contextmanager
def _as_a_user():
    """Root reads everything; as somebody else, what may not be read is not."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_what_may_not_be_read_is_a_finding(release):
    with tempfile.TemporaryDirectory() as top:
        os.chmod(top, 0o755)
        folder = Path(top, "s", NAME)
        (folder / "closed").mkdir(parents=True)
        (folder / "data.txt").write_text("mine")
        (folder / "secret.txt").write_text("x")
        (folder / f"{NAME}.ipynb").write_bytes(_bytes(release))
        for closed in ("secret.txt", f"{NAME}.ipynb", "closed"):
            (folder / closed).chmod(0)
        with _as_a_user():
            submission = read_submission(folder, "s", NAME)
        assert submission.files == {"data.txt": b"mine"} and submission.notebook.cells == []
        assert submission.findings == [
            "The file cannot be read (Permission denied).",
            "closed and 1 more were left out: it cannot be read (Permission denied).",
        ]
        folder.chmod(0)
        with _as_a_user(), pytest.raises(PermissionError):  # the instructor's to mend
            read_submission(folder, "s", NAME)
        folder.chmod(0o755)
        (folder / "closed").chmod(0o755)


def test_limits_of_what_lies_beside(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.grading.folder.MAX_BESIDE", 2)
    monkeypatch.setattr("grader.grading.folder.MAX_ENTRIES", 9)
    monkeypatch.setattr("grader.grading.folder.MAX_FILES_BYTES", 10)
    folder = tmp_path / "s" / NAME
    folder.mkdir(parents=True)
    for number, size in enumerate((6, 6, 4, 1, 1, 1)):
        (folder / f"{number}.txt").write_bytes(b"x" * size)
    submission = read_submission(folder, "s", NAME)
    assert {name: len(data) for name, data in submission.files.items()} == {"0.txt": 6, "2.txt": 4}
    assert submission.findings[1:] == [
        "1.txt was left out: the files are larger than allowed.",
        "3.txt and 2 more were left out: more than 2 files.",
    ]
    for number in range(9):
        (folder / f"also-{number}").mkdir()
    (said,) = [text for text in read_submission(folder, "s", NAME).findings if "9 files" in text]
    assert said == "More than 9 files and folders: the others were left out."


def _ids(notebook):
    return [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]


def test_missing_cells_come_back_in_their_places(release):
    notebook = deepcopy(release)
    notebook.cells = [c for c in notebook.cells if c.id not in ("check-double", "quiz-double")]
    findings = restore(notebook, release)
    assert _ids(notebook) == _ids(release)
    assert findings == ["Missing cells were put back as handed out: check_double, quiz_double."]


def test_moved_checks_return_behind_their_code(release):
    notebook = deepcopy(release)
    cells = {cell.id: cell for cell in notebook.cells}
    notebook.cells.remove(cells["check-double"])
    notebook.cells.insert(0, cells["check-double"])
    findings = restore(notebook, release)
    assert _ids(notebook) == _ids(release) and "another order" in findings[0]


def test_nothing_changes_in_a_notebook_as_handed_out(release):
    notebook = deepcopy(release)
    notebook.cells.insert(2, nbformat.v4.new_code_cell("x = 1"))
    before = deepcopy(notebook)
    assert restore(notebook, release) == [] and notebook == before


def test_a_cell_with_imports_that_was_edited_is_not_missing(release):
    notebook = deepcopy(release)
    first = next(cell for cell in notebook.cells if cell.source.startswith("import torch"))
    first.source = f"import math\n{first.source}\nname = 'me'"
    assert restore(notebook, release) == []
    notebook.cells.remove(first)
    assert restore(notebook, release) == ["The cell with the imports was missing; it was put back."]


def test_a_notebook_of_200_megabytes_is_read_without_its_outputs(tmp_path, release):
    raw = json.loads(_bytes(release))
    printed = {"output_type": "stream", "name": "stdout", "text": "x" * 200_000_000}
    raw["cells"][1]["outputs"] = [printed]
    submission = _read(tmp_path, json.dumps(raw).encode())
    assert submission.findings == []
    assert _sources(submission.notebook) == _sources(release)


def test_a_file_that_is_too_large_is_not_read(tmp_path, release, monkeypatch):
    monkeypatch.setattr("grader.grading.submission.MAX_BYTES", 1000)
    submission = _read(tmp_path, _bytes(release) + b" " * 1_100_000)
    assert submission.findings == ["The file has 1 MB; at most 1,000 bytes are read."]


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def test_a_pasted_picture_comes_along(tmp_path, release):
    cell = nbformat.v4.new_markdown_cell(
        "![a](attachment:my%20own.png) ![b](attachment:missing.png)"
    )
    cell.attachments = {
        "my own.png": {"image/png": PNG},
        "no picture.png": {"image/png": "eA=="},
        "page.svg": {"image/svg+xml": "<svg onload='x()'/>"},
        "broken.png": {"image/png": '"><script>'},
    }
    release.cells.append(cell)
    submission = _read(tmp_path, _bytes(release))
    read = submission.notebook.cells[-1]
    assert read.source == "![a](attachment:picture-1.png) ! [b] (attachment:missing.png)"
    assert read.attachments == {"picture-1.png": {"image/png": PNG}}
    assert submission.findings == ["3 attached files are no pictures, or too large."]
    nbformat.validate(submission.notebook)


def test_attached_pictures_have_a_limit_over_all_cells(tmp_path, release):
    large = base64.b64encode(base64.b64decode(PNG) + bytes(5 * 2**19)).decode()
    for number in range(3):
        cell = nbformat.v4.new_markdown_cell("![a](attachment:x.png)", id=f"picture-{number}")
        cell.attachments = {"x.png": {"image/png": large}}
        release.cells.append(cell)
    submission = _read(tmp_path, _bytes(release))
    assert [cell.source[0] for cell in submission.notebook.cells[-3:]] == ["!", "!", "!"]
    assert ["attachments" in cell for cell in submission.notebook.cells[-3:]] == [True, True, False]


def test_a_text_that_came_as_code_is_harmless_too(tmp_path, release):
    """An answer's cell gets back the type of its name; what is run as code is left as it is."""
    (answer,) = (cell for cell in release.cells if "why_double" in cell.id.replace("-", "_"))
    sent = deepcopy(release)
    (cell,) = (cell for cell in sent.cells if cell.id == answer.id)
    cell.update(cell_type="code", execution_count=None, outputs=[])
    cell.source = "<img src=x onerror=run()> [a](javascript:run())"
    notebook = _read(tmp_path, _bytes(sent)).notebook
    restore_marks(notebook, release)
    (read,) = (cell for cell in notebook.cells if "why_double" in str(cell.metadata))
    assert (read.cell_type, "outputs" in read) == ("markdown", False)
    assert read.source == "< img src=x onerror=run()> [a] (javascript:run())"
    nbformat.validate(notebook)


def test_a_tag_that_stands_twice_leaves_a_notebook(tmp_path, release):
    raw = json.loads(_bytes(release))
    raw["cells"][0]["metadata"]["tags"] = ["demo", ["demo"], "mine", "demo"]
    notebook = _read(tmp_path, json.dumps(raw).encode()).notebook
    assert notebook.cells[0].metadata["tags"] == ["demo", "mine"]
    nbformat.validate(notebook)


def test_tags_and_names_hold_no_markup(tmp_path, release):
    release.cells[0].metadata["tags"] = ["demo", '"><script>', "x" * 100]
    release.metadata.kernelspec = {"name": "\x1b[31m<b>\n", "language": "", "display_name": ""}
    submission = _read(tmp_path, _bytes(release), "\x1b[31m\u202e<b>.ipynb")
    assert submission.notebook.cells[0].metadata["tags"] == ["demo"]
    assert submission.findings and not any(
        "\x1b" in text or "\n" in text for text in submission.findings
    )
