"""The mistakes of declarative checks (`grader.checks.compare`) as answers that commit them.

Each becomes code of its own, made from the source of the function that a check names for it, so that it
can be judged like any wrong answer, in the sandbox, too.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from types import FunctionType
from typing import Any

from grader.authoring.catalogue import Answer, reference
from grader.checks.compare import compares
from grader.checks.exercise import Exercise
from grader.wire.probe import self_contained


def wrong_functions(chapter: str, exercise: Exercise) -> list[Answer]:
    """A wrong answer for each mistake that a declarative check of the exercise names, in their order.

    Raises ValueError, which names check and mistake, when a function cannot stand alone.
    """
    found = []
    for entry in exercise.checks():
        declared = getattr(entry.function, "__self__", None)
        if not isinstance(declared, compares):
            continue
        for sentence, mistake in declared.mistakes.items():
            code = _code(chapter, exercise, declared, mistake, f"{entry.id}, {sentence!r}")
            name = f"{entry.id}: {sentence}"
            found.append(Answer(chapter, exercise.name, name, code, False, entry.id, sentence))
    return found


def _code(
    chapter: str,
    exercise: Exercise,
    declared: compares,
    mistake: Callable[..., object],
    what: str,
) -> str:
    """The exercise's function with this mistake in it, after the exercise's other functions, if any."""
    name = declared.function or exercise.name
    functions = {"_mistake": mistake}
    if declared.part is None:
        last = f"{name} = _mistake"
    else:
        functions["_right"] = exercise.right  # type: ignore[attr-defined]
        last = _part(name, declared.part)
    parts = [(_source(f, called, what), f.__module__) for called, f in functions.items()]
    code = f"{self_contained(parts, what)}\n{last}\n"
    return f"{reference(chapter, exercise.name)}\n\n\n{code}" if declared.function else code


def _part(name: str, part: int) -> str:
    """A function that is right in all parts of its result but this one."""
    return textwrap.dedent(
        f"""
        def {name}(*inputs, **named):
            parts = list(_right(*inputs, **named))
            parts[{part}] = _mistake(*inputs, **named)
            return tuple(parts)
        """
    )


def _source(function: Callable[..., object], name: str, what: str) -> str:
    """Text that defines this function by this name."""
    if not isinstance(function, FunctionType) or function.__closure__:
        raise ValueError(f"{what}: {function!r} is no function that can stand alone")
    if function.__name__ == "<lambda>":
        return f"{name} = {ast.unparse(_lambda(function))}"
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    node.name, node.decorator_list = name, []
    return ast.unparse(node)


def _lambda(function: FunctionType) -> ast.Lambda:
    """The innermost lambda in its module whose body holds all places that the compiled code remembers."""
    module, code = sys.modules[function.__module__], function.__code__
    # Instructions that stand for no text have no place, or one without width. So has a constant in Python 3.12.
    places = [place for place in code.co_positions() if place[2] != place[3]]
    found = [
        node
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Lambda)
        and node.lineno == code.co_firstlineno
        and all(_holds(node.body, place) for place in places)
    ]
    if not found or (len(found) > 1 and not places):
        line = f"line {code.co_firstlineno} of {module.__name__}"
        raise ValueError(f"{line} has changed since it was imported, or holds several lambdas")
    return found[-1]  # `ast.walk` comes last to what lies innermost


def _holds(node: ast.expr, place: tuple[Any, Any, Any, Any]) -> bool:
    line, end_line, column, end_column = place
    begins = (node.lineno, node.col_offset) <= (line, column)
    return begins and (end_line, end_column) <= (node.end_lineno, node.end_col_offset)
