"""What the pages of a class have in common, made once: the cells that are still as they were handed out.

Only the page of the notebook as it was handed out is learned from, so that nothing of a submission is ever kept.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager


class Parts:
    """The parts of one page after the other that are tidy by themselves: in it, a mark stands for each."""

    def __init__(self) -> None:
        self._known: dict[Hashable, str] = {}
        self._learns = False
        self.begin()

    @contextmanager
    def learning(self) -> Iterator[None]:
        """Keep the parts of the pages that are made meanwhile."""
        self._learns = True
        try:
            yield
        finally:
            self._learns = False

    def begin(self) -> None:
        """Begin a page."""
        self._sign = secrets.token_hex(16)  # which no text can know
        self._parts: list[str] = []

    def mark(self, made_from: Hashable, make: Callable[[], str]) -> str:
        """HTML that stands for a part; `make` gives the part where it is not known."""
        html = self._known.get(made_from)
        if html is None:
            html = make()
        if self._learns:
            self._known[made_from] = html
        self._parts.append(html)
        return f'<var title="{self._sign}{len(self._parts) - 1}"></var>'

    def put_in(self, page: str) -> str:
        """The page, tidy as well, with the parts in the place of their marks."""
        mark = rf'<var title="{self._sign}(\d+)"></var>'
        return re.sub(mark, lambda found: self._parts[int(found[1])], page)
