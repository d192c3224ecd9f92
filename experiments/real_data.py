"""Telling the real Fashion-MNIST from the course's stand-in and from damaged copies."""

from __future__ import annotations

import hashlib

from lab.fashion import load_fashion_mnist

FASHION_MNIST_SHA256 = "ca3ab2a37f845e1b8ae23cab1b51749a3011ba3bf1d9016176d75cbaabac376f"
"""Of the bytes of training images, training labels, test images, test labels, in this order."""


class NotTheRealData(Exception):
    """What was loaded is not Fashion-MNIST; the message says what to do."""


def require_real_fashion_mnist() -> str:
    """Return the SHA-256 of the images and labels that `lab` loads; it is Fashion-MNIST's.

    Raises NotTheRealData for the stand-in and for anything else.
    """
    digest = hashlib.sha256()
    for split in load_fashion_mnist():
        digest.update(split.images.numpy().tobytes())
        digest.update(split.labels.to(dtype=split.images.dtype).numpy().tobytes())
    if digest.hexdigest() != FASHION_MNIST_SHA256:
        raise NotTheRealData(
            "The images that were found are not the real Fashion-MNIST (their SHA-256 is "
            f"{digest.hexdigest()[:12]}…, expected {FASHION_MNIST_SHA256[:12]}…), and the table "
            "is for the real data only. Set COURSE_DATA to a folder with its four files in "
            "FashionMNIST/raw, or connect to a network so that they can be fetched."
        )
    return digest.hexdigest()
