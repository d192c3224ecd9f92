"""Training curves as a small SVG picture, cheap enough to be redrawn while training runs."""

from __future__ import annotations

import math
from html import escape

WIDTH, HEIGHT = 450, 230
LEFT, RIGHT, TOP, BOTTOM = 40, 300, 10, 200

# Told apart by dashes and by the key beside the picture as well as by colour.
_STYLES = (("#0072b2", ""), ("#d55e00", "7 3"), ("#007a5a", "2 3"))


def svg_curves(curves: dict[str, list[float]], num_epochs: int) -> str:
    """Draw up to three named curves over the epochs; the text alternative holds the last values."""
    top = _upper_limit(curves)
    parts = [_frame(top, num_epochs)]
    label_heights = _label_heights(curves, top)
    for (name, values), (colour, dashes) in zip(curves.items(), _STYLES, strict=False):
        points = [
            (_x(epoch, num_epochs), _y(value, top))
            for epoch, value in enumerate(values, 1)
            if math.isfinite(value)
        ]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dashes}"/>'
        )
        parts.extend(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in points
        )
        if values:
            height = label_heights[name]
            parts.append(
                f'<line x1="{RIGHT + 6}" x2="{RIGHT + 28}" y1="{height - 4:.1f}" '
                f'y2="{height - 4:.1f}" stroke="{colour}" stroke-width="2" '
                f'stroke-dasharray="{dashes}"/>'
                f'<text x="{RIGHT + 33}" y="{height:.1f}" fill="{colour}">'
                f"{escape(name)} {values[-1]:.3f}</text>"
            )
    told = ", ".join(f"{name} {values[-1]:.3f}" for name, values in curves.items() if values)
    alt = f"Training curves over {num_epochs} epochs; latest: {told or 'nothing yet'}"
    return (
        f'<svg role="img" aria-label="{escape(alt)}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" '
        f'style="background: white">{"".join(parts)}</svg>'
    )


def _upper_limit(curves: dict[str, list[float]]) -> float:
    seen = [v for values in curves.values() for v in values if math.isfinite(v)]
    return max(1.0, *seen) if seen else 1.0


def _x(epoch: float, num_epochs: int) -> float:
    return LEFT + (RIGHT - LEFT) * (epoch - 1) / max(num_epochs - 1, 1)


def _y(value: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * min(max(value / top, 0.0), 1.0)


def _label_heights(curves: dict[str, list[float]], top: float) -> dict[str, float]:
    """A height for each label beside its last point, pushed apart where they would touch."""
    last = {n: v[-1] if math.isfinite(v[-1]) else top for n, v in curves.items() if v}
    heights: dict[str, float] = {}
    lowest = float(TOP - 10)
    for name in sorted(last, key=lambda n: -last[n]):
        lowest = heights[name] = max(_y(last[name], top) + 4, lowest + 14)
    return heights


def _frame(top: float, num_epochs: int) -> str:
    ticks = [
        f'<text x="{LEFT - 6}" y="{_y(v, top) + 4:.1f}" text-anchor="end">{v:.1f}</text>'
        f'<line x1="{LEFT}" x2="{RIGHT}" y1="{_y(v, top):.1f}" y2="{_y(v, top):.1f}" '
        'stroke="#ddd"/>'
        for v in (0.0, top / 2, top)
    ]
    ends = [
        f'<text x="{_x(e, num_epochs):.1f}" y="{BOTTOM + 15}" text-anchor="middle">{e}</text>'
        for e in sorted({1, num_epochs})
    ]
    name = f'<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 26}" text-anchor="middle">epoch</text>'
    return '<g fill="#333">' + "".join([*ticks, *ends, name]) + "</g>"
