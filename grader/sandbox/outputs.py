"""A cell's outputs as they arrive from the sandbox, checked before they become part of a notebook."""

from __future__ import annotations

from collections.abc import Callable

from grader.sandbox.sanitiser import harmless, harmless_text
from grader.wire.codec import Plain, WireError
from grader.wire.display import MIME_TYPES, Output
from grader.wire.limits import Limits

_CLEANED: dict[str, Callable[[str], str]] = {
    "text/html": harmless,
    "image/svg+xml": harmless,
    "text/markdown": harmless_text,
    "text/latex": harmless_text,
}
_NAME, _TEXT = 200, 40_000


def clean(raw: Plain, limits: Limits) -> list[Output]:
    """The outputs of one cell, rebuilt from known fields only.

    Raises WireError when `raw` is anything else than a list of well-formed outputs within the limits.
    """
    if not isinstance(raw, list) or len(raw) > limits.outputs + 2:
        raise WireError("the outputs of a cell are not a list within the limits")
    outputs = [_output(item) for item in raw]
    size = sum(_size(output) for output in outputs)
    # One traceback and one note come on top of what the cell itself may show.
    if size > limits.output_bytes * 4 + limits.display_bytes + 2 * _TEXT:
        raise WireError(f"the outputs of a cell take {size:,} characters")
    return outputs


def error_output(name: str, message: str) -> Output:
    """The output that stands for a cell whose process could not report itself."""
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": [f"{name}: {message}"],
    }


def _output(item: Plain) -> Output:
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
            "data": _data(item.get("data")),
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


def _data(value: Plain) -> dict[str, str]:
    if not isinstance(value, dict) or not value or not set(value) <= MIME_TYPES:
        raise WireError("the data of an output has an unknown type")
    texts = {str(mime): _text(text) for mime, text in value.items()}
    return {mime: _CLEANED.get(mime, str)(text) for mime, text in texts.items()}


def _metadata(value: Plain) -> dict[str, dict[str, int | float]]:
    """Of an output's metadata only the sizes of images are kept."""
    if not isinstance(value, dict):
        raise WireError("the metadata of an output is not a dict")
    kept: dict[str, dict[str, int | float]] = {}
    for mime, about in value.items():
        if mime in MIME_TYPES and isinstance(about, dict):
            sizes = {k: about[k] for k in ("width", "height") if type(about.get(k)) in (int, float)}
            if sizes:
                kept[str(mime)] = sizes  # type: ignore[assignment]
    return kept


def _size(output: Output) -> int:
    texts = [output.get("text", ""), *output.get("traceback", []), *output.get("data", {}).values()]
    return sum(map(len, texts))
