"""How fast the course trains: d2l 0.17.6, the course's `lab`, and the floor, in alternation.

    python benchmarks/training.py [--epochs N] [--threads N] [--gpu-only]

The network of chapter 1 (784-256-256-10, dropout 0.2 and 0.5, lr 0.5, batch 256) is trained on
the same images by d2l's own `load_data_fashion_mnist` and `train_epoch_ch3` and by
`lab.fashion_mnist` and `lab.train_classifier`. An epoch is 60,000 training images and the
evaluation of 10,000 test images. The floor is the matrix products of such an epoch and nothing
else. Set COURSE_DATA to measure on the real images. With a GPU, ten epochs there follow.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import statistics
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

import lab
from lab.fashion import FashionSplit, load_fashion_mnist

BATCH_SIZE, LR, DROPOUT1, DROPOUT2 = 256, 0.5, 0.2, 0.5
SIZES = (784, 256, 256, 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--epochs", type=int, default=3, help="epochs of each, on the CPU")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--gpu-only", action="store_true", help="leave the comparison on CPU out")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    train, test = load_fashion_mnist()
    if not arguments.gpu_only:
        compare_on_cpu(train, test, arguments.epochs)
    if torch.cuda.is_available():
        measure_on_gpu(train, test)
    else:
        print("no CUDA GPU here: the GPU part was not measured")


def compare_on_cpu(train: FashionSplit, test: FashionSplit, num_epochs: int) -> None:
    """Train both in alternation, epoch by epoch, and print the comparison."""
    torch.manual_seed(0)
    net_d2l, net_lab = chapter_net(), chapter_net()
    train_iter = train.batches(BATCH_SIZE, shuffle=True, device="cpu")
    test_iter = test.batches(BATCH_SIZE, shuffle=False, device="cpu")
    floor = Floor(torch.device("cpu"))
    with d2l_epochs(train, test, net_d2l) as d2l_epoch:
        contenders: dict[str, Callable[[], tuple[float, float, float]]] = {
            "d2l 0.17.6": d2l_epoch,
            "lab": lab_epochs(net_lab, train_iter, test_iter),
        }
        seconds: dict[str, list[float]] = {name: [] for name in (*contenders, "floor")}
        metrics: dict[str, tuple[float, float, float]] = {}
        for epoch in range(num_epochs):
            for name, run_epoch in contenders.items():
                start = time.perf_counter()
                metrics[name] = run_epoch()
                seconds[name].append(time.perf_counter() - start)
            start = time.perf_counter()
            floor.epoch(len(train), len(test))
            seconds["floor"].append(time.perf_counter() - start)
            told = ", ".join(f"{name} {values[-1]:.2f} s" for name, values in seconds.items())
            print(f"epoch {epoch + 1}/{num_epochs}: {told}", flush=True)
    report(seconds, metrics, num_epochs)


def report(
    seconds: dict[str, list[float]],
    metrics: dict[str, tuple[float, float, float]],
    num_epochs: int,
) -> None:
    """Print medians, ratios and what the networks reached."""
    median = {name: statistics.median(values) for name, values in seconds.items()}
    print(f"\n{torch.get_num_threads()} threads, torch {torch.__version__}, {num_epochs} epochs")
    print(f"{'':12}{'s/epoch':>9}{'train loss':>12}{'train acc':>11}{'test acc':>10}")
    for name, (loss, train_acc, test_acc) in metrics.items():
        print(f"{name:12}{median[name]:9.2f}{loss:12.3f}{train_acc:11.3f}{test_acc:10.3f}")
    print(f"{'floor':12}{median['floor']:9.2f}")
    print(f"faster than d2l: {median['d2l 0.17.6'] / median['lab']:.1f} times (goal: 10)")
    print(f"distance to the floor: {median['lab'] / median['floor']:.2f} times (goal: 2.5)")


def measure_on_gpu(train: FashionSplit, test: FashionSplit, num_epochs: int = 10) -> None:
    """Ten epochs on the GPU, after a short warm-up, and the floor there."""
    device = lab.try_device()
    train_iter = train.batches(BATCH_SIZE, shuffle=True, device=device)
    test_iter = test.batches(BATCH_SIZE, shuffle=False, device=device)
    warm_up = train.first(2 * BATCH_SIZE).batches(BATCH_SIZE, shuffle=True, device=device)
    lab_epochs(chapter_net().to(device), warm_up, warm_up)()
    print(f"\n{torch.cuda.get_device_name(device)}, {num_epochs} epochs, three runs")
    for seed in range(3):
        torch.manual_seed(seed)
        net = chapter_net().to(device)
        loss, updater = nn.CrossEntropyLoss(reduction="none"), sgd(net)
        h = lab.train_classifier(
            net, train_iter, test_iter, loss, num_epochs, updater, device, quiet=True
        )
        print(
            f"{h.seconds:.2f} s (goal: 2), train loss {h.train_loss[-1]:.3f}, "
            f"train acc {h.train_acc[-1]:.3f}, test acc {h.test_acc[-1]:.3f}"
        )
    floor = Floor(device)
    floor.epoch(2 * BATCH_SIZE, BATCH_SIZE)
    torch.cuda.synchronize(device)
    start = time.perf_counter()
    for _ in range(num_epochs):
        floor.epoch(len(train), len(test))
    torch.cuda.synchronize(device)
    print(f"floor: {time.perf_counter() - start:.2f} s")


# The contenders ---------------------------------------------------------------------------------


class ChapterNet(nn.Module):
    """The network of chapter 1, dropout from scratch."""

    def __init__(self) -> None:
        super().__init__()
        self.lin1 = nn.Linear(SIZES[0], SIZES[1])
        self.lin2 = nn.Linear(SIZES[1], SIZES[2])
        self.lin3 = nn.Linear(SIZES[2], SIZES[3])

    def forward(self, X: Tensor) -> Tensor:
        H1 = torch.relu(self.lin1(X.reshape(-1, SIZES[0])))
        if self.training:
            H1 = dropout_layer(H1, DROPOUT1)
        H2 = torch.relu(self.lin2(H1))
        if self.training:
            H2 = dropout_layer(H2, DROPOUT2)
        out: Tensor = self.lin3(H2)
        return out


def dropout_layer(X: Tensor, dropout: float) -> Tensor:
    """Dropout as the chapter writes it (0 < dropout < 1)."""
    mask = (torch.rand(X.shape, device=X.device) > dropout).float()
    return mask * X / (1.0 - dropout)


def chapter_net() -> ChapterNet:
    """A new network with torch's own initial values."""
    return ChapterNet()


