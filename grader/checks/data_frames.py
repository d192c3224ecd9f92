"""Tables of runs: pandas stays beside the student's code, and plain columns cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from grader.checks import expect
from grader.checks.randomness import integer, shuffled, uniform

Column = list
CONFIG = ("num_hiddens", "dropout1", "dropout2")
Config = tuple[int, float, float]


@dataclass(frozen=True)
class PlainTable:
    """A DataFrame that came back: its columns by name, and its index."""

    columns: dict[str, Column]
    index: list

    def __len__(self) -> int:
        return len(self.index)

    def column(self, name: str) -> Column:
        """The values of a column, or a failure without it."""
        if name not in self.columns:
            there = ", ".join(f"`{other}`" for other in self.columns) or "none"
            expect.fail(f"no column `{name}`; there are {there}", f"a column `{name}`")
        return self.columns[name]

    def numbers(self, name: str) -> list[float]:
        """The values of a column of numbers."""
        return [entry(value, name) for value in self.column(name)]

    def configs(self) -> list[Config]:
        """The configuration of each row."""
        widths, *rates = (self.numbers(name) for name in CONFIG)
        return [(int(w), a, b) for w, a, b in zip(widths, *rates, strict=True)]


def entry(value: object, name: str) -> float:
    """A number of a table or a record; a tensor is none."""
    if hasattr(value, "shape"):
        expect.fail(
            f"`{name}` is a tensor",
            "a number",
            "`.item()` or `float(...)` makes it one, for a table",
        )
    return expect.number(value)


def plain_table(value: object) -> PlainTable:
    """The DataFrame that came back, as `told` tells it."""
    if not isinstance(value, dict) or set(value) != {"columns", "index"}:
        a_series = isinstance(value, dict) and "values" in value
        seen = "a Series came back" if a_series else f"{expect.show(value)} came back"
        raise expect.CheckFailed(seen, "a DataFrame")
    columns, index = expect.record(value["columns"]), expect.items(value["index"])
    return PlainTable({name: expect.items(c, len(index)) for name, c in columns.items()}, index)


def verify_index(table: PlainTable) -> None:
    """The index counts 0, 1, 2, and so on."""
    expect.true(
        table.index == list(range(len(table))),
        seen=f"the index {expect.show(table.index)}",
        expected=f"0 to {len(table) - 1}, each once",
        because="`ignore_index=True`, or `.reset_index(drop=True)`",
    )


def listed(config: Sequence[float]) -> str:
    """`256 units (0.2, 0.5)`."""
    return f"{config[0]:g} units ({config[1]:g}, {config[2]:g})"


def drawn_configs(count: int) -> list[Config]:
    """Different configurations of both widths; the first two are swapped, the next two share a rate."""
    a, b, c, d = (uniform(low, low + 0.1) for low in shuffled([0.1, 0.3, 0.5, 0.7]))
    configs: list[Config] = [(256, a, b), (256, b, a), (256, a, c), (512, a, c)]
    configs += [(512, d, d), (256, 0.0, 0.0), (512, 0.0, c), (256, d, b)]
    return configs[:count]


def spread(count: int, mean: float, std: float) -> list[float]:
    """So many different numbers of exactly this mean and standard deviation (of a sample), drawn."""
    while True:
        draws = [uniform(-1.0, 1.0) for _ in range(count)]
        middle = sum(draws) / count
        wide = (sum((x - middle) ** 2 for x in draws) / max(count - 1, 1)) ** 0.5
        if count == 1 or wide > 0.3:
            return [mean + (std * (x - middle) / wide if count > 1 else 0.0) for x in draws]


def runs_of(
    configs: Sequence[Config], values: Sequence[Sequence[float]], by: str
) -> dict[str, Column]:
    """Columns of a table with a row for each value, in an order that is drawn."""
    rows = shuffled(
        [
            (*config, seed, value)
            for config, drawn in zip(configs, values, strict=True)
            for seed, value in enumerate(drawn)
        ]
    )
    names = [*CONFIG, "seed", by]
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def drawn_index(count: int) -> list[int]:
    """An index as it is after rows were chosen from a larger table."""
    start = integer(3, 9)
    return shuffled([start + 2 * place for place in range(count)])


def verify_table_untouched(after: object, columns: Mapping[str, Column], index: Sequence) -> None:
    """The table after the call, as `told`, is the one that the function was given."""
    same = after == {"columns": dict(columns), "index": list(index)}
    expect.true(same, seen="the table that was given has changed", expected="it stays as it is")


# What follows runs beside a student's code: it travels with the probes that name it.


def told(value):
    """A DataFrame or a Series as plain data; anything else as it is."""
    if isinstance(value, pd.DataFrame):
        places = range(value.shape[1])
        columns = {str(value.columns[i]): value.iloc[:, i].tolist() for i in places}
        return {"columns": columns, "index": value.index.tolist()}
    if isinstance(value, pd.Series):
        return {"values": value.tolist(), "index": value.index.tolist()}
    return value


def function_of_a_table(namespace, name, columns, index, arguments, times=1):
    """What the function returns for a table and further arguments, the last of so many times, and the table
    after it.
    """
    table = pd.DataFrame(columns, index=index)
    for _ in range(times):
        result = namespace[name](table, *arguments)
    return [told(result), told(table)]


def answers_of_a_table(namespace, name, columns, calls):
    """What the function returns for a table and each list of further arguments."""
    table = pd.DataFrame(columns)
    return [told(namespace[name](table, *arguments)) for arguments in calls]
