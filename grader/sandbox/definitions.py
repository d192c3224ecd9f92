"""Cells that only define: to run one of them in a second place does there what it did in the first."""

from __future__ import annotations

import ast
from collections.abc import Iterator

MAX_CHARACTERS = 20_000
_VALUES = (
    ast.Attribute, ast.BinOp, ast.Constant, ast.Dict, ast.List, ast.Name, ast.Set, ast.Subscript,
    ast.Tuple, ast.UnaryOp, ast.expr_context, ast.operator, ast.unaryop,
)  # fmt: skip


def only_defines(source: str) -> bool:
    """Whether running a cell defines functions and classes, names values, and calls nothing.

    What calls (a decorator, a default that is computed, an import of a file) might draw numbers, write
    files or take its time.
    """
    if len(source) > MAX_CHARACTERS:
        return False
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    evaluated = [part for statement in body for part in _evaluated(statement)]
    return all(isinstance(node, _VALUES) for part in evaluated for node in ast.walk(part))


def _evaluated(statement: ast.stmt) -> Iterator[ast.AST]:
    """What of a statement is evaluated when it runs; the statement itself when it does more than define."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from [statement] if statement.decorator_list else []
            given = statement.args
            every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            yield from (part for part in [*given.defaults, *given.kw_defaults] if part)
            yield from (part.annotation for part in every if part and part.annotation)
            yield from [statement.returns] if statement.returns else []
        case ast.ClassDef():
            yield from [statement] if statement.decorator_list else []
            yield from [*statement.bases, *statement.keywords]
            for inner in statement.body:
                yield from _evaluated(inner)
        case ast.Assign():
            yield from [*statement.targets, statement.value]
        case ast.Expr():
            yield statement.value
        case ast.Pass():
            pass
        case _:
            yield statement