def sgd(net: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(net.parameters(), lr=LR)


def lab_epochs(
    net: nn.Module, train_iter: lab.Batches, test_iter: lab.Batches
) -> Callable[[], tuple[float, float, float]]:
    """A function that trains one more epoch with `lab`: train loss, train and test accuracy."""
    loss, updater = nn.CrossEntropyLoss(reduction="none"), sgd(net)

    def epoch() -> tuple[float, float, float]:
        h = lab.train_classifier(net, train_iter, test_iter, loss, 1, updater, quiet=True)
        return h.train_loss[0], h.train_acc[0], h.test_acc[0]

    return epoch


@contextlib.contextmanager
def d2l_epochs(
    train: FashionSplit, test: FashionSplit, net: nn.Module
) -> Iterator[Callable[[], tuple[float, float, float]]]:
    """The same with d2l, which looks for its data in ../data and reads the images from there."""
    from d2l import torch as d2l

    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work"
        work.mkdir()
        write_torchvision_layout(Path(folder) / "data", train, test)
        os.chdir(work)
        try:
            train_iter, test_iter = d2l.load_data_fashion_mnist(BATCH_SIZE)
            loss, updater = nn.CrossEntropyLoss(reduction="none"), sgd(net)

            def epoch() -> tuple[float, float, float]:
                train_loss, train_acc = d2l.train_epoch_ch3(net, train_iter, loss, updater)
                return train_loss, train_acc, d2l.evaluate_accuracy(net, test_iter)

            yield epoch
        finally:
            os.chdir(home)


def write_torchvision_layout(root: Path, train: FashionSplit, test: FashionSplit) -> None:
    """Write the images that `lab` loaded as IDX files where torchvision looks for them."""
    raw = root / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for prefix, split in (("train", train), ("t10k", test)):
        for kind, values in (
            ("images-idx3", split.images),
            ("labels-idx1", split.labels.to(torch.uint8)),
        ):
            header = bytes([0, 0, 8, values.dim()]) + struct.pack(
                f">{values.dim()}I", *values.shape
            )
            (raw / f"{prefix}-{kind}-ubyte").write_bytes(header + values.numpy().tobytes())


class Floor:
    """The matrix products of an epoch, forward and backward, into memory that is there already."""

    def __init__(self, device: torch.device) -> None:
        def new(*shape: int) -> Tensor:
            return torch.randn(*shape, device=device)

        self.H = [new(BATCH_SIZE, size) for size in SIZES]
        self.W = [new(out, into) / 30 for into, out in itertools.pairwise(SIZES)]
        self.dH = [new(BATCH_SIZE, size) for size in SIZES]
        self.dW = [torch.empty_like(w) for w in self.W]

    def epoch(self, num_train: int, num_test: int) -> None:
        for start in range(0, num_train, BATCH_SIZE):
            n = min(BATCH_SIZE, num_train - start)
            self._forward(n)
            self._backward(n)
        for start in range(0, num_test, BATCH_SIZE):
            self._forward(min(BATCH_SIZE, num_test - start))

    def _forward(self, n: int) -> None:
        for i, weight in enumerate(self.W):
            torch.mm(self.H[i][:n], weight.t(), out=self.H[i + 1][:n])

    def _backward(self, n: int) -> None:
        for i in reversed(range(len(self.W))):
            torch.mm(self.dH[i + 1][:n].t(), self.H[i][:n], out=self.dW[i])
            if i > 0:  # nobody needs the gradient of the images
                torch.mm(self.dH[i + 1][:n], self.W[i], out=self.dH[i][:n])


if __name__ == "__main__":
    main()
