"""Chapter 2: the exercise `find_the_functional_bug`, dropout that `eval()` does not switch off."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.checks import expect, statistics
from grader.checks.dropout_networks import BOOK, DropoutNetwork, NetRun
from grader.checks.exercise import check
from grader.checks.networks import MLP
from grader.checks.randomness import positive, shuffled, uniform
from grader.checks.student import Student
from grader.wire.probe import StudentError

EXAMPLES, WIDTH = 60, 20
MODE = 2.0
"""By what the judge's networks multiply in train mode, so that their mode shows."""


class FindTheFunctionalBug(DropoutNetwork):
    name, points, maker = "find_the_functional_bug", 5, "FixedMLP"
    mlps = (BOOK,)
    without = ("layers", "default_rates", "after_relu", "gradients", "initial_weights")
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
        for case, (_, out, inner) in zip(
            self.answers.cases, self.answers.ask(student), strict=True
        ):
            both = (expect.tensor(out, shape=(EXAMPLES, WIDTH)) / self.answers.plain).median()
            for factor in (float(both) / expect.between(inner, 1, MODE), inner):
                seen = "train" if expect.agrees(factor, MODE) else "eval"
                expect.true(
                    seen == case["mode"],
                    seen=f"a network that came in {case['mode']} mode is left in {seen} mode",
                    expected=f"{case['mode']} mode, in all its parts",
                )

    def _run(self, student: Student, *args, **kwargs) -> NetRun:
        """As the base's. A class that is still open costs its own checks only."""
        try:
            return super()._run(student, *args, **kwargs)
        except StudentError as error:
            if error.type == "NotImplementedError" or error.kind == "missing":
                expect.fail(f"`{self.maker}` is still open")
            raise


class Answers:
    """Networks that drop units in train mode, in eval mode, in both or in none, and come in either
    mode: what the detector says of each, and the mode of its parts afterwards.
    """

    def __init__(self) -> None:
        kinds = [(train, eval_) for train in (True, False) for eval_ in (True, False)]
        self.cases = shuffled(
            [
                {"train": train, "eval": eval_, "mode": mode, "rate": uniform(0.1, 0.6)}
                for train, eval_ in kinds
                for mode in ("train", "eval")
            ]
        )
        self.X, self.weight = positive(EXAMPLES, WIDTH), positive(WIDTH, WIDTH)
        self.plain = self.X @ self.weight
        self._answers: list[list] = []

    def ask(self, student: Student) -> list[list]:
        """The answer; what the network gives afterwards, and what its inner part multiplies by."""
        if not self._answers:
            found = student.run(
                answers_of_the_detector, cases=self.cases, X=self.X, weight=self.weight
            )
            self._answers = [expect.items(x, 3) for x in expect.items(found, len(self.cases))]
        return self._answers


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


class Marked(nn.Module):
    """Multiplies by a factor that tells its mode."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, X):
        return X * (self.factor if self.training else 1.0)


class Dropping(nn.Module):
    """Drops units in the modes that are asked for, whatever `training` says of it."""

    def __init__(self, weight, factor, rate, train, **in_eval):
        super().__init__()
        self.weight, self.rate, self.factor = nn.Parameter(weight.clone()), rate, factor
        self.drops = {True: train, False: in_eval["eval"]}
        self.part = nn.Sequential(Marked(factor))

    def forward(self, X):
        H = F.dropout(self.part(X), self.rate, training=self.drops[self.training])
        return H @ self.weight * (self.factor if self.training else 1.0)


def answers_of_the_detector(namespace, cases, X, weight):
    answers = []
    for case in cases:
        drops = {mode: case[mode] for mode in ("train", "eval")}
        net = Dropping(weight, MODE, case["rate"], **drops)
        net.train(case["mode"] == "train")
        try:
            said = namespace["is_random_in_eval"](net, X)
        except NotImplementedError:
            said = "nothing: `is_random_in_eval` is still open, and"
        net.rate = 0.0
        answers.append([said, net(X), net.part(torch.ones(1)).item()])
    return answers
