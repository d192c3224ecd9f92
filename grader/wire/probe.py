"""What runs beside a student's code: calls of their functions, and probes.

A probe is a plain module-level function of ours whose first argument is the student's namespace. It
travels as source text, with the helpers, constants and imports that it names, and is compiled afresh
beside the student's code; `torch`, `nn`, `F` and `np` are there already. Whatever goes wrong in it becomes a `StudentError`; whatever comes back is plain data (see `grader.wire.codec`).

A student's code can read the probe that runs beside it. So a probe holds no expected answer: it
measures, and the check in the judge's process decides.
"""

from __future__ import annotations
import __future__ as future

import ast
import builtins
import contextlib
import dis
import functools
import inspect
import io
import linecache
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType, TracebackType
from typing import Literal, TypeAlias, TypeGuard

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from grader.wire.codec import Plain, WireError, plain

Kind: TypeAlias = Literal["raised", "missing", "timeout", "died", "malformed", "not_plain"]
PROVIDED = {"torch": torch, "nn": nn, "F": F, "np": np}
_ENTRY = "__probe__"
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

    @property
    def is_stub(self) -> bool:
        """Whether the code is as it was handed out. A module without `forward` raises the same error."""
        return self.type == "NotImplementedError" and 'required "forward"' not in self.message

    @property
    def is_unanswered(self) -> bool:
        """Whether there is nothing to judge yet: an untouched stub, or no such name."""
        return self.is_stub or self.kind == "missing"

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
    provided: dict[str, object] = {**PROVIDED, "__builtins__": builtins, "__name__": "probe"}
    exec(_compiled(source), provided)
    probe = provided[_ENTRY]
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
    """The source text of a probe and of what it names, without docstrings and comments.

    Functions and classes of the probe's own package travel as source, modules and what else is
    imported as imports, constants as literals. Raises ValueError, which names the reason, when
    something of it cannot run anywhere but here: a lambda, a closure, a method, a decorated function,
    an undefined name, an object that is no plain data.
    """
    if not isinstance(probe, FunctionType) or probe.__name__ == "<lambda>":
        raise ValueError(f"a probe must be a plain function, not {probe!r}")
    pieces: dict[str, str] = {}
    _bundle(probe, pieces, {})
    return "\n".join([*pieces.values(), f"{_ENTRY} = {probe.__name__}"])


def self_contained(parts: Iterable[tuple[str, str]], what: str) -> str:
    """Text that runs anywhere: sources, each with the name of the module that it is a part of, after
    all that they name.

    Raises ValueError, which begins with `what`, when something that they name cannot travel.
    """
    pieces: dict[str, str] = {}
    known: dict[str, object] = {}
    sources = []
    for source, module in parts:
        _bundle_what_it_names(source, module, what, pieces, known)
        sources.append(source)
    provided = [_definition(name, value, what) for name, value in PROVIDED.items()]
    return "\n".join([*provided, *pieces.values(), *sources])


def _bundle(item: FunctionType | type, pieces: dict[str, str], known: dict[str, object]) -> None:
    """Add the source of a function or class to `pieces`, after that of everything it names.

    known: what the names in `pieces` stand for.
    """
    name, source = item.__name__, _stripped_source(item)
    _claim(name, item, known)
    _bundle_what_it_names(source, item.__module__, f"probe {name}", pieces, known)
    pieces[name] = source


def _bundle_what_it_names(
    source: str, home: str, what: str, pieces: dict[str, str], known: dict[str, object]
) -> None:
    """Add to `pieces` what `source`, a part of the module called `home`, names there."""
    module = vars(sys.modules[home])
    undefined = []
    for used in sorted(_globals_used(_compiled(source)) - set(PROVIDED) - set(vars(builtins))):
        if used not in module:
            undefined.append(used)
            continue
        value = module[used]
        if not _travels(value, home):
            _claim(used, value, known)
            pieces[used] = _definition(used, value, what)
        elif value not in known.values():
            _bundle(value, pieces, known)
        if _travels(value, home) and used != value.__name__:
            _claim(used, value, known)
            pieces[used] = f"{used} = {value.__name__}"
    if undefined:
        raise ValueError(f"{what} uses undefined names: {', '.join(undefined)}")


def _stripped_source(item: FunctionType | type) -> str:
    """Without docstring and comments. Raises ValueError for what is more than a plain definition."""
    name = item.__qualname__
    if "." in name or name == "<lambda>":
        raise ValueError(f"probe {name} must be a function or class at the top of its module")
    node = ast.parse(textwrap.dedent(inspect.getsource(item))).body[0]
    assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
    if node.decorator_list:
        raise ValueError(f"probe {name} must be plain, without decorators")
    if ast.get_docstring(node) is not None and len(node.body) > 1:
        node.body = node.body[1:]
    return ast.unparse(node)


def _claim(name: str, value: object, known: dict[str, object]) -> None:
    """Note what a name stands for: two modules may use one name for two things."""
    other = known.setdefault(name, value)
    if other is not value and other != value:
        raise ValueError(f"two things that a probe needs are called {name}: rename one of them")


def _travels(value: object, home: str) -> TypeGuard[FunctionType | type]:
    """Whether it is a function or class of a module of checks, as `home` is, and travels as source."""
    packages = {"grader", home.partition(".")[0]}
    module = str(getattr(value, "__module__", ""))
    there = module.startswith("grader.wire.")
    return (
        isinstance(value, (FunctionType, type))
        and module.partition(".")[0] in packages
        and not there
    )


def _definition(name: str, value: object, what: str) -> str:
    """A line that gives `name` this value anywhere."""
    if isinstance(value, ModuleType):
        same = value.__name__ == name
        return f"import {name}" if same else f"import {value.__name__} as {name}"
    if isinstance(value, (FunctionType, BuiltinFunctionType, type)) and value.__module__:
        return f"from {value.__module__} import {value.__qualname__} as {name}"
    try:
        ast.literal_eval(repr(value))
    except (ValueError, SyntaxError):
        kind = type(value).__name__
        raise ValueError(f"{what} uses {name}, of type {kind}, which cannot travel") from None
    return f"{name} = {value!r}"


def restore_torch_state() -> None:
    """torch's global state as it is at the start, whatever a cell has set."""
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    if torch.are_deterministic_algorithms_enabled():  # else this would import a compiler
        torch.use_deterministic_algorithms(False)
    if torch.get_default_device().type != "cpu":
        torch.set_default_device(None)


@contextlib.contextmanager
def torch_state_as_at_the_start() -> Iterator[None]:
    """`restore_torch_state` for a while; then what a notebook has set counts again."""
    dtype, recording = torch.get_default_dtype(), torch.is_grad_enabled()
    device, deterministic = torch.get_default_device(), torch.are_deterministic_algorithms_enabled()
    restore_torch_state()
    try:
        yield
    finally:
        restore_torch_state()
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(recording)
        if deterministic:
            torch.use_deterministic_algorithms(True)
        if device.type != "cpu":
            torch.set_default_device(device)


def use_reference(namespace: dict[str, object], cells: Sequence[str], names: Sequence[str]) -> None:
    """Put what the chapter's own cells define by these names into a student's namespace.

    The cells run in a namespace of their own, silently. Raises StudentError when they cannot.
    """
    reference: dict[str, object] = {"__name__": "reference"}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            for source in cells:
                exec(compile(source, "<reference>", "exec", dont_inherit=True), reference)
    except Exception as error:
        reason = f"the reference implementations do not run here: {type(error).__name__}"
        raise StudentError("RuntimeError", reason) from None
    namespace.update({name: reference[name] for name in names})


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
