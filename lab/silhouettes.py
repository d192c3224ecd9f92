"""Pictures of garments: the synthetic stand-in for Fashion-MNIST.

Each picture is a garment of `lab.garments`, posed, textured, shaded and disturbed by chance.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lab.garments import GARMENTS, Garment, Measures

SIDE = 28
_CHUNK = 256  # pictures drawn together: small enough to stay in a processor's cache
_SHARPNESS = 9.0  # how fast an edge goes from 0 to 1; a pixel is 1/14 wide


def draw_garments(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return images, uint8 (n, 28, 28), and labels, int64 (n,): each class equally often, mixed.

    Raises ValueError for a negative n.
    """
    if n < 0:
        raise ValueError(f"n is {n}; it must be 0 or more")
    with torch.device("cpu"):  # the same pictures whatever torch's default device is
        labels = (torch.arange(n) % len(GARMENTS))[torch.randperm(n, generator=generator)]
        images = torch.empty(n, SIDE * SIDE, dtype=torch.uint8)
        for label, garment in enumerate(GARMENTS):
            for rows in (labels == label).nonzero().squeeze(1).split(_CHUNK):
                images[rows] = _pictures(garment, Measures(len(rows), generator))
    return images.view(n, SIDE, SIDE), labels


def _pictures(garment: Garment, draw: Measures) -> Tensor:
    """(n, 784) bytes: the garment posed, then textured, shaded and disturbed."""
    x, y = _posed(draw)
    distance, detail = garment(x, y, draw)
    light = _texture(x, y, draw).mul_(detail)
    light *= distance.mul_(_SHARPNESS).add_(0.5).clamp_(0, 1)
    grain = torch.randn(light.shape, generator=draw.generator)
    light += grain.mul_(draw.uniform(0.02, 0.12))
    return light.clamp_(0, 1).mul_(255).to(torch.uint8)


def _posed(draw: Measures) -> tuple[Tensor, Tensor]:
    """The coordinates of all pixels, seen from a garment that is turned, moved and scaled."""
    line = torch.linspace(-1, 1, SIDE)
    v, u = (t.reshape(1, -1) for t in torch.meshgrid(line, line, indexing="ij"))
    turn = draw.normal(0, 0.07)
    cos, sin = turn.cos(), turn.sin()
    u, v = u - draw.normal(0, 0.07), v - draw.normal(0, 0.06)
    x = (cos * u + sin * v) / draw.uniform(0.95, 1.25)
    y = (cos * v - sin * u) / draw.uniform(0.95, 1.15)
    return x, y


def _texture(x: Tensor, y: Tensor, draw: Measures) -> Tensor:
    """The cloth: a brightness, light from one side, and stripes on some pieces."""
    direction = draw.uniform(0, 3.14159)
    frequency = draw.uniform(4, 22)
    waves = (x * (frequency * direction.cos()) + y * (frequency * direction.sin())).sin_()
    waves *= draw.chance(0.45) * draw.uniform(0.05, 0.35)
    shade = x * draw.normal(0, 0.12) + y * draw.normal(0, 0.12)
    return waves.add_(shade).add_(1).mul_(draw.uniform(0.35, 1.0))
