"""Training and measuring a classifier, with d2l's arguments."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from lab.progress import Progress

DataIterator = Iterable[tuple[Tensor, Tensor]]
Network = nn.Module | Callable[[Tensor], Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]
Updater = torch.optim.Optimizer | Callable[[int], object]
Device = torch.device | str | None


@dataclass
class History:
    """What a training run measured: one number an epoch in each list, all of them sample means."""

    train_loss: list[float] = field(default_factory=list)
    train_acc: list[float] = field(default_factory=list)
    test_acc: list[float] = field(default_factory=list)
    seconds: float = 0.0
    """Wall-clock time of the whole run, evaluation included."""
    device: str = "cpu"

    started: float = field(default_factory=time.perf_counter, repr=False, compare=False)
    """When it was made, on the clock of `time.perf_counter`."""

    def __len__(self) -> int:
        """The number of epochs."""
        return len(self.train_loss)

    def curves(self) -> dict[str, list[float]]:
        """The numbers by what they measure, as floats, also where tensors were appended."""
        named = {
            "train loss": self.train_loss,
            "train acc": self.train_acc,
            "test acc": self.test_acc,
        }
        return {name: [_as_float(value) for value in values] for name, values in named.items()}


def train_classifier(
    net: Network,
    train_iter: DataIterator,
    test_iter: DataIterator,
    loss: Loss,
    num_epochs: int,
    updater: Updater,
    device: Device = None,
    *,
    quiet: bool = False,
) -> History:
    """Train `net` for `num_epochs` epochs and return what was measured.

    The arguments are those of d2l's `train_ch3`, plus the device. `loss(y_hat, y)` gives one
    loss an example (`reduction='none'`) or their mean. `updater` is a torch optimizer, which gets
    the gradient of the mean loss, or a function of the batch size, which gets the gradient of the
    summed loss and zeroes it itself, as `d2l.sgd` does. `device` None means where the parameters
    of `net` are; another device moves `net` there, and batches follow.

    Train loss and accuracy are means over the examples as they were trained on, so they lag
    behind the test accuracy, which is measured at the end of each epoch. A bad result is a
    result: nothing here asserts that the training went well.

    Shows progress and curves in a notebook, a line an epoch elsewhere; `quiet` shows nothing.
    Raises ValueError when there is nothing to train on.
    """
    where = _place(net, device)
    history = History(device=str(where or "cpu"))
    progress = Progress(history, num_epochs, train_iter, quiet=quiet)
    start = time.perf_counter()
    for _ in range(num_epochs):
        train_loss, train_acc = _train_epoch(net, train_iter, loss, updater, where, progress)
        test_acc = evaluate_accuracy(net, test_iter, where)
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
        history.test_acc.append(test_acc)
        history.seconds = time.perf_counter() - start
        progress.epoch_done()
    progress.close()
    return history


def evaluate_accuracy(net: Network, data_iter: DataIterator, device: Device = None) -> float:
    """Return the fraction of examples in `data_iter` that `net` classifies correctly.

    `net` is in eval mode while it is measured, and every submodule is back in its own mode
    afterwards; no gradients are recorded. Batches count by their size. Raises ValueError when
    there are no examples.
    """
    where = torch.device(device) if device is not None else _device_of(net)
    modes = [(m, m.training) for m in net.modules()] if isinstance(net, nn.Module) else []
    correct, num_examples = [], 0
    try:
        if isinstance(net, nn.Module):
            net.eval()
        with torch.no_grad():
            for X, y in data_iter:
                X, y = _moved(X, y, where)
                correct.append(_num_correct(net(X), y))
                num_examples += y.numel()
    finally:
        for module, training in modes:
            module.training = training
    if num_examples == 0:
        raise ValueError("the data iterator gave no examples; the accuracy needs at least one")
    return _sum(correct) / num_examples


def _train_epoch(
    net: Network,
    train_iter: DataIterator,
    loss: Loss,
    updater: Updater,
    device: torch.device | None,
    progress: Progress,
) -> tuple[float, float]:
    """One pass over the data; returns the mean loss and the accuracy.

    The numbers of each batch stay on the device until the epoch ends: asking a GPU for one of
    them would make it wait at every step.
    """
    if isinstance(net, nn.Module):
        net.train()
    losses, correct, num_examples = [], [], 0
    for X, y in train_iter:
        X, y = _moved(X, y, device)
        n = y.numel()
        y_hat = net(X)
        total, mean = _total_and_mean(loss, loss(y_hat, y), n)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            mean.backward()
            updater.step()
        else:
            total.backward()
            updater(n)
        losses.append(total.detach())
        correct.append(_num_correct(y_hat.detach(), y))
        num_examples += n
        progress.batch_done()
    if num_examples == 0:
        raise ValueError("the training iterator gave no examples; training needs at least one")
    return _sum(losses) / num_examples, _sum(correct) / num_examples


def _total_and_mean(loss: Loss, value: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """The summed and the mean loss of a batch, whichever of the three reductions `loss` uses."""
    if value.dim() > 0:
        return value.sum(), value.mean()
    if getattr(loss, "reduction", "mean") == "sum":
        return value, value / n
    return value * n, value


def _as_float(value: float | Tensor) -> float:
    return float(value.detach() if isinstance(value, Tensor) else value)


def _num_correct(y_hat: Tensor, y: Tensor) -> Tensor:
    return (y_hat.argmax(dim=1) == y).sum()


def _sum(values: list[Tensor]) -> float:
    """Add up scalars in double precision, with one transfer from the device."""
    return sum(torch.stack(values).tolist())


def _place(net: Network, device: Device) -> torch.device | None:
    if device is None:
        return _device_of(net)
    where = torch.device(device)
    if isinstance(net, nn.Module):
        net.to(where)
    return where


def _device_of(net: Network) -> torch.device | None:
    """Where the parameters are; None when there are none, so that batches stay where they are."""
    if isinstance(net, nn.Module):
        for parameter in net.parameters():
            return parameter.device
    return None


def _moved(X: Tensor, y: Tensor, device: torch.device | None) -> tuple[Tensor, Tensor]:
    if device is None:
        return X, y
    return X.to(device, non_blocking=True), y.to(device, non_blocking=True)
