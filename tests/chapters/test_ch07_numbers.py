"""Chapter 7: the numbers in its prose, held against a run of all its cells."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from .conftest import real_data

CHAPTER = "07_layers_and_blocks"


def count(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


def test_small_numbers_of_the_prose(text: str, solved) -> None:
    n = solved(CHAPTER)
    assert f"{count(n['MLP']()):,}" == "7,946" and "7,946" in text
    row = n["MySequential"](nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 10))
    assert list(row.state_dict()) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert abs(n["FixedHiddenMLP"]()(torch.rand(2, 20)).item()) <= 1
    assert n["chimera"]()(torch.rand(2, 20)).shape == ()
    assert n["parallel_block"](nn.Linear(20, 3), nn.Linear(20, 4))(torch.rand(2, 20)).shape == (
        2,
        7,
    )
    deep = n["repeat_block"](lambda: nn.Linear(20, 20), 3)
    assert f"{count(deep):,}" == "1,260" and "1,260" in text
    halved = n["fixed_halve"](torch.tensor([3.0, 1.0]))
    assert halved.tolist() == [0.75, 0.25] and "tensor([0.7500, 0.2500])" in text
    kinds = {kind: count(n["HiddenInAList"](kind)) for kind in (nn.ModuleList, list)}
    assert [f"{k:,}" for k in kinds.values()] == ["269,322", "2,570"]
    assert "269,322 for the one network, and 2,570 for the other" in text


def test_what_the_prose_says_of_pytorch_is_so(text: str) -> None:
    class WithoutSuper(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 2)

    with pytest.raises(AttributeError, match="cannot assign module before"):
        WithoutSuper()
    block = nn.Module()
    layer = nn.Linear(2, 2)
    block._modules[layer] = layer  # type: ignore[index]
    for listed in (lambda: list(block.parameters()), block.state_dict):
        with pytest.raises(TypeError):
            listed()
    assert not float("nan") > 1


def test_what_is_registered_and_what_is_not(ran) -> None:
    lines = {line[:16].strip(): line[16:].split() for line in ran[1].splitlines()}
    for how in ("an attribute", "add_module", "nn.ModuleList"):
        assert lines[how] == ["yes"] * 4
    for how in ("a plain list", "a plain dict", "a lambda"):
        assert lines[how] == ["-"] * 4
    assert "same outputs, number for number: True" in ran[1]


def test_the_jumps_of_the_loop(ran) -> None:
    """The figure's text: the output is halved or doubled where the number of halvings changes."""
    namespace = ran[0]
    jumps, outputs = namespace["jumps"], namespace["outputs"]
    assert 2 <= int(jumps.sum()) <= 8
    ratio = (outputs[1:] / outputs[:-1])[jumps]
    assert all(min(abs(r - 2), abs(r - 0.5)) < 0.05 for r in ratio.tolist())


def test_the_boxes_are_the_modules(ran) -> None:
    namespace = ran[0]
    assert namespace["boxes"] == len(list(namespace["whole"].modules()))


def test_the_half_registered_network_trains_nearly(text: str, ran) -> None:
    """The hidden layers in a list do not move; on the stand-in too it learns, and worse."""
    namespace, printed = ran
    moved, accuracy = namespace["moved"], namespace["accuracy"]
    assert moved["list"] == 0.0 and moved["ModuleList"] > 0.05
    losses = namespace["histories"]["list"].train_loss
    assert losses[-1] < losses[0] and accuracy["list"] < accuracy["ModuleList"] - 0.05
    assert accuracy["list"] > 0.4
    complaint = re.search(r"train_ch3 ends in assertions, and ([\d.]+) did not pass", printed)
    assert complaint and float(complaint[1]) > 0.5


@real_data
def test_seven_of_ten(text: str, ran) -> None:
    assert "seven pictures of ten" in text
    assert ran[0]["accuracy"]["list"] == pytest.approx(0.70, abs=0.03)
