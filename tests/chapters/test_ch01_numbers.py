"""Chapter 1: the numbers in its prose, held against a run on the real data."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from .conftest import real_data

CHAPTER = "01_dropout_from_scratch"


def test_small_numbers_of_the_prose(text: str, solved) -> None:
    namespace = solved(CHAPTER)
    net = namespace["Net"](784, 10, 256, 256)
    assert f"{sum(p.numel() for p in net.parameters()):,}" == "269,322" and "269,322" in text
    assert f"{namespace['randn_drop_rate'](0.5):.3f}" == "0.691" and "about 0.691" in text
    assert namespace["randn_drop_rate"](0.783) == pytest.approx(0.783, abs=0.001)
    assert "near 0.78" in text
    mean, variance = namespace["dropout_moments"](torch.tensor([2.0]), 0.5)
    assert (mean.item(), variance.item()) == (2.0, 4.0) and "`(tensor([2.]), tensor([4.]))`" in text


@real_data
def test_the_network_on_all_pictures(text: str, solved) -> None:
    namespace = solved(CHAPTER)
    torch.manual_seed(0)
    train_iter, test_iter = namespace["fashion_mnist"](batch_size=256)
    net, history = namespace["train_net"](train_iter, test_iter)
    assert "train loss of about 0.34, a train accuracy of about 0.88" in text
    assert history.train_loss[-1] == pytest.approx(0.34, abs=0.015)
    assert history.train_acc[-1] == pytest.approx(0.88, abs=0.01)
    assert "test accuracy between 0.82 and 0.88" in text
    assert 0.82 <= history.test_acc[-1] <= 0.88
    assert history.train_loss[-1] < 0.5 and history.train_acc[-1] > 0.7
    assert "In the first epoch the test accuracy is **above** the train accuracy" in text
    assert history.test_acc[0] > history.train_acc[0]
    assert "another number, about 0.89" in text
    assert namespace["evaluate_accuracy"](net, train_iter) == pytest.approx(0.89, abs=0.02)


@real_data
def test_learning_a_thousand_pictures_by_heart(text: str, chapter, solved) -> None:
    namespace = solved(CHAPTER)
    namespace["train_classifier"] = partial(namespace["train_classifier"], quiet=True)
    cells = [c.source for c in chapter(CHAPTER).cells if c.cell_type == "code"]
    for cell in cells:
        if "by_heart" in cell or "few_train, few_test = fashion_mnist(" in cell:
            exec(compile(cell, "<cell>", "exec"), namespace)
    seen, new = {}, {}
    for name in ("by_heart", "net"):
        seen[name] = namespace["evaluate_accuracy"](namespace[name], namespace["few_train"])
        new[name] = namespace["evaluate_accuracy"](namespace[name], namespace["few_test"])
    assert "right in about 97 of 100 cases; on new ones in about 79" in text
    assert seen["by_heart"] == pytest.approx(0.97, abs=0.02)
    assert new["by_heart"] == pytest.approx(0.79, abs=0.02)
    assert "The gap shrinks, from about 0.18 to about 0.15" in text
    assert seen["by_heart"] - new["by_heart"] == pytest.approx(0.18, abs=0.03)
    assert seen["net"] - new["net"] == pytest.approx(0.15, abs=0.03)
