"""Chapter 2: the exercise `same_as_scratch`: do two networks agree, in eval mode and in distribution?

The judge has pairs of networks of its own, some alike and some not; what chance does to them it has drawn
before, in tables. In the random ones, the true distance
of unlike distributions is at least `APART`: what a right answer says of them is certain but for `ERROR`.
Where the bound itself is asked for, the "draws" come from a table, and nothing is left to chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from grader.checks import expect, statistics
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.networks import MLP
from grader.checks.randomness import integer, positive, shuffled, signed, uniform
from grader.checks.student import Student
from grader.exercises.ch02.functional_bug import truth

SIZES = MLP((12, 32, 32, 3))
USED = 2
"""Units of the first hidden layer that the second one looks at: few, so that their rate shows."""
LOW, HIGH = 0.05, 0.75
PASSES, ALLOWED, APART = 1500, 1e-11, 0.4
EXAMPLES = 7
FIRST = 1.75
"""The first number of the first example, and of no other one."""
ROWS = PASSES + 101
"""Of a table of chances: more than are asked for."""
OFFSET = 0.25
"""What every network adds to its logits in eval mode."""
CASES: dict[str, tuple[bool, bool, dict[str, Any]]] = {
    "both networks are alike": (True, True, {}),
    "`concise` is off by 0.00008 in eval mode": (True, True, {"shift": 8e-5}),
    "`concise` differs in train mode for other examples than the first": (
        True,
        True,
        {"others": 1.0},
    ),
    "`concise` has its two rates swapped": (True, False, {"rates": [HIGH, LOW]}),
    "`concise` drops fewer units, with the same mean": (True, False, {"rates": [LOW, 0.02]}),
    "`concise` never drops a unit": (True, False, {"rates": [0.0, 0.0]}),
    "`concise` does not scale the units that it keeps": (True, False, {"scaled": False}),
    "`concise` has one mask for all examples of a batch": (True, False, {"one_mask": True}),
    "the last logit of `concise`, and no other, is dropped at times": (True, False, {"last": 0.5}),
    "`concise` drops in eval mode too": (False, True, {"eval_rates": [LOW, HIGH]}),
    "`concise` is off by 0.00015 in eval mode": (False, True, {"shift": 1.5e-4}),
    "`concise` gives every example the logits of the first": (False, True, {"first_row": True}),
}
"""What is so of a pair: agreement in eval mode, in train mode, and how `concise` differs."""


class SameAsScratch(Exercise):
    name, points = "same_as_scratch", 8
    hints = (
        "Begin with `ks_distance`. Both staircases change at values of `a` or of `b` only, so it is enough "
        "to look there. For one t, the share of `a` up to t is `(a <= t).float().mean()`.",
        "Solve 4 exp(−2 T ε²) = error for ε; the bound is 2 ε. For all t at once: sort `a`, then "
        "`torch.searchsorted(a, t, right=True)` counts how many of `a` are at most t.",
        "`same_as_scratch`: copy the parameters. Both networks into eval mode, compare with a tolerance of "
        "0.0001. Both into train mode, feed `X[:1].repeat(T, 1)` to each. Then for each column compare "
        "`ks_distance` with `ks_bound(T, error / number of columns)`, and return both bools.",
    )

    distance = compares(
        "ks_distance is the widest gap between the staircases",
        function="ks_distance",
        right=lambda a, b: gaps(a, b, torch.cat([a, b])).abs().max().item(),
        inputs=lambda: telling_samples(),
        times=3,
        weight=2,
        essential=True,
        mistakes={
            "the second staircase may lie above the first: take the absolute value": (
                lambda a, b: gaps(a, b, torch.cat([a, b])).max().item()
            ),
            "the staircases are compared at the values of `a` only": (
                lambda a, b: gaps(a, b, a).abs().max().item()
            ),
            "this is the mean gap, not the widest one": (
                lambda a, b: gaps(a, b, torch.cat([a, b])).abs().mean().item()
            ),
            "this is the distance of the means": lambda a, b: (a.mean() - b.mean()).abs().item(),
            "counts, not shares: divide each by its own number of values": (
                lambda a, b: counted(a, b).abs().max().item()
            ),
        },
        hint="Draw both staircases by hand for [1, 2] and [2, 3].",
    )
    bound = compares(
        "ks_bound solves the inequality",
        function="ks_bound",
        right=lambda T, error: math.sqrt(2 * math.log(4 / error) / T),
        inputs=lambda: (integer(100, 9000), uniform(0.001, 0.2) / 1000),
        weight=1,
        mistakes={
            "this is ε, the bound for one staircase; D may be twice that": (
                lambda T, error: math.sqrt(math.log(4 / error) / (2 * T))
            ),
            "two staircases can be off, so 4 stands before the exponential": (
                lambda T, error: math.sqrt(2 * math.log(2 / error) / T)
            ),
            "the square root is missing": lambda T, error: 2 * math.log(4 / error) / T,
            "the logarithm is the natural one": lambda T, error: math.sqrt(
                2 * math.log10(4 / error) / T
            ),
        },
        hint="Take logarithms on both sides. `math.log` is the natural one.",
    )

    @cached_property
    def pairs(self) -> Pairs:
        """What several checks look at."""
        return Pairs()

    @check("concise gets the parameters of scratch, and scratch keeps them")
    def copies(self, student: Student) -> None:
        """`copy_parameters(scratch, concise)` comes first."""
        for answer in self.pairs.ask(student):
            for which in ("scratch", "concise"):
                expect.true(
                    expect.agrees(answer[which], self.pairs.values, expect.EXACT),
                    seen=f"afterwards, `{which}` has other parameters than `scratch` had before",
                    expected="the same weights in both, those of `scratch`",
                    because="logits of networks with other weights tell nothing of dropout",
                )

    @check("same_in_eval tells whether the logits agree in eval mode", weight=2, essential=True)
    def eval_mode(self, student: Student) -> None:
        """`eval()` for both, all of `X`, and every logit within 0.0001."""
        self._verify(student, 0)

    @check(
        "same_in_train tells whether the logits have the same distribution",
        weight=2,
        essential=True,
    )
    def train_mode(self, student: Student) -> None:
        """`train()` for both, `T` copies of `X[:1]`, and the distance of each column."""
        alike = sum(in_train for _, in_train, _ in CASES.values())
        statistics.book("alike", alike * ALLOWED, PASSES)
        slack = APART - math.sqrt(2 * math.log(4 * SIZES.sizes[-1] / ALLOWED) / PASSES)
        missed = 4 * math.exp(-PASSES * slack**2 / 2)
        statistics.book("apart", (len(CASES) - alike) * missed, PASSES)
        self._verify(student, 1)

    @check("the bound is that for error, divided among the logits", weight=1.5)
    def bound_used(self, student: Student) -> None:
        """`ks_bound(T, error / num_logits)`, and every logit's distance within it."""
        for logits in (2, 5):
            passes, error = integer(150, 300), uniform(0.001, 0.02)
            inside = math.floor(passes * math.sqrt(2 * math.log(4 * logits / error) / passes))
            for steps in shuffled([inside, inside + 1]):
                column = integer(0, logits - 1)
                draws = torch.stack([torch.randperm(passes) for _ in range(logits)], 1).double()
                others = draws[torch.randperm(passes)]
                others[:, column] += steps
                pair = student.run(answer_for_tables, tables=[draws, others], T=passes, error=error)
                said = truth(expect.items(pair, 2, expected="two bools")[1])
                wanted = steps == inside
                expect.true(
                    said == wanted,
                    seen=f"same_in_train is {said} for {logits} logits whose largest distance is "
                    f"{steps / passes:.4f} (T = {passes}, error = {error})",
                    expected=f"{wanted}: the bound is "
                    f"{math.sqrt(2 * math.log(4 * logits / error) / passes):.4f}",
                )

    def _verify(self, student: Student, part: int) -> None:
        """This part of each answer is as CASES say."""
        name = ("same_in_eval", "same_in_train")[part]
        said = {
            case: truth(expect.items(answer["said"], 2, expected="two bools")[part])
            for case, answer in zip(self.pairs.cases, self.pairs.ask(student), strict=True)
        }
        for case, wanted in ((case, CASES[case][part]) for case in CASES):
            expect.true(
                said[case] == wanted,
                seen=f"{name} is {said[case]}, where {case}",
                expected=f"{wanted}",
            )


