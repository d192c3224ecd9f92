"""d2l's loop and loader in a notebook: quiet, with a history, and with the course's own pictures."""

from __future__ import annotations

import os
import warnings

import pytest
import torch
from torch import nn

import lab
from lab import book, fashion
from lab.book import d2l_data, d2l_loop


@pytest.fixture
def small(monkeypatch):
    """A tiny stand-in in place of the real pictures."""
    splits = lab.synthetic_fashion_mnist(200, 70)
    monkeypatch.setattr(book, "load_fashion_mnist", lambda: splits)
    return splits


def train(net, splits, num_epochs=2, lr=0.1):
    from d2l import torch as d2l

    train_iter, test_iter = (s.batches(32, shuffle=True) for s in splits)
    loss = nn.CrossEntropyLoss(reduction="none")
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    d2l.train_ch3(net, train_iter, test_iter, loss, num_epochs, updater)


def test_the_loop_keeps_a_history_and_tells_what_train_ch3_asserts(small, capfd):
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with d2l_loop() as history:
            train(net, small)
    out, err = capfd.readouterr()
    assert err == ""
    assert len(history.train_loss) == len(history.train_acc) == len(history.test_acc) == 2
    assert "epoch 2/2: train loss" in out and "trained on cpu in" in out
    assert "train_ch3 ends in assertions" in out


def test_the_loop_leaves_d2l_as_it_was(small):
    from d2l import torch as d2l

    animator = d2l.Animator
    with d2l_loop(quiet=True):
        train(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), small)
    assert d2l.Animator is animator


def test_the_loop_swallows_no_assertion_but_d2l_s():
    with pytest.raises(AssertionError, match="mine"), d2l_loop(quiet=True):
        raise AssertionError("mine")
    with pytest.raises(ValueError, match="other"), d2l_loop(quiet=True):
        raise ValueError("other")


def test_the_loader_finds_the_course_s_pictures_and_nothing_stays_behind(small, capfd):
    from d2l import torch as d2l

    before, workers = os.getcwd(), d2l.get_dataloader_workers()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with d2l_data():
            train_iter, test_iter = d2l.load_data_fashion_mnist(32)
        X, y = next(iter(test_iter))
    assert os.getcwd() == before and d2l.get_dataloader_workers() == workers
    ours = small[1].tensors()
    assert torch.equal(X, ours[0][:32]) and torch.equal(y, ours[1][:32])
    assert sum(len(y) for _, y in train_iter) == 200
    assert capfd.readouterr().err == ""


def test_the_pictures_are_those_of_fashion_mnist():
    assert book.load_fashion_mnist is fashion.load_fashion_mnist
