"""A matplotlib figure that a screen reader can read."""

from __future__ import annotations

import base64
import io
import sys
from html import escape

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class AltFigure(Figure):
    """A figure with `alt_text`, shown in a notebook as `<img alt="...">`.

    It is not registered with pyplot: nothing to close, no window, and no second copy of it at
    the end of a cell.
    """

    def __init__(self, alt_text: str, size: tuple[float, float]) -> None:
        """alt_text: what the figure tells, in a sentence. size: width and height in inches."""
        super().__init__(figsize=size, layout="constrained")
        FigureCanvasAgg(self)
        self.alt_text = alt_text
        self._shown_by: int | None = None

    def show_once(self) -> AltFigure:
        """Show the figure when a notebook is running, and return it."""
        running = shell()
        if running is not None:
            self._shown_by = None
            self._ipython_display_()
            self._shown_by = getattr(running, "execution_count", None)
        return self

    def to_html(self) -> str:
        """The figure as an HTML image with its alt text."""
        return _image(self, self.alt_text)

    def _ipython_display_(self) -> None:
        """Called by IPython, also for the last value of a cell: skip what that cell has shown."""
        count = getattr(shell(), "execution_count", None)
        if count is not None and count == self._shown_by:
            return
        from IPython.display import display

        bundle = {"text/html": self.to_html(), "text/plain": self.alt_text}
        display(bundle, raw=True)


def show_with_alt(figure: Figure, alt_text: str) -> None:
    """Show a figure that another library has made, such as that of d2l's `Animator`, with an alt text.

    It takes the place of what the library itself has shown last; pyplot forgets it.
    """
    from IPython.display import display
    from matplotlib import pyplot as plt

    plt.close(figure)
    if shell() is None:
        return  # no notebook: there is nowhere to show it
    display({"text/html": _image(figure, alt_text), "text/plain": alt_text}, raw=True)


def _image(figure: Figure, alt_text: str) -> str:
    png = io.BytesIO()
    # "tight" on saving: a title of two lines above an image would be cut off otherwise.
    figure.savefig(png, format="png", dpi=90, bbox_inches="tight", metadata={"Software": None})
    source = base64.b64encode(png.getvalue()).decode("ascii")
    return f'<img alt="{escape(alt_text)}" src="data:image/png;base64,{source}">'


def shell() -> object | None:
    """IPython's shell, where one runs; a process that never imported IPython has none."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
