"""Chapter 2: what the visible checks ask, on networks and inputs that students do not have."""

from __future__ import annotations

import itertools

import torch
from torch import nn

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.randomness import integer, signed
from grader.checks.student import Student
from grader.exercises.ch02.agreement import gaps
from grader.exercises.ch02.initialising import verify_normal
from grader.exercises.ch02.monte_carlo import Problem

WIDTHS = (90, 160, 140)


class AnotherNetwork(HiddenChecks):
    exercise = "init_weights"

    @check("another network, with layers inside layers", weight=0.5)
    def another_network(self, student: Student) -> None:
        """`net.apply` hands every module to your function, however deep it lies."""
        biases = [signed(width) for width in WIDTHS[1:]]
        raw = student.run(initialised_deep, widths=list(WIDTHS), biases=biases)
        weights, after = (expect.items(part, 2) for part in expect.items(raw, 2))
        for weight, shape in zip(weights, zip(WIDTHS[1:], WIDTHS, strict=False), strict=True):
            verify_normal(expect.tensor(weight, shape=shape))
        expect.close(after, biases, tolerance=expect.EXACT, because="biases stay as they were")


class OtherSamples(HiddenChecks):
    exercise = "same_as_scratch"

    @check(
        "ks_distance of equal samples, of samples apart, and of samples with many equal values",
        weight=0.5,
    )
    def other_samples(self, student: Student) -> None:
        """Both staircases at every value of `a` and of `b`, with `<=`."""
        same = torch.randn(integer(5, 40))
        coarse = [torch.randint(0, 4, (integer(10, 40),)).float() for _ in range(2)]
        for a, b in ((same, same[torch.randperm(len(same))]), (same, same + 20.0), coarse):
            right = float(gaps(a, b, torch.cat([a, b])).abs().max())
            expect.close(student.call("ks_distance", a, b), right)


class OtherPasses(HiddenChecks):
    exercise = "mc_dropout_predict"

    @check("two passes, and many", weight=0.5)
    def other_passes(self, student: Student) -> None:
        """T may be any whole number from 2 on."""
        for passes in (2, 101):
            problem = Problem.drawn(passes)
            problem.kept(problem.ask(student, "mc_dropout_predict").mean)


# What follows runs beside a student's code.


def initialised_deep(namespace, widths, biases):
    first, second = (nn.Linear(a, b) for a, b in itertools.pairwise(widths))
    net = nn.ModuleList(
        [nn.Sequential(nn.Sequential(first), nn.Tanh()), nn.ModuleDict({"a": second})]
    )
    with torch.no_grad():
        for layer, bias in zip((first, second), biases, strict=True):
            layer.bias.copy_(bias)
    net.apply(namespace["init_weights"])
    return [[layer.weight for layer in (first, second)], [layer.bias for layer in (first, second)]]
