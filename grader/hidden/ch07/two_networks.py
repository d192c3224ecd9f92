"""Chapter 7: what the visible checks ask, of two networks side by side, and of blocks within a block."""

from __future__ import annotations

from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.networks import find_parameters, parameters_of, set_parameters
from grader.checks.randomness import signed
from grader.checks.registration import WIDTH, Piece, Pieces
from grader.checks.student import Student
from grader.exercises.ch07.fixed import Chimera, fill_chimera, found_chimera, within_lines
from grader.exercises.ch07.holders import ParallelBlock
from grader.exercises.ch07.perceptrons import NestMLP, present

LINES = 5_000


class TwoNests(HiddenChecks):
    exercise = "NestMLP"

    @check("two networks have weights of their own", weight=0.5)
    def two_of_them(self, student: Student) -> None:
        """Layers are made in `__init__`: what is made outside is made once for all."""
        X, values = signed(4, 20), [NestMLP.mlp.drawn() for _ in range(2)]
        runs = expect.items(student.run(outputs_of_two_nests, values=values, X=X), 2)
        for drawn, run in zip(values, runs, strict=True):
            if run is None:
                expect.fail(
                    "a weight that `parameters()` does not find", "the weights of every layer"
                )
            out, found = expect.items(run, 2)
            NestMLP().verify(out, present(drawn, found), X)


class TwoChimeras(HiddenChecks):
    exercise = "chimera"

    @check("two networks have weights of their own", weight=0.5)
    def two_of_them(self, student: Student) -> None:
        """Each call makes its parts anew."""
        exercise = Chimera()
        drawn = [exercise.drawn() for _ in range(2)]
        asked = [{"values": values, **problem.sent()} for values, problem in drawn]
        outputs = expect.items(student.run(outputs_of_two_chimeras, problems=asked), 2)
        for (values, problem), run in zip(drawn, outputs, strict=True):
            out, values = found_chimera(run, values)
            expect.close(out, exercise.output_of(problem, values), tolerance=expect.LAYERS)


class BlocksInParallel(HiddenChecks):
    exercise = "parallel_block"

    @check("outputs of different widths, and one parallel block in another", weight=0.5)
    def of_other_widths(self, student: Student) -> None:
        """A block of blocks is a block, and the last dimension of each may have any size."""
        X, weights = signed(4, WIDTH), [signed(WIDTH, width) / WIDTH for width in (2, 4, 3)]
        out = student.run(output_of_nested_blocks, weights=weights, X=X)
        first, second, third = Pieces(weights, [1.0] * 3).outputs()

        def inner(X: Tensor) -> Tensor:
            return ParallelBlock.combined([second, third], X)

        expect.close(out, ParallelBlock.combined([first, inner], X), tolerance=expect.LAYERS)


# What follows runs beside a student's code.


def outputs_of_two_nests(namespace, values, X):
    """Of two networks, both of which have got their values before; None where a weight is missing."""
    nets, there = [namespace["NestMLP"]() for _ in values], []
    for net, drawn in zip(nets, values):  # noqa: B905
        found = find_parameters(parameters_of(net, X.shape[1]), [v.shape for v in drawn])
        if found is None:
            return [None for _ in values]
        set_parameters(found, drawn)
        there.append([p is not None for p in found])
    return [[net(X), found] for net, found in zip(nets, there)]  # noqa: B905


def outputs_of_two_chimeras(namespace, problems):
    """As `outputs_of_two_nests`."""
    nets = [namespace["chimera"]() for _ in problems]
    inputs = [problem.pop("X") for problem in problems]
    filled = [fill_chimera(net, **problem) for net, problem in zip(nets, problems)]  # noqa: B905
    if not all(filled):
        return [None for _ in problems]
    outputs = [within_lines(LINES, net, X) for net, X in zip(nets, inputs)]  # noqa: B905
    return [list(pair) for pair in zip(outputs, filled)]  # noqa: B905


def output_of_nested_blocks(namespace, weights, X):
    make = namespace["parallel_block"]
    first, second, third = (Piece(weight, 1.0) for weight in weights)
    return make(first, make(second, third))(X)