class Pairs:
    """What the learner's function says of each of CASES, asked in an order that is drawn."""

    def __init__(self) -> None:
        self.cases = shuffled(list(CASES))
        self.values = telling_parameters()
        self._answers: list[dict] = []

    def ask(self, student: Student) -> list[dict]:
        """What it said, and the parameters of both networks afterwards."""
        if not self._answers:
            raw = self._run(student)
            self._answers = [expect.record(x) for x in expect.items(raw, len(CASES))]
        return self._answers

    def _run(self, student: Student) -> object:
        X = positive(EXAMPLES, SIZES.sizes[0])
        X[0, 0] = FIRST
        return student.run(
            answers_for_pairs,
            values=self.values,
            others=[signed(*value.shape) for value in self.values],
            pairs=[[chances(), chances(**CASES[case][2])] for case in self.cases],
            modes=[bool(mode) for mode in torch.rand(len(CASES)) < 0.5],
            X=X,
            T=PASSES,
            error=ALLOWED,
        )


def chances(
    rates: Sequence[float] = (LOW, HIGH),
    scaled: bool = True,
    one_mask: bool = False,
    last: float = 0.0,
    eval_rates: Sequence[float] = (0.0, 0.0),
    shift: float = 0.0,
    others: float = 0.0,
    first_row: bool = False,
    rows: int = ROWS,
) -> dict[str, object]:
    """All that chance does to a network, in tables of factors for both hidden layers and the logits, row by
    row of what it is given. What differs between two networks shows when their rows are compared.
    """
    width, logits = SIZES.sizes[1], SIZES.sizes[-1]
    drawn: dict[str, object] = {
        "train": [
            *(factors(rows, width, rate, scaled, one_mask) for rate in rates),
            torch.cat(
                [torch.ones(rows, logits - 1), factors(rows, 1, last, False).expand(rows, 1)], 1
            ),
        ],
        "eval": [*(factors(rows, width, rate) for rate in eval_rates), torch.ones(1, logits)],
        "shift": shift + OFFSET,
        "others": others,
        "step": 0 if first_row else 1,
        "first": FIRST,
    }
    return drawn


