"""Chapter 6: tables. The exercises `find_the_scaling_bugs` and `preprocess`.

A table travels as plain data, name of a column to a list of its values; the frame is made beside the student's
code. The judge computes every column of the features, and finds each among those that came back, whatever their
order.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.functions import called
from grader.checks.randomness import integer, shuffled, uniform
from grader.checks.student import Student

Table = dict[str, list]
NUMBERS = ("LotArea", "YearBuilt", "GrLivArea", "Fireplaces")
WORDS = ("Street", "GarageType", "Fence")
TOLERANCE = expect.LAYERS
STATISTICS = ("std", "var")


class FindTheScalingBugs(Exercise):
    name, points = "find_the_scaling_bugs", 3
    hints = (
        "Which columns does `[-4:-1]` take? What is `var()`? And what does an assignment to `frame[columns]` "
        "do to the caller's frame?",
        "A variance is the square of a standard deviation. Which number is its own square? So which lists of "
        "numbers hide the second bug?",
        "`[5.0, 6.0, 7.0]` has a variance of 1. For the fix: `scaled = frame.copy()`, `columns = "
        "frame.columns[-4:]`, assign to `scaled[columns]`, divide by `.std()`, return `scaled`.",
    )

    @check("numbers for which the variance happens to do", weight=1)
    def luck(self, student: Student) -> None:
        """Which number is its own square?"""
        values = called(student, "right_by_luck")
        if isinstance(values, Tensor):
            values = values.flatten().tolist()
        numbers = [
            expect.number(value) for value in expect.items(values, expected="a list of numbers")
        ]
        expect.true(len(numbers) >= 3, seen=f"{len(numbers)} numbers", expected="three or more")
        expect.true(
            max(numbers) - min(numbers) > 1e-3,
            seen="all numbers are the same",
            expected="not all the same",
        )
        variance = torch.tensor(numbers, dtype=torch.float64).var().item()
        expect.true(
            abs(variance - 1) <= 1e-4,
            seen=f"their variance is {variance:.4g}, and their standard deviation {variance**0.5:.4g}",
            expected="the same number",
        )

    @check("the last four columns are standardised", weight=2, essential=True)
    def scales(self, student: Student) -> None:
        """`frame.columns[-4:]`, and `std()`."""
        table, (after, _) = scaled(student, columns=6)
        for place, name in enumerate(list(table)[-4:]):
            values = numbers_of(table[name])
            kinds = scaled_in_all_ways(values)
            seen = expect.tensor(column_of(after, name))
            first = place == 3 and expect.agrees(seen, values, TOLERANCE)
            mistakes = {
                "divided by the variance": kinds["var"],
                "the mean was not taken off": values / values.std(),
                "not divided by anything": values - values.mean(),
            }
            verify_column(
                seen,
                kinds["std"],
                name,
                mistakes,
                "`[-4:-1]` stops before the last column" if first else "",
            )

    @check("the columns before them are as they were", weight=0.5)
    def others(self, student: Student) -> None:
        """Change the last four alone."""
        table, (after, _) = scaled(student, columns=6)
        expect.true(
            list(after) == list(table), seen=f"the columns {list(after)}", expected=f"{list(table)}"
        )
        for name in list(table)[:-4]:
            expect.close(column_of(after, name), numbers_of(table[name]), because=f"column {name}")

    @check("the frame that was given stays as it is", weight=1.5, essential=True)
    def left_alone(self, student: Student) -> None:
        """Work on `frame.copy()`."""
        table, (_, given) = scaled(student, columns=5)
        verify_table(given, table, "frame")


@dataclass(frozen=True)
class Houses:
    """Two small tables with features of which the judge knows every column.

    shift, stretch: how far the numbers of the test rows are from those of the training rows.
    """

    train: Table
    test: Table

    @classmethod
    def drawn(cls, n: int = 9, m: int = 6, shift: float = 3.0, stretch: float = 4.0) -> Houses:
        """A hole in a column of numbers of each table, words that only one table has, and an order of the
        columns that is drawn."""
        train: Table = {"Id": list(range(1, n + 1))}
        test: Table = {"Id": list(range(n + 1, n + m + 1))}
        for name in shuffled([*NUMBERS, *WORDS]):
            if name in NUMBERS:
                center, width = uniform(20.0, 60.0), uniform(5.0, 12.0)
                if name == NUMBERS[3]:  # a standard deviation below 1
                    center, width = 2.0, 0.4
                train[name] = [round(v, 2) for v in (center + width * torch.randn(n)).tolist()]
                away = center + shift * width + stretch * width * torch.randn(m)
                test[name] = [round(v, 2) for v in away.tolist()]
            else:
                train[name] = shuffled([f"{name[:2]}{i % 3}" for i in range(n)])
                test[name] = shuffled([f"{name[:2]}{i % 2}" for i in range(m)])
        for table, holes in ((train, 2), (test, 1)):
            for name in (NUMBERS[0], NUMBERS[3], WORDS[1], WORDS[2]):
                for place in shuffled(list(range(len(table["Id"]))))[:holes]:
                    table[name][place] = None
        test[WORDS[0]][integer(0, m - 1)] = "only in test"
        prices = [float(integer(50, 400) * 1000) for _ in range(n)]
        return cls({**train, "SalePrice": prices}, test)

    def with_canary(self) -> Houses:
        """The same training rows, and test rows with absurd numbers."""
        absurd = {
            name: [v if v is None else v * 1000 + 7 for v in values] if name in NUMBERS else values
            for name, values in self.test.items()
        }
        return Houses(self.train, absurd)

    @property
    def n(self) -> int:
        return len(self.train["Id"])

    @property
    def prices(self) -> Tensor:
        return torch.tensor(self.train["SalePrice"]).reshape(-1, 1)

    def numbers(self, name: str) -> tuple[Tensor, Tensor]:
        """A column of numbers in training and test rows; NaN for holes."""
        return numbers_of(self.train[name]), numbers_of(self.test[name])

    @cached_property
    def words(self) -> dict[str, Tensor]:
        """Every one-hot column over all rows, named: the word of the column, or missing."""
        columns = {}
        for name in (key for key in self.test if key in WORDS):
            values = [*self.train[name], *self.test[name]]
            for word in [*sorted({value for value in values if value is not None}), None]:
                told = f"{name} is {word}" if word is not None else f"{name} is missing"
                columns[told] = torch.tensor([float(value == word) for value in values])
        return columns


class Preprocess(Exercise):
    name, points = "preprocess", 6
    hints = (
        "Put the features of both tables under each other, without Id and SalePrice: `pd.concat([...])`. "
        "Which rows of the result are the training rows?",
        'The numbers are `features.select_dtypes("number").columns`. Mean and std are those of '
        "`features[numbers][:n]`; subtract, divide, then `fillna(0)`. The words: `pd.get_dummies(features, "
        "dummy_na=True)`.",
        'For a std of 0: `std.where(std > 0, 1)`. At the end, `torch.tensor(features.to_numpy(dtype="float32"))`; '
        'the first n rows train. The labels: `torch.tensor(train_data["SalePrice"].to_numpy(dtype="float32"))'
        ".reshape(-1, 1)`.",
    )

    @check("three tensors of the right shapes, float32", weight=1, essential=True)
    def shapes(self, student: Student) -> None:
        """n and m rows, and labels of shape (n, 1)."""
        houses = Houses.drawn()
        train, test, labels = features_of(student, houses)
        for what, seen, rows in (
            ("train_features", train, houses.n),
            ("test_features", test, len(houses.test["Id"])),
        ):
            expect.true(
                seen.dim() == 2 and len(seen) == rows,
                seen=f"{what} of shape {tuple(seen.shape)}",
                expected=f"({rows}, d)",
            )
            expect.true(
                seen.dtype == torch.float32,
                seen=f"{what} of type {seen.dtype}",
                expected="torch.float32",
            )
        expect.tensor(
            labels, shape=(houses.n, 1), dtype=torch.float32, because="the labels have shape (n, 1)"
        )
        expect.close(labels, houses.prices, because="the prices in dollars")

    @check(
        "numbers are standardised, with statistics of the training rows", weight=3, essential=True
    )
    def numbers(self, student: Student) -> None:
        """Mean and standard deviation of `features[numbers][:n]`, for all rows."""
        houses = Houses.drawn()
        verify_numbers(features_of(student, houses), houses)

    @check("a canary in the test rows changes no training feature", weight=1)
    def canary(self, student: Student) -> None:
        """Nothing that is computed from the training rows may know of the test rows."""
        houses = Houses.drawn()
        before, _, _ = features_of(student, houses)
        after, _, _ = features_of(student, houses.with_canary())
        if self.passed("numbers"):
            verify_numbers((after, *features_of(student, houses)[1:]), houses, train_only=True)
        expect.true(
            expect.agrees(after, before, TOLERANCE),
            seen="absurd numbers in the test rows change the training features",
            expected="the same training features",
            because="the test rows leak into mean or standard deviation",
        )

    @check("words become a column for each, and one for missing", weight=2, essential=True)
    def words(self, student: Student) -> None:
        """`pd.get_dummies(features, dummy_na=True)`, of both tables together."""
        houses = Houses.drawn()
        found = columns_of(features_of(student, houses))
        for told, right in houses.words.items():
            if right.any():
                expect.true(
                    taken(found, [right]),
                    seen=f"no column says where {told}",
                    expected=f"a column with 1 in {int(right.sum())} of {len(right)} rows",
                    because="missing is a value of its own: `dummy_na=True`"
                    if "missing" in told
                    else "",
                )

    @check("no other column: neither Id nor price, and each once", weight=1.5)
    def no_others(self, student: Student) -> None:
        """Drop `Id`, and from the training table `SalePrice` too."""
        houses = Houses.drawn()
        parts = features_of(student, houses)
        found, ids = columns_of(parts), [*houses.train["Id"], *houses.test["Id"]]
        # Ids go up by one: a column that does, whatever its scale, is theirs.
        expect.true(
            not any(goes_like(column, torch.tensor(ids, dtype=torch.float64)) for column in found),
            seen="a column goes like the Id",
            expected="no Id among the features: the number of a row says nothing about the house",
        )
        n = houses.n
        expect.true(
            not any(goes_like(column[:n], houses.prices.flatten().double()) for column in found),
            seen="a column of the training features goes like the price",
            expected="no label among the features",
            because="the target is among the features: with it, every model looks perfect",
        )
        right = len(NUMBERS) + len(houses.words)
        without_holes = sum(not column.any() for column in houses.words.values())
        expect.true(
            len(found) == right,
            seen=f"{len(found)} columns",
            expected=f"{right}: {len(NUMBERS)} of numbers and {len(houses.words)} of words and missing ones",
            because="the column for missing is there also when nothing is missing"
            if len(found) == right - without_holes
            else "",
        )

    @check("a column that is the same everywhere, and one that is empty in training", weight=0.5)
    def constant(self, student: Student) -> None:
        """Where the standard deviation is 0, divide by 1."""
        houses = Houses.drawn()
        same, empty = NUMBERS[1], NUMBERS[2]
        houses.train[same] = [float(integer(2, 9))] * houses.n
        houses.train[empty] = [None] * houses.n
        parts = features_of(student, houses)
        for what, seen in zip(("train_features", "test_features"), parts, strict=False):
            bad = int((~torch.isfinite(seen)).sum())
            expect.true(
                bad == 0,
                seen=f"{bad} values of {what} are NaN or infinite",
                expected="numbers, also in a column that is the same in all training rows",
                because="something was divided by 0; divide by 1 there",
            )
        train, test = houses.numbers(same)
        right = torch.cat([train, test]) - train[0]
        expect.true(
            taken(columns_of(parts), [right]),
            seen=f"no column is {same}, of which all training rows are {train[0]:g}",
            expected="0 in the training rows, and the difference to that in the test rows",
        )

    @check("columns of words of every type that pandas has for them", weight=1)
    def text_types(self, student: Student) -> None:
        """Ask for the columns of numbers; all others are words."""
        for kind in shuffled(["object", "string"]):
            houses = Houses.drawn()
            found = columns_of(features_of(student, houses, kind))
            for told, right in houses.words.items():
                expect.true(
                    not right.any() or taken(found, [right]),
                    seen=f"words of type {kind}: no column says where {told}",
                    expected="the same columns as for any other type",
                )

    @check("both tables stay as they are", weight=1)
    def left_alone(self, student: Student) -> None:
        """`pd.concat` and `drop` make new tables."""
        houses = Houses.drawn()
        result = expect.record(
            student.run(run_preprocess, train=houses.train, test=houses.test, kind="")
        )
        for name in ("train", "test"):
            verify_table(result[f"{name}_after"], getattr(houses, name), f"{name}_data")


def features_of(student: Student, houses: Houses, kind: str = "") -> tuple[Tensor, Tensor, Tensor]:
    """What `preprocess` returns. kind: the type of the columns of words; pandas' own choice when empty."""
    result = expect.record(
        student.run(run_preprocess, train=houses.train, test=houses.test, kind=kind)
    )
    wanted = "three tensors: `return train_features, test_features, train_labels`"
    train, test, labels = expect.items(result["returned"], 3, expected=wanted)
    return expect.tensor(train), expect.tensor(test), expect.tensor(labels)


