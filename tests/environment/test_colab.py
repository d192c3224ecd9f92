"""On Colab the first cell of code installs the course without dependencies: what notebooks need is there."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from grader.authoring.colab import D2L, REPOSITORY, colab_link

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
# What Colab has of our dependencies. The test lets a notebook import no other.
THERE = {
    "torch",
    "torchvision",
    "numpy",
    "pandas",
    "matplotlib",
    "requests",
    "ipython",
    "ipykernel",
}
THERE |= {"tqdm", "scipy", "ipywidgets", "safetensors"}
IMPORTED_AS = {"markdown-it-py": "markdown_it"}
A_LEARNERS_HOUR = """
import json, sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1].split(","):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
shell.history_manager.enabled = False

def run(source):
    result = shell.run_cell(source, store_history=True, cell_id="x")
    assert result.success or type(result.error_in_exec).__name__ == "CourseError", source
    return result

for path in sys.argv[2:]:
    cells = json.loads(open(path, encoding="utf-8").read())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    run(code[0])
    run(code[1])
    run("check()")
    names = [line.split('"')[1] for line in code if line.startswith('check("')]
    assert len(names) > 5
    for name in names:
        run(f"hint({name!r})")
        run(f"reset({name!r})")
        run(f"solution({name!r})")
run("check, hint = chapter(1)")
run("def accuracy(y_hat, y):\\n    return (y_hat.argmax(dim=1) == y).float().mean().item()")
assert run("check('accuracy')").result == 2
print("learned")
"""


def install_cell(path: Path) -> nbformat.NotebookNode:
    return next(cell for cell in nbformat.read(path, as_version=4).cells if cell.id == "colab")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_the_first_cell_of_code_and_grading_skips_it(path: Path) -> None:
    first = next(c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code")
    assert first.id == "colab" and first.metadata["tags"] == ["demo"]
    assert first.source == install_cell(NOTEBOOKS[0]).source


@pytest.mark.parametrize("on_colab", [True, False])
def test_it_installs_the_course_on_colab_and_does_nothing_elsewhere(monkeypatch, on_colab) -> None:
    shell, asked = InteractiveShell(), []
    shell.history_manager.enabled = False
    shell.register_magic_function(asked.append, "line", "pip")
    if on_colab:
        monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    assert shell.run_cell(install_cell(NOTEBOOKS[0]).source).success
    wanted = f"install --quiet --no-deps git+https://github.com/{REPOSITORY} {D2L}"
    assert asked == ([wanted] if on_colab else [])


def test_what_it_installs_is_what_the_project_names(root: Path, pyproject: dict) -> None:
    assert pyproject["project"]["optional-dependencies"]["d2l"] == [D2L]
    readme = (root / "README.md").read_text()
    assert f"`{REPOSITORY}`" in readme
    assert all(f"badge.svg)]({colab_link(path.stem)})" in readme for path in NOTEBOOKS)


def test_notebooks_need_nothing_else_of_our_dependencies(needed: dict, tmp_path: Path) -> None:
    """Every chapter is opened, looked at and asked for hints; one exercise is solved. Solutions are not there."""
    absent = [IMPORTED_AS.get(name, name.replace("-", "_")) for name in set(needed) - THERE]
    assert {"nbgrader", "jupytext", "nbformat", "typer"} <= set(absent)
    done = subprocess.run(
        [sys.executable, "-c", A_LEARNERS_HOUR, ",".join(absent), *map(str, NOTEBOOKS)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0 and done.stdout.endswith("learned\n"), (
        done.stdout[-500:] + done.stderr
    )
    assert "There are no solutions here" in done.stdout
