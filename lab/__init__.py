"""What the notebooks import: devices, data, training and figures.

`import lab` costs little beyond torch itself: d2l, torchvision and pandas are never imported
here, and matplotlib only when a figure is drawn. The calling conventions are those of d2l.
"""

from lab.batches import Batches
from lab.devices import try_device
from lab.fashion import FASHION_CLASSES, FashionSplit, fashion_mnist, synthetic_fashion_mnist
from lab.figures import plot_histories, plot_history, show_figure, show_images, show_mask
from lab.idx import DataError
from lab.progress import show_progress
from lab.sliders import slider
from lab.threads import use_one_thread
from lab.training import History, evaluate_accuracy, train_classifier

__all__ = [
    "FASHION_CLASSES",
    "Batches",
    "DataError",
    "FashionSplit",
    "History",
    "evaluate_accuracy",
    "fashion_mnist",
    "house_prices",
    "plot_histories",
    "plot_history",
    "show_figure",
    "show_images",
    "show_mask",
    "show_progress",
    "slider",
    "synthetic_fashion_mnist",
    "synthetic_house_prices",
    "train_classifier",
    "try_device",
]

use_one_thread()


def __getattr__(name: str) -> object:
    """The house prices, whose module imports pandas, when they are asked for."""
    if name in ("house_prices", "synthetic_house_prices"):
        from lab import house_tables

        return getattr(house_tables, name)
    raise AttributeError(f"module 'lab' has no attribute {name!r}")
