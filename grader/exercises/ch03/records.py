"""Chapter 3: one run and many. The exercises `run_config` and `sweep`."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise

import pandas as pd
import torch
from torch import Tensor

from grader.checks import expect, statistics
from grader.checks.data_frames import (
    CONFIG,
    Config,
    PlainTable,
    drawn_configs,
    entry,
    listed,
    plain_table,
    told,
    verify_index,
    verify_table_untouched,
)
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import integer, shuffled, uniform
from grader.checks.student import Student
from grader.checks.training import CLASSES, FEATURES
from grader.checks.training_runs import RunProblem, factory

MEASURED = ("train_loss", "train_acc", "train_acc_eval", "test_acc")
ALIKE, ALIKE_BY_CHANCE, PAIRS = expect.Tolerance(1e-6, 0), 1e-4, 3
"""When two train losses are one. Of 150 pairs of right losses, 4 differed by less than a thousandth of them: so
one pair in about 40,000 by less than a millionth, and three in a row never."""
PLAIN = {"num_hiddens": 8, "dropout1": 0.2, "dropout2": 0.5}


class RunConfig(Exercise):
    name, points = "run_config", 6.5
    hints = (
        "Seed, network, loss, optimizer, training, measuring, dictionary: one step each, in this order. "
        "`train_classifier` does the training, and measures three of the four numbers at every epoch.",
        "The last entries of `history.train_loss`, `history.train_acc` and `history.test_acc` belong to the "
        "last epoch. The fourth number is `evaluate_accuracy(net, train_iter)`, after the training.",
        "`torch.manual_seed(seed)`, `net = make_net(config['num_hiddens'], config['dropout1'], "
        "config['dropout2']).to(device)`, then `train_classifier` with `nn.CrossEntropyLoss(reduction='none')` "
        "and `torch.optim.SGD(net.parameters(), lr=lr)`. Return `{**config, 'seed': seed, ...}`.",
    )

    @cached_property
    def problem(self) -> RunProblem:
        """The problem that the checks on the four numbers look at, and what came of it."""
        return RunProblem()

    _record: dict | None = None

    def _measured(self, student: Student) -> dict:
        if self._record is None:
            problem = self.problem
            (self._record,), _ = records_of(student, problem, [[problem.epochs, problem.lr, 1]])
        return self._record

    @check("the record says what was asked, and has the four numbers")
    def record(self, student: Student) -> None:
        """`{**config, "seed": seed, ...}` begins the dictionary."""
        epochs, lr, seed = integer(2, 3), uniform(0.2, 0.6), integer(10, 90)
        config = {"num_hiddens": integer(10, 90), "dropout1": uniform(0.1, 0.3), "dropout2": 0.625}
        problem = self.problem
        (record,), _ = records_of(student, problem, [[epochs, lr, seed]], config)
        for name, wanted in {**config, "seed": seed, "num_epochs": epochs, "lr": lr}.items():
            expect.close(measured(record, name), wanted, text=f"`{name}` is {{}}")
        for name in MEASURED:
            measured(record, name)
            entry(record[name], name)

    @check("the configuration reaches the network, in this order", essential=True)
    def config(self, student: Student) -> None:
        """`make_net(num_hiddens, dropout1, dropout2)`"""
        problem = self.problem
        config, slopes, right, mistakes = wirings(problem)
        (record,), _ = records_of(student, problem, [[1, 0.0, 1]], config, slopes=slopes)
        seen = measured(record, "train_loss")
        expect.close(
            seen,
            next((loss for loss in right if expect.agrees(seen, loss, expect.LAYERS)), right[0]),
            tolerance=expect.LAYERS,
            text="with lr = 0, a train loss of {}",
            because="this is not the network of the configuration, or its steps have another lr",
            mistakes=mistakes,
        )

    @check("train loss and train accuracy are means over the last epoch", weight=2, essential=True)
    def training(self, student: Student) -> None:
        """`history.train_loss[-1]`, and likewise the accuracy; or sums over the last epoch."""
        problem, record = self.problem, self._measured(student)
        expect.close(
            measured(record, "train_loss"),
            problem.passes[-1].loss,
            tolerance=expect.LAYERS,
            text="a train loss of {}",
            because="other steps than gradient descent with this lr in each of the epochs",
            mistakes=problem.loss_mistakes(),
        )
        expect.close(
            measured(record, "train_acc"),
            problem.running(),
            text="a train accuracy of {}",
            mistakes=problem.running_mistakes(),
        )

    @check(
        "the test accuracy is that of the trained network, without dropout",
        weight=1.5,
        essential=True,
    )
    def test_accuracy(self, student: Student) -> None:
        """Measure in eval mode, after the last epoch."""
        problem, record = self.problem, self._measured(student)
        self._verify_trained(record)
        expect.close(
            measured(record, "test_acc"),
            problem.accuracy(problem.test),
            text="a test accuracy of {}",
            mistakes=problem.test_mistakes(),
        )

    @check("train_acc_eval is measured after the training, without dropout")
    def train_accuracy_without_dropout(self, student: Student) -> None:
        """`evaluate_accuracy(net, train_iter)`, when the training is over."""
        problem, record = self.problem, self._measured(student)
        self._verify_trained(record)
        expect.close(
            measured(record, "train_acc_eval"),
            problem.accuracy(problem.train),
            text="an accuracy of {} on the training images",
            mistakes=problem.eval_mistakes(),
        )

    @check("the seed fixes a run, and another seed gives another one", weight=1.5, essential=True)
    def seed(self, student: Student) -> None:
        """`torch.manual_seed(seed)`, once, before the network is made."""
        problem, one = self.problem, integer(0, 999)
        records, _ = records_of(student, problem, [[2, 0.3, one], [2, 0.3, one]], noise=0.5)
        first, again = (measured(record, "train_loss") for record in records)
        expect.true(
            expect.agrees(again, first, expect.CLOSE),
            seen=f"two runs with seed {one} have train losses of {first:.4g} and {again:.4g}",
            expected="the same run twice",
            because="the seed must be set before the network is made, which draws its weights",
        )
        self._verify_others(
            student,
            lambda one, other: [[2, 0.3, one], [2, 0.3, other]],
            "runs with the seeds {} and {} have the same train loss of {:.4g}",
            "another run for another seed",
        )
        if self.passed("training"):
            self._verify_others(
                student,
                lambda one, _: [[1, 0.0, one], [2, 0.0, one]],
                "the second epoch draws the same random numbers as the first",
                "fresh masks and another order in every epoch: set the seed once a run",
            )

    def _verify_others(
        self,
        student: Student,
        calls: Callable[[int, int], list[list[float]]],
        seen: str,
        expected: str,
    ) -> None:
        """Two runs have another train loss, with one of some pairs of seeds."""
        statistics.book("losses alike", ALIKE_BY_CHANCE**PAIRS, PAIRS, ALIKE_BY_CHANCE)
        for seeds in torch.randperm(1000)[: 2 * PAIRS].view(PAIRS, 2).tolist():
            records, _ = records_of(student, self.problem, calls(*seeds), noise=0.5)
            first, other = (measured(record, "train_loss") for record in records)
            if not expect.agrees(first, other, ALIKE):
                return
        expect.fail(seen.format(*seeds, first), expected)

    @check("a run that goes badly has a record, too", weight=0.5)
    def bad_result(self, student: Student) -> None:
        """No `assert`, and no early `return`: NaN is a number that a table can hold."""
        problem = self.problem
        (record,), _ = records_of(student, problem, [[2, 0.0, 1]])
        bad = measured(record, "train_loss")
        untrained = problem.trained(lr=0.0)[0].loss
        if self.passed("training"):
            expect.close(
                bad, untrained, tolerance=expect.LAYERS, text="with lr = 0, a train loss of {}"
            )
        diverged = [torch.full((CLASSES, FEATURES), math.inf), problem.start[1]]
        (record,), _ = records_of(student, problem, [[1, 0.1, 1]], start=diverged)
        expect.true(
            not math.isfinite(measured(record, "train_loss")),
            seen=f"a train loss of {measured(record, 'train_loss'):.4g} for a network that has overflowed",
            expected="NaN or infinity, as it comes",
        )

    @check("config stays as it is, and every record is a new one", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """`config["seed"] = seed` would write into the caller's dictionary."""
        calls = [[1, 0.1, 3], [1, 0.1, 4]]
        records, config = records_of(student, self.problem, calls, in_the_end=True)
        expect.true(
            config == PLAIN,
            seen=f"`config` has {expect.show(sorted(config))} after the call",
            expected="its three entries, as they were",
        )
        seeds = [measured(record, "seed") for record in records]
        expect.true(
            seeds == [3, 4],
            seen=f"the records of the seeds 3 and 4 say {seeds[0]:g} and {seeds[1]:g} in the end",
            expected="a new dictionary for each run",
        )

    def _verify_trained(self, record: dict) -> None:
        """Only the accuracy of a network that has learnt what it should can be judged; of one whose
        train loss was taken in another way, it can.
        """
        problem, seen = self.problem, measured(record, "train_loss")
        if any(expect.agrees(seen, loss, expect.LAYERS) for loss in problem.told().values()):
            return
        expect.close(
            seen,
            problem.passes[-1].loss,
            tolerance=expect.LAYERS,
            text="a train loss of {}",
            because="first the training must be right: see the check on train loss",
        )


