"""The house prices of Ames as two tables: from a local folder, from a download, or made by the course itself.

`import lab` imports it only when it is used, because pandas is slow to import.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from lab import download as network
from lab.download import DownloadError
from lab.fashion import _cache_folder
from lab.fetch import download
from lab.houses import NUM_TEST, NUM_TRAIN, build_houses, feature_names
from lab.idx import DataError

ADDRESS = "http://d2l-data.s3-accelerate.amazonaws.com/"
FILES = {
    "kaggle_house_pred_train.csv": "585e9cc93e70b39160e7921475f9bcd7d31219ce",
    "kaggle_house_pred_test.csv": "fa19780a7b011d9b009e8bff8e99922a8ee2eb90",
}
"""Name and SHA-1 of the two files, as the book's data hub has them."""


class HousePrices(NamedTuple):
    """The two tables, and whether they are the stand-in."""

    train: pd.DataFrame
    test: pd.DataFrame
    synthetic: bool


def house_prices() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `(train_data, test_data)`: 1460 sold houses with their prices, and 1459 without.

    Columns: Id, 79 features, 36 of them numbers and 43 text with missing values, and in `train_data` the
    SalePrice in dollars, at the end. Only the letters NA in a file mean "missing": the text None is a kind
    of masonry veneer (none), which pandas' own reading would take for a missing value.

    The tables come from the folder in the environment variable COURSE_DATA (its folder `house_prices`),
    else from the user's cache folder, else from a download into that cache, else, without a network, from
    `synthetic_house_prices`; then a line on standard output says so. Raises DataError for a file that is
    damaged.

    Source: D. De Cock, "Ames, Iowa: Alternative to the Boston Housing Data", Journal of Statistics
    Education 19(3), 2011; as *Dive into Deep Learning* and Kaggle distribute it.
    """
    train, test, _ = load_house_prices()
    return train, test


def synthetic_house_prices(
    num_train: int = NUM_TRAIN, num_test: int = NUM_TEST, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `(train_data, test_data)`, made by the course: a stand-in for the house prices.

    The same columns and types, the same values and shares of missing ones; the columns go together as the
    real ones do. Equal arguments give equal tables.
    """
    houses = build_houses(num_train, num_test, seed)
    test = houses[num_train:].drop(columns="SalePrice")
    return _with_types(houses[:num_train]), _with_types(test)


def load_house_prices() -> HousePrices:
    """Return the tables from the first source that has them, as `house_prices` describes."""
    for folder in _folders():
        if any((folder / name).is_file() for name in FILES):
            return _tables(folder)
    folder = _folders()[-1]
    try:
        for name in FILES:
            _fetch(name, folder)
    except DownloadError as error:
        _announce(str(error))
        train, test = synthetic_house_prices()
        return HousePrices(train, test, synthetic=True)
    return _tables(folder)


_failure: str | None = None


def _tables(folder: Path) -> HousePrices:
    train, test = (_read(folder / name) for name in FILES)
    return HousePrices(train, test, synthetic=False)


def _fetch(name: str, folder: Path) -> None:
    """A failure is remembered until the process ends, so that a notebook without a network waits once."""
    global _failure
    if _failure is not None:
        raise DownloadError(_failure)
    try:
        network._probe(ADDRESS + name)
        download(ADDRESS + name, folder, FILES[name])
    except (OSError, DownloadError) as error:
        _failure = network.reason_of(error)
        raise DownloadError(_failure) from error


def _read(path: Path) -> pd.DataFrame:
    """One table; DataError when it is not what it should be."""
    wanted = ["Id", *feature_names()] + ["SalePrice"] * ("train" in path.name)
    rows = NUM_TRAIN if "train" in path.name else NUM_TEST
    try:
        table = pd.read_csv(path, keep_default_na=False, na_values=["NA"])
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        reason = str(error).splitlines()[0]
        raise DataError(f"{path} cannot be read ({reason}); {_what_to_do(path)}") from None
    if list(table.columns) != wanted or len(table) != rows:
        raise DataError(
            f"{path} has {len(table):,} rows and {len(table.columns)} columns, or other names of columns; "
            f"expected {rows:,} rows and {len(wanted)} columns; {_what_to_do(path)}"
        )
    return table


def _what_to_do(path: Path) -> str:
    return f"put a complete copy of {path.name} there, or delete it so that it is fetched again"


def _with_types(houses: pd.DataFrame) -> pd.DataFrame:
    """Rows from 0, and whole numbers in a column of numbers in which nothing is missing, as when a file is read."""
    houses = houses.reset_index(drop=True)
    full = [name for name in houses.select_dtypes("float") if houses[name].notna().all()]
    return houses.astype(dict.fromkeys(full, "int64"))


def _announce(reason: str) -> None:
    folder = os.environ.get("COURSE_DATA")
    place = f"in COURSE_DATA ({folder})" if folder else f"in {_cache_folder()}"
    # On stdout: nbgrader gives no points for a test cell that wrote to stderr.
    print(
        f"The house prices are not {place} and could not be downloaded ({reason}).\n"
        "You work with a synthetic stand-in: numbers will differ from the text. Everything else "
        "works as described. To try the download again, restart the kernel.",
        file=sys.stdout,
    )


def _folders() -> list[Path]:
    course = os.environ.get("COURSE_DATA")
    roots = [Path(course).expanduser()] if course else []
    return [root / "house_prices" for root in (*roots, _cache_folder())]
