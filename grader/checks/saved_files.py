"""What lies in a file that `torch.save` has written, read without running it.

The file is a zip. One entry, `data.pkl`, is a pickle of what was saved, with a note in the place of each tensor's
numbers; these are entries of their own. A pickle is a program. Here its instructions are read with `pickletools` and
followed on a stack of plain values: nothing is imported, and nothing is called but what makes a tensor.
"""

from __future__ import annotations

import io
import math
import pickletools
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

LARGEST = 2**20
MOST_NUMBERS = 2**18
STORAGES = {
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
TENSOR, PARAMETER = "torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_parameter"
ORDERED = "collections OrderedDict"
PLAIN_NAMES = {TENSOR, PARAMETER, ORDERED, *(f"torch {name}" for name in STORAGES)}
"""Whom a file with tensors and plain data asks for, as `pickletools` writes it: module, space, name."""
OTHER_NAMES = {"torch Size", "torch device", "torch.serialization _get_layout"} | {
    f"torch {str(dtype).removeprefix('torch.')}" for dtype in STORAGES.values()
}
"""Who else is known to be harmless: `torch.load` with `weights_only` accepts them, too."""

LITERALS = {"BINUNICODE", "SHORT_BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"}
MADE: dict[str, Callable[[], object]] = {
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
}
IGNORED = {"PROTO", "FRAME", "STOP"}


class DamagedFile(ValueError):
    """The bytes are no file that `torch.save` writes."""


@dataclass(frozen=True)
class Foreign:
    """What only the code of this name could make: an object of a class, or a result of a function."""

    name: str


@dataclass(frozen=True)
class Saved:
    """What was saved: its value, with `Foreign` where code would be needed; all names that the file asks for;
    and how many bytes its tensors' memory takes.
    """

    value: object
    names: frozenset[str]
    nbytes: int

    @property
    def foreign(self) -> list[str]:
        """The names that are not known to be harmless."""
        return sorted(self.names - PLAIN_NAMES - OTHER_NAMES)


def read_saved(data: bytes) -> Saved:
    """What lies in these bytes. Raises DamagedFile."""
    if not data.startswith(
        b"PK\x03\x04"
    ):  # a zip is read from its end, and may come after anything
        raise DamagedFile("it does not begin as a zip does")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
            if sum(entry.file_size for entry in entries) > min(len(data), LARGEST):
                raise DamagedFile("its entries are larger than the file")
            parts = {entry.filename.partition("/")[2]: packed.read(entry) for entry in entries}
        reader = _Reader(parts)
        value = reader.read(parts["data.pkl"])
    except DamagedFile:
        raise
    except Exception as error:  # whatever zipfile, pickletools and torch say of bytes that are none
        raise DamagedFile(f"{type(error).__name__}: {error}"[:200]) from None
    nbytes = sum(len(data) for name, data in parts.items() if name.startswith("data/"))
    return Saved(value, frozenset(reader.names), nbytes)


@dataclass(frozen=True)
class _Name:
    text: str


@dataclass(frozen=True)
class _Storage:
    numbers: Tensor


class _Reader:
    """Follows the instructions of a pickle on a stack of plain values."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts, self.names = parts, set[str]()
        self.stack: list = []
        self.marks: list[int] = []
        self.memo: dict[int, object] = {}

    def read(self, pickled: bytes) -> object:
        for opcode, argument, _ in pickletools.genops(pickled):
            if opcode.name in LITERALS:
                self.stack.append(argument)
            elif opcode.name in MADE:
                self.stack.append(MADE[opcode.name]())
            elif opcode.name not in IGNORED:
                step = getattr(self, f"_{opcode.name.lower()}", None)
                if step is None:
                    raise DamagedFile(f"the instruction {opcode.name}, which no such file has")
                step(argument)
        (value,) = self.stack
        return value

    def _mark(self, _: object) -> None:
        self.marks.append(len(self.stack))

    def _since_mark(self) -> list:
        start = self.marks.pop()
        values = self.stack[start:]
        del self.stack[start:]
        return values

    def _last(self, count: int) -> list:
        return [self.stack.pop() for _ in range(count)][::-1]

    def _tuple(self, _: object) -> None:
        self.stack.append(tuple(self._since_mark()))

    def _tuple1(self, _: object) -> None:
        self.stack.append(tuple(self._last(1)))

    def _tuple2(self, _: object) -> None:
        self.stack.append(tuple(self._last(2)))

    def _tuple3(self, _: object) -> None:
        self.stack.append(tuple(self._last(3)))

    def _append(self, _: object) -> None:
        self._extend(self._last(1))

    def _appends(self, _: object) -> None:
        self._extend(self._since_mark())

    def _extend(self, values: list) -> None:
        if isinstance(self.stack[-1], list):
            self.stack[-1].extend(values)

    def _setitem(self, _: object) -> None:
        self._update(self._last(2))

    def _setitems(self, _: object) -> None:
        self._update(self._since_mark())

    def _update(self, values: list) -> None:
        if isinstance(self.stack[-1], dict):
            self.stack[-1].update(zip(values[::2], values[1::2], strict=True))

    def _binput(self, index: int) -> None:
        self.memo[index] = self.stack[-1]

    _long_binput = _binput

    def _binget(self, index: int) -> None:
        self.stack.append(self.memo[index])

    _long_binget = _binget

    def _global(self, name: str) -> None:
        self.names.add(name)
        self.stack.append(_Name(name))

    def _build(self, _: object) -> None:
        """The attributes of an object: of a state_dict, the versions of its modules."""
        self.stack.pop()

    def _newobj(self, _: object) -> None:
        kind, _arguments = self._last(2)
        self.stack.append(Foreign(kind.text))

    def _reduce(self, _: object) -> None:
        function, arguments = self._last(2)
        if function.text == ORDERED:
            self.stack.append({})
        elif function.text == PARAMETER:
            self.stack.append(arguments[0])
        elif function.text == TENSOR:
            self.stack.append(_tensor(*arguments[:4]))
        else:
            self.stack.append(Foreign(function.text))

    def _binpersid(self, _: object) -> None:
        """A note in the place of numbers: ("storage", kind, entry, device, count)."""
        _tag, kind, key, *_rest = self.stack.pop()
        data = bytearray(self.parts[f"data/{key}"])
        dtype = STORAGES[kind.text.removeprefix("torch ")]
        numbers = torch.frombuffer(data, dtype=dtype) if data else torch.empty(0, dtype=dtype)
        self.stack.append(_Storage(numbers))


def _tensor(storage: _Storage, offset: int, size: tuple, stride: tuple) -> Tensor:
    if math.prod(size) > MOST_NUMBERS:
        raise DamagedFile("a tensor that is larger than the file")
    return storage.numbers.as_strided(size, stride, offset).clone()
