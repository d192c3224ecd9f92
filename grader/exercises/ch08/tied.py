"""Chapter 8: the exercise `tie`: two places of a network, one layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.networks import MLP, logits
from grader.checks.randomness import integer, shuffled, signed
from grader.checks.student import Student

STEPS, RATE = 3, 0.05


@dataclass(frozen=True)
class Tied:
    """A network with three equal layers in the middle, of which two are to be tied."""

    values: list[Tensor]
    first: int
    second: int
    X: Tensor
    slope: Tensor

    @classmethod
    def drawn(cls) -> Tied:
        width = integer(5, 7)
        sizes = MLP((4, width, width, width, width, 3))
        values = [
            signed(*shape) / (shape[-1] ** 0.5 if len(shape) > 1 else 4) for shape in sizes.shapes
        ]
        first, second = shuffled([1, 2, 3])[:2]
        return cls(values, first, second, signed(8, 4), signed(8, 3))

    def parameters(self, bias: bool = True) -> list[Tensor]:
        """As they are after tying. bias: the biases, too."""
        values, at, to = list(self.values), 2 * self.first, 2 * self.second
        values[to] = values[at]
        if bias:
            values[to + 1] = values[at + 1]
        return values

    def turned(self) -> Tied:
        """Tied the wrong way round."""
        return replace(self, first=self.second, second=self.first)

    def trained(self, one: bool = True, bias: bool = True) -> list[Tensor]:
        """After some steps of Adam. one: whether the two layers are one; bias: their biases, too."""
        leaves = [value.clone().requires_grad_(True) for value in self.parameters()]
        at, to = 2 * self.first, 2 * self.second
        if one:
            leaves[to] = leaves[at]
            if bias:
                leaves[to + 1] = leaves[at + 1]
        distinct = list({id(leaf): leaf for leaf in leaves}.values())
        optimizer = torch.optim.Adam(distinct, lr=RATE)
        with torch.enable_grad():
            for _ in range(STEPS):
                optimizer.zero_grad()
                (logits(leaves, self.X) * self.slope).sum().backward()
                optimizer.step()
        return [leaf.detach() for leaf in leaves]

    def sent(self) -> dict[str, object]:
        """As the probes take it."""
        return {"values": self.values, "places": [2 * self.first, 2 * self.second], "X": self.X}


class Tie(Exercise):
    name, points = "tie", 5
    imports = ("torch._dynamo",)  # by the first step of an optimizer
    hints = (
        "Two layers with the same numbers are two layers. What has to be the same so that a step of the "
        "optimizer moves both?",
        "A Sequential is written to like a list: `net[k] = layer` puts a layer at place k. Which layer stands "
        "there, and which one is to stand there?",
        "One line: `net[second] = net[first]`.",
    )

    @check("both places compute with the layer that stood at `first`", weight=2, essential=True)
    def outputs(self, student: Student) -> None:
        """Print `net[first].weight` and `net[second].weight` before and after."""
        problem = Tied.drawn()
        out = student.run(outputs_after_tying, **problem.sent())
        expect.close(
            out,
            logits(problem.parameters(), problem.X),
            tolerance=expect.LAYERS,
            mistakes={
                "nothing was tied": logits(problem.values, problem.X),
                "the layer at `second` is in both places": logits(
                    problem.turned().parameters(), problem.X
                ),
                "the weights are tied, the biases are not": logits(
                    problem.parameters(bias=False), problem.X
                ),
            },
        )

    @check("they train as one layer, with the sum of both gradients", weight=2, essential=True)
    def trained(self, student: Student) -> None:
        """Train a few steps, and compare both places again."""
        problem = Tied.drawn()
        out = student.run(
            outputs_after_training, **problem.sent(), slope=problem.slope, steps=STEPS, lr=RATE
        )
        self._verify(
            out,
            problem,
            lambda tied: logits(tied.trained(), tied.X),
            mistakes={
                "equal numbers, two layers: they drift apart in training": logits(
                    problem.trained(one=False), problem.X
                ),
                "the weights are tied, the biases are not": logits(
                    problem.trained(bias=False), problem.X
                ),
            },
        )

    @check("the network has as many parameters less as the layer has", weight=0.5)
    def counted(self, student: Student) -> None:
        """`net.parameters()` gives a shared parameter once."""
        problem = Tied.drawn()
        every = sum(value.numel() for value in problem.values)
        layer = sum(value.numel() for value in problem.values[2:4])
        seen = student.run(counted_after_tying, **problem.sent())
        expect.close(seen, every - layer, tolerance=expect.EXACT, text="{} parameters")

    @check("they stay tied when the network moves", weight=0.5)
    def moved(self, student: Student) -> None:
        """Two parameters that share their memory do so only until `to()` gives them new memory."""
        problem = Tied.drawn()
        out = student.run(outputs_after_moving, **problem.sent(), step=problem.values[2])

        def moved(tied: Tied) -> Tensor:
            changed = tied.parameters()
            for place in (tied.first, tied.second):
                changed[2 * place] = changed[2 * place] + problem.values[2]
            return logits(changed, tied.X)

        self._verify(out, problem, moved)

    def _verify(
        self,
        out: object,
        problem: Tied,
        right: Callable[[Tied], Tensor],
        mistakes: Mapping[str, Tensor] | None = None,
    ) -> None:
        """`out` is right, or would be the other way round: that costs the outputs alone."""
        known = [problem] if self.passed("outputs") else [problem, problem.turned()]
        if not any(expect.agrees(out, right(tied), expect.LAYERS) for tied in known):
            expect.close(out, right(problem), tolerance=expect.LAYERS, mistakes=mistakes)


# What follows runs beside a student's code.


def tied_network(namespace, values, places):
    layers = []
    for weight, bias in zip(values[::2], values[1::2], strict=True):
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
        with torch.no_grad():
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)
        layers += [layer, torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    namespace["tie"](net, *places)
    return net


def outputs_after_tying(namespace, values, places, X):
    return tied_network(namespace, values, places)(X)


def outputs_after_training(namespace, values, places, X, slope, steps, lr):
    net = tied_network(namespace, values, places)
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        (net(X) * slope).sum().backward()
        optimizer.step()
    return net(X)


def counted_after_tying(namespace, values, places, X):
    return sum(p.numel() for p in tied_network(namespace, values, places).parameters())


def outputs_after_moving(namespace, values, places, X, step):
    """The weight of the first place is moved by `step`, after the network has got new memory."""
    net = tied_network(namespace, values, places).to(torch.float64)
    with torch.no_grad():
        net[places[0]].weight += step
    return net(X.double())
