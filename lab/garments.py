"""Ten kinds of garment, as shapes with measures drawn anew for each picture.

A garment is a signed distance on the plane, positive inside, put together from trapezoids,
capsules and ellipses. Kinds overlap on purpose, as the real ones do: a shirt may be cut like a
pullover or like a t-shirt, a coat is a longer pullover with an opening, a boot may be low.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


class Measures:
    """Random measures for `n` pictures at once, each of shape (n, 1)."""

    def __init__(self, n: int, generator: torch.Generator) -> None:
        self.n, self.generator = n, generator

    def uniform(self, low: float, high: float) -> Tensor:
        return torch.rand(self.n, 1, generator=self.generator) * (high - low) + low

    def normal(self, mean: float, std: float) -> Tensor:
        return torch.randn(self.n, 1, generator=self.generator) * std + mean

    def chance(self, probability: float) -> Tensor:
        return (torch.rand(self.n, 1, generator=self.generator) < probability).float()


Garment = Callable[[Tensor, Tensor, Measures], tuple[Tensor, Tensor | float]]
"""From coordinates x (to the right) and y (downwards), (n, pixels) in about [-1, 1], to the signed
distance and the brightness of details, 1 where there are none."""


# Shapes -----------------------------------------------------------------------------------------


def _trapezoid(
    x: Tensor, y: Tensor, top: Tensor, bottom: Tensor, at_top: Tensor, at_bottom: Tensor
) -> Tensor:
    """Upright, centred on x = 0; `at_top` and `at_bottom` are half its widths there."""
    slope = (at_bottom - at_top) / (bottom - top)
    inside = (y - top).mul_(slope).add_(at_top).sub_(x.abs())
    return torch.minimum(inside, torch.minimum(y - top, bottom - y))


def _capsule(
    x: Tensor, y: Tensor, x0: Tensor, y0: Tensor, x1: Tensor, y1: Tensor, radius: Tensor
) -> Tensor:
    """All points nearer than `radius` to the segment from (x0, y0) to (x1, y1)."""
    dx, dy = x1 - x0, y1 - y0
    px, py = x - x0, y - y0
    along = (px * dx).addcmul_(py, dy).mul_(1 / (dx * dx + dy * dy + 1e-6)).clamp_(0, 1)
    px.addcmul_(along, dx, value=-1)
    py.addcmul_(along, dy, value=-1)
    return px.square_().addcmul_(py, py).sqrt_().neg_().add_(radius)


def _ellipse(x: Tensor, y: Tensor, cx: Tensor, cy: Tensor, rx: Tensor, ry: Tensor) -> Tensor:
    """Roughly the distance to an ellipse's edge, exact on it."""
    return (1 - torch.hypot((x - cx) / rx, (y - cy) / ry)) * torch.minimum(rx, ry)


def _top(
    x: Tensor,
    y: Tensor,
    draw: Measures,
    sleeve: Tensor,
    length: Tensor,
    width: Tensor,
    flare: Tensor,
) -> Tensor:
    """A garment for the upper body: trunk, two sleeves of a length, a neckline."""
    shoulder = draw.normal(-0.66, 0.04)
    trunk = _trapezoid(x, y, shoulder, length, width, width + flare)
    spread = draw.uniform(0.15, 0.55)  # the angle of the arms
    x0, y0 = width - 0.10, shoulder + 0.12
    arms = _capsule(
        x.abs(),
        y,
        x0,
        y0,
        x0 + sleeve * spread.sin(),
        y0 + sleeve * spread.cos(),
        draw.uniform(0.10, 0.15),
    )
    neck = _ellipse(x, y, x0 * 0, shoulder, draw.uniform(0.12, 0.22), draw.uniform(0.06, 0.2))
    return torch.minimum(torch.maximum(trunk, arms), -neck)


def _line_down(x: Tensor, at: Tensor, half_width: Tensor, brightness: Tensor) -> Tensor:
    """Brightness 1 except for a line from top to bottom: an opening, or a row of buttons."""
    on_line = (x - at).abs_().sub_(half_width).mul_(-14).add_(0.5).clamp_(0, 1)
    return 1 + on_line * (brightness - 1)


# Garments, in the order of the labels -----------------------------------------------------------


def _t_shirt(x: Tensor, y: Tensor, draw: Measures) -> tuple[Tensor, Tensor | float]:
    sleeve = draw.uniform(0.12, 0.5)
    return _top(
        x, y, draw, sleeve, draw.normal(0.66, 0.07), draw.normal(0.42, 0.05), draw.normal(0, 0.04)
    ), 1.0


def _trouser(x: Tensor, y: Tensor, draw: Measures) -> tuple[Tensor, Tensor | float]:
    top, bottom = draw.normal(-0.78, 0.05), draw.normal(0.80, 0.07)
    hip, hem = draw.normal(0.32, 0.05), draw.normal(0.34, 0.08)
    outer = _trapezoid(x, y, top, bottom, hip, hem)
    crotch = draw.uniform(-0.35, 0.0)
    gap = _trapezoid(x, y, crotch, bottom + 0.3, hip * 0, draw.uniform(0.04, 0.2))
    return torch.minimum(outer, -gap), 1.0


def _pullover(x: Tensor, y: Tensor, draw: Measures) -> tuple[Tensor, Tensor | float]:
    return _top(
        x,
        y,
        draw,
        draw.uniform(0.75, 1.25),
        draw.normal(0.62, 0.08),
        draw.normal(0.42, 0.05),
        draw.normal(0.01, 0.05),
    ), 1.0


