"""Plain data survives the wire; nothing else does, in either direction."""

from __future__ import annotations

import json
import math
import random
import struct

import numpy as np
import pytest
import torch
from torch import nn

from grader.wire.codec import ALIGNMENT, DTYPES, WireError, WireLimits, decode, encode, plain


def message(text: str | bytes, tensors: bytes = b"") -> bytes:
    raw = text.encode() if isinstance(text, str) else text
    return struct.pack(">I", len(raw)) + raw + tensors


def same(a: object, b: object) -> bool:
    if isinstance(a, torch.Tensor):
        return (
            type(b) is torch.Tensor
            and a.dtype == b.dtype
            and a.shape == b.shape
            and bool(torch.equal(a.nan_to_num(), b.nan_to_num()))
        )
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, float) and math.isnan(a):
        return isinstance(b, float) and math.isnan(b)
    return type(a) is type(b) and a == b


def random_value(rng: random.Random, depth: int) -> object:
    leaves = [
        lambda: None,
        lambda: rng.random() < 0.5,
        lambda: rng.choice([0, -1, 2**63, -(10**30), rng.randrange(10**6)]),
        lambda: rng.choice([0.0, -0.0, 1e-320, 1.5, math.pi, math.nan, math.inf, -math.inf]),
        lambda: rng.choice(["", "ü😀", '"\\\n\0', "[", "nan", '["list"]']),
        lambda: torch.randn(rng.choice([(), (0,), (3,), (2, 0, 4), (2, 3)])),
        lambda: torch.randint(0, 2, (4,)).bool(),
    ]
    if depth == 0 or rng.random() < 0.5:
        return rng.choice(leaves)()
    items = [random_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    if rng.random() < 0.5:
        return items
    return {rng.choice([f"k{i}", i]): item for i, item in enumerate(items)}


def test_random_values_come_back_the_same():
    rng = random.Random(1)
    torch.manual_seed(1)
    for _ in range(300):
        value = random_value(rng, 4)
        assert same(value, decode(encode(value))), value


@pytest.mark.parametrize("name", sorted(DTYPES))
def test_every_dtype_and_odd_layouts(name: str):
    tensor = (torch.arange(12).reshape(3, 4) % 3).to(DTYPES[name])
    for view in (tensor, tensor.T, tensor[::2, 1:], tensor[0, 0], tensor.expand(2, 3, 4)):
        assert same(view.contiguous(), decode(encode(view)))


def test_conjugate_and_negative_views_keep_their_values():
    z = torch.tensor([1 + 2j, 3 - 1j])
    assert decode(encode(z.conj())).tolist() == [1 - 2j, 3 + 1j]
    assert decode(encode(z.conj().imag)).tolist() == [-2.0, 1.0]


class Odd(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        raise RuntimeError("no function works on me")


class FunnyInt(int):
    def __int__(self) -> int:
        return 99


def test_plain_reduces_to_base_types():
    weight = nn.Parameter(torch.ones(2))
    value = plain(
        {
            "a": (np.float32(0.5), np.int64(3), np.bool_(True)),
            1: weight,
            "f": FunnyInt(4),
            "n": None,
        }
    )
    assert value == {"a": [0.5, 3, True], 1: value[1], "f": 4, "n": None}
    assert type(value["a"][2]) is bool and type(value["f"]) is int
    assert type(value[1]) is torch.Tensor and not value[1].requires_grad
    odd = plain(torch.ones(2).as_subclass(Odd))
    assert type(odd) is torch.Tensor and odd.tolist() == [1, 1]
    assert same(plain(np.arange(3.0)[::-1]), torch.tensor([2.0, 1.0, 0.0], dtype=torch.float64))


def test_a_message_is_a_snapshot_and_its_tensors_are_apart():
    """They lie in one buffer, each where memory of its own might begin, and change alone."""
    tensors = [
        torch.zeros(3),
        torch.zeros(1, dtype=torch.uint8),
        torch.zeros(2, dtype=torch.complex128),
    ]
    message = bytearray(encode(tensors))
    tensors[0] += 1
    first, *others = decode(message)
    assert first.tolist() == [0, 0, 0]
    first += 1
    assert all(not other.any() for other in others)
    places = {(tensor.data_ptr() - first.data_ptr()) % ALIGNMENT for tensor in others}
    assert places == {0} and len(message) % ALIGNMENT == 0
    assert first.untyped_storage().nbytes() == 12  # of which nothing else is in reach


def test_lone_surrogates_are_replaced_both_ways():
    assert decode(encode("a\ud800b")) == "a\ufffdb"
    assert decode(message(r'["list","\ud800"]'.join(["[", ",[]]"]))) == ["\ufffd"]


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (object(), "object"),
        ({1, 2}, "set"),
        (lambda: 1, "function"),
        (nn.Linear(1, 1), "Linear"),
        (torch.float32, "dtype"),
        (1 + 2j, "complex"),
        (b"x", "bytes"),
        ({1.5: 2}, "float"),
        ({True: 2}, "bool"),
        (np.array(["x"]), "<U1"),
        (np.array([object()]), "object"),
        (torch.eye(2).to_sparse(), "sparse"),
        (torch.empty(2, device="meta"), "meta"),
        pytest.param(10**5000, "bits", id="a giant integer"),
    ],
)
def test_what_is_not_plain_is_named(value: object, named: str):
    for function in (plain, encode):
        with pytest.raises(WireError, match=named):
            function([value])


