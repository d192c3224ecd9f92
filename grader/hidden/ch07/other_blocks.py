"""Chapter 7: what the visible checks ask, of other sizes and of blocks in blocks."""

from __future__ import annotations

import torch

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.networks import MLP, logits
from grader.checks.randomness import integer, signed
from grader.checks.registration import WIDTH, Piece, Pieces, chained
from grader.checks.student import Student
from grader.exercises.ch07.endless_loop import answers_to_inputs, halved
from grader.exercises.ch07.fixed import Fixed, output_of_fixed
from grader.exercises.ch07.perceptrons import outputs_of


class OtherSizes(HiddenChecks):
    exercise = "MLP"

    @check("another size computes what it should", weight=0.5)
    def another_size(self, student: Student) -> None:
        """The sizes are arguments; nothing else depends on them."""
        sizes = (integer(3, 9), integer(11, 15), integer(17, 24))
        X, values = torch.randn(6, sizes[0]), MLP(sizes).drawn()
        run = student.run(outputs_of, name="MLP", arguments=list(sizes), values=values, X=X)
        outputs = expect.items(expect.record(run)["outputs"], 1)
        expect.close(outputs[0], logits(values, X), tolerance=expect.LAYERS)


class OtherWidth(HiddenChecks):
    exercise = "FixedHiddenMLP"

    @check("another number of inputs", weight=0.5)
    def another_width(self, student: Student) -> None:
        """`num_inputs` is an argument."""
        problem = Fixed.drawn(2.0, inputs=integer(7, 12))
        arguments = [problem.X.shape[1]]
        out = student.run(
            output_of_fixed, name="FixedHiddenMLP", arguments=arguments, **problem.sent()
        )
        expect.close(out, problem.output(), tolerance=expect.LAYERS)


class InEachOther(HiddenChecks):
    exercise = "MySequential"

    @check("one MySequential inside another", weight=0.5)
    def in_each_other(self, student: Student) -> None:
        """A block of blocks is a block."""
        pieces, X = Pieces.drawn(3, marked=True), signed(4, WIDTH)
        outputs = student.run(outputs_of_nested, **pieces.sent(), X=X)
        right = [chained(pieces.outputs(mode), X) for mode in (True, False)]
        expect.close(outputs, right, tolerance=expect.LAYERS)


class ManyBlocks(HiddenChecks):
    exercise = "repeat_block"

    @check("many blocks", weight=0.5)
    def many(self, student: Student) -> None:
        """n may be any whole number from 1 on."""
        count = integer(20, 30)
        answer = student.run(numbers_of_parameters, count=count)
        expect.equal(answer, [count * 12, 12])


class OtherTensors(HiddenChecks):
    exercise = "find_the_endless_loop"

    @check("float64, a single number, and no number at all", weight=0.5)
    def other_tensors(self, student: Student) -> None:
        """The shape and the type of X stay."""
        inputs = [signed(3).double() * 100, signed(1)[0] * 9, torch.empty(0, 3)]
        answers = student.run(answers_to_inputs, name="fixed_halve", inputs=inputs)
        for X, answer in zip(inputs, expect.items(answers, len(inputs)), strict=True):
            out = expect.tensor(answer, shape=X.shape, dtype=X.dtype)
            expect.close(out, halved(X))


# What follows runs beside a student's code.


def outputs_of_nested(namespace, weights, factors, X):
    make = namespace["MySequential"]
    first, *rest = (Piece(w, f) for w, f in zip(weights, factors, strict=True))
    block = make(first, make(*rest))
    fresh = block(X)
    block.eval()
    return [fresh, block(X)]


def numbers_of_parameters(namespace, count):
    """Of all blocks, and of one: linear layers of 3 by 3."""

    def factory():
        return torch.nn.Linear(3, 3)

    blocks = [namespace["repeat_block"](factory, n) for n in (count, 1)]
    return [sum(p.numel() for p in block.parameters()) for block in blocks]
