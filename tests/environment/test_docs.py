"""README and docs name only commands, targets, files and numbers that exist."""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
import torch
import typer.main
from nbgrader.apps.nbgraderapp import NbGraderApp

from grader.checks.judge import judge
from grader.checks.student import LocalStudent
from grader.cli import app
from grader.sandbox import Limits

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
AUTHORS = ROOT / "docs" / "authors.md"
FOLDERS = "chapters|lab|grader|tests|benchmarks|experiments|docs|notebooks|solutions"
SCREEN = 40  # lines
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)  # its kind, its text
UNITS = {"": 1, "MB": 10**6, "MiB": 2**20, "GiB": 2**30}

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


@pages
def test_grader_commands_and_their_options_exist(page: Path) -> None:
    commands = typer.main.get_command(app).commands
    for line in _code(page):
        for name, rest in re.findall(r"(?<!from )(?<![\w/.-])grader ([a-z]+)([^|;]*)", line):
            assert name in commands, f"`{line}`: there is no `grader {name}`"
            known = {option for entry in commands[name].params for option in entry.opts}
            unknown = set(re.findall(r"--[a-z-]+", rest)) - known
            assert not unknown, f"`{line}`: grader {name} has no option {unknown}"


@pages
def test_nbgrader_commands_exist(page: Path) -> None:
    for line in _code(page):
        for name in re.findall(r"(?<![\w/.-])nbgrader ([a-z_]+)", line):
            assert name in NbGraderApp.subcommands, f"`{line}`: there is no `nbgrader {name}`"


@pages
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for line in _code(page):
        for name in re.findall(r"(?<![\w/.-])make ([a-z]+)", line):
            assert name in targets, f"`{line}`: the Makefile has no target {name}"


@pages
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", _prose(page))):
        if "://" not in target:
            path, _, heading = target.partition("#")
            aim = (page.parent / path).resolve() if path else page
            assert aim.exists(), f"{page.name} links to {target}, which does not exist"
            assert not heading or heading in _headings(aim), f"{target}: no such heading"


@pages
def test_paths_in_code_exist(page: Path) -> None:
    for piece in _code(page):
        for path in re.findall(rf"(?<![\w/.-])(?:{FOLDERS})/[\w./*-]+", piece):
            if re.search(r"[A-Z]{2,}|\*", path):  # a placeholder
                continue
            aim = ROOT / path
            found = aim.exists() or path.endswith("/")
            assert found, f"{page.name} names {path}, which does not exist"


def test_every_chapter_has_a_row_with_its_points_and_a_badge_that_opens_it() -> None:
    readme = (ROOT / "README.md").read_text()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    rows = re.findall(r"^\| \d+ \|.*$", readme, re.MULTILINE)
    chapters = sorted((ROOT / "chapters").glob("*.py"))
    assert len(rows) == len(chapters)
    for chapter, row in zip(chapters, rows, strict=True):
        notebook = f"notebooks/{chapter.stem}/{chapter.stem}.ipynb"
        badge = re.search(r"mybinder\.org/v2/gh/([^)]+?)/([^/)]+)\?labpath=([^)]+)", row)
        assert badge is not None, f"the row of {chapter.stem} has no Binder badge"
        repository, tag, place = badge.groups()
        assert tag == f"v{version}", "a branch would be built anew after every commit"
        assert f"`{tag}`" in readme
        assert unquote(place) == notebook
        assert f"]({notebook})" in row and (ROOT / notebook).is_file()
        assert f"`{repository}`" in readme, "the README says once which repository badges open"
        points = re.search(r"^#     points: (\d+)$", chapter.read_text(), re.MULTILINE)
        assert points is not None and f"| {points[1]} |" in row


def test_the_first_screen_says_what_this_is_how_to_begin_and_where_to_go() -> None:
    screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:SCREEN])
    assert "```\nmake demo\nmake test\n```" in screen and "![" in screen
    for reader, guide in (
        ("student", "students"),
        ("instructor", "instructors"),
        ("author", "authors"),
    ):
        (row,) = re.findall(rf"^\| an? \*\*{reader}\*\* \|.*$", screen, re.MULTILINE)
        assert f"](docs/{guide}.md)" in row


