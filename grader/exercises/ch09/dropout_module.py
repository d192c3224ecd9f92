"""Chapter 9: the exercise `DropoutLayer`: chapter 1's dropout as a layer with a mode and a print."""

from __future__ import annotations

import math
from functools import cached_property

import torch
from torch import Tensor, nn

from grader.checks import expect, statistics
from grader.checks.exercise import Exercise, check
from grader.checks.functions import ON_THE_CPU, outcome_elsewhere
from grader.checks.randomness import shuffled, signed, uniform
from grader.checks.student import Student
from grader.exercises.ch01.dropout import (
    verify_independence,
    verify_nothing_dropped,
    verify_share,
    verify_survivors,
    zeros_of,
)

SIDE = 420
"""Share of dropped numbers: SIDE x SIDE draws tell rates that are 0.015 apart."""
IMAGES = (24, 12, 24, 24)
SMALL = (40, 25)


class DropoutModule(Exercise):
    name, points = "DropoutLayer", 8
    hints = (
        "Chapter 1's function goes into `forward`. What does the layer know that the function had to be told: the "
        "rate, and the mode?",
        "`self.training` is the mode; `net.eval()` sets it. Keep the rate as `self.dropout`. `extra_repr` "
        "returns what stands in the brackets: a string, made of the rate.",
        "`__init__`: refuse unless `0 <= dropout <= 1`, keep it. `forward`: not training, X; rate 1, zeros like X; "
        "else a mask `torch.rand(X.shape, device=X.device) > self.dropout`, times X, divided by 1 minus the rate. "
        "`extra_repr`: an f-string `dropout=...`.",
    )

    @cached_property
    def large(self) -> tuple[Tensor, float]:
        """X and a rate that several checks look at: one at which no two known mistakes look alike."""
        return signed(SIDE, SIDE), uniform(0.6, 0.625)

    @cached_property
    def _kept(self) -> dict[str, list[Tensor]]:
        return {}

    def dropped(self, student: Student) -> list[Tensor]:
        """Which numbers of the large X are dropped, in two passes of one layer in train mode."""
        X, p = self.large
        if "dropped" not in self._kept:
            outputs = self.outputs(student, p, [X, X], ["train", "train"])
            self._kept["dropped"] = [zeros_of(out, X) for out in outputs]
        return self._kept["dropped"]

    @check("in train mode, the share of dropped numbers is dropout", weight=2, essential=True)
    def share(self, student: Student) -> None:
        """Give it a tensor of ones and count the zeros."""
        verify_share(self.dropped(student)[0], self.large[1])
        p = uniform(0.15, 0.32)
        (out,) = self.outputs(student, p, [self.large[0]], ["train"])
        verify_share(zeros_of(out, self.large[0]), p)

    @check("survivors are scaled by 1 / (1 - dropout)", weight=2, essential=True)
    def scale(self, student: Student) -> None:
        """With dropout = 0.75, one number in four survives. By what must it grow, so that the mean stays?"""
        for p in (uniform(0.1, 0.4), uniform(0.91, 0.97)):
            X = signed(60, 50)
            (out,) = self.outputs(student, p, [X], ["train"])
            verify_survivors(out, X, p)

    @check(
        "`eval()` of the network switches it off, `train()` on again", weight=2.5, essential=True
    )
    def modes(self, student: Student) -> None:
        """`self.training` is kept up to date for you; a flag of your own is not."""
        X, p = signed(12, 8), 0.5
        drawn = ["train" if on else "eval" for on in (torch.rand(16) < 0.5).tolist()]
        modes = ["fresh", "train", "eval", "eval", "train", *drawn]
        outputs = self.outputs(student, p, [X] * len(modes), modes)
        statistics.book("no number dropped", len(modes) * 0.5**96, 96, 0.5)
        for out, mode in zip(outputs, modes, strict=True):
            out = expect.finite(expect.tensor(out, shape=X.shape))
            if mode == "eval":
                expect.close(
                    out,
                    X,
                    because="in eval mode the numbers of X come back, without a scale",
                    mistakes={
                        "they are scaled by 1 - dropout, but training has scaled already": X
                        * (1 - p),
                        "they are scaled by 1 / (1 - dropout), which belongs to train mode": X
                        / (1 - p),
                    }
                    if not bool((out == 0).any())
                    else {"": X, "`eval()` has switched nothing off": out},
                )
            else:
                expect.true(
                    bool((out == 0).any()),
                    seen="nothing is dropped in a new layer, before any `eval()`"
                    if mode == "fresh"
                    else "nothing is dropped in train mode",
                    expected="dropout: a new module is in train mode",
                )

    @check("every number is drawn on its own", essential=True)
    def own_draws(self, student: Student) -> None:
        """The random numbers need the shape of X, whatever it is."""
        verify_independence(self.dropped(student)[0], ("row", "column"))
        X, p = signed(*IMAGES), uniform(0.3, 0.6)
        (out,) = self.outputs(student, p, [X], ["train"])
        verify_independence(zeros_of(out, X), ("example", "channel", "row", "column"))

    @check("every call draws a fresh mask", essential=True)
    def fresh_mask(self, student: Student) -> None:
        """Draw in `forward`, not in `__init__`, and set no seed."""
        first, second = self.dropped(student)
        alone = self.passed("own_draws")
        expect.true(
            statistics.independent(first, second) if alone else bool((first != second).any()),
            seen=f"two calls agree on {100 * float((first == second).double().mean()):.3g} % of the numbers",
            expected="two masks that know nothing of each other",
        )

    @check("how many are dropped is left to chance", weight=0.5, essential=True)
    def numbers_vary(self, student: Student) -> None:
        """Count the zeros of five calls with 100 ones."""
        X, p = signed(*SMALL), uniform(0.3, 0.6)
        outputs = self.outputs(student, p, [X] * 12, ["train"] * 12)
        zeros = [zeros_of(out, X) for out in outputs]
        for counts, size in (
            (torch.stack([z.sum() for z in zeros]), X.numel()),
            (zeros[0].sum(1), SMALL[1]),
        ):
            expect.true(
                statistics.counts_vary(counts, size, p),
                seen=f"always {int(counts[0])} of {size} numbers are dropped (dropout = {p})",
                expected="sometimes more, sometimes less",
            )

    @check("the gradient passes the same mask, and in eval mode all of it", essential=True)
    def gradient(self, student: Student) -> None:
        """No `.data`, no `detach`, no numpy on the way from X to the output."""
        for mode in shuffled(["train", "eval"]):
            X, weights = signed(40, 30), signed(40, 30)
            pair = student.run(
                gradient_through_dropout, rate=uniform(0.3, 0.7), mode=mode, X=X, weights=weights
            )
            out, grad = expect.items(pair, 2)
            expect.true(
                grad is not None,
                seen=f"in {mode} mode the output is cut off from X: no gradient comes back",
                expected="the factor that each number was multiplied by",
            )
            out = expect.finite(expect.tensor(out, shape=X.shape))
            expect.close(grad, weights * out / X, because="the gradient is the factor x' / x")

    @check("dropout = 0 gives X back, dropout = 1 gives zeros", weight=0.75)
    def extremes(self, student: Student) -> None:
        """At 1, 1 - dropout is 0: nothing may be divided by it."""
        X = signed(30, 20)
        verify_nothing_dropped(self.outputs(student, 0.0, [X], ["train"])[0], X)
        (out,) = self.outputs(student, 1.0, [X], ["train"])
        out = expect.tensor(out, shape=X.shape)
        expect.true(
            not out.isnan().any(),
            seen=f"{int(out.isnan().sum())} of {out.numel()} values are NaN at dropout = 1",
            expected="zeros",
            because="0 / 0 is not a number: is a dropout of 1 caught before the division?",
        )
        expect.close(out, torch.zeros_like(X), because="everything is dropped at 1")

    @check("X itself is left alone", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """Multiplying makes a new tensor; `*=` and `X[...] = 0` do not."""
        for rate in (uniform(0.3, 0.7), 1.0):
            X = signed(20, 15)
            second, between = expect.items(student.run(passes_with_one_input, rate=rate, X=X), 2)
            expect.true(
                expect.agrees(between, X, expect.EXACT) and expect.agrees(second, X),
                seen=f"X has changed after a call in train mode (dropout = {rate})",
                expected="a new tensor, and X as it was",
            )

    @check("the output has the shape and type of X", weight=0.5)
    def shape_and_type(self, student: Student) -> None:
        """A mask of `True` and `False` leaves the type of X alone, one of floats may not."""
        for X in (signed(4, 5, 6), signed(6, 7).double(), signed(20, 30).half(), signed(1)[0]):
            p = uniform(0.3, 0.7)
            for out in self.outputs(student, p, [X, X], ["train", "eval"]):
                expect.tensor(out, shape=X.shape, dtype=X.dtype)

    @check("the mask is drawn on the device of X", weight=0)
    def device(self, student: Student) -> None:
        """`torch.rand(X.shape, device=X.device)`; also for the zeros at dropout = 1."""
        rates = [uniform(0.3, 0.7), 1.0]
        outcomes = expect.items(student.run(layers_elsewhere, rates=rates), len(rates))
        for rate, outcome in zip(rates, outcomes, strict=True):
            expect.true(
                outcome in ("elsewhere", "cannot tell"),
                seen=f"X on another device than the CPU, dropout = {rate}: {expect.show(outcome)}",
                expected="an output where X is",
                because="this would fail on a GPU" if outcome == ON_THE_CPU else "",
            )

    @check("a dropout outside [0, 1] is refused when the layer is made", weight=0.75)
    def refuses(self, student: Student) -> None:
        """Check it in `__init__`. How does NaN compare with a number?"""
        bad = [-0.001, 1.001, uniform(-0.9, -0.1), uniform(1.1, 1.9), math.nan]
        good = [0.0, 1.0, *(uniform(0.2, 0.8) for _ in range(3))]
        rates = shuffled([*bad, *good])
        answers = expect.items(student.run(layers_made, rates=rates), len(rates))
        for rate, answer in zip(rates, answers, strict=True):
            wrong = not 0 <= rate <= 1
            expect.true(
                (answer == "refused") is wrong,
                seen=f"{answer} for dropout = {rate}",
                expected="an AssertionError or a ValueError"
                if wrong
                else "a layer: rates from 0 to 1 are possible",
            )

    @check("it prints itself with its rate: `DropoutLayer(dropout=0.5)`")
    def printed(self, student: Student) -> None:
        """Write the method `extra_repr(self)`, which returns a string."""
        rates = [uniform(0.1, 0.4), uniform(0.5, 0.9)]
        texts = expect.items(student.run(printed_layers, rates=rates), 2)
        for rate, text in zip(rates, texts, strict=True):
            because = ""
            if text == "DropoutLayer()":
                because = "`extra_repr` says nothing: does it return its string?"
            elif text == f"DropoutLayer({rate})":
                because = "say also what the number is: `dropout=`"
            expect.true(
                text == f"DropoutLayer(dropout={rate})",
                seen=expect.show(text),
                expected=f"'DropoutLayer(dropout={rate})'",
                because=because,
            )

    def outputs(
        self, student: Student, rate: float, inputs: list[Tensor], modes: list[str]
    ) -> list[object]:
        """Of a network of one such layer, each in its mode."""
        answer = student.run(outputs_of_dropout, rate=rate, inputs=inputs, modes=modes)
        return expect.items(answer, len(inputs))


# What follows runs beside a student's code.


def outputs_of_dropout(namespace, rate, inputs, modes):
    net = nn.Sequential(namespace["DropoutLayer"](rate))
    outputs = []
    for X, mode in zip(inputs, modes):  # noqa: B905
        if mode != "fresh":
            net.train() if mode == "train" else net.eval()
        outputs.append(net(X))
    return outputs


def gradient_through_dropout(namespace, rate, mode, X, weights):
    """The output, and the gradient of its weighted sum; None where the output is cut off from X."""
    layer = namespace["DropoutLayer"](rate)
    layer.train(mode == "train")
    X.requires_grad_(True)
    out = layer(X)
    if not (isinstance(out, torch.Tensor) and out.requires_grad):
        return [out, None]
    (out * weights).sum().backward()
    return [out, X.grad]


def passes_with_one_input(namespace, rate, X):
    """What eval mode gives after a call in train mode, and X as it is between both."""
    layer = namespace["DropoutLayer"](rate)
    layer.train()(X)
    between = X.clone()
    return [layer.eval()(X), between]


def layers_made(namespace, rates):
    answers = []
    for rate in rates:
        try:
            namespace["DropoutLayer"](rate)
        except (AssertionError, ValueError):
            answers.append("refused")
        except Exception as error:
            answers.append("an exception of type " + type(error).__name__)
        else:
            answers.append("a layer")
    return answers


def printed_layers(namespace, rates):
    return [repr(namespace["DropoutLayer"](rate)) for rate in rates]


def layers_elsewhere(namespace, rates):
    """Layers in train mode with X on torch's "meta" device, which has shapes and no numbers, in place of a GPU."""
    X, layer = torch.empty(6, 5, device="meta"), namespace["DropoutLayer"]
    return [outcome_elsewhere(lambda rate=rate: layer(rate).to("meta")(X)) for rate in rates]
