"""The synthetic stand-in: repeatable, balanced, learnable but not easy, and overfitted on a part."""

from __future__ import annotations

import torch
from torch import nn

import lab


def test_shapes_types_and_balance():
    train, test = lab.synthetic_fashion_mnist(1200, 300, seed=1)
    assert train.images.shape == (1200, 28, 28) and train.images.dtype == torch.uint8
    assert train.labels.bincount().tolist() == [120] * 10
    assert test.labels.bincount().tolist() == [30] * 10
    assert train.labels[:50].unique().numel() > 5  # mixed, so that a first part has all classes
    X, y = test.tensors()
    assert X.shape == (300, 1, 28, 28) and X.dtype == torch.float32 and y.dtype == torch.int64
    assert X.min() >= 0 and X.max() <= 1


def test_equal_seeds_give_equal_images_and_leave_torchs_stream_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, _ = lab.synthetic_fashion_mnist.__wrapped__(100, 10, 2)
    assert torch.equal(torch.rand(1), expected)
    again, test = lab.synthetic_fashion_mnist.__wrapped__(100, 10, 2)
    other, _ = lab.synthetic_fashion_mnist.__wrapped__(100, 10, 3)
    assert torch.equal(first.images, again.images) and torch.equal(first.labels, again.labels)
    assert not torch.equal(first.images, other.images)
    assert not any(torch.equal(image, seen) for image in test.images for seen in first.images)


def test_pictures_differ_within_a_class_and_show_something():
    train, _ = lab.synthetic_fashion_mnist(1200, 300, seed=1)
    X, y = train.tensors()
    for label in range(10):
        pictures = X[y == label, 0]
        assert (pictures.mean(0) > 0.05).float().mean() > 0.1  # a silhouette, not noise
        assert pictures.std(0).max() > 0.15  # in many poses and cloths
        covered = (pictures > 0.2).float().mean((1, 2))
        assert (covered > 0.02).float().mean() > 0.95


def test_the_network_of_the_chapter_learns_it_and_overfits_a_small_part():
    """A sixth of the data and four epochs: already well above chance and below perfection."""
    train, test = lab.synthetic_fashion_mnist(10_000, 2_000, seed=0)
    test_iter = test.batches(256, shuffle=False)

    def accuracies(n: int, batch_size: int, lr: float, epochs: int) -> tuple[float, float]:
        torch.manual_seed(0)
        net = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(),
            nn.Linear(256, 10),
        )  # fmt: skip
        train_iter = train.first(n).batches(batch_size, shuffle=True)
        updater = torch.optim.SGD(net.parameters(), lr=lr)
        lab.train_classifier(
            net, train_iter, test_iter, nn.CrossEntropyLoss(), epochs, updater, quiet=True
        )
        return lab.evaluate_accuracy(net, train_iter), lab.evaluate_accuracy(net, test_iter)

    _, test_acc = accuracies(10_000, 64, 0.1, 4)
    assert 0.7 < test_acc < 0.95
    small_train_acc, small_test_acc = accuracies(500, 32, 0.1, 40)
    assert small_train_acc - small_test_acc > 0.15
