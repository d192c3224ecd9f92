"""Chapter 10: files that the judge makes: plain ones, and ones that would run code.

What the hostile ones would run is harmless: it sets the environment variable RAN, which shows that they were run.
They are made here, and never loaded here.
"""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile

import torch
from torch import Tensor, nn

from grader.checks.randomness import integer, signed
from grader.checks.saved_files import STORAGES

RAN = "DROPOUT_LAB_RAN"
CODE = f"import os; os.environ[{RAN!r}] = 'yes'"


class Runs:
    """An object whose pickle runs CODE when it is loaded."""

    def __reduce__(self) -> tuple:
        return exec, (CODE,)


def as_values(data: bytes) -> Tensor:
    """Bytes as a uint8 tensor, to be sent."""
    return torch.frombuffer(bytearray(data), dtype=torch.uint8) if data else torch.empty(0).byte()


def torch_file(value: object, legacy: bool = False) -> bytes:
    """What `torch.save` writes of a value. legacy: in the format of old."""
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=not legacy)
    return buffer.getvalue()


def weights() -> dict[str, Tensor]:
    """A small state: of a linear layer with drawn sizes."""
    n, m = integer(2, 5), integer(6, 9)
    return {"weight": signed(n, m), "bias": signed(n)}


def infected(data: bytes) -> bytes:
    """The same file, in which the pickle runs code before it makes what it made before."""
    pickled = pickle_in(data)
    code = b"c__builtin__\nexec\nX" + struct.pack("<I", len(CODE)) + CODE.encode() + b"\x85R0"
    return with_pickle(data, pickled[:2] + code + pickled[2:])


def from_a_gpu(data: bytes) -> bytes:
    """The same file, as if its tensors had been saved on a GPU."""
    cpu, gpu = (b"X" + struct.pack("<I", len(name)) + name for name in (b"cpu", b"cuda:0"))
    return with_pickle(data, pickle_in(data).replace(cpu, gpu))


def with_numbers(data: bytes, old: Tensor, new: Tensor) -> bytes:
    """A file of `torch.save` in which these numbers stand wherever those did."""
    before, after = (t.contiguous().numpy().tobytes() for t in (old, new))
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry).replace(before, after))
    return buffer.getvalue()


def pickle_in(data: bytes) -> bytes:
    """The pickle in a file of `torch.save`."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.read(next(n for n in packed.namelist() if n.endswith("/data.pkl")))


def with_pickle(data: bytes, pickled: bytes, second: bytes | None = None) -> bytes:
    """A file of `torch.save` with another pickle in it. second: one more, in a folder in it, listed first."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        new.writestr("archive/version", "3\n")
        if second is not None:
            new.writestr("archive/again/data.pkl", second)
        for entry in old.infolist():
            name = "archive/" + entry.filename.partition("/")[2]
            if name != "archive/version":
                new.writestr(name, pickled if name.endswith("/data.pkl") else old.read(entry))
    return buffer.getvalue()


def safetensors_file(tensors: dict[str, Tensor]) -> bytes:
    """These float32 tensors in the format of safetensors: a length, a JSON text, the numbers."""
    header, numbers = {}, b""
    for name, tensor in tensors.items():
        data = tensor.contiguous().numpy().tobytes()
        place = [len(numbers), len(numbers) + len(data)]
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": place}
        numbers += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + numbers


def safe_files() -> dict[str, bytes]:
    """By what they are: files with nothing but tensors and plain data."""
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    with torch.enable_grad():
        net(torch.rand(5, 3)).sum().backward()
    optimizer.step()
    checkpoint = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}
    mixed = [signed(2).to(dtype) for dtype in STORAGES.values()]
    return {
        "a dictionary of tensors": torch_file(weights()),
        "the state_dict of a network": torch_file(net.state_dict()),
        "a checkpoint with an optimizer's state": torch_file(checkpoint),
        "a list of tensors of all types, a parameter and plain values": torch_file(
            [*mixed, nn.Parameter(signed(2)), 1.5, None, "text"]
        ),
        "the parameters of a network": torch_file(dict(net.named_parameters())),
        'tensors called "os.system" and "eval.weight"': torch_file(
            {"os.system": signed(2), "eval.weight": signed(3)}
        ),
        "a file of safetensors": safetensors_file(weights()),
    }


def hostile_files() -> dict[str, bytes]:
    """By what they are: files that run code when they are loaded as pickles."""
    plain, payload = torch_file(weights()), Runs()
    return {
        "weights, and an object that runs code": torch_file({**weights(), "note": payload}),
        "weights, and code that runs before they are made": infected(plain),
        "a bare pickle that runs code": pickle.dumps(payload, protocol=2),
        "a bare pickle of protocol 4, which names functions with STACK_GLOBAL": pickle.dumps(
            payload, protocol=4
        ),
        "weights, and a pickle that names its function with STACK_GLOBAL": with_pickle(
            plain, pickle.dumps({"weight": 1, "note": payload}, protocol=4)
        ),
        "weights, and a pickle that names its function with INST": with_pickle(plain, by_inst()),
        "weights, and a function that is reached through torch": with_pickle(
            plain, through_torch()
        ),
        "weights, and `pkgutil.resolve_name`, which finds any function by its name": with_pickle(
            plain, through_pkgutil()
        ),
        "a whole network, which needs its class": torch_file(nn.Linear(3, 2)),
        "weights in the old format, with an object that runs code": torch_file(
            {**weights(), "note": payload}, legacy=True
        ),
    }


def disguised_files() -> dict[str, bytes]:
    """By what they are: files that run code, and show weights to whoever looks at the wrong place."""
    plain = torch_file(weights())
    return {
        "a bare pickle that runs code, with a zip of weights behind it": pickle.dumps(Runs(), 2)
        + plain,
        "a zip with two pickles, of which the first in the list is plain": with_pickle(
            plain, pickle_in(infected(plain)), second=pickle_in(plain)
        ),
    }


def by_inst() -> bytes:
    """An old instruction that names and calls in one."""
    return b"(V" + CODE.encode() + b"\nibuiltins\nexec\n."


def through_torch() -> bytes:
    """`torch.serialization.os.environ.__setitem__(RAN, "yes")`: the module is torch's, the function is not."""
    texts = [short(text) for text in ("torch.serialization", "os.environ.__setitem__")]
    return b"\x80\x04" + b"".join(texts) + b"\x93" + short(RAN) + short("yes") + b"\x86R."


def through_pkgutil() -> bytes:
    """`pkgutil.resolve_name("builtins:exec")(CODE)`."""
    name = b"X" + struct.pack("<I", len(b"builtins:exec")) + b"builtins:exec"
    code = b"X" + struct.pack("<I", len(CODE)) + CODE.encode()
    return b"\x80\x02cpkgutil\nresolve_name\n" + name + b"\x85R" + code + b"\x85R."


def short(text: str) -> bytes:
    """The instruction that puts a short text on the stack."""
    return b"\x8c" + bytes([len(text)]) + text.encode()


def damaged_files() -> dict[str, bytes]:
    """By what they are: files that are none of both kinds."""
    plain = torch_file(weights())
    return {
        "an empty file": b"",
        "half a file": plain[: len(plain) // 2],
        "a text": b"weights, please\n" * 9,
        "a zip without a pickle": bare_zip(),
    }


def bare_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("archive/readme.txt", "nothing here")
    return buffer.getvalue()
