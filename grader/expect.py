"""Expectations: each one passes silently or raises `CheckFailed` with what was seen and expected.

A check says what must hold with these functions. They compare plain data only, so that the same
check can judge a value that came out of a sandbox. `because` is the sentence that teaches: pass
one that names a misconception only where the check has established it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor


class CheckFailed(Exception):
    """A check that did not hold, in the student's words: seen, expected, and because."""

    def __init__(self, seen: str, expected: str = "", because: str = "") -> None:
        super().__init__(seen)
        self.seen, self.expected, self.because = seen, expected, because


def fail(seen: str, expected: str = "", because: str = "") -> None:
    """Raise CheckFailed with these sentences."""
    raise CheckFailed(seen, expected, because)


def true(condition: bool, *, seen: str, expected: str = "", because: str = "") -> None:
    """Pass when `condition` holds."""
    if not condition:
        raise CheckFailed(seen, expected, because)


def tensor(
    value: object,
    *,
    shape: Sequence[int] | None = None,
    dtype: torch.dtype | None = None,
    because: str = "",
) -> Tensor:
    """Return `value` if it is a tensor, of this shape and dtype where they are given."""
    if not isinstance(value, Tensor):
        raise CheckFailed(f"{_kind(value)} came back", "a tensor", because)
    if shape is not None and tuple(value.shape) != tuple(shape):
        raise CheckFailed(
            f"a tensor of shape {tuple(value.shape)}", f"shape {tuple(shape)}", because
        )
    if dtype is not None and value.dtype != dtype:
        raise CheckFailed(f"a tensor of type {_name(value.dtype)}", _name(dtype), because)
    return value


def number(value: object, *, because: str = "") -> float:
    """Return `value` as a float if it is one number: a bool-free int or float, or a tensor of one element."""
    if isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex():
        return float(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise CheckFailed(f"{_kind(value)} came back", "one number", because)


def items(value: object, count: int | None = None, *, expected: str = "") -> list:
    """Return `value` if it is a list (a tuple arrives as one), of `count` entries where given."""
    if not isinstance(value, list):
        raise CheckFailed(f"{_kind(value)} came back", expected or "a tuple or a list")
    if count is not None and len(value) != count:
        raise CheckFailed(f"{len(value)} values came back", expected or f"{count} values")
    return value


def record(value: object) -> dict:
    """Return `value` if it is a dict, as a probe returns it."""
    if not isinstance(value, dict):
        raise CheckFailed(f"{_kind(value)} came back", "what the check asked for")
    return value


def close(
    actual: object,
    expected: object,
    *,
    rtol: float = 1e-4,
    atol: float = 1e-6,
    because: str = "",
) -> None:
    """Pass when numbers or tensors agree elementwise within atol + rtol * |expected|.

    Shapes must agree; dtypes need not. NaN never agrees with anything.
    """
    if not isinstance(expected, Tensor):
        seen, wanted = number(actual, because=because), number(expected)
        if not abs(seen - wanted) <= atol + rtol * abs(wanted):
            raise CheckFailed(show(seen), show(wanted), because)
        return
    seen_tensor = tensor(actual, shape=expected.shape, because=because)
    a, b = seen_tensor.to(torch.float64), expected.to(torch.float64)
    off = ~((a - b).abs() <= atol + rtol * b.abs())
    if off.any():
        where = tuple(off.nonzero()[0].tolist())
        at = f" at {list(where)}" if where else ""
        count = int(off.sum())
        share = f" ({count} of {off.numel()} values differ)" if off.numel() > 1 else ""
        raise CheckFailed(
            f"{show(float(a[where]))}{at}{share}", f"{show(float(b[where]))}{at}", because
        )


def equal(actual: object, expected: object, *, because: str = "") -> None:
    """Pass when plain values are equal and of the same kind (a bool is not a number here)."""
    if isinstance(expected, Tensor):
        close(actual, expected, rtol=0, atol=0, because=because)
    elif isinstance(actual, Tensor) or _plainly_differs(actual, expected):
        raise CheckFailed(show(actual), show(expected), because)


def between(value: object, low: float, high: float, *, because: str = "") -> float:
    """Pass when low <= value <= high, and return it as a float."""
    seen = number(value, because=because)
    if not low <= seen <= high:
        raise CheckFailed(show(seen), f"between {show(low)} and {show(high)}", because)
    return seen


def finite(value: object, *, because: str = "") -> Tensor:
    """Pass when the tensor has neither NaN nor infinity, and return it."""
    seen = tensor(value, because=because)
    # A finite sum has finite parts, and is found in a tenth of the time.
    if not torch.isfinite(seen.sum()) and not torch.isfinite(seen).all():
        bad = int((~torch.isfinite(seen)).sum())
        raise CheckFailed(f"{bad} values that are NaN or infinite", "finite values", because)
    return seen


def show(value: object) -> str:
    """A short text for a value: four significant digits, tensors by shape or by their few values."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float):
        return f"{value + 0.0:.4g}"  # no "-0"
    if isinstance(value, Tensor):
        if value.numel() <= 8:
            return f"tensor {_rounded(value.tolist())}"
        return f"a tensor of shape {tuple(value.shape)}"
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


def _rounded(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_rounded(item) for item in value) + "]"
    return show(value)


def _plainly_differs(actual: object, expected: object) -> bool:
    if isinstance(actual, bool) != isinstance(expected, bool):
        return True
    if isinstance(expected, float) and math.isnan(expected):
        return not (isinstance(actual, float) and math.isnan(actual))
    return actual != expected


def _kind(value: object) -> str:
    if value is None:
        return "None (is the `return` missing?)"
    return f"a value of type {type(value).__name__}"


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
