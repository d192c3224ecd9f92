"""A cell's outputs as they arrive from the sandbox, checked before they become part of a notebook."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from grader.sandbox.formulas import harmless_formulas
from grader.sandbox.html_sanitiser import harmless_html, removed
from grader.sandbox.markdown_sanitiser import harmless_markdown
from grader.sandbox.svg_sanitiser import harmless_svg
from grader.wire.codec import Plain, WireError
from grader.wire.display import MIME_TYPES, Output
from grader.wire.limits import Limits

_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_CLEANED: dict[str, Callable[[str], str | None]] = {
    "text/html": harmless_html,
    "image/svg+xml": harmless_svg,
    "image/png": lambda text: text if _BASE64.fullmatch(text) else None,
    "image/jpeg": lambda text: text if _BASE64.fullmatch(text) else None,
    "text/markdown": harmless_markdown,
    "text/latex": harmless_formulas,
}
_NAME, _TEXT = 200, 40_000
_MAX_SIDE = 10_000  # pixels of a picture


@dataclass
class OutputBudget:
    """What the outputs of a submission may still take: characters, and seconds to make them harmless."""

    characters: int
    seconds: float = 10.0


def clean(raw: Plain, limits: Limits, budget: OutputBudget) -> list[Output]:
    """The outputs of one cell, rebuilt from known fields only; a note in place of what `budget` lacks.

    Raises WireError when `raw` is anything else than a list of well-formed outputs within the limits.
    """
    if not isinstance(raw, list) or len(raw) > limits.outputs + 2:
        raise WireError("the outputs of a cell are not a list within the limits")
    started = time.thread_time()
    outputs = [_output(item, budget.seconds - time.thread_time() + started) for item in raw]
    budget.seconds -= time.thread_time() - started
    size = sum(_size(output) for output in outputs)
    # One traceback and one note come on top of what the cell itself may show.
    if size > limits.output_bytes * 4 + limits.display_bytes + 2 * _TEXT:
        raise WireError(f"the outputs of a cell take {size:,} characters")
    budget.characters -= size
    if budget.characters >= 0:
        return outputs
    note = f"[the outputs of this notebook are too large: {size:,} characters were left out]\n"
    errors = [output for output in outputs if output["output_type"] == "error"]
    return [{"output_type": "stream", "name": "stderr", "text": note}, *errors[-1:]]


def error_output(name: str, message: str) -> Output:
    """The output that stands for a cell whose process could not report itself."""
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": [f"{name}: {message}"],
    }


def _output(item: Plain, seconds: float) -> Output:
    if not isinstance(item, dict):
        raise WireError("an output is not a dict")
    kind = item.get("output_type")
    if kind == "stream":
        name = item.get("name")
        if name not in ("stdout", "stderr"):
            raise WireError("a stream is neither stdout nor stderr")
        return {"output_type": "stream", "name": name, "text": _text(item.get("text"))}
    if kind == "error":
        lines = item.get("traceback")
        if not isinstance(lines, list):
            raise WireError("a traceback is not a list")
        return {
            "output_type": "error",
            "ename": _text(item.get("ename"), _NAME),
            "evalue": _text(item.get("evalue"), _TEXT),
            "traceback": [_text(line) for line in lines],
        }
    if kind in ("display_data", "execute_result"):
        output: Output = {
            "output_type": kind,
            "data": _data(item.get("data"), seconds),
            "metadata": _metadata(item.get("metadata")),
        }
        if kind == "execute_result":
            count = item.get("execution_count")
            if type(count) is not int:
                raise WireError("an execution count is not an int")
            output["execution_count"] = count
        return output
    raise WireError("an output of an unknown kind")


def _text(value: Plain, at_most: int | None = None) -> str:
    if not isinstance(value, str):
        raise WireError("a text of an output is not a str")
    return value if at_most is None else value[:at_most]


def _data(value: Plain, seconds: float) -> dict[str, str]:
    """The data of an output, harmless; `seconds` are left for that."""
    if not isinstance(value, dict) or not value or not set(value) <= MIME_TYPES:
        raise WireError("the data of an output has an unknown type")
    texts = {str(mime): _text(text) for mime, text in value.items()}
    if seconds < 0 and set(texts) & set(_CLEANED):
        note = removed("the outputs of this notebook take too long to be looked through")
        return {"text/plain": texts.get("text/plain", note)}
    cleaned = {mime: _CLEANED.get(mime, str)(text) for mime, text in texts.items()}
    shown = {mime: text for mime, text in cleaned.items() if text is not None}
    return shown or {"text/plain": removed("a picture that cannot be read, or is too large")}


def _metadata(value: Plain) -> dict[str, dict[str, int | float]]:
    """Of an output's metadata only the sizes of images are kept."""
    if not isinstance(value, dict):
        raise WireError("the metadata of an output is not a dict")
    kept: dict[str, dict[str, int | float]] = {}
    for mime, about in value.items():
        if mime in MIME_TYPES and isinstance(about, dict):
            sizes = {k: about[k] for k in ("width", "height") if _is_side(about.get(k))}
            if sizes:
                kept[str(mime)] = sizes  # type: ignore[assignment]
    return kept


def _is_side(value: Plain) -> bool:
    """Whether it is a length in pixels, which NaN and infinity are not."""
    return type(value) is not bool and isinstance(value, (int, float)) and 0 < value <= _MAX_SIDE


def _size(output: Output) -> int:
    texts = [output.get("text", ""), *output.get("traceback", []), *output.get("data", {}).values()]
    return sum(map(len, texts))
