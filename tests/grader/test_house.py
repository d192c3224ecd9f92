"""The folders of `grader` say who reads a file and who is trusted; imports keep to it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import grader

PACKAGE = Path(grader.__file__).parent
# What the modules of a folder may import of `grader`, besides their own folder. What is not here, the
# command line and the demonstration, stands on top.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (),
    "wire": (),
    "sandbox/inside": ("wire",),
    "sandbox": ("wire", "sandbox/inside"),
    "course": ("errors", "wire"),
    "checks": ("wire", "errors"),
    "exercises": ("checks", "wire"),
    "hidden": ("checks", "exercises", "wire"),
    "authoring": ("checks", "wire", "course", "errors", "workplace"),
    "workplace": ("course", "errors", "wire"),
    # Two modules that start and end processes of the grader's own, as only the sandbox does besides.
    "grading/isolating": ("sandbox/inside",),
    "grading/isolated": ("grading", "grading/isolating", "sandbox", "wire"),
    "grading": (
        *("grading/isolated", "grading/isolating"),
        *("checks", "sandbox", "wire", "course", "errors", "workplace"),
    ),
    "terminal": (),
    "desk/exports": ("desk", "grading", "checks"),  # what nbgrader calls
    "desk": ("grading", "checks", "wire", "course", "errors", "terminal"),
}
# Who may import these libraries. What decides about an answer knows nothing of files and databases.
ONLY: dict[str, tuple[str, ...]] = {
    "nbgrader": ("grading", "authoring", "desk/exports"),
    "sqlalchemy": ("grading",),
    "subprocess": ("sandbox", "sandbox/inside", "grading/isolated"),
}
FILES = ("os", "pathlib", "sqlite3", "tempfile", "nbformat")
# Their probes, which run beside a student's code, make files for it and look at those that it has made.
PROBE_FILES = (
    "checks/folders",
    *("exercises/ch06/archives", "exercises/ch06/files", "exercises/ch06/project"),
    *("exercises/ch10/atomic", "exercises/ch10/file_probes", "exercises/ch10/resuming"),
    *("exercises/ch10/safe", "hidden/ch10/other_files"),
    *("exercises/ch11/checkpoints", "exercises/ch11/whole_run"),
)


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package, by its path below `grader` without the ending."""
    return {
        path.relative_to(PACKAGE).with_suffix("").as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def imports(module: str) -> set[str]:
    """The dotted names that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own_imports(module: str) -> set[str]:
    """The modules of `grader` that a module imports."""
    paths = {name.replace(".", "/").removeprefix("grader/") for name in imports(module)}
    known = {name.removesuffix("/__init__"): name for name in modules()}
    return {
        known[path] for name in paths for path in (name, name.rpartition("/")[0]) if path in known
    }


def folder_of(module: str) -> str:
    """The longest folder of MAY_IMPORT that a module lies in, or its own name."""
    homes = [home for home in MAY_IMPORT if module == home or module.startswith(f"{home}/")]
    return max(homes, key=len, default=module)


@pytest.mark.parametrize("module", modules())
def test_no_import_runs_upward(module: str) -> None:
    home = folder_of(module)
    if home in MAY_IMPORT:
        for imported in own_imports(module):
            assert folder_of(imported) in (home, *MAY_IMPORT[home]), f"{module} imports {imported}"


@pytest.mark.parametrize("module", modules())
def test_libraries_are_where_they_belong(module: str) -> None:
    used, home = {name.split(".")[0] for name in imports(module)}, folder_of(module)
    for library, homes in ONLY.items():
        assert library not in used or home in homes, f"{module} imports {library}"
    if home in ("checks", "exercises", "hidden") and module not in PROBE_FILES:
        assert not used.intersection(FILES)


def test_no_circle_of_imports() -> None:
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"a circle: {' -> '.join([*above, name])}"
        if name not in done:
            for imported in own_imports(name):
                visit(imported, (*above, name))
        done.add(name)

    for name in modules():
        visit(name, ())


def defined() -> dict[str, list[str]]:
    """Every class and every constant at the top of a module: name to the modules that define it."""
    found: dict[str, list[str]] = {}
    for module, tree in modules().items():
        for node in tree.body:
            names = [node.name] if isinstance(node, ast.ClassDef) else []
            if isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = [
                    part.id
                    for target in targets
                    for part in ast.walk(target)
                    if isinstance(part, ast.Name) and part.id.isupper()
                ]
            for name in names:
                found.setdefault(name, []).append(module)
    return found


def test_no_two_things_of_one_name() -> None:
    """Modules, classes and public constants; the chapters keep their names to themselves."""
    ours = [name for name in modules() if folder_of(name) not in ("exercises", "hidden")]
    files = [Path(name).name for name in ours if not name.endswith("__init__")]
    assert sorted(files) == sorted(set(files))
    for name, where in defined().items():
        where = [module for module in where if module in ours]
        assert name.startswith("_") or len(where) <= 1, f"{name} is defined in {where}"
