"""Chapter 2: the numbers in its prose, held against a run of all its cells on the real data."""

from __future__ import annotations

import re

import pytest
import torch

from lab import synthetic_fashion_mnist

from .conftest import real_data

CHAPTER = "02_dropout_concise"


def numbers(printed: str, begin: str) -> list[float]:
    """The numbers in the line that begins so, after its beginning."""
    (line,) = [line for line in printed.splitlines() if line.strip().startswith(begin)]
    return [float(x) for x in re.findall(r"\d+\.\d+|\d+", line.strip().removeprefix(begin))]


def test_small_numbers_of_the_prose(text: str, solved) -> None:
    namespace = solved(CHAPTER)
    net = namespace["build_net"](0.2, 0.5)
    assert f"{sum(p.numel() for p in net.parameters()):,}" == "269,322" and "269,322" in text
    assert (
        float(net[1].weight.detach().std()) == pytest.approx(0.0206, abs=3e-4) and "0.0206" in text
    )
    net.apply(namespace["init_weights"])
    assert float(net[1].weight.detach().std()) == pytest.approx(0.01, rel=0.02)
    assert namespace["ks_bound"](2000, 1e-6) == pytest.approx(0.1233, abs=5e-5)
    assert "`ks_bound(2000, 1e-6)` is about 0.1233" in text
    two = torch.tensor([1.0, 2.0]), torch.tensor([2.0, 3.0])
    assert namespace["ks_distance"](*two) == 0.5 and "is 0.5." in text


@pytest.mark.parametrize("seed", range(3))
def test_the_examples_of_same_as_scratch_are_so(text: str, solved, seed: int) -> None:
    n = solved(CHAPTER)
    torch.manual_seed(seed)
    X = torch.rand(100, 784)
    for concise, expected in (
        (n["build_net"](0.2, 0.5), (True, True)),
        (n["build_net"](0.5, 0.2), (True, False)),
        (n["PublishedMLP"](), (False, True)),
    ):
        assert n["same_as_scratch"](n["ScratchNet"](), concise, X) == expected
    assert (
        "gives `(True, True)`" in text and "`(True, False)`" in text and "`(False, True)`" in text
    )


@real_data
def test_the_book_s_loop_and_loader(text: str, ran) -> None:
    namespace, printed = ran
    history = namespace["history"]
    assert "train loss of about 0.35, a train accuracy of about 0.87" in text
    assert history.train_loss[-1] == pytest.approx(0.35, abs=0.015)
    assert history.train_acc[-1] == pytest.approx(0.87, abs=0.01)
    assert "test accuracy between 0.82 and 0.88" in text
    assert 0.82 <= history.test_acc[-1] <= 0.88
    assert "test pictures of d2l and of lab are the same: True" in printed
    assert namespace["simple_history"].train_loss[0] > 0.6 and "well above 0.5" in text
    assert "train_ch3 ends in assertions" in printed


@real_data
def test_what_the_bug_costs(text: str, ran) -> None:
    _, printed = ran
    published = numbers(printed, "PublishedMLP: test accuracy")
    fixed = numbers(printed, "FixedMLP: test accuracy")
    assert len(set(fixed)) == 1 and len(set(published)) > 1
    assert "0.860 in place of 0.869" in text
    assert sum(published) / 5 == pytest.approx(0.860, abs=0.02)
    assert fixed[0] == pytest.approx(0.869, abs=0.02)
    assert 0.003 < fixed[0] - sum(published) / 5 < 0.015


@real_data
def test_units_taken_away(text: str, ran) -> None:
    _, printed = ran
    lines = [line for line in printed.splitlines() if "of 256 units gone" in line]
    left = [float(re.findall(r"0\.\d+", line)[0]) for line in lines]
    without, with_dropout = left[:3], left[3:]
    assert "neither network loses more than two percent" in text
    assert all(kind[0] - kind[1] <= 0.022 for kind in (without, with_dropout))
    assert "about 0.75 against 0.71" in text
    assert with_dropout[2] == pytest.approx(0.75, abs=0.025)
    assert without[2] == pytest.approx(0.71, abs=0.025)
    assert with_dropout[2] > without[2]


@real_data
def test_agreement_and_accuracy(text: str, ran) -> None:
    _, printed = ran
    most = numbers(printed, "quarter that agrees most:")
    least = numbers(printed, "quarter that agrees least:")
    assert "in about 99 of 100 cases" in text and most[1] == pytest.approx(0.99, abs=0.012)
    assert "in about 70" in text and least[1] == pytest.approx(0.70, abs=0.05)
    mean, plain = numbers(printed, "all 2,000: accuracy")[:2]
    assert "no more accurate than eval mode" in text and abs(mean - plain) < 0.012


def test_the_point_shows_on_the_stand_in_too(solved) -> None:
    """Without the real pictures: the bug costs accuracy, and disagreement tells what is hard."""
    n = solved(CHAPTER)
    train, test = synthetic_fashion_mnist(6000, 1500)
    train_iter, test_iter = train.batches(64, shuffle=True), test.batches(500, shuffle=False)
    torch.manual_seed(0)
    net = n["build_net"](0.2, 0.5)
    updater = torch.optim.SGD(net.parameters(), lr=0.2)
    loss = torch.nn.CrossEntropyLoss(reduction="none")
    n["train_classifier"](net, train_iter, test_iter, loss, 5, updater, quiet=True)
    accuracy = {}
    for kind in ("PublishedMLP", "FixedMLP"):
        candidate = n[kind]()
        n["copy_parameters"](net, candidate)
        measured = [n["evaluate_accuracy"](candidate, test_iter) for _ in range(5)]
        accuracy[kind] = sum(measured) / 5
    assert accuracy["PublishedMLP"] < accuracy["FixedMLP"]
    X, y = test.tensors()
    mean, std = n["mc_dropout_predict"](net, X, 30)
    chosen = mean.argmax(1)
    right = (chosen == y).float()
    order = std.gather(1, chosen[:, None]).squeeze(1).argsort()
    assert right[order[:375]].mean() > right[order[-375:]].mean() + 0.1
