"""Houses that do not exist: the synthetic stand-in for the table of house prices.

Every house has eight hidden factors, drawn from a normal distribution. A column is a weighted sum of them and
noise of its own, brought to the values that the real column has, by rank. So each column has the real
values and shares, and columns go together as the real ones do. `lab/results/house_columns.json` holds the
values and the weights; `python -m experiments.house_columns` makes it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

NUM_TRAIN, NUM_TEST = 1460, 1459
_MEAN, _SPREAD = 12.02, 0.37
"""Of the logarithm of the price, and how far it goes with the factors."""
_BEND, _NOISE = 0.03, 0.09
"""What the factors do together, and what nothing explains."""


@cache
def _columns() -> dict[str, dict[str, Any]]:
    text = (files("lab") / "results" / "house_columns.json").read_text(encoding="utf-8")
    return json.loads(text)


def feature_names() -> list[str]:
    """The names of the 79 features in their order."""
    return [name for name in _columns() if name != "SalePrice"]


def build_houses(num_train: int, num_test: int, seed: int) -> pd.DataFrame:
    """A table of num_train + num_test houses: Id, features, SalePrice. Equal arguments give equal tables."""
    random, n = np.random.default_rng(seed), num_train + num_test
    described = _columns()
    factors = random.standard_normal((n, len(described["SalePrice"]["loadings"])))
    table: dict[str, Any] = {"Id": np.arange(1, n + 1)}
    for name in feature_names():
        table[name] = _column(described[name], _score(described[name], factors, random))
    table["SalePrice"] = _prices(described["SalePrice"], factors, random)
    houses = pd.DataFrame(table)
    for name in feature_names():
        _lose(houses, name, described[name], (num_train, num_test), random)
    return houses


def _score(entry: dict[str, Any], factors: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A standard normal number for each house, which goes with the factors as the column does."""
    weights = np.array(entry["loadings"])
    own = np.sqrt(max(1 - float(weights @ weights), 0.0))
    return factors @ weights + own * random.standard_normal(len(factors))


def _column(entry: dict[str, Any], score: np.ndarray) -> np.ndarray | list:
    """The values of a column: the smallest for the smallest score."""
    shares = (score.argsort().argsort() + 0.5) / len(score)
    if "quantiles" in entry:
        quantiles = entry["quantiles"]
        places = np.linspace(0, 1, len(quantiles))
        return np.interp(shares, places, quantiles).round().astype(np.int64)
    ends = np.cumsum(entry["counts"]) / sum(entry["counts"])
    places = np.searchsorted(ends, shares).clip(0, len(ends) - 1)
    if entry["numeric"]:
        return np.array(entry["levels"])[places].astype(np.int64)
    return [entry["levels"][place] for place in places]


def _prices(entry: dict[str, Any], factors: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Whole dollars."""
    weights = np.array(entry["loadings"])
    signal = factors @ weights / np.sqrt(weights @ weights)
    together = factors[:, 0] * factors[:, 1]
    noise = random.standard_normal(len(factors))
    logs = _MEAN + _SPREAD * signal + _BEND * together + _NOISE * noise
    return np.exp(logs).round().astype(np.int64)


def _lose(
    houses: pd.DataFrame,
    name: str,
    entry: dict[str, Any],
    sizes: tuple[int, int],
    random: np.random.Generator,
) -> None:
    """Take numbers out of a column: as many of the training rows, and of the others, as are missing really."""
    start = 0
    for size, lost, real in zip(
        sizes, entry.get("missing", (0, 0)), (NUM_TRAIN, NUM_TEST), strict=True
    ):
        count = round(lost * size / real)
        if count:
            rows = start + random.choice(size, count, replace=False)
            houses[name] = houses[name].astype(float)
            houses.loc[rows, name] = np.nan
        start += size
