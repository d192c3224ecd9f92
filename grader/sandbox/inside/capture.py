"""What a cell prints and shows, kept in the order it came and within the limits."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.wire.display import MIME_TYPES, Output
from grader.wire.limits import Limits


@dataclass
class Outputs:
    """The outputs of one cell, within its limits. What is too much is dropped, with a note."""

    limits: Limits = field(default_factory=Limits)
    items: list[Output] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.items = []
        self._by_id: dict[str, Output] = {}
        self._text_left, self._display_left = self.limits.output_bytes, self.limits.display_bytes
        self._clear_first, self._dropped = False, 0

    def write(self, name: str, text: str) -> None:
        self._clear_if_due()
        last = self.items[-1] if self.items else {}
        same = last.get("output_type") == "stream" and last["name"] == name
        if not same and len(self.items) >= self.limits.outputs:
            self._dropped += len(text)
            return
        size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        if size > self._text_left:
            text = text.encode("utf-8", "replace")[: self._text_left].decode("utf-8", "ignore")
            self._dropped += size - self._text_left
            size = self._text_left
        self._text_left -= size
        if not text:
            return
        if same:
            last["text"].append(text)
        else:
            self.items.append({"output_type": "stream", "name": name, "text": [text]})

    def show(self, kind: str, data: Mapping, metadata: Mapping | None, **more: object) -> None:
        self._clear_if_due()
        kept = {mime: _as_text(mime, value) for mime, value in data.items() if mime in MIME_TYPES}
        size = sum(map(len, kept.values()))
        if not kept:
            return
        if size > self._display_left or len(self.items) >= self.limits.outputs:
            self._dropped += size
            return
        self._display_left -= size
        about = {mime: dict(value) for mime, value in (metadata or {}).items() if mime in kept}
        self.items.append({"output_type": kind, "data": kept, "metadata": about, **more})

    def show_or_update(
        self, data: Mapping, metadata: Mapping | None, display_id: str | None, update: bool
    ) -> None:
        known = self._by_id.get(display_id) if display_id else None
        if update:
            # A display of an earlier cell has left the sandbox already and stays as it was.
            if known is not None:
                known["data"] = {m: _as_text(m, v) for m, v in data.items() if m in MIME_TYPES}
            return
        before = len(self.items)
        self.show("display_data", data, metadata)
        if display_id and len(self.items) > before:
            self._by_id[display_id] = self.items[-1]

    def clear(self, wait: bool) -> None:
        if wait:
            self._clear_first = True
        else:
            self.begin()

    def finish(self) -> list[Output]:
        for item in self.items:
            if item["output_type"] == "stream":
                item["text"] = "".join(item["text"])
        if self._dropped:
            note = (
                f"[the outputs of this cell are too large: {self._dropped:,} bytes were left out]\n"
            )
            self.items.append({"output_type": "stream", "name": "stderr", "text": note})
        return self.items

    def _clear_if_due(self) -> None:
        if self._clear_first:
            self.begin()


class Stream(io.TextIOBase):
    """What `sys.stdout` and `sys.stderr` are in a cell."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, outputs: Outputs, stream_name: str) -> None:
        self._outputs, self.name = outputs, stream_name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._outputs.write(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True


def _as_text(mime: str, value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str.__str__(value) if isinstance(value, str) else ""
