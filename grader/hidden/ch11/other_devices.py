"""Chapter 11: what the visible checks ask, on a second GPU and with other batches."""

from __future__ import annotations

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.practice import asked, unit
from grader.checks.student import Student
from grader.exercises.ch11.anywhere import run_of_train_anywhere
from grader.exercises.ch11.batches import MoveBatch, leaf, moved_batch
from grader.exercises.ch11.small_runs import Problem
from grader.exercises.ch11.whole_run import MOMENTUM, Capstone


class SecondGPUOfABatch(HiddenChecks):
    exercise = "move_batch"

    @check("onto the second of two GPUs", weight=0.5)
    def second_gpu(self, student: Student) -> None:
        """`device` has a number; hand it on as it is."""
        spec, units = ["dict", [["X", leaf()], ["more", ["tuple", [leaf()]]]]], [5, 3]
        answer = asked(student, moved_batch, spec=spec, units=units)
        MoveBatch().compare(answer, spec, units[1])


class SecondGPUOfALoop(HiddenChecks):
    exercise = "train_anywhere"

    @check("on the second of two GPUs, with a single batch", weight=0.5)
    def second_gpu(self, student: Student) -> None:
        """`device` has a number; hand it on as it is."""
        problem, units = Problem.drawn((5,)), [unit(), 3.0]
        answer = asked(student, run_of_train_anywhere, **problem.sent(), epochs=2, units=units)
        parameters, losses, _ = expect.items(answer, 3)
        right, right_losses = problem.trained(2, units[1])
        expect.close(parameters, right, tolerance=expect.LAYERS)
        expect.close(losses, right_losses, tolerance=expect.LAYERS)


class SingleBatch(HiddenChecks):
    exercise = "capstone"

    @check("a single batch, and more epochs than before in a second call", weight=0.5)
    def single_batch(self, student: Student) -> None:
        """Nothing depends on the number of batches or of epochs."""
        problem = Problem.drawn((6,))
        calls = [{"num_epochs": n} for n in (1, 4)]
        _, second = Capstone().run(student, problem, calls, units=None)
        right, losses = problem.trained(4, momentum=MOMENTUM)
        expect.close(second["parameters"], right, tolerance=expect.LAYERS)
        expect.close(second["losses"], losses[1:], tolerance=expect.LAYERS)
