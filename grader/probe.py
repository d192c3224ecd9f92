"""What runs beside a student's code: calls of their functions, and probes.

A probe is a plain module-level function of ours whose first argument is the student's namespace. It
travels as source text and is compiled afresh beside the student's code, so it must be self-contained:
it may use `torch`, `nn`, `F`, `np` and builtins, and what it imports itself. Whatever goes wrong in it
becomes a `StudentError`; whatever comes back is plain data (see `grader.wire`).

A student's code can read the probe that runs beside it. So a probe holds no expected answer: it
measures, and the check in the judge's process decides.
"""

from __future__ import annotations
import __future__ as future

import ast
import builtins
import dis
import functools
import inspect
import linecache
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType, TracebackType
from typing import Literal, TypeAlias

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from grader.wire import Plain, WireError, plain

Kind: TypeAlias = Literal["raised", "missing", "timeout", "died", "malformed", "not_plain"]
PROVIDED = {"torch": torch, "nn": nn, "F": F, "np": np}
MAX_MESSAGE = 500
MAX_LINE = 200


@dataclass(eq=False)
class StudentError(Exception):
    """What an exception in a student's code is reduced to. Never holds a traceback of ours.

    type: name of the exception's class ("NotImplementedError" for a stub left as it was).
    message: its text, at most 500 characters. line and source_line: the innermost line of the student's
    own cell that it passed through, if any. kind: "raised" by the code, function "missing", "timeout",
    process "died", answer "malformed", or result "not_plain" data.
    """

    type: str
    message: str
    line: int | None = None
    source_line: str | None = None
    kind: Kind = "raised"

    def __str__(self) -> str:
        where = f" (line {self.line}: {self.source_line})" if self.line and self.source_line else ""
        return f"{self.type}: {self.message}{where}" if self.message else f"{self.type}{where}"


def call(
    namespace: Mapping[str, object], name: str, args: list[object], kwargs: dict[str, object]
) -> Plain:
    """The plain result of the student's function `name`. Raises StudentError."""
    if name not in namespace:
        raise StudentError("NameError", f"`{name}` is not defined", kind="missing")
    function = namespace[name]
    if not callable(function):
        raise StudentError(
            "TypeError",
            f"`{name}` should be a function, but it is {_short_type(function)}",
            kind="missing",
        )
    return _reduced(namespace, lambda: function(*args, **kwargs))


def run(namespace: Mapping[str, object], source: str, inputs: Mapping[str, object]) -> Plain:
    """The plain result of `probe(namespace, **inputs)` for a probe's source. Raises StudentError."""
    code = _compiled(source)
    provided: dict[str, object] = {**PROVIDED, "__builtins__": builtins, "__name__": "probe"}
    exec(code, provided)
    probe = next(value for value in provided.values() if _is_probe(value, code.co_filename))
    assert isinstance(probe, FunctionType)
    return _reduced(namespace, lambda: _asked(probe, namespace, inputs))


def _asked(
    probe: FunctionType, namespace: Mapping[str, object], inputs: Mapping[str, object]
) -> object:
    """The probe's result. A name that it looks up and the student has not defined is "missing"."""
    try:
        return probe(namespace, **inputs)
    except KeyError as error:
        *_, (frame, _) = _frames(error.__traceback__)
        name = error.args[0] if error.args else None
        ours = frame.f_code.co_filename == probe.__code__.co_filename
        if ours and isinstance(name, str) and name not in namespace:
            raise StudentError("NameError", f"`{name}` is not defined", kind="missing") from None
        raise


@functools.cache
def source_of(probe: Callable[..., object]) -> str:
    """The source text of a probe, without its docstring and comments.

    Raises ValueError, which names the reason, when the probe cannot run anywhere but here: a lambda, a
    closure, a method, a decorated function, or one that uses a global name other than the provided ones.
    """
    if not isinstance(probe, FunctionType) or probe.__name__ == "<lambda>":
        raise ValueError(f"a probe must be a plain function, not {probe!r}")
    name = probe.__qualname__
    if probe.__closure__ or "." in name:
        raise ValueError(f"probe {name} must stand at the top of its module")
    tree = ast.parse(textwrap.dedent(inspect.getsource(probe)))
    function = tree.body[0]
    if not isinstance(function, ast.FunctionDef) or function.decorator_list:
        raise ValueError(f"probe {name} must be a plain function without decorators")
    strangers = sorted(_globals_used(probe.__code__) - set(PROVIDED) - set(vars(builtins)) - {name})
    if strangers:
        raise ValueError(
            f"probe {name} uses {', '.join(strangers)}; only {', '.join(PROVIDED)} and builtins are there"
        )
    if ast.get_docstring(function) is not None and len(function.body) > 1:
        function.body = function.body[1:]
    return ast.unparse(function)


def reduce(error: BaseException, namespace: Mapping[str, object]) -> StudentError:
    """What of an exception may leave the student's process: its type, text, and line in a cell.

    A line belongs to a cell when its code ran with `namespace` as its globals.
    """
    if isinstance(error, StudentError):
        return error
    line, source_line = None, None
    for frame, number in _frames(error.__traceback__):
        if frame.f_globals is namespace:
            line = number
            source_line = linecache.getline(frame.f_code.co_filename, number).strip()[:MAX_LINE]
    return StudentError(type(error).__name__[:100], _message(error), line, source_line or None)


def _reduced(namespace: Mapping[str, object], function: Callable[[], object]) -> Plain:
    try:
        result = function()
    except KeyboardInterrupt:  # in a notebook the student pressed "stop"
        raise
    except BaseException as error:
        raise reduce(error, namespace) from None
    try:
        return plain(result)
    except WireError as error:
        raise StudentError("TypeError", str(error)[:MAX_MESSAGE], kind="not_plain") from None


def _message(error: BaseException) -> str:
    try:
        text = str.__str__(str(error))
    except BaseException as second:
        return f"(its text could not be made: {type(second).__name__[:100]})"
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"


def _frames(traceback: TracebackType | None) -> Iterator[tuple]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def _short_type(value: object) -> str:
    return f"of type {type(value).__name__[:100]}"


@functools.cache
def _compiled(source: str) -> CodeType:
    return compile(source, "<probe>", "exec", future.annotations.compiler_flag, dont_inherit=True)


def _is_probe(value: object, filename: str) -> bool:
    return isinstance(value, FunctionType) and value.__code__.co_filename == filename


def _globals_used(code: CodeType) -> set[str]:
    names = {
        str(step.argval)
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
    }
    # A class body reads its own names as if they were global ones.
    names -= {step.argval for step in dis.get_instructions(code) if step.opname == "STORE_NAME"}
    names -= {"__name__"}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _globals_used(constant)
    return names