def columns_of(parts: tuple[Tensor, Tensor, Tensor]) -> list[Tensor]:
    """The columns of training and test rows under each other."""
    train, test, _ = parts
    expect.true(
        train.dim() == test.dim() == 2 and train.shape[1] == test.shape[1],
        seen=f"features of shapes {tuple(train.shape)} and {tuple(test.shape)}",
        expected="the same columns in both",
        because="a word that only one table has needs its column in both: `get_dummies` of both together",
    )
    return list(torch.cat([train, test]).double().unbind(1))


def taken(found: list[Tensor], kinds: Sequence[Tensor]) -> bool:
    """Whether a column is there that is one of these; it is taken away, so that each counts once."""
    for place, column in enumerate(found):
        if any(expect.agrees(column, kind, TOLERANCE) for kind in kinds):
            del found[place]
            return True
    return False


def verify_numbers(
    parts: tuple[Tensor, Tensor, Tensor], houses: Houses, train_only: bool = False
) -> None:
    """Every column of numbers is among the features, standardised as it should be."""
    n = houses.n
    for name in NUMBERS:
        found = columns_of(parts)
        if train_only:
            found = [column[:n] for column in found]
        train, test = houses.numbers(name)
        ways = {
            told: [w[:n] if train_only else w for w in kinds]
            for told, kinds in ways_to_scale(train, test).items()
        }
        right = ways.pop("right")
        if taken(list(found), right):
            continue
        named = [told for told, wrong in ways.items() if taken(list(found), wrong)]
        gone = bool(torch.isnan(torch.stack(found)).any())
        because = "holes are NaN: they become 0 after standardising" if gone else ""
        expect.fail(
            f"no column is {name}, standardised",
            f"its first values are {', '.join(f'{v:.3f}' for v in right[0][:3].tolist())}",
            named[0] if len(named) == 1 else because,
        )


