"""Expectations: each one passes silently or raises `CheckFailed` with what was seen and expected.

A check says what must hold with these functions. They compare plain data only, so that the same
check can judge a value that came out of a sandbox. `because` is the sentence that teaches.

`mistakes` maps a sentence to what a known mistake gives. It is named only where it is established: a
mistake that gives the right value as well is left out, and a sentence is shown only when exactly one
of them fits what was seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from grader.checks import statistics
from grader.wire.codec import is_array


@dataclass(frozen=True)
class Tolerance:
    """Values agree when they differ by at most absolute + relative * |expected|."""

    relative: float
    absolute: float


# float32 has a relative precision of 6e-8. Right answers differ in the order of their operations.
EXACT = Tolerance(0, 0)
CLOSE = Tolerance(1e-4, 1e-6)
"""One formula, or a sum over a few thousand numbers. Also `1 / (1 - dropout + 1e-6)` is no mistake."""
LAYERS = Tolerance(1e-3, 1e-4)
"""Several layers, or several steps of training."""
HALF = Tolerance(2e-2, 1e-3)
"""float16 and bfloat16, whose relative precision is 5e-4 and 4e-3."""


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
    if is_array(value):
        raise CheckFailed("a numpy array came back", "a tensor", because)
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


def shapes(value: object) -> list[list[int]]:
    """Return `value` if it is a list of shapes, as a probe returns them."""
    for shape in items(value):
        if not all(type(size) is int for size in items(shape)):
            raise CheckFailed("a shape that is none", "shapes of tensors")
    return value  # type: ignore[return-value]


def record(value: object) -> dict:
    """Return `value` if it is a dict, as a probe returns it."""
    if not isinstance(value, dict):
        raise CheckFailed(f"{_kind(value)} came back", "what the check asked for")
    return value


def close(
    actual: object,
    expected: object,
    *,
    tolerance: Tolerance = CLOSE,
    text: str = "{}",
    because: str = "",
    mistakes: Mapping[str, object] | None = None,
) -> None:
    """Pass when numbers, tensors or lists of them agree elementwise within the tolerance.

    Shapes must agree; dtypes need not. NaN never agrees with anything. text: what is said of the
    value that was seen, with {} in its place.
    """
    try:
        if (difference := _difference(actual, expected, tolerance)) is None:
            return
        failure = CheckFailed(text.replace("{}", difference[0]), difference[1], because)
    except CheckFailed as other:  # another kind or shape, which may be that of a mistake
        failure = other
    because = named(actual, expected, mistakes or {}, tolerance) or failure.because
    raise CheckFailed(failure.seen, failure.expected, because) from None


def named(
    actual: object,
    expected: object,
    mistakes: Mapping[str, object],
    tolerance: Tolerance = CLOSE,
) -> str:
    """The sentence of the one mistake that gives `actual`, and not what is expected; empty for none."""
    return _named(
        mistakes,
        fits=lambda value: agrees(actual, value, tolerance),
        right=lambda value: agrees(value, expected, tolerance),
    )


def agrees(actual: object, expected: object, tolerance: Tolerance = CLOSE) -> bool:
    """Whether `close` would pass."""
    try:
        return _difference(actual, expected, tolerance) is None
    except CheckFailed:
        return False


def rate(
    hits: Tensor,
    p: float,
    *,
    what: str = "of the units are 0",
    because: str = "",
    mistakes: Mapping[str, float] | None = None,
) -> None:
    """Pass when the share of `hits`, a bool tensor of independent draws, fits the rate p.

    what: reads on after a percentage. mistakes: sentence to the rate that the mistake has. Books its
    error (`grader.checks.statistics`).
    """
    if statistics.fits(hits, p):
        return
    because = (
        _named(
            mistakes or {},
            fits=lambda other: statistics.looks_like(hits, float(other)),  # type: ignore[arg-type]
            right=lambda other: other == p,
        )
        or because
    )
    count, n = int(hits.sum()), hits.numel()
    margin = statistics.binomial_bounds(n, p)[1] / n - p
    raise CheckFailed(
        f"{100 * count / n:.4g} % {what}",
        f"{100 * p:.4g} %, give or take {100 * margin:.2g}",
        because,
    )


def _named(
    mistakes: Mapping[str, object],
    fits: Callable[[object], bool],
    right: Callable[[object], bool],
) -> str:
    """The sentence of the one mistake that fits and is not right as well; none when several do."""
    found = [text for text, value in mistakes.items() if fits(value) and not right(value)]
    return found[0] if len(found) == 1 else ""


def _difference(actual: object, expected: object, tolerance: Tolerance) -> tuple[str, str] | None:
    """What was seen and what was expected where the two differ; None when they agree.

    Raises CheckFailed when `actual` is not of the kind or shape of `expected`.
    """
    if isinstance(expected, (list, tuple)):
        pairs = zip(items(actual, len(expected)), expected, strict=True)
        found = (_difference(seen, wanted, tolerance) for seen, wanted in pairs)
        return next((difference for difference in found if difference is not None), None)
    if not isinstance(expected, Tensor):
        seen, wanted = number(actual), number(expected)
        near = abs(seen - wanted) <= tolerance.absolute + tolerance.relative * abs(wanted)
        if seen == wanted or (near and math.isfinite(wanted)):  # all is near to infinity
            return None
        return show(seen), show(wanted)
    a = tensor(actual, shape=expected.shape).to(torch.float64)
    b = expected.to(torch.float64)
    if not a.numel():
        return None
    # In a third of the time of `isclose`. NaN and infinity make it NaN, which is not near.
    apart = (a - b).abs_().sub_(b.abs().mul_(tolerance.relative)).max()
    if apart <= tolerance.absolute:
        return None
    off = ~torch.isclose(a, b, rtol=tolerance.relative, atol=tolerance.absolute)
    if not off.any():
        return None
    where = tuple(off.nonzero()[0].tolist())
    at = f" at {list(where)}" if where else ""
    share = f" ({int(off.sum())} of {off.numel()} values differ)" if off.numel() > 1 else ""
    return f"{show(float(a[where]))}{at}{share}", f"{show(float(b[where]))}{at}"


def equal(actual: object, expected: object, *, because: str = "") -> None:
    """Pass when plain values are equal and of the same kind (a bool is not a number here)."""
    if isinstance(expected, Tensor):
        close(actual, expected, tolerance=EXACT, because=because)
    elif isinstance(actual, Tensor) or _plainly_differs(actual, expected):
        raise CheckFailed(*_shown_apart(actual, expected), because)


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


def _shown_apart(actual: object, expected: object) -> tuple[str, str]:
    """Both in a short text; of long lists that begin alike, the first values that differ."""
    seen, right = show(actual), show(expected)
    if seen != right or not isinstance(actual, list) or not isinstance(expected, list):
        return seen, right
    for place, (one, other) in enumerate(zip(actual, expected, strict=False)):
        if _plainly_differs(one, other):
            return f"{show(one)} at [{place}]", f"{show(other)} at [{place}]"
    return f"{len(actual)} values", f"{len(expected)} values"


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
