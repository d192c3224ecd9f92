"""Chapter 7: what the visible checks ask, of other sizes and of blocks in blocks."""

from __future__ import annotations

import torch

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.networks import MLP
from grader.checks.randomness import integer, signed
from grader.checks.registration import WIDTH, Piece, Pieces, chained, output_of_the_block
from grader.checks.student import Student
from grader.exercises.ch07.endless_loop import answers_to_inputs, halved, outcomes, told
from grader.exercises.ch07.fixed import Fixed, output_of_fixed, verify_found
from grader.exercises.ch07.perceptrons import BookMLP


class OtherSizes(HiddenChecks):
    exercise = "MLP"

    @check("another size computes what it should", weight=0.5)
    def another_size(self, student: Student) -> None:
        """The sizes are arguments; nothing else depends on them."""
        sizes = (integer(3, 9), integer(11, 15), integer(17, 24))
        X = torch.randn(6, sizes[0])
        out, values = BookMLP().outputs_with(student, list(sizes), MLP(sizes), X)
        BookMLP().verify(out, values, X)


class OtherWidth(HiddenChecks):
    exercise = "FixedHiddenMLP"

    @check("another number of inputs, and absolute values that add up to exactly 1", weight=0.5)
    def another_width(self, student: Student) -> None:
        """`num_inputs` is an argument. And at 1, the loop has ended."""
        just = Fixed(
            torch.zeros(16, 16), torch.full((16,), 1 / 16), torch.rand(16, 16), signed(1, 16)
        )
        for problem in (Fixed.drawn(2.0, inputs=integer(7, 12)), just):
            out = student.run(
                output_of_fixed,
                name="FixedHiddenMLP",
                arguments=[problem.X.shape[1]],
                **problem.sent(),
            )
            verify_found(out)
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

    @check("more than ten blocks", weight=0.5)
    def many(self, student: Student) -> None:
        """n may be any whole number from 1 on."""
        pieces, X = Pieces.drawn(integer(11, 14)), signed(4, WIDTH)
        out = student.run(
            output_of_the_block, name="repeat_block", style="factory", **pieces.sent(), X=X
        )
        expect.close(out, chained(pieces.outputs(), X), tolerance=expect.LAYERS)


class OtherTensors(HiddenChecks):
    exercise = "find_the_endless_loop"

    @check("float64, a single number, no number at all, and a sum of exactly 1", weight=0.5)
    def other_tensors(self, student: Student) -> None:
        """The shape and the type of X stay. And at 1, the loop has ended."""
        inputs = [signed(3).double() * 100, signed(1)[0] * 9, torch.empty(0, 3)]
        inputs.append(torch.tensor([0.5, -0.25, 0.25]))
        answers = student.run(answers_to_inputs, name="fixed_halve", inputs=inputs)
        for X, (raised, answer) in zip(inputs, outcomes(answers, len(inputs)), strict=True):
            if raised:
                expect.fail(f"{told(raised)} for an X of shape {tuple(X.shape)}", "X, halved")
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
