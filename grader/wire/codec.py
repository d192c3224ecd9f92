"""Plain data to bytes and back: all that ever passes between the judge and a student's process.

A message is a JSON text and the raw bytes of the tensors in it, never a pickle. Reading one runs no
code that the message names, and every size is checked before memory is spent on it, because the
sender may be hostile. Layout: 4 bytes length of the JSON text (big endian), the text, the tensors'
bytes one after the other; the text, with what stands before it, and the bytes of each tensor are filled up to a
multiple of ALIGNMENT. The text is `[tree, [[dtype, shape], ...]]`. In a tree None, bools, ints, finite floats and
strings stand for themselves; everything else is a tagged array: `["list", ...]`, `["dict", [key, value], ...]`,
`["tensor", index]` (`["array", index]` for what was a numpy array), `["float", "nan" | "inf" | "-inf"]`.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn, TypeAlias

import numpy as np
import torch

Plain: TypeAlias = (
    "bool | int | float | str | list[Plain] | dict[str | int, Plain] | torch.Tensor | None"
)


class WireError(ValueError):
    """The bytes are not a well-formed message, or the value is not plain data."""


@dataclass(frozen=True)
class WireLimits:
    """What a message may cost the one who reads it.

    max_bytes: length of the whole message. max_items: separators in the JSON text, which bounds the
    number of objects made from it. max_depth: lists and dicts inside each other. max_dims: dimensions
    of a tensor. max_digits: digits of an integer.
    """

    max_bytes: int = 64 * 2**20
    max_items: int = 1_000_000
    max_depth: int = 40
    max_dims: int = 16
    max_digits: int = 400


DEFAULT = WireLimits()
DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
        torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128,
    )
}  # fmt: skip
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_MAX_DIM = 2**40
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
ALIGNMENT = 16
"""Bytes; the numbers of every dtype stand at a multiple of it, as in memory of their own."""
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIGITS_AS_ZEROS = bytes(48 if 48 <= byte < 58 else 32 for byte in range(256))


def encode(value: object, limits: WireLimits = DEFAULT) -> bytes:
    """The message for `value`; see `parts_of`."""
    return b"".join(parts_of(value, limits))


def parts_of(value: object, limits: WireLimits = DEFAULT) -> list[bytes | memoryview]:
    """The message for `value`, which `plain` brings to its normal form first, in parts that follow each other.

    The bytes of tensors are not copied: they must stay as they are until the message has been sent. Raises
    WireError when the value is not plain data or its message would exceed `limits`.
    """
    tensors: list[torch.Tensor] = []
    tree = _to_tree(plain(value, limits.max_depth), tensors)
    nbytes = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    if nbytes > limits.max_bytes:
        raise WireError(
            f"the tensors take {nbytes:,} bytes; at most {limits.max_bytes:,} can be sent"
        )
    shapes = [[_NAMES[tensor.dtype], list(tensor.shape)] for tensor in tensors]
    text = _ENCODER.encode([tree, shapes]).encode()
    text += b" " * _missing(4 + len(text))
    parts = [struct.pack(">I", len(text)) + text, *_bytes_of(tensors)]
    size = sum(map(len, parts))
    if size > limits.max_bytes:
        raise WireError(f"the value takes {size:,} bytes; at most {limits.max_bytes:,} can be sent")
    return parts


def _bytes_of(tensors: list[torch.Tensor]) -> Iterator[bytes | memoryview]:
    for tensor in tensors:
        if tensor.dtype is torch.bfloat16:  # which numpy does not know
            tensor = tensor.view(torch.int16)
        content = tensor.contiguous().numpy().reshape(-1).view(np.uint8).data
        if content:
            yield content
        if missing := _missing(len(content)):
            yield bytes(missing)


def _missing(size: int) -> int:
    """Bytes from `size` to the next multiple of ALIGNMENT."""
    return -size % ALIGNMENT


def decode(data: bytes | bytearray | memoryview, limits: WireLimits = DEFAULT) -> Plain:
    """The value of a message. Raises WireError, and nothing else, for whatever is not one.

    The tensors lie in `data`, where that can be written to, and else in a copy.
    """
    view = memoryview(data)
    if len(view) > limits.max_bytes:
        raise WireError(f"a message of {len(view):,} bytes; at most {limits.max_bytes:,} are read")
    if len(view) < 4:
        raise WireError(f"a message of {len(view)} bytes; the first 4 hold the length of its text")
    (length,) = struct.unpack(">I", view[:4])
    if length > len(view) - 4:
        raise WireError(f"the text should take {length:,} bytes, but {len(view) - 4:,} are there")
    document = _parse(bytes(view[4 : 4 + length]), limits)
    if not (isinstance(document, list) and len(document) == 2 and isinstance(document[1], list)):
        raise WireError("the text is not a pair of a value and a list of tensors")
    raw = view[4 + length :]
    tensors = _read_tensors(
        document[1], memoryview(bytearray(raw)) if raw.readonly else raw, limits
    )
    return _from_tree(document[0], tensors, limits.max_depth)


def plain(value: object, max_depth: int = DEFAULT.max_depth) -> Plain:
    """The normal form of plain data, as it would arrive at the other end of a wire.

    numpy scalars and fractions become Python numbers; arrays, Parameters and tensor subclasses become plain detached
    CPU tensors; tuples become lists; subclasses of int, float, str, list and dict become those. Tensors
    keep the memory that they have. Raises WireError naming the type of anything else.
    """
    if type(value) is str:
        return _text(value)
    if value is None or type(value) is bool or type(value) is float:
        return value
    if type(value) is torch.Tensor:
        return _plain_tensor(value)
    if type(value) in (list, tuple, dict) and max_depth <= 0:
        raise WireError("lists and dicts are nested too deeply, or contain themselves")
    if type(value) is list or type(value) is tuple:
        return [plain(item, max_depth - 1) for item in value]
    if type(value) is dict:
        return {_plain_key(key): plain(item, max_depth - 1) for key, item in value.items()}
    return _plain_of_another_type(value, max_depth)


def _plain_of_another_type(value: object, max_depth: int) -> Plain:
    """As `plain`, for integers, which may be too large, and for what has a normal form of another type."""
    if isinstance(value, int):
        if int.bit_length(value) > DEFAULT.max_digits * 3:
            raise WireError(f"an integer of {int.bit_length(value):,} bits is not plain data")
        return int.__pos__(value)
    if isinstance(value, torch.Tensor):
        return _plain_tensor(value)
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, np.generic):
        value = value.item()
        if not isinstance(value, (bool, int, float, str)):
            raise WireError(f"{_kind(value)} is not plain data")
        return plain(value)
    if isinstance(value, float):
        return float.__pos__(value)
    if isinstance(value, Fraction):
        return plain(float(value))
    if isinstance(value, str):
        return _text(str.__str__(value))
    if isinstance(value, list):
        return plain(list(list.__iter__(value)), max_depth)
    if isinstance(value, tuple):
        return plain(list(tuple.__iter__(value)), max_depth)
    if isinstance(value, dict):
        return plain(dict(dict.items(value)), max_depth)
    raise WireError(
        f"{_kind(value)} is not plain data: only None, bool, int, float, str, list, tuple, dict, "
        "tensors and arrays are"
    )


def _text(text: str) -> str:
    """Without halves of surrogate pairs, which UTF-8 does not have."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _kind(value: object) -> str:
    return f"a value of type {type(value).__name__!s:.80}"


