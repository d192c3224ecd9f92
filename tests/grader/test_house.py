"""The folders of `grader` say who reads a file and who is trusted; imports keep to it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import grader

PACKAGE = Path(grader.__file__).parent
# What the modules of a folder may import of `grader`, besides their own folder.
MAY_IMPORT = {
    "wire": (),
    "sandbox/inside": ("wire",),
    "sandbox": ("wire", "sandbox/inside"),
    "checks": ("wire", "errors", "exercises", "hidden"),
    "exercises": ("checks", "wire"),
    "hidden": ("checks", "exercises", "wire"),
    "authoring": ("checks", "wire", "course", "errors"),
    "grading": ("checks", "sandbox", "wire", "course", "errors"),
    "course": ("errors", "wire"),
}


def modules() -> dict[str, Path]:
    """Every module of the package, by its path below `grader` without the ending."""
    return {
        path.relative_to(PACKAGE).with_suffix("").as_posix(): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def imports(path: Path) -> set[str]:
    """The modules of `grader` that a file imports, anywhere in it, as paths below the package."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    names = {name.removeprefix("grader.") for name in found if name.startswith("grader.")}
    known = modules()
    paths = {name.replace(".", "/") for name in names}
    return {path if path in known else path.rpartition("/")[0] or path for path in paths}


def folder_of(module: str) -> str:
    """The longest folder of MAY_IMPORT that a module lies in, or its own name."""
    homes = [home for home in MAY_IMPORT if module == home or module.startswith(f"{home}/")]
    return max(homes, key=len, default=module)


@pytest.mark.parametrize("module", modules())
def test_no_import_runs_upward(module: str):
    home = folder_of(module)
    if home not in MAY_IMPORT:
        return  # the command line and the demonstration stand on top
    for imported in imports(modules()[module]):
        target = folder_of(imported)
        if target == home:
            continue
        # `checks` finds exercises by name, and imports none of them.
        assert target in MAY_IMPORT[home], f"{module} imports {imported}"


def test_no_circle_of_imports():
    graph = {name: imports(path) & set(modules()) for name, path in modules().items()}

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"a circle: {' -> '.join([*above, name])}"
        if name in done:
            return
        for imported in graph[name]:
            visit(imported, (*above, name))
        done.add(name)

    done: set[str] = set()
    for name in graph:
        visit(name, ())


def test_no_two_modules_or_classes_of_one_name():
    names = [Path(name).name for name in modules() if not name.startswith(("exercises", "hidden"))]
    shared = {name for name in names if names.count(name) > 1} - {"__init__"}
    assert shared == set()
    classes: dict[str, str] = {}
    for name, path in modules().items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                assert node.name not in classes, (
                    f"{node.name} is in {classes[node.name]} and {name}"
                )
                classes[node.name] = name
