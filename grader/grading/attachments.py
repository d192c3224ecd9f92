"""Pictures that were pasted into a Markdown cell: what they are, and under which names they are kept."""

from __future__ import annotations

import base64
import binascii

from nbformat import NotebookNode

MAX_ATTACHED_BYTES = 8 * 2**20
"""Size of all attached pictures of a notebook together, as base64."""
MAX_ATTACHED_NAME = 200
_BEGINS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}


class Attachments:
    """The attached pictures of a notebook, cell by cell, up to their total size."""

    def __init__(self) -> None:
        self.room = MAX_ATTACHED_BYTES
        self.left_out = 0

    def read(self, raw: object) -> tuple[dict[str, str], NotebookNode]:
        """The new name of every picture of a cell by its old one, and the attachments to write.

        What is no picture, or too much, is counted in `left_out`.
        """
        names: dict[str, str] = {}
        kept = NotebookNode()
        for name, bundle in raw.items() if isinstance(raw, dict) else ():
            picture = self._picture(bundle) if len(name) <= MAX_ATTACHED_NAME else None
            if picture is None:
                self.left_out += 1
                continue
            mime, data = picture
            # Renderers disagree about blanks and signs in a name.
            names[name] = f"picture-{len(names) + 1}.{mime.partition('/')[2]}"
            kept[names[name]] = NotebookNode({mime: data})
        return names, kept

    def _picture(self, bundle: object) -> tuple[str, str] | None:
        """Type and data of the first picture in `bundle`, as base64."""
        for mime, begin in _BEGINS.items():
            data = bundle.get(mime) if isinstance(bundle, dict) else None
            if isinstance(data, list):
                data = "".join(line for line in data if isinstance(line, str))
            if not isinstance(data, str) or len(data) > self.room:
                continue
            try:
                content = base64.b64decode(data.replace("\n", "").encode("ascii"), validate=True)
            except (binascii.Error, UnicodeEncodeError):
                continue
            if content.startswith(begin):
                self.room -= len(data)
                return mime, base64.b64encode(content).decode()
        return None
