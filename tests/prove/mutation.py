"""First-order mutants of a piece of code: every place at which one small thing can be otherwise.

The operators are chosen for the code of exercises: a comparison, a boundary, a sign, a constant, a
statement that is missing, two arguments the wrong way round, a call left out, a context left out.
Maintained libraries (mutmut, cosmic-ray) rewrite files and run a test command for each mutant; and
neither removes statements, calls or contexts, which is what learners forget. So this one is small,
works on the syntax tree, and its mutants are judged in a fork by the same judge as any answer.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt, ast.GtE),
    ast.Gt: (ast.GtE, ast.LtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
NOT_COMMUTATIVE = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
LIBRARIES = {"torch", "nn", "F", "np", "math", "d2l", "lab"}


Replacement: TypeAlias = ast.AST | list[ast.stmt] | None
Constant: TypeAlias = str | bool | int | float


@dataclass(frozen=True)
class Mutant:
    """Code with one change. `name` shows the changed piece before and after, and stays the same
    as long as the code around it does."""

    name: str
    kind: str
    code: str


@dataclass(frozen=True)
class _Change:
    """At `node` (by its place in a walk), either a new node or a new list of statements."""

    kind: str
    place: int
    field: str
    index: int | None
    new: Replacement


def mutants(code: str, lines: frozenset[int] | None = None) -> list[Mutant]:
    """Every first-order mutant of `code` that begins in one of these lines (None: all of them).

    Mutants that are the same code are given once.
    """
    original = ast.parse(code)
    known, names, found = {ast.unparse(original)}, Counter[str](), []
    for change in _changes(original, lines):
        text = ast.unparse(_applied(original, change))
        if text in known:
            continue
        known.add(text)
        name = f"{change.kind}: {_difference(ast.unparse(original), text)}"
        names[name] += 1
        if names[name] > 1:
            name += f" (#{names[name]})"
        found.append(Mutant(name, change.kind, text))
    return found


def _changes(tree: ast.Module, lines: frozenset[int] | None) -> Iterator[_Change]:
    """Every change, found by walking parents, so that each names the field to be replaced."""
    for place, parent in enumerate(ast.walk(tree)):
        for field, value in ast.iter_fields(parent):
            entries = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, node in entries:
                if not isinstance(node, ast.AST) or not _inside(node, lines):
                    continue
                for kind, new in _variants(node, parent, field):
                    yield _Change(kind, place, field, index, new)


def _variants(node: ast.AST, parent: ast.AST, field: str) -> Iterator[tuple[str, Replacement]]:
    if isinstance(node, ast.stmt):
        yield from _statements(node, parent)
    elif isinstance(node, ast.expr) and not _is_prose(parent, field):
        if field == "decorator_list":
            yield "no decorator", None
        elif field != "annotation" and field != "returns":
            yield from _expressions(node, parent, field)


def _statements(node: ast.stmt, parent: ast.AST) -> Iterator[tuple[str, Replacement]]:
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if not docstring and not isinstance(node, (ast.Pass, ast.FunctionDef, ast.ClassDef)):
        yield "no statement", [ast.Pass()]
    if isinstance(node, (ast.If, ast.While)):
        yield "negated", _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        yield "always", _with(node, test=ast.Constant(True))
    if isinstance(node, ast.Assert):
        yield "negated", _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.With):
        yield "no with", node.body
    if isinstance(node, (ast.For, ast.While)):
        yield "only once", _with(node, body=[*node.body, ast.Break()])
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield "returns None", _with(node, value=ast.Constant(None))
    if isinstance(node, ast.AugAssign):
        for other in ARITHMETIC.get(type(node.op), ()):
            yield "arithmetic", _with(node, op=other())
        yield "assigned", ast.Assign([node.target], node.value)
    if isinstance(node, ast.Break):
        yield "loop", [ast.Continue()]
    if isinstance(node, ast.Continue):
        yield "loop", [ast.Break()]


def _expressions(node: ast.expr, parent: ast.AST, field: str) -> Iterator[tuple[str, Replacement]]:
    if isinstance(node, ast.Compare):
        for index, op in enumerate(node.ops):
            for comparison in COMPARISONS[type(op)]:
                ops = [*node.ops[:index], comparison(), *node.ops[index + 1 :]]
                yield "comparison", _with(node, ops=ops)
        if len(node.ops) == 2:  # a <= b <= c: each half on its own
            left, middle = node.left, node.comparators[0]
            yield "half", ast.Compare(left, node.ops[:1], node.comparators[:1])
            yield "half", ast.Compare(middle, node.ops[1:], node.comparators[1:])
    elif isinstance(node, ast.BinOp):
        for other in ARITHMETIC.get(type(node.op), ()):
            yield "arithmetic", _with(node, op=other())
        if isinstance(node.op, NOT_COMMUTATIVE):
            yield "swapped", ast.BinOp(node.right, node.op, node.left)
        yield "no operand", node.left
        yield "no operand", node.right
    elif isinstance(node, ast.UnaryOp):
        yield "no sign", node.operand
    elif isinstance(node, ast.BoolOp):
        yield "and/or", _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for index in range(len(node.values)):
            rest = [*node.values[:index], *node.values[index + 1 :]]
            yield "no operand", rest[0] if len(rest) == 1 else _with(node, values=rest)
    elif isinstance(node, ast.IfExp):
        yield "always", node.body
        yield "always", node.orelse
    elif isinstance(node, ast.Constant):
        for value in _other_constants(node.value):
            yield "constant", ast.Constant(value)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) == 2:
        yield "swapped", _with(node, elts=node.elts[::-1])
    elif isinstance(node, ast.Slice):
        for end in ("lower", "upper", "step"):
            if getattr(node, end) is not None:
                yield "slice", _with(node, **{end: None})


def _calls(node: ast.Call) -> Iterator[tuple[str, Replacement]]:
    for index in range(len(node.args) - 1):
        first, second = node.args[index : index + 2]
        if not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred):
            args = [*node.args[:index], second, first, *node.args[index + 2 :]]
            yield "swapped", _with(node, args=args)
    for index in range(len(node.keywords)):
        keywords = [*node.keywords[:index], *node.keywords[index + 1 :]]
        yield "no keyword", _with(node, keywords=keywords)
    function = node.func
    if isinstance(function, ast.Attribute):
        owner = function.value
        if not (isinstance(owner, ast.Name) and owner.id in LIBRARIES) and not _is_super(owner):
            yield "no call", owner
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred) and not _is_super(node):
        yield "no call", node.args[0]


def _other_constants(value: object) -> Sequence[Constant]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return sorted({value + 1, value - 1, 0} - {value})
    if isinstance(value, float):
        return [other for other in (value + 1, value / 2, 0.0) if other != value]
    if isinstance(value, str) and value:
        return [value + "x"]
    return []


def _applied(original: ast.Module, change: _Change) -> ast.Module:
    """A mutated copy."""
    tree = copy.deepcopy(original)
    parent = list(ast.walk(tree))[change.place]
    value, new = getattr(parent, change.field), copy.deepcopy(change.new)
    if change.index is None:
        setattr(parent, change.field, new)
    elif isinstance(new, list):
        value[change.index : change.index + 1] = new
    elif new is None:
        del value[change.index]
    else:
        value[change.index] = new
    return ast.fix_missing_locations(tree)


def _difference(before: str, after: str) -> str:
    """The first line that differs, before and after, indented as little as can be."""
    old, new = before.splitlines(), after.splitlines()
    first = next((i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
    return f"{old[first].strip()} -> {new[first].strip()}"


def _with(node: ast.AST, **changes: object) -> ast.AST:
    fields = {name: getattr(node, name, None) for name in node._fields}
    return type(node)(**{**fields, **changes})


def _inside(node: ast.AST, lines: frozenset[int] | None) -> bool:
    if lines is None:
        return True
    number = getattr(node, "lineno", None)
    return number is None or number in lines


def _is_prose(parent: ast.AST, field: str) -> bool:
    """Docstrings and the texts of errors: nothing there that a check should judge."""
    if isinstance(parent, ast.Expr):
        return not isinstance(parent.value, ast.Call)
    return isinstance(parent, (ast.Raise, ast.JoinedStr)) or field == "msg"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_super(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
    )