def _plain_key(key: object) -> str | int:
    if type(key) is str:
        return _text(key)
    if isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)):
        normal = plain(key)
        assert isinstance(normal, (str, int))
        return normal
    raise WireError(f"a dict key must be a str or an int, not {_kind(key)}")


def _plain_tensor(value: torch.Tensor) -> torch.Tensor:
    with torch._C.DisableTorchFunctionSubclass():
        if value.dtype not in _NAMES:
            raise WireError(f"a tensor of dtype {value.dtype} cannot be sent")
        if value.layout is not torch.strided or value.is_meta or value.is_nested:
            raise WireError(f"a tensor of layout {value.layout} on {value.device} cannot be sent")
        more = value.requires_grad or value.is_conj() or value.is_neg()
        if type(value) is torch.Tensor and value.is_cpu and not more:
            return value
        tensor = value.detach().cpu().resolve_conj().resolve_neg()
        tensor = torch.Tensor.as_subclass(tensor, torch.Tensor)
        return _from_numpy(tensor) if is_array(value) else tensor


def _plain_array(value: np.ndarray) -> torch.Tensor:
    try:
        tensor = torch.from_numpy(np.array(value, order="C", subok=False))
    except TypeError:
        raise WireError(f"an array of dtype {value.dtype} cannot be sent") from None
    return _plain_tensor(_from_numpy(tensor))


def _from_numpy(tensor: torch.Tensor) -> torch.Tensor:
    tensor.from_numpy = True  # type: ignore[attr-defined]
    return tensor


def is_array(tensor: torch.Tensor) -> bool:
    """Whether a tensor was a numpy array before it crossed."""
    return tensor.__dict__.get("from_numpy") is True


def _to_tree(value: Plain, tensors: list[torch.Tensor]) -> object:
    if isinstance(value, torch.Tensor):
        tensors.append(value)
        return ["array" if is_array(value) else "tensor", len(tensors) - 1]
    if isinstance(value, list):
        return ["list", *[_to_tree(item, tensors) for item in value]]
    if isinstance(value, dict):
        return ["dict", *[[key, _to_tree(item, tensors)] for key, item in value.items()]]
    if isinstance(value, float) and not math.isfinite(value):
        return ["float", "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"]
    return value