def test_limits_are_the_ones_that_hold() -> None:
    page = (ROOT / "docs" / "instructors.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (\d+) ?(\w*) \|", page, re.MULTILINE)
    assert len(rows) >= 6
    for name, number, unit in rows:
        assert getattr(Limits(), name) == int(number) * UNITS[unit], f"{name} is another number now"


def test_what_a_large_class_takes_follows_from_the_figures_of_one_submission() -> None:
    text = (ROOT / "docs" / "cluster.md").read_text()
    (each,) = map(float, re.findall(r"\[([\d.]+) CPU seconds\]", text))
    (own,) = map(float, re.findall(r"of which ([\d.]+) is the command's own", text))
    assert f"ours {each}" in (ROOT / "docs" / "architecture.md").read_text()
    assert f"at most {1 / own:.0f} submissions a second" in text
    assert f"and {(each - own) / own:.0f} cores keep it busy" in text
    rows = re.findall(r"^\| ([\d,]+) \|(.*)\|$", text, re.MULTILINE)
    assert len(rows) == 2
    for number, row in rows:
        count = int(number.replace(",", ""))
        hours = count * each / 3600
        told = [f"{hours:.1f} core hours", f"{hours * 30:.0f} min", f"{count * own / 60:.0f} min"]
        assert [cell.strip() for cell in row.split("|")] == [*told, f"{hours * 0.05:.2f}"]


NETWORK = """
class Net(nn.Module):
    def __init__(self, num_inputs, num_outputs, num_hiddens1, num_hiddens2):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(num_inputs, num_hiddens1), nn.ReLU(),
            nn.Linear(num_hiddens1, num_hiddens2), nn.{last}(),
            nn.Linear(num_hiddens2, num_outputs))
    def forward(self, X):
        return self.layers(X)
"""
EXAMPLES = {
    "L2Penalty": (
        "l2_penalty = lambda w: (w * w).sum() / 2",
        "l2_penalty = lambda w: (w * w).sum()",
    ),
    "DropoutLayer": ("dropout_layer = F.dropout", "dropout_layer = lambda X, dropout: X"),
    "Net": (NETWORK.format(last="ReLU"), NETWORK.format(last="Sigmoid")),
}


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=EXAMPLES)
def test_the_exercises_that_authors_read_work(number: int, tmp_path: Path) -> None:
    blocks = [text for kind, text in BLOCK.findall(AUTHORS.read_text()) if kind == "python"]
    path = tmp_path / "grader_example.py"  # a file, because a probe travels as its source
    path.write_text(blocks[number])
    spec = importlib.util.spec_from_file_location("grader.example", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    name, (right, wrong) = list(EXAMPLES.items())[number]
    exercise = getattr(module, name)()
    for code, share in ((right, 1.0), (wrong, 0.0)):
        namespace: dict[str, object] = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
        exec(code, namespace)
        result = judge(exercise, LocalStudent(namespace), seed=1)
        assert result.earned == share * exercise.points, result.failed


def test_the_other_blocks_that_authors_read_are_lines_of_the_course() -> None:
    """A header, a heading, a quiz and an entry of the catalogue; and commands, which other tests hold."""
    blocks = BLOCK.findall(AUTHORS.read_text())
    quoted = [
        text for kind, text in blocks if kind in ("", "toml") and not text.startswith("make ")
    ]
    assert len(quoted) == 4
    catalogue = ROOT / "tests" / "answers" / "ch01" / "dropout_layer" / "wrong.toml"
    (chapter,) = (ROOT / "chapters").glob("01_*.py")
    course = [
        line.strip() for path in (chapter, catalogue) for line in path.read_text().splitlines()
    ]
    for block in quoted:
        assert not {line.strip() for line in block.splitlines()} - set(course)


def _code(page: Path) -> list[str]:
    """The lines of code blocks and the pieces of inline code."""
    text = page.read_text()
    lines = [line for _, block in BLOCK.findall(text) for line in block.splitlines()]
    return lines + [" ".join(piece.split()) for piece in re.findall(r"`([^`]+)`", _prose(page))]


def _prose(page: Path) -> str:
    """The page without its code blocks."""
    return BLOCK.sub("", page.read_text())


def _headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
