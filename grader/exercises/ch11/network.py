"""Chapter 11: the exercise `make_net`: the network of chapter 1, made of the learner's own parts."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from grader.checks import expect, statistics
from grader.checks.exercise import Exercise, check
from grader.checks.networks import (
    MLP,
    canonical,
    find_parameters,
    listed,
    logits,
    oriented,
    run_network,
)
from grader.checks.practice import asked, practising
from grader.checks.randomness import signed, uniform
from grader.checks.student import Student
from grader.exercises.ch01.train_net import SIGNALS, units, verify_sizes

SIZES = MLP((784, 256, 256, 10))
SHAPES = SIZES.shapes
EXAMPLES = 32


class MakeNet(Exercise):
    name, points = "make_net", 3
    uses = ("MySequential", "MyLinear", "DropoutLayer", "init_xavier")
    hints = (
        "Six blocks in a row. Which of the three linear layers has no ReLU?",
        "`MySequential(nn.Flatten(), MyLinear(784, 256), ...)`, and `net.apply(init_xavier)` before it is returned.",
        "After `nn.Flatten()`: `MyLinear(784, 256)`, `DropoutLayer(dropout1)`, `MyLinear(256, 256)`, "
        "`DropoutLayer(dropout2)`, `MyLinear(256, 10, relu=False)`.",
    )

    @check("784, 256, 256, 10: the outputs are those of such a network", weight=2, essential=True)
    def outputs(self, student: Student) -> None:
        """In eval mode, with images (n, 1, 28, 28)."""
        values, X = _drawn(), torch.rand(6, 1, 28, 28)
        run = asked(student, outputs_of_net, values=values, X=X)
        if isinstance(run, list):
            seen = listed(expect.shapes(run))
            known = canonical(run) == canonical(SHAPES)
            expect.fail(
                f"parameters of these shapes: {seen}",
                listed(SHAPES) + ", transposed or not",
                "" if known else "every linear layer has a weight and a bias",
            )
        rows = X.flatten(1)
        expect.close(
            expect.record(run)["outputs"],
            [logits(values, rows)],
            tolerance=expect.LAYERS,
            mistakes={
                "there is a ReLU after the last layer: no logit can be negative": [
                    torch.relu(logits(values, rows))
                ],
                "a ReLU between the layers is missing": [
                    logits(values, rows, torch.relu, lambda H: H)
                ],
            },
        )

    @check(
        "dropout with dropout1 and dropout2, in this order, 0.2 and 0.5 when not given",
        essential=True,
    )
    def dropout(self, student: Student) -> None:
        """Hand both on to the two layers."""
        low, high = uniform(0.3, 0.4), uniform(0.6, 0.7)
        for rates in ([], [low, high], [high, low]):
            shown = asked(student, units_of_net, rates=rates, signals=SIGNALS)
            expect.true(
                shown is not None, seen="no network of these sizes", expected=listed(SHAPES)
            )
            first, second = rates or (0.2, 0.5)
            verify_sizes(expect.tensor(shown, shape=(SIGNALS, 10)), first, second)

    @check("dropout acts on hidden units, not on the pixels and not on the logits")
    def places(self, student: Student) -> None:
        """A `DropoutLayer` after each of the two hidden layers, and nowhere else."""
        bias, rate = signed(10), uniform(0.4, 0.6)
        shown = asked(student, copies_of_a_pixel, bias=bias, rate=rate, examples=EXAMPLES)
        expect.true(shown is not None, seen="no network of these sizes", expected=listed(SHAPES))
        still, copies = expect.items(shown, 2)
        expect.close(
            still,
            bias.expand(EXAMPLES, 10),
            because="a logit is never dropped: with hidden units of 0, it is its bias",
        )
        kept = expect.tensor(copies, shape=(EXAMPLES, 10)) != 0
        statistics.book("all alike", (rate**10 + (1 - rate) ** 10) ** EXAMPLES)
        expect.true(
            bool((kept.any(1) & ~kept.all(1)).any()),
            seen="hidden units that copy one pixel are all kept or all dropped",
            expected="each of them drawn for itself",
            because="dropout acts on the pixels, or not on the first hidden layer",
        )

    @check("init_xavier has been applied to it")
    def start(self, student: Student) -> None:
        """`net.apply(init_xavier)` calls it with every module."""
        found = asked(student, start_of_net)
        expect.true(found is not None, seen="no network of these sizes", expected=listed(SHAPES))
        parameters = expect.items(found, len(SHAPES))
        for number, (p, shape) in enumerate(zip(parameters, SHAPES, strict=True)):
            p = expect.tensor(p, shape=shape)
            if len(shape) == 1:
                expect.close(p, torch.zeros_like(p), because="biases begin at 0")
                continue
            bound, largest = math.sqrt(6 / sum(shape)), float(p.abs().max())
            expect.true(
                largest <= 1.0001 * bound,
                seen=f"layer {number // 2 + 1} has a weight of {largest:.3g}",
                expected=f"none beyond {bound:.3g}",
                because="the start is not that of `init_xavier`",
            )
            expect.rate(p.abs() > bound / 2, 0.5, what=f"of them lie beyond half of {bound:.3g}")

    @check("the network computes on a GPU when it was moved there", weight=0.5)
    def gpu(self, student: Student) -> None:
        """All of its parts are registered, and make what they make on the right device."""
        out = asked(student, output_on_a_gpu, X=torch.rand(4, 1, 28, 28))
        expect.finite(expect.tensor(out, shape=(4, 10)))


def _drawn() -> list[Tensor]:
    """Parameters; the square one is symmetric, since a weight may be stored transposed."""
    values = SIZES.drawn()
    values[2] = (values[2] + values[2].T) / 2**0.5
    return values


# What follows runs beside a student's code.


def outputs_of_net(namespace, values, X):
    net = namespace["make_net"]()
    return run_network(net, values, [X], ["eval"], None) or [
        list(p.shape) for p in net.parameters()
    ]


def parameters_as(net, shapes):
    """The parameters as they lie in these shapes; None where they do not fit."""
    found = find_parameters(list(net.parameters()), shapes)
    if found is None or None in found:
        return None
    return oriented(found, shapes)


def units_of_net(namespace, rates, signals):
    net = namespace["make_net"](*rates)
    with torch.no_grad():
        found = parameters_as(net, SHAPES)
        return None if found is None else units(net, found, signals, torch.device("cpu"))


def copies_of_a_pixel(namespace, bias, rate, examples):
    """In train mode: the logits with hidden units of 0; and those that show ten hidden units that copy a pixel."""
    X, shown = torch.zeros(examples, 1, 28, 28), []
    X[:, 0, 0, 0] = 1
    with torch.no_grad():
        for rates, copying in ((rate, rate), False), ((rate, 0.0), True):
            net = namespace["make_net"](*rates).train()
            found = parameters_as(net, SHAPES)
            if found is None:
                return None
            for p in found:
                p.zero_()
            if copying:
                found[0][:, 0] = 1
                found[2].fill_diagonal_(1)
                found[4].fill_diagonal_(1)
            else:
                found[5].copy_(bias)
            shown.append(net(X))
    return shown


def start_of_net(namespace):
    found = parameters_as(namespace["make_net"](), SHAPES)
    return None if found is None else [p.detach().clone() for p in found]


def output_on_a_gpu(namespace, X):
    with practising(namespace):
        net = namespace["make_net"]().to("cuda:0")
        return net(X.to("cuda:0")).detach().cpu()
