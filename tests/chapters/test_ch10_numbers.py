"""Chapter 10: the numbers in its prose, held against a run of all its cells."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from torch import nn

CHAPTER = "10_saving_and_loading"


def test_a_view_brings_its_memory(text: str, ran) -> None:
    sizes = dict(re.findall(r"^(the table|a row|a row's clone) .* ([\d,]+) bytes$", ran[1], re.M))
    table, row, clone = (
        int(sizes[n].replace(",", "")) for n in ("the table", "a row", "a row's clone")
    )
    assert "a file of 400 kB out of a row of ten numbers" in text
    assert row == table and 400_000 < row < 405_000 and clone < 4_000


def test_what_is_in_the_file(text: str, ran) -> None:
    assert "24 for six floats, 8 for two" in text
    assert re.search(r" 24 bytes  layer/data/0$", ran[1], re.M)
    assert re.search(r" 8 bytes  layer/data/1$", ran[1], re.M)
    for word in ("GLOBAL       torch._utils _rebuild_tensor_v2", "REDUCE"):
        assert word in ran[1]
    assert "  __builtin__ print" in ran[1] and "load_tensors refuses it: " in ran[1]
    assert "print" in ran[1].split("load_tensors refuses it: ")[1].splitlines()[0]
    assert "Hello!" not in ran[1]


def test_the_examples_of_the_text(text: str, ran) -> None:
    namespace, printed = ran
    folder: Path = namespace["folder"]  # type: ignore[assignment]
    path = folder / "example.pt"
    namespace["save_tensors"]([torch.ones(2), torch.zeros(3)], path)
    assert str(torch.load(path)) == "[tensor([1., 1.]), tensor([0., 0., 0.])]"
    namespace["save_tensors"](torch.ones(2), path)
    assert str(namespace["load_tensors"](path)) == "tensor([1., 1.])"
    assert repr(namespace["load_tensors"](path, "meta").device) == "device(type='meta')"
    assert namespace["is_safe_to_load"](folder / "layer.pt") is True
    assert namespace["is_safe_to_load"](folder / "greeter.pt") is False
    namespace["save_model"](namespace["make_net"](), path)
    assert len(torch.load(path)) == 9 and "a dictionary with 9 tensors" in text
    layer = nn.Linear(3, 2)
    given = {"weight": torch.ones(2, 3), "scale": torch.ones(2)}
    expected = (["weight"], {"bias": "missing", "scale": "unexpected"})
    assert namespace["partial_load"](layer, given) == expected
    assert 'gives `(["weight"], {"bias": "missing", "scale": "unexpected"})`' in text
    assert "the same tensors: True" in printed


def test_initialisation_happens_all_the_same(ran) -> None:
    assert "the same outputs as the book asks for: True" in ran[1]
    assert "the next random number is another one:  True" in ran[1]


def test_the_published_function_is_wrong(text: str, chapter) -> None:
    """The text's own code, run: on `tricky` it leaves the last weights, on `harmless` the best ones."""
    cells = chapter(CHAPTER).cells
    (cell,) = [
        c for c in cells if "def train_and_keep_best" in c.source and c.cell_type == "markdown"
    ]
    namespace: dict = {}
    exec(cell.source.split("```python\n")[1].split("```")[0], namespace)
    for accuracies, left in (([1, 0], 2.0), ([0, 1], 2.0)):
        net, known = nn.Linear(1, 1), iter(accuracies)
        nn.init.zeros_(net.weight)
        namespace["train_and_keep_best"](
            net,
            lambda net: net.weight.data.add_(1),
            lambda net, known=known: next(known),
            2,
        )
        assert net.weight.item() == left


def test_the_file_is_watched(ran) -> None:
    namespace = ran[0]
    sizes, whole = namespace["sizes"], namespace["whole"]
    assert min(sizes) == 0 and sizes[-1] == whole and sum(s != whole for s in sizes) > 100
    assert set(namespace["careful"]) == {whole}


def test_the_resumed_run_is_the_same(text: str, ran) -> None:
    namespace, printed = ran
    through, resumed, other = namespace["curves"].values()
    assert through == resumed and through != other and len(through) == 60
    assert "resumed from checkpoint after 3 epochs: largest difference of a weight 0\n" in printed
    assert "The difference is 0, not small" in text and "on 2,000 pictures" in text
    tail = [sum(curve[-20:]) / 20 for curve in (through, other)]
    assert abs(tail[0] - tail[1]) < 0.15, "the third run is no worse"


def test_a_checkpoint_of_adam_takes_three_times_the_weights(text: str, solved, tmp_path) -> None:
    n = solved(CHAPTER)
    net = nn.Linear(500, 500)
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.rand(2, 500)).sum().backward()
    optimizer.step()
    n["save_model"](net, tmp_path / "weights.pt")
    n["checkpoint"](net, optimizer, 1, tmp_path / "run.pt")
    ratio = (tmp_path / "run.pt").stat().st_size / (tmp_path / "weights.pt").stat().st_size
    assert "about three times that of the weights" in text and 2.9 < ratio < 3.1