class Sweep(Exercise):
    name, points = "sweep", 5
    hints = (
        "Two loops, one inside the other, and a list of records. `pd.DataFrame(list_of_dictionaries)` makes a "
        "table of them.",
        "A run is known by four numbers. Put those of all rows of `done` into a set of tuples, and ask before "
        "each run whether its own tuple is in there.",
        "`rows = done.to_dict('records')` gives the earlier records as a list of dictionaries; append the new "
        "ones, and return `pd.DataFrame(rows)`.",
    )

    @check("a row for every configuration with every seed", weight=2, essential=True)
    def rows(self, student: Student) -> None:
        """For each configuration, for each seed: append the record of one run."""
        plan = Plan(3, 3)
        plan.verify(plan.swept(student, plan.pairs)[0])
        few = Plan(2, 1)
        few.verify(few.swept(student, few.pairs)[0])

    @check("the columns are the entries of the records, as numbers")
    def columns(self, student: Student) -> None:
        """`pd.DataFrame(rows)` with a list of dictionaries: the keys become columns."""
        plan = Plan(2, 2)
        table, _ = plan.swept(student, plan.pairs)
        wanted = [*CONFIG, "seed", *plan.measures]
        missing = [name for name in wanted if name not in table.columns]
        expect.true(
            not missing and len(table.columns) == len(wanted),
            seen=f"the columns {', '.join(table.columns)}",
            expected=f"the columns {', '.join(wanted)}",
        )
        for name in wanted:
            table.numbers(name)

    @check("the index counts the rows", weight=0.5)
    def index(self, student: Student) -> None:
        """`pd.concat` keeps old indices unless it is told `ignore_index=True`."""
        plan = Plan(2, 3)
        verify_index(plan.swept(student, plan.pairs)[0])
        verify_index(plan.swept(student, plan.pairs, plan.pairs[:2])[0])

    @check("what is done is not run again, and its rows stay", essential=True)
    def resumes(self, student: Student) -> None:
        """A run is done when configuration **and** seed are in one row of `done`."""
        plan = Plan(3, 3)
        # Each configuration and each seed is in some row, but not each of one with each of the other.
        places = [(0, 0), (0, 1), (1, 1), (2, 2)]
        done = [(plan.configs[i], plan.seeds[j]) for i, j in shuffled(places)]
        plan.verify(plan.swept(student, plan.pairs, done)[0])

    @check("rows of done that nobody asks for now stay, too", weight=0.25)
    def earlier_rows(self, student: Student) -> None:
        """All rows of `done`, whatever `configs` and `seeds` are now."""
        plan = Plan(3, 2)
        asked = [pair for pair in plan.pairs if pair[0] != plan.configs[0]]
        done = [plan.pairs[0], asked[0]]
        plan.verify(plan.swept(student, asked, done)[0], {*asked, *done})

    @check("done stays as it is", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """Make a new table; do not write into the old one."""
        plan = Plan(2, 3)
        done = plan.pairs[:2]
        table, after = plan.swept(student, plan.pairs, done, times=2)
        verify_table_untouched(after, **plan.table(done))
        losses = dict(zip(plan.keys_of(table), table.numbers("train_loss"), strict=True))
        expect.true(
            all(losses[key(*pair)] < 0 for pair in plan.pairs if pair not in done),
            seen="a second sweep from the same table does not run again what the first one has run",
            expected="it does: `done` stays as it is",
        )


Pair = tuple[Config, int]


class Plan:
    """So many configurations and seeds, and what each run measures; from a repeated run on, all measure the opposite."""

    measures = ("train_loss", "test_acc")

    def __init__(self, configs: int, seeds: int) -> None:
        self.configs = shuffled(drawn_configs(8))[:configs]
        self.seeds = sorted(torch.randperm(50)[:seeds].tolist())
        self.pairs = [(config, seed) for config in self.configs for seed in self.seeds]
        self.values = {key(*pair): [uniform(0.3, 0.6), uniform(0.7, 0.9)] for pair in self.pairs}

    def table(self, done: Sequence[Pair]) -> dict:
        """The rows of these runs, as `told` tells them."""
        rows = [(*config, seed, *self.values[key(config, seed)]) for config, seed in done]
        names = [*CONFIG, "seed", *self.measures]
        columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
        return {"columns": columns, "index": list(range(len(rows)))}

    def swept(
        self, student: Student, asked: Sequence[Pair], done: Sequence[Pair] = (), times: int = 1
    ) -> tuple[PlainTable, object]:
        """The table that `sweep` returns for what is asked, the last of so many times, and `done` after it."""
        configs = [config for config in self.configs if any(config == pair[0] for pair in asked)]
        result = student.run(
            run_sweep,
            configs=[dict(zip(CONFIG, config, strict=True)) for config in configs],
            seeds=self.seeds,
            values=self.values,
            measures=list(self.measures),
            done=self.table(done)["columns"] if done else None,
            times=times,
        )
        table, after = expect.items(result, 2)
        return plain_table(table), after

    def keys_of(self, table: PlainTable) -> list[str]:
        """The run of each row; all runs of the plan are there."""
        seeds = [int(seed) for seed in table.numbers("seed")]
        found = [key(*pair) for pair in zip(table.configs(), seeds, strict=True)]
        expect.true(set(found) >= set(self.values), seen="a row is missing", expected="all rows")
        return found

    def verify(self, table: PlainTable, wanted: set[Pair] | None = None) -> None:
        """One row for each of these runs, with what it has measured."""
        wanted = set(self.pairs) if wanted is None else wanted
        seeds = [int(seed) for seed in table.numbers("seed")]
        seen = list(zip(table.configs(), seeds, strict=True))
        expect.true(
            len(seen) == len(wanted) and set(seen) == wanted,
            seen=self._what_is_there(seen, wanted),
            expected=f"{len(wanted)} rows, one for each configuration and seed",
            because=self._cause(seen),
        )
        losses, accuracies = (table.numbers(name) for name in self.measures)
        for pair, *values in zip(seen, losses, accuracies, strict=True):
            right = self.values[key(*pair)]
            expect.close(
                values,
                right,
                text=f"{listed(pair[0])}, seed {pair[1]}: {{}}",
                because="this is no record of this run",
                mistakes={"a run was done twice": [-value for value in right]},
            )

    def _what_is_there(self, seen: Sequence[Pair], wanted: set[Pair]) -> str:
        missing = sorted(wanted - set(seen))
        if missing:
            config, seed = missing[0]
            return f"{len(seen)} rows, and none for {listed(config)} with seed {seed}"
        twice = [pair for pair in seen if seen.count(pair) > 1]
        if twice:
            return (
                f"{len(seen)} rows; {listed(twice[0][0])} with seed {twice[0][1]} has more than one"
            )
        return f"{len(seen)} rows, some of runs that nobody has asked for"

    def _cause(self, seen: Sequence[Pair]) -> str:
        rows = sorted(seen)
        if rows == sorted(zip(self.configs, self.seeds, strict=False)):
            return "each configuration was run with one seed only: `zip` pairs, two loops combine"
        if rows == sorted((config, self.seeds[0]) for config in self.configs):
            return "only the first seed was used"
        return ""


def key(config: Sequence[float], seed: int) -> str:
    """A run as a text."""
    return " ".join(f"{value:g}" for value in (*config, seed))


def measured(record: dict, name: str) -> float:
    """A number of the record, or a failure without it."""
    if name not in record:
        expect.fail(f"the record has no entry `{name}`", f"an entry `{name}`")
    return expect.number(record[name])


def wirings(problem: RunProblem) -> tuple[dict, list[Tensor], list[float], dict[str, float]]:
    """A configuration, the slopes that a network takes from it, its loss, and those of wrong wirings.

    Its loss comes in each of the ways in which it can be taken, the right one first: they are another
    check's. No two of the losses are so near to each other that they could be taken for the same.
    """
    X = torch.cat([X for X, _ in problem.train])
    y = torch.cat([y for _, y in problem.train])
    weight, bias = problem.start
    while True:
        units, first, second = integer(100, 200), uniform(0.1, 0.3), uniform(0.6, 0.9)
        slopes = [torch.randn(CLASSES, FEATURES) for _ in CONFIG]

        def losses_of(units: float, *rates: float, evaluating: bool = False) -> Tensor:
            values = zip((units / 100, *rates), slopes, strict=True)  # noqa: B023
            net = weight + sum(value * slope for value, slope in values)
            net = net + problem.shift if evaluating else net
            return torch.nn.functional.cross_entropy(X @ net.T + bias, y, reduction="none")

        def loss(units: float, *rates: float) -> float:
            return float(losses_of(units, *rates).mean())

        losses = losses_of(units, first, second)
        batches = losses.split([len(labels) for _, labels in problem.train])
        ways = [
            losses.mean(),
            torch.stack([batch.mean() for batch in batches]).mean(),
            losses.sum(),
            losses_of(units, first, second, evaluating=True).mean(),
        ]
        right = [float(way) for way in ways]
        mistakes = {
            "dropout1 and dropout2 are swapped": loss(units, second, first),
            "dropout1 is used twice": loss(units, first, first),
            "dropout2 is used twice": loss(units, second, second),
            "the network always has 256 units": loss(256, first, second),
            "the network always has the rates 0.2 and 0.5": loss(units, 0.2, 0.5),
        }
        apart = sorted([*right, *mistakes.values()])
        if all(b > 1.01 * a for a, b in pairwise(apart)):
            return dict(zip(CONFIG, (units, first, second), strict=True)), slopes, right, mistakes


def records_of(
    student: Student,
    problem: RunProblem,
    calls: Sequence[Sequence[float]],
    config: dict | None = None,
    *,
    noise: float = 0.0,
    start: Sequence[Tensor] = (),
    slopes: Sequence[Tensor] = (),
    in_the_end: bool = False,
) -> tuple[list[dict], dict]:
    """The record of each of `calls`, [num_epochs, lr, seed], as it came or as it is in the end, and the
    configuration after them.
    """
    result = student.run(
        run_records,
        train=problem.train,
        test=problem.test,
        start=list(start or problem.start),
        shift=problem.shift,
        calls=[list(call) for call in calls],
        config=dict(config or PLAIN),
        noise=noise,
        slopes=list(slopes),
    )
    at_once, at_last, after = expect.items(result, 3)
    told_records = expect.items(at_last if in_the_end else at_once, len(calls))
    if any(not isinstance(record, dict) for record in told_records):
        expect.fail(f"{expect.show(told_records[0])} came back", "a dictionary, the record")
    return told_records, expect.record(after)


# What follows runs beside a student's code.


class Shuffled:
    """The same examples in another order, drawn from torch's stream, at every pass."""

    def __init__(self, batches):
        self.sizes = [len(y) for _, y in batches]
        self.X, self.y = (torch.cat(parts) for parts in zip(*batches))  # noqa: B905

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self):
        for rows in torch.randperm(len(self.y)).split(self.sizes):
            yield self.X[rows], self.y[rows]


