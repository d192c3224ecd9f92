"""Files on the student's side: bytes that cross as tensors, and what lies in a folder.

What lies here runs beside a student's code: it travels with the probes that name it.
"""

from __future__ import annotations

import os

import torch

PIECE = 2**16


def as_bytes(values):
    """A uint8 tensor as bytes, and a text as UTF-8."""
    return values.encode() if isinstance(values, str) else values.numpy().tobytes()


def as_tensor(data):
    """Bytes as a uint8 tensor."""
    return torch.frombuffer(bytearray(data), dtype=torch.uint8) if data else torch.empty(0).byte()


def files_in(folder):
    """Path below the folder to size and content, a uint8 tensor of at most PIECE bytes; links as links."""
    found = {}
    for place, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = os.path.join(place, name)
            below = os.path.relpath(path, folder).replace(os.sep, "/")
            if os.path.islink(path):
                found[below] = "a link"
            elif os.path.isfile(path):
                with open(path, "rb") as file:
                    found[below] = [os.path.getsize(path), as_tensor(file.read(PIECE))]
    return found


def path_as(path, kind):
    """A path as text or as a Path."""
    import pathlib

    return pathlib.Path(path) if kind == "Path" else path
