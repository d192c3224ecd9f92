"""Batches of images that live in memory, on the device that computes with them."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor


class Batches:
    """An iterable of `(X, y)` batches over images that are already on the device.

    X is float32 of shape (n, 1, height, width) in [0, 1]; y is int64 of shape (n,). The last
    batch may be smaller. With `shuffle`, each pass draws a new permutation of all examples from
    torch's own random stream, so `torch.manual_seed` makes the passes repeatable.

    Pixels are kept as bytes (a quarter of the memory and of the traffic) and become floats
    batch by batch, with the same values as torchvision's `ToTensor`.
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        batch_size: int,
        *,
        shuffle: bool,
        device: torch.device | str | None = None,
    ) -> None:
        """images: uint8 (n, height, width). labels: integers (n,). Raises ValueError."""
        if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
            raise ValueError(f"batch_size is {batch_size!r}; use a whole number of at least 1")
        if images.dtype != torch.uint8 or images.dim() != 3:
            raise ValueError(
                f"images are {images.dtype} of shape {tuple(images.shape)}; "
                "expected torch.uint8 of shape (n, height, width)"
            )
        if labels.shape != images.shape[:1]:
            raise ValueError(
                f"labels have shape {tuple(labels.shape)}; expected one label for each of the "
                f"{len(images)} images"
            )
        self.device = torch.device(device) if device is not None else torch.get_default_device()
        self.batch_size = batch_size
        self.shuffle = shuffle
        self._height, self._width = images.shape[1:]
        # Rows of one image each: gathering a batch is then one copy a row.
        self._pixels = images.reshape(len(images), -1).contiguous().to(self.device)
        self._labels = labels.to(self.device, torch.int64)

    @property
    def num_examples(self) -> int:
        """The number of examples in one pass."""
        return len(self._labels)

    def __len__(self) -> int:
        """The number of batches in one pass."""
        return -(-self.num_examples // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if not self.shuffle:
            for start in range(0, self.num_examples, self.batch_size):
                rows = slice(start, start + self.batch_size)
                yield self._as_float(self._pixels[rows]), self._labels[rows].clone()
            return
        order = torch.randperm(self.num_examples, device=self.device)
        for chosen in order.split(self.batch_size):
            X = self._as_float(self._pixels.index_select(0, chosen))
            yield X, self._labels.index_select(0, chosen)

    def _as_float(self, pixels: Tensor) -> Tensor:
        return pixels.to(torch.float32).div_(255).view(-1, 1, self._height, self._width)
