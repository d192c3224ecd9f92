"""A slider where there are widgets, a figure where there are none."""

from __future__ import annotations

import importlib.util
from types import SimpleNamespace

import ipywidgets
import pytest

from lab import slider


def test_moving_the_slider_draws_anew(monkeypatch) -> None:
    drawn: list[float] = []
    shown: list[ipywidgets.interactive] = []
    monkeypatch.setattr("lab.sliders.shell", lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setattr("IPython.display.display", shown.append)
    slider(drawn.append, [0.0, 0.5, 0.9], at=0.5, name="p")
    (form,) = shown
    choice = form.children[0]
    assert choice.description == "p" and choice.value == 0.5
    choice.value = 0.9
    assert drawn[-1] == 0.9


@pytest.mark.parametrize("lacks", ["a notebook", "widgets"])
def test_without_widgets_the_figure_is_drawn_once(monkeypatch, lacks) -> None:
    drawn: list[float] = []
    if lacks == "widgets":
        monkeypatch.setattr("lab.sliders.shell", lambda: SimpleNamespace(kernel=object()))
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    slider(drawn.append, [0.0, 0.5], at=0.5)
    assert drawn == [0.5]
    with pytest.raises(
        ValueError, match=r"begins at 0\.7, which is none of its values \[0\.0, 0\.5\]"
    ):
        slider(drawn.append, [0.0, 0.5], at=0.7)
