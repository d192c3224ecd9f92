"""The iterators: shapes, values, a true shuffle, repeatability."""

from __future__ import annotations

import pytest
import torch

import lab
from lab import Batches


def numbered(n: int, batch_size: int, *, shuffle: bool) -> Batches:
    """n images; number i has all pixels i and the label i."""
    images = torch.arange(n, dtype=torch.uint8).reshape(n, 1, 1).expand(n, 4, 5)
    return Batches(images, torch.arange(n), batch_size, shuffle=shuffle, device="cpu")


def test_batches_have_the_promised_shapes_types_and_values():
    batches = list(numbered(10, 4, shuffle=False))
    assert [X.shape for X, _ in batches] == [(4, 1, 4, 5), (4, 1, 4, 5), (2, 1, 4, 5)]
    X, y = batches[1]
    assert X.dtype == torch.float32 and y.dtype == torch.int64
    assert y.tolist() == [4, 5, 6, 7]
    # The values of torchvision's ToTensor, to the last bit.
    assert torch.equal(X[2], torch.full((1, 4, 5), 6, dtype=torch.uint8).float().div(255))


@pytest.mark.parametrize(("n", "batch_size", "expected"), [(10, 4, 3), (8, 4, 2), (3, 256, 1)])
def test_length_counts_the_smaller_last_batch(n: int, batch_size: int, expected: int):
    batches = numbered(n, batch_size, shuffle=True)
    assert len(batches) == expected == len(list(batches))
    assert batches.num_examples == n


def test_each_pass_is_a_new_permutation_that_keeps_images_with_their_labels():
    torch.manual_seed(0)
    batches = numbered(200, 16, shuffle=True)
    passes = []
    for _ in range(2):
        Xs, ys = zip(*batches, strict=True)
        X, y = torch.cat(Xs), torch.cat(ys)
        assert torch.equal((X[:, 0, 0, 0] * 255).round().long(), y)
        assert sorted(y.tolist()) == list(range(200))
        passes.append(y)
    assert not torch.equal(passes[0], passes[1])
    assert not torch.equal(passes[0], torch.arange(200))
    # Not merely batches in another order: a batch mixes examples from all over the data.
    assert all(len(set((y // 16).tolist())) > 3 for y in passes[0].split(16)[:5])


def test_a_seed_repeats_the_order():
    orders = []
    for _ in range(2):
        torch.manual_seed(7)
        orders.append([y.tolist() for _, y in numbered(50, 8, shuffle=True)])
    assert orders[0] == orders[1]


def test_writing_into_a_batch_leaves_the_data_alone():
    for shuffle in (False, True):
        batches = numbered(6, 3, shuffle=shuffle)
        for X, y in batches:
            X.zero_()
            y.zero_()
        assert sorted(torch.cat([y for _, y in batches]).tolist()) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("batch_size", [0, -3, 2.5, True])
def test_a_useless_batch_size_is_refused_with_a_sentence(batch_size: object):
    with pytest.raises(ValueError, match="whole number of at least 1"):
        numbered(4, batch_size, shuffle=False)  # type: ignore[arg-type]


def test_images_of_another_type_or_number_are_refused():
    with pytest.raises(ValueError, match=r"torch\.float32 .* expected torch\.uint8"):
        Batches(torch.zeros(2, 28, 28), torch.zeros(2), 1, shuffle=False)
    with pytest.raises(ValueError, match="one label for each of the 2 images"):
        Batches(torch.zeros(2, 28, 28, dtype=torch.uint8), torch.zeros(3), 1, shuffle=False)


def test_try_device_falls_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert lab.try_device(1) == torch.device("cuda", 1)
    assert lab.try_device(2) == torch.device("cpu")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert lab.try_device() == torch.device("mps")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert lab.try_device() == torch.device("cpu")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_batches_live_on_the_gpu():
    images = torch.zeros(5, 28, 28, dtype=torch.uint8)
    for shuffle in (False, True):
        batches = Batches(images, torch.arange(5), 2, shuffle=shuffle, device="cuda")
        assert all(X.is_cuda and y.is_cuda for X, y in batches)