def test_a_list_that_contains_itself():
    loop: list = []
    loop.append(loop)
    with pytest.raises(WireError, match="contain themselves"):
        encode(loop)


def test_too_large_to_send():
    with pytest.raises(WireError, match="at most 1,000"):
        encode(torch.zeros(1000), WireLimits(max_bytes=1000))
    with pytest.raises(WireError, match="at most 1,000"):
        encode("x" * 2000, WireLimits(max_bytes=1000))


MALFORMED = {
    "empty": b"",
    "short": b"\0\0",
    "text longer than the message": struct.pack(">I", 100) + b"[]",
    "not utf-8": message(b'["\xff",[]]'),
    "not json": message("[1,"),
    "not a pair": message("[1]"),
    "an object": message('[{"a":1},[]]'),
    "no list of tensors": message("[1,2]"),
    "NaN as a constant": message("[NaN,[]]"),
    "Infinity as a constant": message("[-Infinity,[]]"),
    "a float that is none": message("[1e999,[]]"),
    "such a float in a dict": message('[["dict",["a",["list",1,-1e999]]],[]]'),
    "a giant integer": message(f"[{'9' * 5000},[]]"),
    "an integer beyond the limit": message(f"[{'9' * 401},[]]"),
    "such an integer behind a text": message(f'[["list","{"1" * 401}",-{"9" * 401}],[]]'),
    "nested without end": message("[" * 200_000),
    "nested too deeply": message('["list",' * 50 + "1" + "]" * 50 + ",[]]"),
    "deep pair": message("[" + '["list",' * 45 + "1" + "]" * 45 + ",[]]"),
    "an empty array": message("[[],[]]"),
    "an unknown tag": message('[["object",1],[]]'),
    "a tag that is no string": message("[[1,2],[]]"),
    "a wrong float": message('[["float","1.5"],[]]'),
    "a float tag with a list": message('[["float",["list"]],[]]'),
    "a tensor that is not there": message('[["tensor",0],[]]'),
    "a negative tensor": message('[["tensor",-1],[["uint8",[1]]]]', b"x"),
    "a tensor index that is a bool": message('[["tensor",false],[["uint8",[1]]]]', b"x"),
    "a dict with a float key": message('[["dict",[1.5,1]],[]]'),
    "a dict with a bool key": message('[["dict",[true,1]],[]]'),
    "a dict with a key twice": message('[["dict",["a",1],["a",2]],[]]'),
    "a dict entry of three": message('[["dict",["a",1,2]],[]]'),
    "an unknown dtype": message('[1,[["object",[1]]]]', b"12345678"),
    "a dtype that is a list": message('[1,[[["float32"],[1]]]]', b"1234"),
    "too few bytes": message('[1,[["float32",[2]]]]', b"1234"),
    "bytes left over": message('[1,[["float32",[1]]]]', b"12345"),
    "a negative size": message('[1,[["float32",[-1]]]]'),
    "two negative sizes": message('[1,[["float32",[-1,-1]]]]', b"1234"),
    "a bool as a size": message('[1,[["float32",[true]]]]', b"1234"),
    "a float as a size": message('[1,[["float32",[1.0]]]]', b"1234"),
    "a shape that overflows": message(f'[1,[["float32",[{2**33},{2**33}]]]]'),
    "an empty shape that overflows": message(f'[1,[["float32",[0,{2**62},{2**62}]]]]'),
    "a thousand dimensions": message(f'[1,[["float32",{[1] * 1000}]]]', b"1234"),
    "a shape that is no list": message('[1,[["float32",4]]]', b"1234"),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_messages_are_refused(data: bytes):
    with pytest.raises(WireError):
        decode(data)


def test_too_large_to_read():
    with pytest.raises(WireError, match="at most 10"):
        decode(bytes(11), WireLimits(max_bytes=10))
    many = message("[[" + ",".join(["[]"] * 1000) + "],[]]")
    with pytest.raises(WireError, match="100 items"):
        decode(many, WireLimits(max_items=100))


def test_commas_in_a_text_are_no_items():
    assert decode(encode("a,[" * 500), WireLimits(max_items=100)) == "a,[" * 500


def test_digits_in_a_text_are_no_integer():
    value = ["7" * 500, 10**360, -(10**360)]
    assert decode(encode(value)) == value


def test_bools_are_normalised():
    tensor = decode(message('[["tensor",0],[["bool",[3]]]]', bytes([0, 1, 200]) + bytes(13)))
    assert tensor.view(torch.uint8).tolist() == [0, 1, 1]


def test_flipped_and_cut_bytes_raise_wire_errors_only():
    rng = random.Random(2)
    original = encode({"a": [1, 2.5, "text", torch.ones(3)], 5: {"b": None}})
    for _ in range(3000):
        data = bytearray(original)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if rng.random() < 0.3:
            del data[rng.randrange(len(data)) :]
        try:
            decode(data)
        except WireError:
            pass


def test_the_text_is_plain_json():
    data = encode({"x": torch.zeros(2)})
    (length,) = struct.unpack(">I", data[:4])
    assert json.loads(data[4 : 4 + length]) == [["dict", ["x", ["tensor", 0]]], [["float32", [2]]]]
