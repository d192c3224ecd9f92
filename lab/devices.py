"""Which device to compute on."""

from __future__ import annotations

import torch


def try_device(i: int = 0) -> torch.device:
    """Return GPU number `i` when the machine has it, else a Mac's GPU (for i = 0), else the CPU."""
    if 0 <= i < torch.cuda.device_count():
        return torch.device("cuda", i)
    if i == 0 and torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")
