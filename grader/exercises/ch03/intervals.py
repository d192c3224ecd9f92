"""Chapter 3: what a table of runs says. `generalisation_gap`, `mean_interval`, `rank_configs`, `read_claim`."""

from __future__ import annotations

import math
import statistics as numbers
from collections.abc import Callable, Sequence
from functools import cached_property

import pandas as pd
from torch import Tensor

from grader.checks import expect
from grader.checks.compare import compares
from grader.checks.data_frames import (
    Column,
    Config,
    PlainTable,
    answers_of_a_table,
    drawn_configs,
    drawn_index,
    function_of_a_table,
    listed,
    plain_table,
    runs_of,
    spread,
    verify_index,
    verify_table_untouched,
)
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import integer, shuffled, uniform
from grader.checks.student import Student

T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
"""The factor of a 95 % interval for 2, 3, ..., 10 runs."""
SEEDS = 5
SCALE = T95[SEEDS - 2] / SEEDS**0.5
"""The half width for SEEDS runs whose standard deviation is 1."""


class GeneralisationGap(Exercise):
    name, points = "generalisation_gap", 2
    hints = (
        "Which two columns were measured in the same way, on different images?",
        "`train_acc` was taken with dropout, while the network still changed. The other accuracy on training "
        "images is the one to compare with the test accuracy.",
        "Two columns of a DataFrame can be subtracted as they are: `runs['...'] - runs['test_acc']`.",
    )

    @check(
        "train accuracy minus test accuracy of each run, both without dropout",
        weight=3,
        essential=True,
    )
    def value(self, student: Student) -> None:
        """Subtract one column from another; there is no loop."""
        columns, index = accuracies(6)
        gaps, _ = gaps_of(student, columns, index)
        running, evaluated, test = (columns[n] for n in ("train_acc", "train_acc_eval", "test_acc"))
        right = difference(evaluated, test)
        expect.close(
            gaps,
            right,
            mistakes={
                "`train_acc` was taken with dropout, while the last epoch trained": difference(
                    running, test
                ),
                "train minus test: the sign is turned": difference(test, evaluated),
                "the absolute value hides a gap that is negative": [abs(gap) for gap in right],
                "a difference, not a ratio": [a / b for a, b in zip(evaluated, test, strict=True)],
                "this is what dropout costs while it is on, not the gap": difference(
                    evaluated, running
                ),
            },
        )

    @check("one number for each run, with its index")
    def index(self, student: Student) -> None:
        """What pandas gives for a difference of two columns has the index of both."""
        columns, index = accuracies(5)
        result, _ = expect.items(asked(student, self.name, columns, index), 2)
        if not isinstance(result, dict) or "values" not in result:
            expect.fail(what_it_is(result), "a Series, one number for each run")
        expect.true(
            result["index"] == index,
            seen=f"the index {expect.show(result['index'])}",
            expected=f"the index of `runs`, {index}",
        )

    @check("runs stays as it is", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """`runs["gap"] = ...` would write into the caller's table."""
        columns, index = accuracies(4)
        gaps, after = gaps_of(student, columns, index, times=2)
        verify_table_untouched(after, columns, index)
        if self.passed("value"):
            expect.close(gaps, difference(columns["train_acc_eval"], columns["test_acc"]))


class MeanInterval(Exercise):
    name, points = "mean_interval", 3
    returns = ("mean", "half_width")
    hints = (
        "Three numbers are needed: the mean, the standard deviation with n − 1, and the factor for n runs.",
        "`T95` is asked with n − 1, and the standard deviation is divided by the root of n. A single number is "
        "a case of its own.",
        "With a tensor x of the values in float64: `T95[n - 1] * x.std().item() / n**0.5`. For n = 1 return "
        "`float('inf')`. `list(values)` works for lists and for Series.",
    )

    @staticmethod
    def right(values: list[float]) -> tuple[float, float]:
        return sum(values) / len(values), half_width(values)

    mean = compares(
        "the mean of the values",
        inputs=lambda: (drawn_values(),),
        part=0,
        mistakes={
            "this is the median": lambda values: numbers.median(values),
            "this is the middle between the smallest and the largest": (
                lambda values: (min(values) + max(values)) / 2
            ),
            "this is the sum": lambda values: sum(values),
        },
        hint="Their sum, divided by their number.",
    )
    half = compares(
        "the half width of the 95 % interval",
        inputs=lambda: (drawn_values(),),
        part=1,
        weight=2,
        essential=True,
        tolerance=expect.LAYERS,
        mistakes={
            "the standard deviation divides by n − 1, and this one by n": (
                lambda values: T95[len(values) - 2] * numbers.pstdev(values) / len(values) ** 0.5
            ),
            "the root of n is missing: this says how far single runs lie apart, not their mean": (
                lambda values: T95[len(values) - 2] * numbers.stdev(values)
            ),
            "divided by n, not by its root": (
                lambda values: T95[len(values) - 2] * numbers.stdev(values) / len(values)
            ),
            "1.96 belongs to very many runs: a few need Student's factor": (
                lambda values: 1.96 * numbers.stdev(values) / len(values) ** 0.5
            ),
            "this is the standard error: the factor t is missing": (
                lambda values: numbers.stdev(values) / len(values) ** 0.5
            ),
            "the factor of one run too many: `T95` is asked with n − 1": (
                lambda values: T95[len(values) - 1] * numbers.stdev(values) / len(values) ** 0.5
            ),
            "this is the whole width; half of it is asked for": (
                lambda values: 2 * T95[len(values) - 2] * numbers.stdev(values) / len(values) ** 0.5
            ),
            "this has the variance in the place of the standard deviation": (
                lambda values: T95[len(values) - 2] * numbers.variance(values) / len(values) ** 0.5
            ),
        },
        hint="`T95[n - 1]`, times the standard deviation, divided by the root of n.",
    )

    @check("one run alone has an infinite half width", weight=0.5)
    def single(self, student: Student) -> None:
        """The standard deviation of one number is NaN, and nobody wants that in a table."""
        value = uniform(0.7, 0.9)
        mean, half = pair_of(student.call(self.name, [value]))
        expect.close(mean, value)
        expect.true(
            expect.number(half) == math.inf,
            seen=f"a half width of {expect.number(half):.4g} for one run",
            expected="infinity: nothing is known of how far runs lie apart",
        )

    @check("two numbers, ten numbers, and a Series with an index of its own", weight=0.5)
    def extremes(self, student: Student) -> None:
        """A Series that was cut out of a table has no entry `values[0]`."""
        for count in (2, 10):
            values = spread(count, uniform(0.7, 0.9), 0.02)
            pair = pair_of(student.call(self.name, values))
            expect.close(pair, list(self.right(values)), tolerance=expect.LAYERS)
        values = drawn_values()
        seen = student.run(interval_of_a_series, values=values, index=drawn_index(len(values)))
        expect.close(pair_of(seen), list(self.right(values)), tolerance=expect.LAYERS)


class RankConfigs(Exercise):
    name, points = "rank_configs", 6
    uses = ("mean_interval",)
    hints = (
        "First one row a configuration: `for config, group in runs.groupby(CONFIG)`, and `mean_interval` of the "
        "group's column. Then sort. Then compare each row with the first.",
        "`sort_values('mean', ascending=False, ignore_index=True)` puts the best first. The row of the best is "
        "`ranking.loc[0]`.",
        "Tied is where `best['mean'] - ranking['mean']` is at most "
        "`(best['half_width'] ** 2 + ranking['half_width'] ** 2) ** 0.5`.",
    )

    @cached_property
    def contest(self) -> Contest:
        """The table that most checks look at."""
        return Contest()

    _table: PlainTable | None = None

    def _ranked(self, student: Student) -> PlainTable:
        if self._table is None:
            self._table = self.contest.ranked(student)
        return self._table

    @check("one row a configuration, with the mean of its runs", weight=2, essential=True)
    def means(self, student: Student) -> None:
        """Swapped rates are another configuration, and so is another width: group by all three."""
        contest, table = self.contest, self._ranked(student)
        seen = contest.verify_configs(table)
        expect.close(
            [seen[config][0] for config in contest.configs],
            contest.means,
            text="means {}",
            because="the mean of the column over the runs of each configuration",
        )

    @check("the largest mean comes first, and the index counts the rows")
    def order(self, student: Student) -> None:
        """`ascending=False`, and `ignore_index=True`."""
        contest, table = self.contest, self._ranked(student)
        contest.verify_configs(table)
        order = sorted(contest.configs, key=lambda c: -contest.means[contest.configs.index(c)])
        expect.true(
            table.configs() == order,
            seen=f"first comes {listed(table.configs()[0])}",
            expected=f"{listed(order[0])}, and then downwards by the mean",
            because="the smallest mean comes first" if table.configs() == order[::-1] else "",
        )
        verify_index(table)

    @check("the number of runs and the half width of each configuration")
    def half_widths(self, student: Student) -> None:
        """`len(group)`, and the second number of `mean_interval`."""
        contest = self.contest
        seen = contest.verify_configs(self._ranked(student))
        expect.close(
            [seen[config][1] for config in contest.configs], [SEEDS] * len(seen), text="{} runs"
        )
        expect.close(
            [seen[config][2] for config in contest.configs],
            contest.half_widths,
            tolerance=expect.LAYERS,
            text="a half width of {}",
        )

    @check("tied are those that cannot be told apart from the best", weight=2, essential=True)
    def ties(self, student: Student) -> None:
        """Compare the difference of the means with the root of the sum of both squares."""
        contest = self.contest
        seen = contest.verify_configs(self._ranked(student))
        verify_ties(contest, [seen[config][3] for config in contest.configs])

    @check("another column than the test accuracy", weight=0.5)
    def other_column(self, student: Student) -> None:
        """`group[by]`, wherever the column is read."""
        contest = Contest(by="train_acc_eval", decoy="test_acc")
        seen = contest.verify_configs(contest.ranked(student))
        expect.close(
            [seen[config][0] for config in contest.configs], contest.means, text="means {}"
        )

    @check("single runs are tied with everything", weight=0.5)
    def single_runs(self, student: Student) -> None:
        """An infinite half width makes an infinite difference possible."""
        contest = Contest(alone=True)
        seen = contest.verify_configs(contest.ranked(student))
        expect.true(
            all(entry[3] for entry in seen.values()),
            seen=f"{sum(not entry[3] for entry in seen.values())} of {len(seen)} are told apart from a best of "
            "which there is one run only",
            expected="all of them tied: the best might be anything",
        )

    @check("runs stays as it is", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """Work with new tables; `inplace=True` would change the caller's."""
        contest = self.contest
        result, after = contest.asked(student, times=2)
        verify_table_untouched(after, contest.columns, contest.index)
        if self.passed("means"):
            seen = contest.verify_configs(plain_table(result))
            expect.close([seen[config][0] for config in contest.configs], contest.means)


class ReadClaim(Exercise):
    name, points = "read_claim", 5
    uses = ("mean_interval",)
    hints = (
        "Get the values of both configurations first: the rows in which both rates agree. Then ask the four "
        "questions in the order of the list.",
        "An empty selection means `missing`. Compare the two tuples for `same`. Only then are there means to "
        "compare.",
        "With `mean_interval` of both: `misread` when the first mean is not below the second, `open` when the "
        "difference is at most `(h1**2 + h2**2) ** 0.5`, and `supported` otherwise.",
    )

    @check("a claim about a configuration that is not in the table is missing", weight=0.75)
    def missing(self, student: Student) -> None:
        """Both rates must be those of one row, in this order."""
        case = Case()
        absent = (case.low[1], case.low[0])  # swapped, it is another configuration
        for pairs in (
            (absent, case.high),
            (case.low, absent),
            (case.mixed, case.high),
            (absent, absent),
        ):
            case.verify(
                student, pairs, "missing", "only rows with both rates, in this order, count"
            )

    @check("a configuration is not lower than itself", weight=0.75)
    def same(self, student: Student) -> None:
        """Compare the two tuples."""
        case = Case()
        case.verify(student, (case.low, case.low), "same", "both are one configuration")

    @check("a claim that the means contradict is misread", essential=True)
    def misread(self, student: Student) -> None:
        """Which mean is lower?"""
        case = Case()
        words = f"means {case.means[1]:.4g} and {case.means[0]:.4g}"
        case.verify(student, (case.high, case.low), "misread", words)

    @check("a claim is misread when the means are equal", weight=0.5)
    def equal_means(self, student: Student) -> None:
        """A claim that one is lower is misread then, too."""
        even = Case(distance=0.0)
        even.verify(student, (even.low, even.high), "misread", "equal means: neither is lower")

    @check("open, as long as chance could do it; supported beyond that", weight=2, essential=True)
    def supported(self, student: Student) -> None:
        """Compare the difference with the root of the sum of both squares."""
        for share, word, because in (
            (0.2, "open", "the difference is small beside what chance can do"),
            (3.0, "supported", "the difference is three times what chance can do"),
            (
                0.85,
                "open",
                "neither mean is known exactly: the interval of one alone is too narrow",
            ),
            (1.2, "supported", "overlapping intervals, h1 + h2, are a rule that is too strict"),
        ):
            case = Case(distance=share, stds=shuffled([0.01, 0.012]))
            case.verify(student, (case.low, case.high), word, because)

    @check("single runs support nothing", weight=0.75)
    def single_runs(self, student: Student) -> None:
        """`mean_interval` gives an infinite half width; what is larger than that?"""
        case = Case(distance=50.0, counts=(1, SEEDS))
        case.verify(student, (case.low, case.high), "open", "of one of them there is one run only")

    @check("another column than the train loss", weight=0.5)
    def other_column(self, student: Student) -> None:
        """`by` names the column, wherever it is read."""
        case = Case(by="test_acc", decoy="train_loss")
        case.verify(student, (case.low, case.high), "supported", "`by` is another column here")

    @check("table stays as it is", weight=0.25)
    def left_alone(self, student: Student) -> None:
        """Select rows; do not delete any."""
        case = Case()
        arguments = [list(case.low), list(case.high)]
        index = list(range(len(case.columns["seed"])))
        word, after = expect.items(
            student.run(read_twice, columns=case.columns, lower=arguments[0], higher=arguments[1]),
            2,
        )
        verify_table_untouched(after, case.columns, index)
        if self.passed("supported"):
            expect.equal(word, "supported")


class Contest:
    """Runs of several configurations, whose means and half widths are such that each rule for ties that is around
    says something else.

    by: the column that is ranked; decoy: another one, ranked the other way round. alone: of the best there is one
    run only.
    """

    def __init__(self, by: str = "test_acc", decoy: str = "", alone: bool = False) -> None:
        top, unit = uniform(0.85, 0.9), uniform(0.008, 0.012)
        # (distance from the best, half width), in units; the best has half width 1.
        places = [
            (0.0, 1.0),
            (1.2, 1.0),
            (1.7, 1.0),
            (0.8, 0.2),
            (2.4, 2.5),
            (4.0, 1.0),
            (1.5, 0.9),
        ]
        configs = drawn_configs(len(places))
        drawn = list(zip(shuffled(list(configs)), places, strict=True))
        self.by, self.configs = by, [config for config, _ in drawn]
        self.means = [top - unit * distance for _, (distance, _) in drawn]
        self.half_widths = [unit * width for _, (_, width) in drawn]
        values = [
            spread(1 if alone and mean == top else SEEDS, mean, width / SCALE)
            for mean, width in zip(self.means, self.half_widths, strict=True)
        ]
        self.columns = runs_of(self.configs, values, by)
        if decoy:
            self.columns[decoy] = [1 - value for value in self.columns[by]]
        self.index = drawn_index(len(self.columns[by]))

    def asked(self, student: Student, times: int = 1) -> list:
        """What `rank_configs` returns, the last of so many times, and the table after it."""
        arguments = () if self.by == "test_acc" else (self.by,)
        return asked(student, RankConfigs.name, self.columns, self.index, arguments, times)

    def ranked(self, student: Student) -> PlainTable:
        """The table that comes back."""
        return plain_table(self.asked(student)[0])

    def verify_configs(self, table: PlainTable) -> dict[Config, tuple[float, float, float, bool]]:
        """Each configuration has one row: mean, number of runs, half width, tied."""
        seen = table.configs()
        missing = [config for config in self.configs if config not in seen]
        expect.true(
            not missing and len(seen) == len(self.configs),
            seen=f"{len(seen)} rows" + (f", and none for {listed(missing[0])}" if missing else ""),
            expected=f"{len(self.configs)} rows, one for each configuration",
        )
        columns = [table.numbers(name) for name in ("mean", "num_runs", "half_width")]
        tied = [truth(value) for value in table.column("tied")]
        return dict(zip(seen, zip(*columns, tied, strict=True), strict=True))

    @property
    def tied(self) -> list[bool]:
        """Which configurations cannot be told apart from the best."""
        return self.tied_by(lambda best, own: math.hypot(best, own))

    def tied_by(self, allowed: Callable[[float, float], float]) -> list[bool]:
        """Those within what is allowed for the half widths of the best and their own."""
        top = max(self.means)
        best = self.half_widths[self.means.index(top)]
        pairs = zip(self.means, self.half_widths, strict=True)
        return [top - mean <= allowed(best, own) for mean, own in pairs]


def verify_ties(contest: Contest, seen: Sequence[bool]) -> None:
    """The right configurations are tied. Names the rule that was taken instead."""
    rules: dict[str, list[bool]] = {
        "that is the rule of overlapping intervals, h1 + h2, which is too strict": contest.tied_by(
            lambda best, own: best + own
        ),
        "that is the interval of the best alone, as if the other mean were known exactly": (
            contest.tied_by(lambda best, own: best)
        ),
        "that is each one's own interval, as if the best mean were known exactly": contest.tied_by(
            lambda best, own: own
        ),
        "that is the larger of the two half widths; the squares add up": contest.tied_by(max),
        "True and False are exchanged": [not tied for tied in contest.tied],
        "only the best itself is tied": [mean == max(contest.means) for mean in contest.means],
        "everything is tied": [True] * len(seen),
    }
    cause = expect.named(
        [float(tied) for tied in seen],
        [float(tied) for tied in contest.tied],
        {text: [float(tied) for tied in rule] for text, rule in rules.items()},
    )
    expect.true(
        list(seen) == contest.tied,
        seen=f"{sum(seen)} of {len(seen)} configurations are tied",
        expected=f"{sum(contest.tied)} of them"
        + ("" if sum(seen) != sum(contest.tied) else ", and others"),
        because=cause,
    )


class Case:
    """A table with the pairs `low` and `high`, and some others; `mixed` has its rates from two of these.

    distance: of their means, in half widths of the difference. counts: runs of each. decoy: a column that says
    the opposite.
    """

    def __init__(
        self,
        distance: float = 2.0,
        stds: Sequence[float] = (0.01, 0.01),
        counts: tuple[int, int] = (SEEDS, SEEDS),
        by: str = "train_loss",
        decoy: str = "",
    ) -> None:
        drawn = drawn_configs(8)
        self.by, self.low, self.high, others = by, drawn[0][1:], drawn[2][1:], drawn[4:6]
        self.mixed = (self.low[0], others[0][2])
        self.mean = uniform(0.3, 0.4)
        self.apart = distance * SCALE * math.hypot(*stds)
        self.means = (self.mean, self.mean + self.apart)
        configs = [(256, *self.low), (256, *self.high), *((256, *other[1:]) for other in others)]
        values = [
            spread(count, mean, std)
            for count, mean, std in zip(counts, self.means, stds, strict=True)
        ]
        if distance == 0:  # binary fractions, whose mean does not depend on the order
            self.means = (0.375, 0.375)
            values = [[0.25, 0.3125, 0.375, 0.4375, 0.5]] * 2
        values += [spread(SEEDS, uniform(0.5, 0.7), 0.01) for _ in others]
        self.columns = runs_of(configs, values, by)
        if decoy:
            self.columns[decoy] = [1 - value for value in self.columns[by]]

    def verify(
        self, student: Student, pairs: Sequence[Sequence[float]], word: str, because: str
    ) -> None:
        """What `read_claim` says of the claim "lower at the first pair than at the second"."""
        more = [] if self.by == "train_loss" else [self.by]
        seen = student.run(
            read_one,
            columns=self.columns,
            lower=list(pairs[0]),
            higher=list(pairs[1]),
            more=more,
        )
        expect.true(
            seen == word,
            seen=f"{expect.show(seen)} for {told_pair(pairs[0])} lower than {told_pair(pairs[1])}",
            expected=f"'{word}'",
            because=because,
        )


def told_pair(pair: Sequence[float]) -> str:
    return f"({pair[0]:g}, {pair[1]:g})"


def half_width(values: list[float]) -> float:
    """Of the 95 % interval for the mean; infinite for one value."""
    n = len(values)
    return math.inf if n == 1 else T95[n - 2] * numbers.stdev(values) / n**0.5


def drawn_values() -> list[float]:
    """Three to eight accuracies, whose median is not their mean."""
    while True:
        values = [uniform(0.6, 0.9) for _ in range(integer(3, 8))]
        mean = sum(values) / len(values)
        middles = (numbers.median(values), (min(values) + max(values)) / 2)
        if numbers.stdev(values) > 0.05 and all(abs(middle - mean) > 0.005 for middle in middles):
            return values


def accuracies(count: int) -> tuple[dict[str, Column], list[int]]:
    """Columns of runs, and an index as after a selection; of the gaps, the second one is negative."""
    columns: dict[str, Column] = {
        "seed": list(range(count)),
        "train_acc": [uniform(0.6, 0.7) for _ in range(count)],
        "train_acc_eval": [uniform(0.85, 0.95) for _ in range(count)],
        "test_acc": [uniform(0.75, 0.84) for _ in range(count)],
    }
    columns["test_acc"][1] = 0.96
    return columns, drawn_index(count)


def asked(
    student: Student,
    name: str,
    columns: dict[str, Column],
    index: Sequence[int],
    arguments: Sequence[object] = (),
    times: int = 1,
) -> list:
    """What a function of a table returns, and the table after it."""
    result = student.run(
        function_of_a_table,
        name=name,
        columns=columns,
        index=list(index),
        arguments=list(arguments),
        times=times,
    )
    return expect.items(result, 2)


def gaps_of(
    student: Student, columns: dict[str, Column], index: Sequence[int], times: int = 1
) -> tuple[list, object]:
    """The gaps in the order of the rows, and the table after the call."""
    result, after = asked(student, GeneralisationGap.name, columns, index, (), times)
    if isinstance(result, dict) and "values" in result:
        result = result["values"]
    elif isinstance(result, Tensor):
        result = result.flatten().tolist()
    if not isinstance(result, list):
        expect.fail(what_it_is(result), "a Series, one number for each run")
    return expect.items(result, len(index)), after


def what_it_is(result: object) -> str:
    """What came back in place of a Series."""
    if isinstance(result, dict) and "columns" in result:
        return "a DataFrame came back"
    if result is None:
        return "None came back (is the `return` missing?)"
    kind = "an array or a tensor" if isinstance(result, Tensor) else f"a {type(result).__name__}"
    return f"{kind} came back"


def difference(first: Sequence[float], second: Sequence[float]) -> list[float]:
    return [a - b for a, b in zip(first, second, strict=True)]


def pair_of(value: object) -> list:
    """Mean and half width."""
    if isinstance(value, Tensor) and value.numel() == 2:
        value = value.flatten().tolist()
    return expect.items(value, 2, expected="two numbers: `return mean, half_width`")


def truth(value: object) -> bool:
    """A bool of a table."""
    if not isinstance(value, bool):
        expect.fail(f"{expect.show(value)} in the column `tied`", "True or False")
    return bool(value)


# What follows runs beside a student's code.


def interval_of_a_series(namespace, values, index):
    return namespace["mean_interval"](pd.Series(values, index=index))


def read_one(namespace, columns, lower, higher, more):
    (word,) = answers_of_a_table(
        namespace, "read_claim", columns, [[tuple(lower), tuple(higher), *more]]
    )
    return word


def read_twice(namespace, columns, lower, higher):
    pairs = [tuple(lower), tuple(higher)]
    index = list(range(len(columns["seed"])))
    return function_of_a_table(namespace, "read_claim", columns, index, pairs, 2)
