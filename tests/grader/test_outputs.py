"""What a cell shows, checked: sizes of pictures that are numbers, and a limit over all cells."""

from __future__ import annotations

import math

import nbformat
import pytest

from grader.sandbox.outputs import OutputBudget, clean
from grader.wire.limits import Limits


def shown(data: dict, metadata: dict | None = None) -> list[dict]:
    raw = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
    return clean([raw], Limits(), OutputBudget(10_000_000))


@pytest.mark.parametrize("width", [math.nan, math.inf, -1, 0, 10**400, True, "1", None, [1]])
def test_what_is_no_width_is_left_out(width):
    (output,) = shown({"image/png": "iVBO"}, {"image/png": {"width": width, "height": 20.5}})
    assert output["metadata"] == {"image/png": {"height": 20.5}}
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(output)])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    assert "NaN" not in nbformat.writes(nbformat.v4.new_notebook(cells=[cell]))


@pytest.mark.parametrize("mime", ["image/png", "image/jpeg", "image/svg+xml"])
def test_what_is_no_picture_is_a_sentence(mime):
    (output,) = shown({mime: '"><script>'})
    assert list(output["data"]) == ["text/plain"]
    (output,) = shown({mime: '"><script>', "text/plain": "<Figure>"})
    assert output["data"] == {"text/plain": "<Figure>"}


def test_outputs_have_a_limit_over_all_cells():
    budget, limits = OutputBudget(2500), Limits()
    cell = [{"output_type": "stream", "name": "stdout", "text": "x" * 1000}]
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}
    assert clean(cell, limits, budget) == clean(cell, limits, budget)
    note, kept = clean([*cell, error], limits, budget)
    assert "1,001 characters were left out" in note["text"] and kept["ename"] == "E"
    (note,) = clean(cell, limits, budget)
    assert "too large" in note["text"]


def test_making_harmless_has_a_limit_over_all_cells():
    budget = OutputBudget(10_000_000, seconds=-1.0)
    raw = {"output_type": "display_data", "data": {"text/html": "<b>x</b>"}, "metadata": {}}
    (output,) = clean([raw], Limits(), budget)
    assert list(output["data"]) == ["text/plain"] and "too long" in output["data"]["text/plain"]
