"""Chapter 5: what the visible checks ask, for other sizes, shapes and activations."""

from __future__ import annotations

import torch

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.randomness import integer, signed, uniform
from grader.checks.student import Student
from grader.exercises.ch05.backward import BackwardByHand, KeptForBackward, stored
from grader.exercises.ch05.products import ClipByNorm, ProductOfMatrices, scaled
from grader.exercises.ch05.symmetry import IsSymmetric, plain, truth, twin
from grader.exercises.ch05.variances import ActivationStats, batch_and_weights, stats_with


class OtherBackwardPasses(HiddenChecks):
    exercise = BackwardByHand.name

    @check("a single example, and a single hidden unit", weight=0.5)
    def other_sizes(self, student: Student) -> None:
        """Nothing in the formulas needs to know how many examples or units there are."""
        for sizes in ((1, 3, 4, 2), (6, 2, 1, 3)):
            arguments = stored(*sizes)
            seen = expect.items(student.call(BackwardByHand.name, *arguments), 4)
            expect.close(seen, list(BackwardByHand.right(*arguments)), tolerance=expect.LAYERS)


class OtherBatches(HiddenChecks):
    exercise = KeptForBackward.name

    @check("no hidden layer at all", weight=0.5)
    def no_hidden_layer(self, student: Student) -> None:
        """Inputs and outputs are kept all the same."""
        arguments = integer(2, 9), [integer(5, 50), integer(2, 9)]
        seen = student.call(KeptForBackward.name, *arguments)
        expect.close(seen, KeptForBackward.right(*arguments))


class OtherProducts(HiddenChecks):
    exercise = ProductOfMatrices.name

    @check("one factor, and larger matrices", weight=0.5)
    def other_sizes(self, student: Student) -> None:
        """A product of one factor is that factor."""
        for shape in ((1, 3, 3), (20, 12, 12)):
            Ms = 0.4 * signed(*shape)
            seen = student.call(ProductOfMatrices.name, Ms)
            expect.close(seen, ProductOfMatrices.right(Ms), tolerance=expect.LAYERS)


class OtherNetworks(HiddenChecks):
    exercise = IsSymmetric.name

    @check("many hidden units", weight=0.5)
    def many_units(self, student: Student) -> None:
        """Two of a hundred are enough."""
        for network, wanted in ((plain(5, 100, 3), False), (twin(plain(5, 100, 3)), True)):
            answer = truth(student.call(IsSymmetric.name, *network))
            seen = f"{answer} for a network with 100 hidden units"
            expect.true(answer == wanted, seen=seen, expected=str(wanted))


class OtherStatistics(HiddenChecks):
    exercise = ActivationStats.name

    @check("a single layer, and a layer that is wider than the one before", weight=0.5)
    def other_layers(self, student: Student) -> None:
        """The loop needs nothing but the list of weights."""
        for sizes in ((40, 60), (20, 80, 40)):
            X, weights = batch_and_weights(sizes)
            seen = student.run(stats_with, X=X, weights=weights, activation="tanh")
            right = ActivationStats.right(X, weights, torch.tanh)
            expect.close(expect.items(seen, 2)[1], right[1], tolerance=expect.LAYERS)


class OtherGradients(HiddenChecks):
    exercise = ClipByNorm.name

    @check("a single tensor, and a single number", weight=0.5)
    def other_shapes(self, student: Student) -> None:
        """The sum of squares knows no shapes."""
        for shapes in ([(3, 4)], [(), (2, 2)]):
            grads, theta = scaled([signed(*shape) for shape in shapes], 10.0), uniform(0.5, 2.0)
            seen = student.call(ClipByNorm.name, grads, theta)
            expect.close(seen, ClipByNorm.right(grads, theta))
