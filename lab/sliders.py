"""A slider beside a figure, where ipywidgets is there; the figure alone elsewhere."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence

from lab.alt_figure import shell


def slider(
    draw: Callable[[float], object], values: Sequence[float], at: float, name: str = "value"
) -> None:
    """Show what `draw` draws for the value that a slider chooses among `values`; it begins at `at`.

    draw: takes a value, and shows a figure, as `show_figure` does. name: stands before the slider. Without a
    notebook, or without ipywidgets, the figure for `at` is drawn once. Raises ValueError when `at` is none of
    the values.
    """
    if at not in values:
        raise ValueError(f"the slider begins at {at}, which is none of its values {list(values)}")
    if getattr(shell(), "kernel", None) is None or importlib.util.find_spec("ipywidgets") is None:
        draw(at)
        return
    import ipywidgets
    from IPython.display import display

    def chosen(value: float) -> None:
        draw(value)

    choice = ipywidgets.SelectionSlider(
        options=list(values), value=at, description=name, continuous_update=False
    )
    display(ipywidgets.interactive(chosen, value=choice))
