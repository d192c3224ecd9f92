"""Chapter 4: what the visible checks ask, on problems of other sizes and with other strengths."""

from __future__ import annotations

import torch

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.randomness import signed, uniform
from grader.checks.regression import Regression
from grader.checks.student import Student
from grader.exercises.ch04 import concise, scratch
from grader.exercises.ch04.penalty import DecayStep, L1Step, step_inputs


class OtherSteps(HiddenChecks):
    exercise = DecayStep.name

    @check("a batch of one example, and a single input", weight=0.5)
    def other_sizes(self, student: Student) -> None:
        """Nothing in the formulas needs to know how many examples or inputs there are."""
        for n, inputs in ((1, 3), (40, 1)):
            arguments = step_inputs(n, inputs)
            seen = expect.items(student.call(DecayStep.name, *arguments), 2)
            expect.close(seen, list(DecayStep.right(*arguments)), tolerance=expect.LAYERS)


class OtherThresholds(HiddenChecks):
    exercise = L1Step.name

    @check("a price that nobody can pay, and no price at all", weight=0.5)
    def extreme_prices(self, student: Student) -> None:
        """With lambd = 0 nothing changes; with a very large one all weights are 0."""
        w = signed(4, 3)
        expect.close(student.call(L1Step.name, w, 0.1, 0.0), w)
        expect.close(student.call(L1Step.name, w, uniform(0.5, 1.0), 100.0), torch.zeros(4, 3))


class OtherScratchProblems(HiddenChecks):
    exercise = scratch.TrainScratch.name

    @check("other sizes, and a stronger penalty", weight=0.5)
    def other_sizes(self, student: Student) -> None:
        """The function knows the sizes from the tensors that it is given."""
        scratch.verify_steps(student, stronger(Regression((3, 3, 1), inputs=2)), epochs=2)


class OtherConciseProblems(HiddenChecks):
    exercise = concise.TrainConcise.name

    @check("other sizes, and a stronger decay", weight=0.5)
    def other_sizes(self, student: Student) -> None:
        """The function knows the sizes from the network and from the batches."""
        concise.verify_steps(student, stronger(Regression((3, 3, 1), inputs=2)), epochs=2)


def stronger(problem: Regression) -> Regression:
    problem.lambd = uniform(8.0, 12.0)
    return problem