def _parse(text: bytes, limits: WireLimits) -> object:
    """The JSON text, as lists and what stands for itself. Not yet refused: floats that are not finite."""
    commas = text.count(b",") + text.count(b"[")
    if commas > limits.max_items:
        outside = _STRING.sub(b"", text)
        if outside.count(b",") + outside.count(b"[") > limits.max_items:
            raise WireError(f"the text holds more than {limits.max_items:,} items")
    # Before the parser spends time on it, which grows with the square of the digits.
    decoder = _DECODER
    if b"0" * (limits.max_digits + 1) in text.translate(_DIGITS_AS_ZEROS):
        decoder = _reading_at_most(limits.max_digits)
    try:
        return decoder.decode(text.decode("utf-8"))
    except WireError:
        raise
    except (ValueError, RecursionError) as error:
        raise WireError(f"the text is not JSON that can be read: {type(error).__name__}") from None


def _refuse(*_: object) -> NoReturn:
    raise WireError("the text holds an object or a constant that a message never has")


_DECODER = json.JSONDecoder(object_pairs_hook=_refuse, parse_constant=_refuse)


def _reading_at_most(max_digits: int) -> json.JSONDecoder:
    """A decoder that looks at every integer before it reads it."""

    def read_int(digits: str) -> int:
        if len(digits) > max_digits:
            raise WireError(f"an integer of {len(digits):,} digits; at most {max_digits} are read")
        return int(digits)

    return json.JSONDecoder(object_pairs_hook=_refuse, parse_constant=_refuse, parse_int=read_int)


def _read_tensors(
    described: list[object], raw: memoryview, limits: WireLimits
) -> list[torch.Tensor]:
    tensors = []
    offset = 0
    for entry in described:
        if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], list)):
            raise WireError("a tensor must be described by its dtype and its shape")
        name, shape = entry
        if not isinstance(name, str) or name not in DTYPES:
            raise WireError(f"a tensor of dtype {str(name)[:40]!r} is not read")
        if len(shape) > limits.max_dims or not all(
            type(size) is int and 0 <= size <= _MAX_DIM for size in shape
        ):
            raise WireError("a tensor's shape must be a short list of sizes")
        # Empty tensors too must have strides that fit into 64 bits.
        if math.prod(max(size, 1) for size in shape) > _MAX_DIM:
            raise WireError("a tensor's shape is too large")
        dtype = DTYPES[name]
        nbytes = math.prod(shape) * dtype.itemsize
        if nbytes > len(raw) - offset:
            raise WireError(f"a tensor of {nbytes:,} bytes, but {len(raw) - offset:,} are left")
        tensors.append(_tensor(raw[offset : offset + nbytes], dtype, shape))
        offset += nbytes + _missing(nbytes)
    if offset != len(raw):
        raise WireError(f"{len(raw) - offset:,} bytes belong to no tensor")
    return tensors


def _tensor(raw: memoryview, dtype: torch.dtype, shape: list[int]) -> torch.Tensor:
    if len(raw) == 0:
        return torch.empty(shape, dtype=dtype)
    if dtype is torch.bool:  # a byte other than 0 and 1 would be a bool that is neither
        return torch.frombuffer(raw, dtype=torch.uint8).ne(0).reshape(shape)
    return torch.frombuffer(raw, dtype=dtype).reshape(shape)


def _from_tree(tree: object, tensors: list[torch.Tensor], depth: int) -> Plain:
    if type(tree) is str:
        return _text(tree)
    if tree is None or type(tree) is bool or type(tree) is int:
        return tree
    if type(tree) is float:
        if not math.isfinite(tree):
            raise WireError("a number that no float can hold")
        return tree
    if depth < 0:
        raise WireError("lists and dicts are nested too deeply")
    if type(tree) is not list or not tree:
        raise WireError("a value without a tag")
    tag, *rest = tree
    if tag == "list":
        return [_from_tree(item, tensors, depth - 1) for item in rest]
    if tag == "dict":
        return _dict(rest, tensors, depth - 1)
    known = len(rest) == 1 and type(rest[0]) is int and 0 <= rest[0] < len(tensors)
    if tag in ("tensor", "array") and known:
        tensor = tensors[rest[0]]
        return _from_numpy(tensor) if tag == "array" else tensor
    if tag == "float" and len(rest) == 1 and isinstance(rest[0], str) and rest[0] in _NOT_FINITE:
        return _NOT_FINITE[rest[0]]
    raise WireError("a value with an unknown tag or a wrong content")


def _dict(pairs: list[object], tensors: list[torch.Tensor], depth: int) -> dict[str | int, Plain]:
    result: dict[str | int, Plain] = {}
    for pair in pairs:
        if not (type(pair) is list and len(pair) == 2 and type(pair[0]) in (str, int)):
            raise WireError("a dict entry must be a str or int key and a value")
        key = _plain_key(pair[0])
        if key in result:
            raise WireError("a dict with the same key twice")
        result[key] = _from_tree(pair[1], tensors, depth)
    return result
