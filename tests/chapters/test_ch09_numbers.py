"""Chapter 9: the numbers in its prose, held against a run of all its cells."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from .conftest import real_data

CHAPTER = "09_custom_layers"


def test_small_numbers_of_the_prose(text: str, solved) -> None:
    n = solved(CHAPTER)
    assert n["CenteredLayer"]()(torch.tensor([1.0, 2.0, 3.0])).tolist() == [-1, 0, 1]
    layer = n["MyLinear"](5, 3)
    assert {k: tuple(p.shape) for k, p in layer.named_parameters()} == {
        "weight": (5, 3),
        "bias": (3,),
    }
    products = n["Bilinear"](2, 1)
    with torch.no_grad():
        products.weight.zero_()[0, 1, 0] = 1
    assert products(torch.tensor([[3.0, 5.0]])).tolist() == [[15.0]]
    spectrum = n["HalfSpectrum"]()(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    assert spectrum.tolist() == [10, -2 + 2j, -2] and "tensor([10.+0.j, -2.+2.j, -2.+0.j])" in text
    assert repr(n["DropoutLayer"](0.5)) == "DropoutLayer(dropout=0.5)"
    assert set(n["DropoutLayer"](0.5)(torch.ones(60)).tolist()) == {0.0, 2.0}
    net = nn.Sequential(nn.Linear(4, 3), n["PublishedLinear"](3, 2))
    assert n["not_trained"](net, torch.rand(5, 4)) == ["1.weight", "1.bias"]
    assert f"{784 * 784 * 10:,}" in text and f"{784 * 10 + 10:,}" in text


def test_what_the_prose_says_of_starts_is_so() -> None:
    """Numbers of variance 1 become 28 times as large with 784 inputs and a standard normal weight."""
    torch.manual_seed(0)
    X, weight = torch.randn(200, 784), torch.randn(784, 100)
    assert (X @ weight).std().item() == pytest.approx(28, abs=0.5)
    assert (X @ weight / 28).std().item() == pytest.approx(1, abs=0.02)


def test_what_the_prose_says_of_gradients_is_so() -> None:
    used, unused = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    out = (2 * used).sum()
    assert torch.autograd.grad(out, [used, unused], allow_unused=True)[1] is None
    assert used.grad is None
    with pytest.raises(RuntimeError, match="not require grad"):
        torch.autograd.grad((2 * used.data).sum(), [used])
    with pytest.raises(RuntimeError, match="not require grad"):
        torch.autograd.grad(out, [torch.ones(1)], allow_unused=True)
    dead = F.relu(-used * torch.ones(3)).sum()
    assert torch.autograd.grad(dead, [used])[0].tolist() == [0.0]


def test_floating_point_zeros(text: str, ran) -> None:
    means = [Y.mean().item() for Y in ran[0]["outputs"]]
    assert all(abs(mean) < 6e-8 for mean in means)
    large = 1e6 * torch.rand(4, 8, generator=torch.Generator().manual_seed(0))
    assert abs(ran[0]["CenteredLayer"]()(large).mean().item()) < 0.05
    assert pytest.approx(6e-8, rel=0.01) == 2**-24
    fails = [(X - X.mean()).mean().abs() >= 1e-8 for X in 1e6 * torch.rand(20, 4, 8)]
    assert any(fails), "the text's fixed bound must fail for large numbers"


def test_who_changes_the_neighbours_output(ran) -> None:
    changes = ran[0]["changes"]
    assert float(changes["CenteredLayer"][:3].min()) > 0.1
    assert float(changes["CenteredRows"][:3].max()) == 0.0
    assert "LayerNorm is CenteredRows, scaled: True" in ran[1]


def test_from_scratch_and_concise_agree(ran) -> None:
    assert ran[1].count("same outputs: True") == 2
    assert ran[1].count("unchanged in eval mode: True") == 2
    assert all(abs(share - 0.3) < 0.01 for share in ran[0]["shares"].values())


def test_the_published_layer_does_not_move_and_nothing_else_tells(ran) -> None:
    """On the stand-in too: the same count, a falling loss, and a worse network."""
    namespace, printed = ran
    moved, counted, accuracy = (namespace[name] for name in ("moved", "counted", "accuracy"))
    assert moved["PublishedLinear"] == 0.0 and moved["MyLinear"] > 0.05
    assert counted["PublishedLinear"] == counted["MyLinear"] == 203530
    losses = namespace["histories"]["PublishedLinear"].train_loss
    assert losses[-1] < losses[0] - 0.3 and losses[-1] > 0.5
    assert 0.6 < accuracy["PublishedLinear"] < accuracy["MyLinear"] - 0.03
    assert "did not pass" in printed
    lines = dict(line.split(maxsplit=1) for line in printed.splitlines() if line.endswith("]"))
    assert lines["MyLinear"] == lines["MendedScaled"] == "[]"
    assert lines["PublishedScaled"] == "['1.weight', '1.bias', '1.scale']"


def test_products_and_frequencies_say_what_sums_cannot(ran) -> None:
    xor, wave = ran[0]["xor_accuracy"], ran[0]["wave_accuracy"]
    assert xor["MyLinear"] < 0.65 and xor["Bilinear"] > 0.97
    assert wave["the numbers"] < 0.6 and wave["the sizes"] > 0.97
    assert ran[0]["peaks"] == {5: 5, 6: 6}
    says_same = ran[0]["predictions"]["Bilinear"]
    assert (
        says_same[75, 75] == says_same[25, 25] == 1 and says_same[75, 25] == says_same[25, 75] == 0
    )


@real_data
def test_three_of_four(text: str, ran) -> None:
    assert "three pictures of four" in text
    assert ran[0]["accuracy"]["PublishedLinear"] == pytest.approx(0.76, abs=0.03)
