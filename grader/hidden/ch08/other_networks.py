"""Chapter 8: what the visible checks ask, of other networks."""

from __future__ import annotations

import torch
from torch import nn

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.functions import called
from grader.checks.randomness import integer, signed
from grader.checks.student import Student
from grader.exercises.ch08.access import verify_shapes
from grader.exercises.ch08.hidden_state import exact, published
from grader.exercises.ch08.lazy import Lazy, materialised


class AnotherNetworksShapes(HiddenChecks):
    exercise = "parameter_shapes"

    @check("a network with convolutions and an embedding", weight=0.5)
    def another_network(self, student: Student) -> None:
        """Whatever the kind of a layer: its parameters are parameters."""
        size = integer(3, 7)
        right = {name: list(p.shape) for name, p in conv_net(size).named_parameters()}
        verify_shapes(expect.record(student.run(shapes_of_conv_net, size=size)), right)


class AnotherNetworksCount(HiddenChecks):
    exercise = "count_parameters"

    @check("a network with convolutions and an embedding", weight=0.5)
    def another_network(self, student: Student) -> None:
        """A weight may have four dimensions."""
        size = integer(3, 7)
        right = sum(p.numel() for p in conv_net(size).parameters())
        expect.close(student.run(count_of_conv_net, size=size), right, tolerance=expect.EXACT)


class DeeperNames(HiddenChecks):
    exercise = "get_by_name"

    @check("names of six parts", weight=0.5)
    def deeper(self, student: Student) -> None:
        """The path may be as long as it likes."""
        weight = signed(3, 2)
        answer = student.run(deep_weight, weight=weight)
        expect.close(answer, weight, tolerance=expect.EXACT)


class FreshNetworks(HiddenChecks):
    exercise = "rgnet"

    @check("each call makes a new network", weight=0.5)
    def fresh(self, student: Student) -> None:
        """What is made outside of the function is made once."""
        pair = expect.items(student.run(weights_of_two), 2)
        expect.true(
            not torch.equal(*(expect.tensor(weight) for weight in pair)),
            seen="the same network, or the same start, twice",
            expected="another draw at each call",
        )


class NothingLazy(HiddenChecks):
    exercise = "materialise_lazy"

    @check("a network without lazy layers is initialised all the same", weight=0.5)
    def nothing_lazy(self, student: Student) -> None:
        """`init` is for all modules."""
        problem = Lazy.drawn()
        run = expect.record(student.run(materialised, training=False, lazy=False, **problem.sent()))
        expect.close(run["in_eval"], problem.output(False), tolerance=expect.LAYERS)


class ManyRuns(HiddenChecks):
    exercise = "find_the_hidden_state"

    @check("a larger layer, and many runs", weight=0.5)
    def larger(self, student: Student) -> None:
        """The number of runs may be any."""
        count = integer(20, 40)
        before = after = exact(integer(5, 8), integer(5, 8))
        for _ in range(count):
            after = published(after)
        expect.close(called(student, "times_run", before, after), count)


# What follows runs beside a student's code.


def conv_net(size):
    inner = nn.ModuleDict({"conv": nn.Conv2d(3, size, 2), "words": nn.Embedding(size, 4)})
    return nn.Sequential(inner, nn.Linear(size, 2))


def shapes_of_conv_net(namespace, size):
    seen = namespace["parameter_shapes"](conv_net(size))
    return {name: list(shape) for name, shape in seen.items()}


def count_of_conv_net(namespace, size):
    return namespace["count_parameters"](conv_net(size))


def deep_weight(namespace, weight):
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        layer.weight.copy_(weight)
    net = layer
    for name in ("a", "b", "c", "d", "e"):
        net = nn.ModuleDict({name: net})
    return namespace["get_by_name"](net, "e.d.c.b.a.weight")


def weights_of_two(namespace):
    return [next(iter(namespace["rgnet"]().parameters())).detach().clone() for _ in range(2)]
