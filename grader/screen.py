"""How long work shows how far it is: a bar in a terminal, elsewhere a line every now and then."""

from __future__ import annotations

import threading
import time

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

LINE_SECONDS = 30.0


class Steps:
    """`with Steps("grading", console) as steps: steps.done(name, total)`.

    verb: what is done, shown before the name of what was done last.
    """

    def __init__(self, verb: str, console: Console) -> None:
        self._verb, self._console = verb, console
        self._count, self._total, self._started = 0, 0, time.monotonic()
        self._ended = threading.Event()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(verb, total=None)

    def __enter__(self) -> Steps:
        self._bar.start()
        if not self._console.is_terminal:
            threading.Thread(target=self._lines, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._bar.stop()

    def done(self, name: str, total: int) -> None:
        """One of `total` is done."""
        self._count, self._total = self._count + 1, total
        shown = escape(f"{self._verb}: {name:.30}")
        self._bar.update(self._task, advance=1, total=total, description=shown)

    def say(self, text: str) -> None:
        """A line above the bar, at once."""
        self._bar.console.print(escape(text), soft_wrap=True, highlight=False)

    def _lines(self) -> None:
        while not self._ended.wait(LINE_SECONDS):
            self.say(self._how_far())

    def _how_far(self) -> str:
        if not self._count:
            return f"{self._verb}: nothing is done yet"
        seconds = (time.monotonic() - self._started) / self._count * (self._total - self._count)
        left = f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
        return f"{self._verb}: {self._count:,} of {self._total:,}, about {left} left"
