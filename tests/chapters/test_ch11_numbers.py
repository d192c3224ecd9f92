"""Chapter 11: the numbers in its prose, held against a run of all its cells."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from lab.practice_gpu import PracticeGPUs

from .conftest import real_data

CHAPTER = "11_devices"


def test_small_numbers_of_the_prose(text: str, solved) -> None:
    n = solved(CHAPTER)
    with PracticeGPUs(2):
        assert (n["try_device"](1), n["try_device"](2)) == (
            torch.device("cuda", 1),
            torch.device("cpu"),
        )
    moved = n["move_batch"]([torch.ones(2), ("a", None)], "cpu")
    assert repr(moved) == "[tensor([1., 1.]), ('a', None)]" and f"is `{moved}`" in text
    assert n["same_device"](nn.Linear(2, 2), [torch.ones(2), "a"]) is True
    net = n["make_net"]()
    assert net(torch.rand(3, 1, 28, 28)).shape == (3, 10)
    assert f"{sum(p.numel() for p in net.parameters()):,}" == "269,322" and "269,322" in text
    assert len(list(net.parameters())) == 6 and "Six tensors, 269,322 numbers" in text
    assert -(-60_000 // 256) == 235 and "At 235 batches an epoch" in text
    layer = n["MyLinear"](784, 10, relu=False)
    fresh = nn.Sequential(nn.Flatten(), layer.apply(n["init_xavier"]))
    data = [(torch.rand(40, 1, 28, 28), torch.arange(40) % 10)]
    assert n["train_anywhere"](fresh, data, 1, 0.1, "cpu")[0] == pytest.approx(2.3, abs=0.4)


def test_the_published_function_fails_on_a_gpu_and_not_on_a_cpu(solved) -> None:
    """Lines 3 and 6 are to blame, and line 8 is where it raises."""
    n = solved(CHAPTER)
    code = "\n".join(line[4:] for line in n["published"].splitlines())
    space: dict = {"torch": torch}
    exec(code, space)
    net, data = nn.Linear(3, 4), [(torch.rand(6, 3), torch.arange(6) % 4)]
    assert 0 <= space["published_accuracy"](net, data, "cpu") <= 1
    with PracticeGPUs(1), pytest.raises(RuntimeError, match="two devices") as raised:
        space["published_accuracy"](net, data, "cuda:0")
    assert any(entry.lineno + 1 == 8 for entry in raised.traceback)  # pytest counts from 0
    space = {"torch": torch}
    mended = code.replace("torch.zeros(1)", "torch.zeros(1, device=device)")
    exec(mended.replace("X.to(device)", "X = X.to(device)"), space)
    with PracticeGPUs(1):
        assert 0 <= space["published_accuracy"](net, data, "cuda:0") <= 1


def test_what_the_cells_say_of_devices(ran) -> None:
    printed = ran[1]
    assert "cuda:0 cuda:1 cpu" in printed
    assert "X is on cpu and Y on cuda:0" in printed
    assert "found at least two devices, cuda:0 and cpu!" in printed
    assert "the clock read too early shows less than half of it: True" in printed
    assert re.search(r"at least 4 times 0.05 s: +True", printed)
    for how, copies in (("item() at", 100), ("a list of", 100), ("added on", 1)):
        assert re.search(
            rf"{re.escape(how)}.*sum 100, copies to the CPU +{copies}, waits +{copies}\n", printed
        )
    assert "all in one place: True" in printed


def test_half_the_bits(ran) -> None:
    printed = ran[1]
    assert "256 + 1 in bfloat16: 256.0" in printed
    assert "a gradient of 1e-8 in float16: 0.0" in printed
    assert "the weight torch.float32 the output torch.bfloat16" in printed
    assert "the loss torch.float32" in printed
    assert torch.tensor(1e-8).bfloat16() > 0


def test_the_capstone_survives_its_power_cut(ran) -> None:
    """On the stand-in as well: interrupted, resumed, and within the range that the book's loop asserts."""
    namespace, printed = ran
    history = namespace["history"]
    assert printed.count("the power fails") == 1 and len(history) == 8
    assert "within the book's range: True" in printed
    assert history.train_loss[-1] < history.train_loss[3] < history.train_loss[0]
    assert "the same network, number for number: True" in printed
    assert len(namespace["wrong"]) == 8


@real_data
def test_the_capstone_on_all_pictures(text: str, ran) -> None:
    history = ran[0]["history"]
    assert "train loss of about 0.34 and a test accuracy between 0.85 and 0.88" in text
    assert history.train_loss[-1] == pytest.approx(0.34, abs=0.015)
    assert 0.85 <= history.test_acc[-1] <= 0.88