def ways_to_scale(train: Tensor, test: Tensor) -> dict[str, list[Tensor]]:
    """A column over all rows: the right way, and mistakes, each with either standard deviation."""
    both = torch.cat([train, test])
    known, zeroed = train[~train.isnan()], train.nan_to_num(0.0)

    def filled(values: Tensor) -> Tensor:
        return values.nan_to_num(0.0)

    def by(source: Tensor, values: Tensor = both) -> list[Tensor]:
        source = source[~source.isnan()]
        return [filled((values - source.mean()) / source.std(correction=c)) for c in (1, 0)]

    return {
        "right": by(known),
        "mean and standard deviation come from the test rows as well: a leak": by(both),
        "the test rows have statistics of their own; they are standardised like the training rows": [
            torch.cat(pair) for pair in zip(by(known, train), by(test, test), strict=True)
        ],
        "divided by the variance": [filled((both - known.mean()) / known.var())],
        "the mean was not taken off": [filled(both / known.std())],
        "holes became 0 before standardising: a house of size 0": [
            (both.nan_to_num(0.0) - zeroed.mean()) / zeroed.std(correction=c) for c in (1, 0)
        ],
        "not standardised": [filled(both)],
        "scaled to between 0 and 1; standardise": [
            filled((both - known.min()) / (known.max() - known.min()))
        ],
    }


