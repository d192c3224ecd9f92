"""The packages that a notebook may import, at home and in grading."""

from __future__ import annotations

PACKAGES = (
    "torch",
    "torchvision",
    "numpy",
    "pandas",
    "scipy",
    "matplotlib",
    "tqdm",
    "safetensors",
    "d2l",
    "lab",
)
WHICH_THERE_ARE = (
    f"Beside Python's own modules, the course has {', '.join(PACKAGES[:-1])} and {PACKAGES[-1]}; "
    "grading knows no others."
)
