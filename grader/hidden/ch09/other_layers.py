"""Chapter 9: what the visible checks ask, of other sizes, types and networks."""

from __future__ import annotations

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.functions import asked
from grader.checks.randomness import integer, signed, uniform
from grader.checks.student import Student
from grader.exercises.ch01.dropout import verify_share, verify_values, zeros_of
from grader.exercises.ch09.centering import RULES, outputs_of_module, uneven
from grader.exercises.ch09.data_bug import Board, FindTheDataBug
from grader.exercises.ch09.dropout_module import outputs_of_dropout
from grader.exercises.ch09.own_layers import OwnBilinear, OwnLayer, OwnLinear
from grader.exercises.ch09.spectrum import Spectrum

SIDE = 300


class OtherCentres(HiddenChecks):
    exercise = "CenteredLayer"

    @check("float64, four axes, and a single number", weight=0.5)
    def other_tensors(self, student: Student) -> None:
        """The shape and the type of X stay."""
        inputs = [uneven(5, 3).double(), uneven(2, 3, 2, 4), uneven(1, 1)]
        for name, rule in RULES.items():
            outputs = asked(student, name, outputs_of_module, inputs=inputs)
            for X, out in zip(inputs, expect.items(outputs, len(inputs)), strict=True):
                expect.close(expect.tensor(out, dtype=X.dtype), rule(X))


class OtherLinearSizes(HiddenChecks):
    exercise = "MyLinear"

    @check("other sizes: one input, one unit, one example", weight=0.5)
    def other_sizes(self, student: Student) -> None:
        """The sizes are arguments; nothing else depends on them."""
        verify_sizes(OwnLinear(), student)


class OtherBilinearSizes(HiddenChecks):
    exercise = "Bilinear"

    @check("other sizes: one input, one unit, one example", weight=0.5)
    def other_sizes(self, student: Student) -> None:
        """The sizes are arguments; nothing else depends on them."""
        verify_sizes(OwnBilinear(), student)


class LargerBoards(HiddenChecks):
    exercise = "find_the_data_bug"

    @check("a network of one part, and one of seven", weight=0.5)
    def other_networks(self, student: Student) -> None:
        """The number of parameters may be any."""
        exercise = FindTheDataBug()
        for used in ([True], [False], [False] * 7, [True, False, False, True, False, True, True]):
            exercise.verify(student, Board.drawn(used))


class OtherSignals(HiddenChecks):
    exercise = "HalfSpectrum"

    @check("a single number, two of them, and a long signal", weight=0.5)
    def other_lengths(self, student: Student) -> None:
        """n may be any whole number from 1 on."""
        for X in (signed(3, 1), signed(3, 2), signed(3, integer(60, 90)).double()):
            Spectrum().verify(student, X)


class OtherRates(HiddenChecks):
    exercise = "DropoutLayer"

    @check("very small and very large rates, and float64", weight=0.5)
    def extreme_rates(self, student: Student) -> None:
        """Compare the share of zeros with dropout at 0.02 and at 0.95."""
        X = signed(SIDE, SIDE).double()
        for rate in (uniform(0.01, 0.05), uniform(0.92, 0.98)):
            answer = student.run(outputs_of_dropout, rate=rate, inputs=[X], modes=["train"])
            (out,) = expect.items(answer, 1)
            verify_share(zeros_of(out, X), rate)
            verify_values(out, X, rate)


def verify_sizes(layer: OwnLayer, student: Student) -> None:
    """Layers of other sizes compute what they should."""
    for in_units, units, examples in ((1, integer(2, 5), 4), (integer(7, 9), 1, 1)):
        values, X = layer.drawn(in_units, units), signed(examples, in_units)
        (out,) = layer.asked(student, values, [X])
        layer.verify(out, values, X)