def scaled_in_all_ways(values: Tensor) -> dict[str, list[Tensor]]:
    """A column without holes, standardised with either standard deviation, or divided by either variance."""
    off = values - values.mean()
    return {
        "std": [off / values.std(correction=c) for c in (1, 0)],
        "var": [off / values.var(correction=c) for c in (1, 0)],
    }


def verify_column(
    seen: Tensor, right: Sequence[Tensor], name: str, mistakes: Mapping[str, object], because: str
) -> None:
    if any(expect.agrees(seen, kind, TOLERANCE) for kind in right):
        return
    flat = {
        told: kinds[0] if isinstance(kinds, list) else kinds for told, kinds in mistakes.items()
    }
    expect.close(
        seen, right[0], tolerance=TOLERANCE, because=because or f"column {name}", mistakes=flat
    )


def goes_like(column: Tensor, other: Tensor) -> bool:
    """Whether one is a multiple of the other, plus a constant, or both have their values in the same order."""
    a, b = column - column.mean(), other - other.mean()
    size = (a.norm() * b.norm()).item()
    return size > 1e-9 and math.isfinite(size) and abs((a @ b).item()) / size > 0.9999


def numbers_of(values: Sequence[float | None]) -> Tensor:
    return torch.tensor([math.nan if v is None else v for v in values], dtype=torch.float64)