def factors(rows: int, width: int, rate: float, scaled: bool = True, alike: bool = False) -> Tensor:
    """What dropout multiplies by: (rows, width), or one row where nothing is dropped."""
    if rate == 0:
        return torch.ones(1, width)
    kept = (torch.rand(rows, width) > rate).float() / (1 - rate if scaled else 1)
    return kept[:1].repeat(rows, 1) if alike else kept


def telling_parameters() -> list[Tensor]:
    """Positive weights of a network, whose second hidden layer looks at USED units of the first."""
    values = [positive(*shape) / shape[-1] for shape in SIZES.shapes]
    for bias in values[1::2]:
        bias.zero_()
    values[2][:, USED:] = 0
    values[2] *= SIZES.sizes[1] / USED
    values[-1] = positive(SIZES.sizes[-1])
    return values


def gaps(a, b, t):
    """The first staircase minus the second one, at each t."""
    share_a = (a[None, :] <= t[:, None]).float().mean(1)
    return share_a - (b[None, :] <= t[:, None]).float().mean(1)


def counted(a, b):
    """As `gaps`, with counts in place of shares."""
    t = torch.cat([a, b])
    return (a[None, :] <= t[:, None]).sum(1) - (b[None, :] <= t[:, None]).sum(1)


def telling_samples() -> tuple[Tensor, Tensor]:
    """Samples of different lengths with equal values in them, on which each known mistake is wrong."""
    while True:
        a = (torch.randn(integer(20, 30)) * 4 + 1).round() / 2
        b = (torch.randn(integer(31, 45)) * 4).round() / 2
        every = gaps(a, b, torch.cat([a, b]))
        widest = float(every.abs().max())
        tempting = (every.max(), gaps(a, b, a).abs().max(), gaps(a, b, b).abs().max())
        if all(abs(float(value) - widest) > 0.01 for value in tempting[:2]) and widest < 0.9:
            return a, b


# What follows runs beside a student's code.


class Chancy(nn.Module):
    """A network with two hidden layers, on which chance acts as the tables say (see `chances`)."""

    def __init__(self, values, chances):
        super().__init__()
        self.own = nn.ParameterList([nn.Parameter(value.clone()) for value in values])
        self.chances, self.served = chances, {True: 0, False: 0}

    def forward(self, X):
        rows = torch.arange(len(X))
        H = X if self.training else X[rows * self.chances["step"]]
        rows = rows + self.served[self.training]
        self.served[self.training] += len(X)
        for layer, table in enumerate(self.chances["train" if self.training else "eval"]):
            H = H @ self.own[2 * layer].T + self.own[2 * layer + 1]
            H = (H.relu() if layer < 2 else H) * table[rows % len(table)]
        if self.training:
            return H + self.chances["others"] * (X[:, :1] != self.chances["first"])
        return H + self.chances["shift"]


class Tabled(nn.Module):
    """In train mode, hands out the rows of a table, from the first again after the last."""

    def __init__(self, table):
        super().__init__()
        self.weight, self.table, self.served = nn.Parameter(torch.ones(1)), table, 0

    def forward(self, X):
        if not self.training:
            return X[:, :1] * self.weight + torch.zeros(self.table.shape[1])
        rows = (torch.arange(len(X)) + self.served) % len(self.table)
        self.served += len(X)
        return self.table[rows]


def answers_for_pairs(namespace, values, others, pairs, modes, X, T, error):
    answers = []
    for (one, other), mode in zip(pairs, modes, strict=True):
        scratch, concise = Chancy(values, one), Chancy(others, other)
        scratch.train(mode)
        concise.train(not mode)
        said = namespace["same_as_scratch"](scratch, concise, X, T=T, error=error)
        both = {"scratch": list(scratch.own), "concise": list(concise.own)}
        answers.append({"said": list(said) if isinstance(said, (list, tuple)) else said, **both})
    return answers


def answer_for_tables(namespace, tables, T, error):
    scratch, concise = (Tabled(table) for table in tables)
    said = namespace["same_as_scratch"](scratch, concise, torch.ones(3, 1), T=T, error=error)
    return list(said) if isinstance(said, (list, tuple)) else said