def _dress(x: Tensor, y: Tensor, draw: Measures) -> tuple[Tensor, Tensor | float]:
    sleeve = draw.uniform(0.02, 0.4) + draw.chance(0.15) * 0.6
    length = draw.normal(0.84, 0.06)
    body = _top(x, y, draw, sleeve, length, draw.normal(0.25, 0.05), draw.normal(0.10, 0.09))
    skirt = _trapezoid(
        x, y, draw.normal(-0.05, 0.1), length, draw.normal(0.24, 0.05), draw.normal(0.42, 0.1)
    )
    return torch.maximum(body, skirt), 1.0


def _coat(x: Tensor, y: Tensor, draw: Measures) -> tuple[Tensor, Tensor | float]:
    cut = _top(
        x,
        y,
        draw,
        draw.uniform(0.8, 1.25),
        draw.normal(0.80, 0.08),
        draw.normal(0.43, 0.05),
        draw.normal(0.05, 0.05),
    )
    opening = _line_down(x, draw.normal(0, 0.05), draw.uniform(0.0, 0.05), draw.uniform(0.2, 1.0))
    return cut, opening


def _sandal(x: Tensor, y: Tensor, draw: Measures) -> tuple[Tensor, Tensor | float]:
    ground = draw.normal(0.38, 0.06)
    heel = draw.uniform(0.0, 0.55) * draw.chance(0.6)
    thick = draw.uniform(0.05, 0.11)
    zero = heel * 0
    sole = torch.maximum(
        _capsule(x, y, zero - 0.8, ground, zero - 0.1, ground, thick),
        _capsule(x, y, zero - 0.1, ground, zero + 0.75, ground - heel, thick),
    )
    stilt = _capsule(x, y, zero + 0.72, ground - heel, zero + 0.78, ground, thick)
    strap = draw.uniform(0.04, 0.12)
    high = draw.uniform(0.2, 0.65)
    front = draw.uniform(-0.6, -0.2)
    straps = torch.maximum(
        _capsule(x, y, front - 0.2, ground, front + 0.25, ground - high, strap),
        _capsule(x, y, front + 0.25, ground - high, zero + 0.7, ground - heel, strap),
    )
    return torch.maximum(torch.maximum(sole, stilt), straps), 1.0


def _shirt(x: Tensor, y: Tensor, draw: Measures) -> tuple[Tensor, Tensor | float]:
    short = draw.chance(0.25)
    sleeve = short * draw.uniform(0.25, 0.55) + (1 - short) * draw.uniform(0.75, 1.25)
    width, flare = draw.normal(0.35, 0.045), draw.normal(0.0, 0.05)
    cut = _top(x, y, draw, sleeve, draw.normal(0.68, 0.08), width, flare)
    buttons = _line_down(x, draw.normal(0, 0.03), draw.uniform(0.0, 0.04), draw.uniform(0.3, 1.2))
    return cut, buttons


def _shoe(x: Tensor, y: Tensor, draw: Measures, instep: Tensor, shaft: Tensor) -> Tensor:
    """A closed shoe that points to the left: a toe, a rising instep, a heel, a shaft."""
    ground, zero = draw.normal(0.42, 0.05), instep * 0
    toe = _capsule(
        x, y, zero - 0.62, ground - 0.12, zero + 0.55, ground - 0.14, draw.uniform(0.14, 0.2)
    )
    rise = _capsule(
        x, y, zero - 0.3, ground - 0.15, zero + 0.5, ground - instep, draw.uniform(0.14, 0.22)
    )
    leg = _trapezoid(
        x - 0.42, y, ground - shaft, ground, draw.normal(0.30, 0.04), draw.normal(0.33, 0.03)
    )
    foot = torch.maximum(torch.maximum(toe, rise), leg)
    return torch.minimum(foot, ground - y)


def _sneaker(x: Tensor, y: Tensor, draw: Measures) -> tuple[Tensor, Tensor | float]:
    instep = draw.uniform(0.22, 0.5)
    shoe = _shoe(x, y, draw, instep, instep + draw.uniform(0.0, 0.22))
    return shoe, _line_down(
        y, draw.normal(0.36, 0.04), draw.uniform(0.0, 0.06), draw.uniform(0.8, 1.8)
    )


def _bag(x: Tensor, y: Tensor, draw: Measures) -> tuple[Tensor, Tensor | float]:
    top, bottom = draw.normal(-0.18, 0.14), draw.normal(0.62, 0.1)
    width = draw.normal(0.62, 0.12)
    body = _trapezoid(x, y, top, bottom, width, width + draw.normal(0.03, 0.08))
    zero = width * 0
    wide, high, thick = (
        width * draw.uniform(0.4, 0.9),
        draw.uniform(0.1, 0.7),
        draw.uniform(0.04, 0.1),
    )
    ring = thick - _ellipse(x, y, zero, top, wide, high).abs_()
    handle = torch.minimum(ring, top + 0.1 - y)
    return torch.maximum(body, handle), 1.0


def _ankle_boot(x: Tensor, y: Tensor, draw: Measures) -> tuple[Tensor, Tensor | float]:
    return _shoe(x, y, draw, draw.uniform(0.3, 0.6), draw.uniform(0.55, 1.15)), 1.0


GARMENTS: tuple[Garment, ...] = (
    _t_shirt,
    _trouser,
    _pullover,
    _dress,
    _coat,
    _sandal,
    _shirt,
    _sneaker,
    _bag,
    _ankle_boot,
)