def column_of(table: object, name: str) -> Tensor:
    """A column of a table that came back, with NaN for holes."""
    values = expect.record(table).get(name)
    expect.true(
        isinstance(values, list), seen=f"no column {name}", expected="the columns of the frame"
    )
    return numbers_of([None if v is None else expect.number(v) for v in values])  # type: ignore[union-attr]


def verify_table(after: object, before: Table, name: str) -> None:
    """A frame that was given is as it was."""
    after = expect.record(after)
    expect.true(
        list(after) == list(before),
        seen=f"`{name}` has the columns {', '.join(map(str, after))} after the call",
        expected="the columns that it had",
    )
    for column, values in before.items():
        expect.true(
            same_values(after[column], values),
            seen=f"column {column} of `{name}` has changed after the call",
            expected="the caller's frame as it was",
        )


def same_values(after: object, before: list) -> bool:
    if not isinstance(after, list) or len(after) != len(before):
        return False
    pairs = zip(after, before, strict=True)
    return all(a == b or (a is None and b is None) for a, b in pairs)


def scaled(student: Student, columns: int) -> tuple[Table, list]:
    """A frame of numbers, and what `fixed_scale` returns and leaves of it."""
    table = {f"c{i}": [uniform(10.0, 90.0) for _ in range(7)] for i in range(columns)}
    pair = student.run(run_scale, table=table)
    expect.true(pair != "open", seen="`fixed_scale` is still open")
    pair = expect.items(pair, 2)
    expect.true(isinstance(pair[0], dict), seen="no frame came back", expected="a new frame")
    return table, pair


# What follows runs beside a student's code.


def frame_of(table, kind=""):
    """A frame; kind: the type of its columns of words."""
    frame = pd.DataFrame(table)
    for name, values in table.items():
        if kind and any(isinstance(value, str) for value in values):
            frame[name] = frame[name].astype(kind)
    return frame


def table_of(frame):
    """A frame as plain data: None for holes. None for what is no frame."""
    if not isinstance(frame, pd.DataFrame):
        return None
    return {
        str(name): [None if pd.isna(value) else value for value in frame[name].tolist()]
        for name in frame.columns
    }


def run_scale(namespace, table):
    if "fixed_scale" not in namespace:
        return "open"
    frame = frame_of(table)
    try:
        result = namespace["fixed_scale"](frame)
    except NotImplementedError:
        return "open"
    return [table_of(result), table_of(frame)]


def run_preprocess(namespace, train, test, kind):
    train, test = frame_of(train, kind), frame_of(test, kind)
    returned = namespace["preprocess"](train, test)
    return {"returned": returned, "train_after": table_of(train), "test_after": table_of(test)}
