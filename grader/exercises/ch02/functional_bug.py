"""Chapter 2: the exercise `find_the_functional_bug`, dropout that `eval()` does not switch off."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor, nn

from grader.checks import expect, statistics
from grader.checks.dropout_networks import BOOK, DropoutNetwork, NetRun
from grader.checks.exercise import check
from grader.checks.functions import asked
from grader.checks.networks import MLP
from grader.checks.randomness import positive, shuffled, uniform
from grader.checks.student import Student
from grader.wire.probe import StudentError

EXAMPLES, WIDTH = 60, 20
ROWS = 11 * EXAMPLES + 7
"""Of a table of factors: passes with the same examples meet other rows."""
MODES = ("train", "eval")


class FindTheFunctionalBug(DropoutNetwork):
    name, points, maker = "find_the_functional_bug", 5, "FixedMLP"
    mlps = (BOOK,)
    without = ("layers", "default_rates", "after_relu", "initial_weights")
    hints = (
        "Look up `F.dropout` with `help(F.dropout)`: which argument does the published code leave alone, and "
        "what is its default?",
        "For the detector: put the network into eval mode, ask it twice, compare. Note its mode before, and "
        "bring it back with `net.train(was_training)`.",
        "`FixedMLP.forward` is the published one with `training=self.training` in both calls of `F.dropout`. "
        "The detector: note `net.training`, `net.eval()`, two passes, `net.train(...)` with what you noted, "
        "and return whether `torch.equal` says no.",
    )

    def arguments(self, mlp: MLP) -> list[object]:
        return []

    @cached_property
    def answers(self) -> Answers:
        """What both checks of the detector look at."""
        return Answers()

    @check("the detector tells networks with the bug from those without", weight=2, essential=True)
    def detects(self, student: Student) -> None:
        """Try it on `build_net(0.2, 0.5)` and on `PublishedMLP()`, each after `train()` and
        `eval()`."""
        said = [truth(answer) for answer, *_ in self.answers.ask(student)]
        cases = self.answers.cases
        right = [case["eval"] for case in cases]
        statistics.book("same masks", 8 * (0.1**2 + 0.9**2) ** (EXAMPLES * WIDTH), EXAMPLES * WIDTH)
        because = ""
        if said == [case["train"] for case in cases]:
            because = "this is so in train mode; `eval()` comes first"
        elif said == [case[case["mode"]] for case in cases]:
            because = "this is so in the mode in which the network came; `eval()` comes first"
        elif said == [not answer for answer in right]:
            because = "the answer is the wrong way round"
        for case, answer, wanted in zip(cases, said, right, strict=True):
            expect.true(
                answer == wanted,
                seen=f"{answer} for a network that came in {case['mode']} mode and drops units "
                f"{where(case)}",
                expected=f"{wanted}",
                because=because,
            )

    @check("the detector leaves the network in the mode in which it came", weight=0.5)
    def keeps_the_mode(self, student: Student) -> None:
        """`was_training = net.training` at the start, `net.train(was_training)` at the
        end."""
        answers = self.answers
        for number, (_, out, inner) in enumerate(answers.ask(student)):
            came = answers.cases[number]["mode"]
            seen = [
                [mode for mode in MODES if expect.agrees(out, answers.output(number, mode))],
                [mode for mode in MODES if expect.agrees(inner, answers.tables[number][mode][0])],
            ]
            other = next(mode for mode in MODES if mode != came)
            expect.true(
                all(came in modes for modes in seen),
                seen=f"a network that came in {came} mode is left in {other} mode",
                expected=f"{came} mode, in all its parts",
            )

    def _run(self, student: Student, *args, **kwargs) -> NetRun:
        """As the base's. A class that is still open costs its own checks only."""
        try:
            return super()._run(student, *args, **kwargs)
        except StudentError as error:
            if error.is_unanswered:
                expect.fail(f"`{self.maker}` is still open")
            raise


class Answers:
    """Networks that drop units in train mode, in eval mode, in both or in none, and come in either
    mode: what the detector says of each, and what its parts give afterwards.

    By what each row of each pass is multiplied stands in tables. Where nothing is dropped, all rows of
    a table are alike, and no row is plain: to tell, one must compare.
    """

    def __init__(self) -> None:
        kinds = [(train, eval_) for train in (True, False) for eval_ in (True, False)]
        self.cases: list[dict] = shuffled(
            [
                {"train": train, "eval": eval_, "mode": mode}
                for train, eval_ in kinds
                for mode in ("train", "eval")
            ]
        )
        self.X, self.weight = positive(EXAMPLES, WIDTH), positive(WIDTH, WIDTH)
        self.tables = [
            {mode: table(drops=bool(case[mode])) for mode in MODES} for case in self.cases
        ]
        self._answers: list[list] = []

    def ask(self, student: Student) -> list[list]:
        """The answer, and what the network and its inner part give afterwards, from the first rows on."""
        if not self._answers:
            found = asked(
                student,
                "is_random_in_eval",
                answers_of_the_detector,
                tables=self.tables,
                modes=[case["mode"] for case in self.cases],
                X=self.X,
                weight=self.weight,
            )
            self._answers = [expect.items(x, 3) for x in expect.items(found, len(self.cases))]
        return self._answers

    def output(self, number: int, mode: str) -> Tensor:
        """Of the network of this number, from the first row of its table on."""
        return (self.X * self.tables[number][mode][:EXAMPLES]) @ self.weight


def table(drops: bool) -> Tensor:
    """Factors (ROWS, WIDTH): the same row for ever, or with some of its units dropped, others each time."""
    row, rate = positive(1, WIDTH), uniform(0.1, 0.6)
    kept = (torch.rand(ROWS, WIDTH) > rate) / (1 - rate) if drops else torch.ones(ROWS, 1)
    return row * kept


def truth(value: object) -> bool:
    """A bool, or a tensor with one of them."""
    if isinstance(value, Tensor) and value.numel() == 1 and value.dtype == torch.bool:
        return bool(value)
    if not isinstance(value, bool):
        expect.fail(f"{expect.show(value)} came back", "True or False")
    return value  # type: ignore[return-value]


def where(case: dict) -> str:
    """In which modes a network drops units, in words."""
    modes = [mode for mode in ("train", "eval") if case[mode]]
    return f"in {' and '.join(modes)} mode" if modes else "never"


# What follows runs beside a student's code.


class Rows(nn.Module):
    """Multiplies by the rows of the table of its mode, one after the other, from the first again."""

    def __init__(self, tables):
        super().__init__()
        self.tables, self.served = tables, 0

    def forward(self, X):
        table = self.tables["train" if self.training else "eval"]
        rows = (torch.arange(len(X)) + self.served) % len(table)
        self.served += len(X)
        return X * table[rows]


class Dropping(nn.Module):
    """Drops units in the modes in which its tables say so. Half of the factors are its own, half those
    of an inner part."""

    def __init__(self, weight, tables):
        super().__init__()
        self.weight = nn.Parameter(weight.clone())
        roots = {mode: table.sqrt() for mode, table in tables.items()}
        self.own, self.part = Rows(roots), nn.Sequential(Rows(roots))

    def forward(self, X):
        return self.part(self.own(X)) @ self.weight


def answers_of_the_detector(namespace, name, tables, modes, X, weight):
    answers = []
    for table, mode in zip(tables, modes, strict=True):
        net = Dropping(weight, table)
        net.train(mode == "train")
        said = namespace[name](net, X)
        net.own.served = net.part[0].served = 0
        out = net(X)
        net.part[0].served = 0
        answers.append([said, out, net.part(torch.ones(1, X.shape[1]))[0] ** 2])
    return answers
