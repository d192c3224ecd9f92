"""Chapter 8: the exercises `init_normal`, `init_constant`, `init_xavier` and `my_init`.

They are judged as `init_weights` of chapter 2 is: on a network with layers of several kinds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

import torch
from torch import Tensor

from grader.checks import expect, statistics
from grader.checks.exercise import Exercise, check
from grader.checks.student import Student
from grader.exercises.ch02.initialising import Initialised, verify_normal


class Initialiser(Exercise):
    """Base of all four. zero_bias: whether biases become 0; else they stay. same: whether every weight
    is the same.
    """

    zero_bias = False

    @cached_property
    def run(self) -> Initialised:
        """What several checks look at."""
        return Initialised(self.name, all_biases=True)

    def new_weights(self, student: Student) -> list[Tensor]:
        """The weights of the three linear layers, all of which have changed."""
        found = self.run.ask(student)[0]["linear weight"]
        for old, new in zip(self.run.before["linear weight"], found, strict=True):
            expect.true(
                not torch.equal(old, new),
                seen=f"an nn.Linear with the weights of shape {tuple(old.shape)} that it had before",
                expected="new ones, in every nn.Linear, also in layers inside layers",
            )
        return found

    def weights(self, student: Student) -> None:
        """The first check: a subclass has it."""
        raise NotImplementedError

    @check("the biases are what the text says")
    def biases(self, student: Student) -> None:
        """Does the text say what becomes of the biases?"""
        self.verify_biases(student, self.run)

    def verify_biases(self, student: Student, run: Initialised) -> None:
        """They are 0, or as they were."""
        before, after = run.before["linear bias"], run.ask(student)[0]["linear bias"]
        for old, new in zip(before, after, strict=True):
            zero = torch.zeros_like(old)
            expect.close(
                new,
                zero if self.zero_bias else old,
                tolerance=expect.EXACT,
                because="biases become 0" if self.zero_bias else "biases stay as they were",
                mistakes={
                    "the biases have stayed as they were": old,
                    "the biases were set to 0": zero,
                    "the biases were set to 1": zero + 1,
                },
            )

    @check("modules that are no nn.Linear stay as they were", weight=0.5)
    def others(self, student: Student) -> None:
        """Ask for the type of `m`, not whether it has a `weight`."""
        for kind in ("batch normalisation", "embedding", "convolution"):
            after = self.run.ask(student)[0][kind]
            because = f"a parameter of {kind} layers has changed"
            expect.close(after, self.run.before[kind], tolerance=expect.EXACT, because=because)

    @check("in place: an optimizer may hold the parameters already", weight=0.5)
    def in_place(self, student: Student) -> None:
        """Fill the tensor that is there, rather than putting another `nn.Parameter` in its place."""
        after = self.run.ask(student)[0]
        self.run.verify_trainable()
        for kind in ("linear weight", "linear bias"):
            for new, known in zip(after[kind], self.run.held[kind], strict=True):
                expect.true(
                    torch.equal(new, known),
                    seen="another `Parameter` than before: who held the old one has the old numbers",
                    expected="the same one with new numbers",
                )


class ZeroBias(Initialiser):
    """Base of those that set biases to 0."""

    zero_bias = True

    @check("a layer without a bias has none to set", weight=0.5)
    def without_bias(self, student: Student) -> None:
        """`nn.Linear(8, 1, bias=False)` has `m.bias` None."""
        self.verify_biases(student, Initialised(self.name))


class InitNormal(ZeroBias):
    name, points = "init_normal", 2
    hints = (
        "`net.apply` calls your function for every module. For which of them is there anything to do?",
        "`nn.init.normal_` and `nn.init.zeros_` fill a tensor in place. The bias may be None.",
        "If `m` is an `nn.Linear`: `nn.init.normal_(m.weight, mean=0, std=0.01)`; and if `m.bias` is not None, "
        "`nn.init.zeros_(m.bias)`.",
    )

    @check("weights of N(0, 0.01²), each drawn on its own", weight=2, essential=True)
    def weights(self, student: Student) -> None:
        """Print `m.weight.std()`."""
        for weight in self.new_weights(student):
            verify_normal(weight)
        verify_draws(self.new_weights(student))


class InitConstant(ZeroBias):
    name, points = "init_constant", 2
    hints = (
        "Nothing is drawn here. Which function of `nn.init` fills a tensor with one number?",
        "`nn.init.constant_(tensor, value)` and `nn.init.zeros_(tensor)`. The bias may be None.",
        "As `init_normal`, with `nn.init.constant_(m.weight, 1)` in place of the draw.",
    )

    @check("every weight is 1", weight=2, essential=True)
    def weights(self, student: Student) -> None:
        """Print `m.weight` afterwards."""
        for weight in self.new_weights(student):
            expect.close(
                weight,
                torch.ones_like(weight),
                tolerance=expect.EXACT,
                mistakes={
                    "0 is for the biases": torch.zeros_like(weight),
                    "42 is the next example; 1 is asked for": torch.full_like(weight, 42.0),
                },
            )


class InitXavier(Initialiser):
    name, points = "init_xavier", 2
    hints = (
        "Xavier initialisation looks at the number of inputs and of outputs. `nn.init` has it in two forms, "
        "uniform and normal.",
        "`nn.init.xavier_uniform_(tensor)`. Nothing is said about the biases, so leave them.",
        "If `m` is an `nn.Linear`: `nn.init.xavier_uniform_(m.weight)`. That is all.",
    )

    @check(
        "weights uniform in ±√(6 / (inputs + outputs)), each drawn on its own",
        weight=2,
        essential=True,
    )
    def weights(self, student: Student) -> None:
        """Print the largest weight of a layer, and compute the bound by hand."""
        for weight in self.new_weights(student):
            outputs, inputs = weight.shape
            bound = math.sqrt(6 / (inputs + outputs))
            known = {
                "this is He's uniform initialisation": math.sqrt(6 / inputs),
                "this is how `nn.Linear` draws": math.sqrt(1 / inputs),
                "the standard deviation is not the bound": bound / math.sqrt(3),
                "this is √2 times as wide: no gain is asked for": bound * math.sqrt(2),
            }
            if not looks_uniform(weight, bound, statistics.fits):
                found = [
                    text
                    for text, other in known.items()
                    if looks_uniform(weight, other, statistics.looks_like)
                ]
                if float(weight.min()) >= 0:
                    found = ["no weight is below 0: the bound has two sides"]
                elif not found and float(weight.abs().max()) > 1.2 * bound:
                    found = ["weights beyond the bound: is this the normal form?"]
                expect.fail(
                    f"weights with standard deviation {float(weight.std()):.3g} and up to "
                    f"{float(weight.abs().max()):.3g}",
                    f"weights that are uniform between -{bound:.3g} and {bound:.3g}",
                    "".join(found[:1]),
                )
        verify_draws(self.new_weights(student))


class MyInit(Initialiser):
    name, points = "my_init", 5
    hints = (
        "First draw uniformly between −10 and 10, in place. Then set to 0 what is closer to 0 than 5.",
        "`nn.init.uniform_(m.weight, -10, 10)` draws. `m.weight.abs() >= 5` is a mask; as a factor, True is 1 "
        "and False is 0. Where autograd must not record: `with torch.no_grad():`, or `m.weight.data`.",
        "`nn.init.uniform_(m.weight, -10, 10)`; then, under `torch.no_grad()`, "
        "`m.weight *= m.weight.abs() >= 5`.",
    )

    @check("half of the weights are 0", weight=2, essential=True)
    def zeros(self, student: Student) -> None:
        """Print `(m.weight == 0).float().mean()`."""
        for weight in self.new_weights(student):
            expect.rate(
                weight == 0,
                0.5,
                what="of the weights are 0",
                mistakes={
                    "no weight is set to 0": 0.0,
                    "negative weights are dropped, too: ask for the absolute value": 0.75,
                    "only what is far below 0 is dropped": 0.25,
                },
            )

    @check(
        "the others lie between 5 and 10 or between −10 and −5, uniformly", weight=2, essential=True
    )
    def kept(self, student: Student) -> None:
        """Print the smallest and the largest of `m.weight.abs()` among those that are not 0."""
        for weight in self.new_weights(student):
            size = expect.finite(weight)[weight != 0].abs()
            inside = bool(((size >= 5) & (size <= 10)).all())
            because = "those near 0 are kept, the others dropped" if bool((size <= 5).all()) else ""
            expect.true(
                inside and len(size) > 0,
                seen=f"weights of size {float(size.min()) if len(size) else 0:.3g} "
                f"to {float(size.max()) if len(size) else 0:.3g}",
                expected="sizes between 5 and 10, and exact zeros",
                because=because,
            )
            expect.rate(weight.abs() > 7.5, 0.25, what="of the weights are larger than 7.5 in size")
            expect.rate(weight > 0, 0.25, what="of the weights are above 0")

    @check("every weight is drawn on its own")
    def draws(self, student: Student) -> None:
        """Draw for each layer anew, and set no seed."""
        verify_draws(self.new_weights(student))


def looks_uniform(weight: Tensor, bound: float, fits: Callable[[Tensor, float], bool]) -> bool:
    """Whether the weights look drawn uniformly between -bound and bound."""
    if float(weight.abs().max()) > bound * 1.00001:
        return False
    size = weight.abs()
    events = [(size < share * bound, share) for share in (0.25, 0.5, 0.75, 0.95)]
    return all(fits(hits, share) for hits, share in [*events, (weight > 0, 0.5)])


def verify_draws(weights: list[Tensor]) -> None:
    """The signs know nothing of each other: in two layers, two rows, two columns."""
    large = [weight.abs() > weight.abs().median() for weight in weights]
    above = [weight > 0 for weight in weights]
    for bits in (large, above):
        pairs = [(bits[1], bits[2], "layers")]
        pairs += [(a[0::2], a[1::2], "rows") for a in bits]
        pairs += [(a[:, 0::2], a[:, 1::2], "columns") for a in bits]
        for one, other, where in pairs:
            expect.true(
                statistics.independent(one, other),
                seen=f"two {where} with related weights",
                expected="each weight drawn on its own",
            )
