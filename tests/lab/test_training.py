"""Training and measuring, held against a plain loop, to the last digit."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import lab

BatchList = list[tuple[Tensor, Tensor]]


@pytest.fixture
def batches() -> BatchList:
    """Three batches of a tiny problem, the last one smaller."""
    generator = torch.Generator().manual_seed(0)
    return [
        (torch.randn(n, 6, generator=generator), torch.randint(0, 3, (n,), generator=generator))
        for n in (8, 8, 5)
    ]


def small_net() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(6, 7), nn.ReLU(), nn.Dropout(0.4), nn.Linear(7, 3))


def plain_epoch(net: nn.Module, batches: BatchList, lr: float) -> tuple[float, float]:
    """The reference: gradient of the mean loss, one SGD step a batch; mean loss and accuracy."""
    net.train()
    total = correct = n = 0.0
    for X, y in batches:
        y_hat = net(X)
        losses = F.cross_entropy(y_hat, y, reduction="none")
        net.zero_grad()
        losses.mean().backward()
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.add_(parameter.grad, alpha=-lr)
        total += losses.sum().item()
        correct += (y_hat.argmax(1) == y).sum().item()
        n += len(y)
    return total / n, correct / n


def test_equal_to_a_plain_loop_to_the_last_digit(batches):
    net, reference = small_net(), small_net()
    updater = torch.optim.SGD(net.parameters(), lr=0.3)
    torch.manual_seed(2)
    loss = nn.CrossEntropyLoss(reduction="none")
    history = lab.train_classifier(net, batches, batches, loss, 4, updater, quiet=True)
    torch.manual_seed(2)
    for epoch in range(4):
        train_loss, train_acc = plain_epoch(reference, batches, lr=0.3)
        assert history.train_loss[epoch] == train_loss
        assert history.train_acc[epoch] == train_acc
    for ours, theirs in zip(net.parameters(), reference.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    reference.eval()
    correct = sum((reference(X).argmax(1) == y).sum().item() for X, y in batches)
    assert history.test_acc[-1] == correct / 21
    assert len(history) == 4 and history.device == "cpu" and history.seconds > 0


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(), F.cross_entropy, "sum"])
def test_other_reductions_train_the_same_way(batches, loss):
    loss = nn.CrossEntropyLoss(reduction="sum") if loss == "sum" else loss
    net, reference = small_net(), small_net()
    updater = torch.optim.SGD(net.parameters(), lr=0.3)
    torch.manual_seed(2)
    history = lab.train_classifier(net, batches, batches, loss, 1, updater, quiet=True)
    torch.manual_seed(2)
    train_loss, _ = plain_epoch(reference, batches, lr=0.3)
    assert history.train_loss[0] == pytest.approx(train_loss, rel=1e-6)
    for ours, theirs in zip(net.parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_a_hand_written_updater_gets_the_summed_gradient_and_the_batch_size(batches, reduction):
    net, reference = small_net(), small_net()
    sizes = []

    def updater(batch_size: int) -> None:
        sizes.append(batch_size)
        with torch.no_grad():
            for parameter in net.parameters():
                parameter -= 0.3 * parameter.grad / batch_size
                parameter.grad.zero_()

    torch.manual_seed(2)
    loss = nn.CrossEntropyLoss(reduction=reduction)
    lab.train_classifier(net, batches, batches, loss, 1, updater, quiet=True)
    torch.manual_seed(2)
    plain_epoch(reference, batches, lr=0.3)
    assert sizes == [8, 8, 5]
    for ours, theirs in zip(net.parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_a_plain_function_can_be_trained(batches):
    """As in d2l's chapters from scratch, where the network is no module."""
    W = torch.zeros(6, 3, requires_grad=True)
    updater = torch.optim.SGD([W], lr=0.5)
    history = lab.train_classifier(
        lambda X: X @ W, batches, batches, nn.CrossEntropyLoss(), 20, updater, quiet=True
    )
    assert history.train_loss[0] > history.train_loss[-1]
    assert history.train_loss[0] < math.log(3) + 0.1


def test_a_run_that_goes_wrong_is_a_result(batches):
    net = small_net()
    updater = torch.optim.SGD(net.parameters(), lr=1e20)
    history = lab.train_classifier(
        net, batches, batches, nn.CrossEntropyLoss(), 3, updater, quiet=True
    )
    assert len(history) == 3
    assert not math.isfinite(history.train_loss[-1]) or history.train_loss[-1] > 10


def test_nothing_to_train_on_is_said_in_a_sentence():
    with pytest.raises(ValueError, match="training iterator gave no examples"):
        lab.train_classifier(
            small_net(), [], [], nn.CrossEntropyLoss(), 1, lambda n: None, quiet=True
        )


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_the_same_call_trains_on_a_gpu(batches):
    net = small_net()
    updater = torch.optim.SGD(net.parameters(), lr=0.3)
    history = lab.train_classifier(
        net, batches, batches, nn.CrossEntropyLoss(), 3, updater, "cuda", quiet=True
    )
    assert history.device.startswith("cuda") and next(net.parameters()).is_cuda
    assert history.train_loss[-1] < history.train_loss[0]


def test_evaluating_restores_the_mode_of_every_submodule_and_records_no_gradients(batches):
    net = small_net().train()
    net[2].eval()  # a dropout layer that its owner froze
    modes = [module.training for module in net.modules()]
    seen = []
    net[2].register_forward_hook(lambda m, _, out: seen.append((m.training, out.requires_grad)))
    first = lab.evaluate_accuracy(net, batches)
    assert [module.training for module in net.modules()] == modes
    assert seen == [(False, False)] * 3
    assert first == lab.evaluate_accuracy(net, batches)  # no dropout, so no chance


def test_the_mode_is_restored_after_an_error_too():
    net = small_net().train()
    with pytest.raises(RuntimeError):
        lab.evaluate_accuracy(net, [(torch.zeros(2, 99), torch.zeros(2, dtype=torch.long))])
    assert all(module.training for module in net.modules())


def test_batches_count_by_their_size():
    predictions = torch.eye(3)
    data = [
        (predictions[[0, 0, 0, 0]], torch.tensor([0, 0, 0, 0])),
        (predictions[[1]], torch.tensor([2])),
    ]
    assert lab.evaluate_accuracy(lambda X: X, data) == 0.8
    with pytest.raises(ValueError, match="no examples"):
        lab.evaluate_accuracy(lambda X: X, [])


def test_a_terminal_gets_a_line_an_epoch_on_stdout_and_quiet_is_silent(batches, capfd):
    def train(quiet: bool) -> tuple[str, str]:
        net = small_net()
        updater = torch.optim.SGD(net.parameters(), lr=0.3)
        loss = nn.CrossEntropyLoss(reduction="none")
        lab.train_classifier(net, batches, batches, loss, 2, updater, quiet=quiet)
        return capfd.readouterr()

    out, err = train(quiet=False)
    assert err == ""
    lines = out.splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["epoch 1/2", "epoch 2/2"]
    assert lines[2].startswith("trained on cpu in ") and "test acc" in lines[2]
    assert train(quiet=True) == ("", "")


def test_training_leaves_no_gradient_graph_behind(batches):
    net = small_net()
    before = copy.deepcopy(net.state_dict())
    updater = torch.optim.SGD(net.parameters(), lr=0.3)
    history = lab.train_classifier(
        net, batches, batches, nn.CrossEntropyLoss(), 1, updater, quiet=True
    )
    assert all(isinstance(value, float) for value in history.train_loss + history.test_acc)
    assert not torch.equal(before["0.weight"], net.state_dict()["0.weight"])
