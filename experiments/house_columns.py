"""What the stand-in for the house prices imitates, written to `lab/results/house_columns.json`.

    COURSE_DATA=FOLDER python -m experiments.house_columns

For each of the 79 features, from the real tables: its values with their counts, or 33 quantiles where it
has many; how many are missing; and eight factor loadings, which say how it goes with the others. The same
loadings for the logarithm of the price. No row of the real tables is in it.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from lab.house_tables import load_house_prices

TARGET = Path(__file__).parents[1] / "lab" / "results" / "house_columns.json"
FEW, QUANTILES, FACTORS = 20, 33, 8


def main() -> None:
    train, test, synthetic = load_house_prices()
    if synthetic:
        raise SystemExit("this needs the real tables: name their folder in COURSE_DATA")
    both = pd.concat([train, test], ignore_index=True)
    log_price, random = np.log(both["SalePrice"]), np.random.default_rng(0)
    described, scores = {}, {}
    for name in both.columns.drop(["Id", "SalePrice"]):
        column = both[name]
        ordered = _levels(column, log_price)
        described[name] = _described(column, len(train), ordered)
        scores[name] = _normal_scores(column, ordered, random)
    scores["SalePrice"] = _normal_scores(log_price, None, random)
    loadings = _loadings(pd.DataFrame(scores))
    for name, row in loadings.iterrows():
        described.setdefault(str(name), {})["loadings"] = [round(value, 2) for value in row]
    text = ",\n".join(f"{json.dumps(name)}: {json.dumps(d)}" for name, d in described.items())
    TARGET.write_text("{\n" + text + "\n}\n", encoding="utf-8")


def _levels(column: pd.Series, log_price: pd.Series) -> list | None:
    """The values of a column of text, missing among them, or of few numbers, in a meaningful order: numbers
    by size, text by the mean price. None for a column of many numbers.
    """
    if pd.api.types.is_numeric_dtype(column):
        return sorted(column.dropna().unique().tolist()) if column.nunique() <= FEW else None
    named = column.astype(object).where(column.notna(), "")
    prices = log_price.groupby(named).mean().fillna(log_price.mean())
    return [level or None for level in prices.sort_values().index]


def _described(column: pd.Series, num_train: int, levels: list | None) -> dict:
    numeric = bool(pd.api.types.is_numeric_dtype(column))
    found: dict = {"numeric": numeric}
    if numeric:
        missing = column.isna()
        found["missing"] = [int(missing[:num_train].sum()), int(missing[num_train:].sum())]
    if levels is None:
        quantiles = column.dropna().quantile(np.linspace(0, 1, QUANTILES))
        found["quantiles"] = [round(value) for value in quantiles]
    else:
        found["levels"] = levels
        found["counts"] = [
            int((column.isna() if level is None else column == level).sum()) for level in levels
        ]
    return found


def _normal_scores(
    column: pd.Series, levels: list | None, random: np.random.Generator
) -> pd.Series:
    """The ranks of a column as numbers of a standard normal distribution, ties in a random order."""
    if levels is not None and not pd.api.types.is_numeric_dtype(column):
        places = {level: place for place, level in enumerate(levels)}
        values = [places[None if pd.isna(value) else value] for value in column]
        column = pd.Series(values, dtype=float)
    jitter = random.random(len(column))
    order = pd.DataFrame({"value": column.to_numpy(), "jitter": jitter}).dropna()
    ranked = order.sort_values(["value", "jitter"]).index
    uniform = (np.arange(len(ranked)) + 0.5) / len(ranked)
    scores = pd.Series(np.nan, index=range(len(column)))
    scores[ranked] = _normal_quantile(uniform)
    return scores


def _normal_quantile(uniform: np.ndarray) -> np.ndarray:
    import torch

    return (torch.erfinv(torch.from_numpy(2 * uniform - 1)) * 2**0.5).numpy()


def _loadings(scores: pd.DataFrame) -> pd.DataFrame:
    """The loadings of all columns on the largest factors of their correlations."""
    correlations = scores.corr()
    values, vectors = np.linalg.eigh(correlations.to_numpy())
    largest = np.argsort(values)[::-1][:FACTORS]
    loadings = vectors[:, largest] * np.sqrt(values[largest])
    return pd.DataFrame(loadings, index=correlations.index)


if __name__ == "__main__":
    main()
