"""Reading the IDX files of the MNIST family, plain or compressed with gzip."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor


class DataError(ValueError):
    """A data file is there but cannot be used; the message says what was seen and what to do."""


def read_idx(folder: Path, name: str, shape: tuple[int, ...]) -> Tensor:
    """Read the unsigned bytes of `folder/name` (or `name.gz`) as a uint8 tensor of `shape`.

    The format: two zero bytes, the type (8 for unsigned bytes), the number of dimensions, each
    dimension as a big-endian 32-bit integer, then the values. Raises DataError when the file is
    missing, truncated, too long, or holds something else.
    """
    path = find_idx(folder, name)
    if path is None:
        raise DataError(
            f"{folder / name} is missing (neither plain nor .gz); "
            "put the whole data set there, or remove the incomplete folder"
        )
    content = _read(path)
    header = 4 + 4 * len(shape)
    expected = header + math.prod(shape)
    if len(content) != expected:
        raise DataError(
            f"{path} holds {len(content):,} bytes where {expected:,} are expected, so it is "
            f"{'truncated' if len(content) < expected else 'not the right file'}; "
            "replace it with a complete copy, or delete it so that it is fetched again"
        )
    magic = bytes([0, 0, 8, len(shape)])
    dimensions = tuple(int(d) for d in np.frombuffer(content, ">u4", len(shape), 4))
    if content[:4] != magic or dimensions != shape:
        raise DataError(
            f"{path} begins with {content[:4].hex()} and the dimensions {dimensions}; expected "
            f"{magic.hex()} and {shape}; replace it with a good copy, or delete it so that it "
            "is fetched again"
        )
    values = np.frombuffer(content, np.uint8, offset=header).reshape(shape)
    return torch.from_numpy(values.copy())  # the copy owns memory that may be written


def find_idx(folder: Path, name: str) -> Path | None:
    """The file `name` or `name.gz` in `folder`, or None."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


def _read(path: Path) -> bytes:
    try:
        if path.suffix == ".gz":
            return gzip.decompress(path.read_bytes())
        return path.read_bytes()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path} ({path.stat().st_size:,} bytes) is not a complete gzip file ({error}); "
            "replace it with a complete copy, or delete it so that it is fetched again"
        ) from None
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror}); make it readable, or delete it so that "
            "it is fetched again"
        ) from None