def run_records(namespace, train, test, start, shift, calls, config, noise, slopes):
    make_net = factory(start, shift, noise, slopes)
    records, at_once = [], []
    for num_epochs, lr, seed in calls:
        batches = Shuffled(train) if noise else [tuple(batch) for batch in train]
        with contextlib.redirect_stdout(io.StringIO()):
            record = namespace["run_config"](
                config,
                seed,
                batches,
                [tuple(batch) for batch in test],
                num_epochs,
                lr,
                make_net=make_net,
                device=torch.device("cpu"),
            )
        records.append(record)
        # It may be the same dictionary each time, and written over.
        at_once.append(dict(record) if isinstance(record, dict) else record)
        torch.rand(len(records))  # another place in the stream of random numbers
    return [at_once, records, config]


def run_sweep(namespace, configs, seeds, values, measures, done, times):
    table = None if done is None else pd.DataFrame(done)
    seen, again = [], []
    if done is not None:
        columns = [done[name] for name in ("num_hiddens", "dropout1", "dropout2", "seed")]
        seen = [" ".join(format(value, "g") for value in row) for row in zip(*columns)]  # noqa: B905

    def run(config, seed):
        numbers = [config["num_hiddens"], config["dropout1"], config["dropout2"], seed]
        name = " ".join(format(value, "g") for value in numbers)
        again.append(name in seen)
        sign = -1 if any(again) else 1
        seen.append(name)
        record = {**config, "seed": seed}
        for measure, value in zip(measures, values[name]):  # noqa: B905
            record[measure] = sign * value
        return record

    more = () if table is None else (table,)
    with contextlib.redirect_stdout(io.StringIO()):
        for _ in range(times):
            result = namespace["sweep"](configs, seeds, run, *more)
    return [told(result), told(table)]
