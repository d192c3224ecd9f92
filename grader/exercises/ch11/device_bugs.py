"""Chapter 11: the exercise `find_the_device_bugs`: code that is right on the CPU alone."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.functions import called
from grader.checks.practice import asked, gpu_of, practising, unit
from grader.checks.randomness import shuffled
from grader.checks.student import Student
from grader.checks.training import lead
from grader.exercises.ch11.small_runs import InTwoModes, Problem
from grader.wire.probe import StudentError

GUILTY = [3, 6]
FIXED = "fixed_accuracy"
MARGIN = 0.05
"""By how much the largest logit leads, at least, in every unit that is asked with."""


class FindTheDeviceBugs(Exercise):
    name, points = "find_the_device_bugs", 4
    uses = ("move_batch",)
    hints = (
        "Go through lines 2 to 8 and say of each tensor where it is. Which lines change that, and which only "
        "look so?",
        "`net.to(device)` moves a module in place; `X.to(device)` returns a tensor. And where is a tensor that "
        "`torch.zeros(1)` has made?",
        "Lines 3 and 6. `hits = torch.zeros((), device=device)`, or a plain number and `.item()`; "
        "`X, y = X.to(device), y.to(device)`; all within `torch.no_grad()`.",
    )

    @check("the lines that are to blame", weight=1.5, essential=True)
    def lines(self, student: Student) -> None:
        """Which line makes a tensor, or should move one, and leaves it where line 8 cannot use it?"""
        found = called(student, "guilty_lines")
        found = (
            sorted(found) if isinstance(found, list) and set(map(type, found)) == {int} else found
        )
        because = ""
        if isinstance(found, list):
            because = {
                2: "line 2 is right: a module is moved in place",
                7: "line 7 is right: the moved tensor gets the name y",
                8: "line 8 is where the error is raised, not where it comes from",
            }.get(next((n for n in found if n not in GUILTY), 0), "")
            because = because or f"{len(GUILTY)} lines are to blame" * (found != GUILTY)
        expect.true(
            found == GUILTY, seen=expect.show(found), expected="the right lines", because=because
        )

    @check("`fixed_accuracy` is right on a GPU", weight=2, essential=True)
    def gpu(self, student: Student) -> None:
        """Both X and y have to be where the network is, and the sum as well."""
        problem, factor = self._problem(unit())

        def verify(accuracy: object, factor: float) -> None:
            expect.close(
                accuracy,
                share(problem, factor),
                because="a fraction of all examples",
                mistakes={
                    "this was computed on the CPU": share(problem, 1.0),
                    "this is the number of right answers": _count(problem, factor),
                    "this is the mean of the batch accuracies": _mean_of_batches(problem, factor),
                },
            )

        for units in ([factor], []):
            answer = self.asked(student, problem, units)
            if answer is not None:
                verify(answer, units[0] if units else 1.0)

    @check("`fixed_accuracy` is right on a machine without a GPU", essential=True)
    def cpu(self, student: Student) -> None:
        """The device is an argument: nothing in the function names one."""
        problem, _ = self._problem(unit())
        answer = self.asked(student, problem, None)
        expect.close(answer, share(problem, 1.0))

    @check("the network keeps its mode, and no gradients are recorded", weight=0.5)
    def mode(self, student: Student) -> None:
        """`with torch.no_grad():` around the loop; neither `train()` nor `eval()`."""
        for training in shuffled([True, False]):
            problem, _ = self._problem(unit())
            answer = self.asked(student, problem, None, training, counting=True)
            expect.close(
                answer,
                share(problem, 1.0, evaluating=not training),
                mistakes={"in the other mode": share(problem, 1.0, evaluating=training)},
            )

    def asked(
        self,
        student: Student,
        problem: Problem,
        units: list[float] | None,
        training: bool = True,
        counting: bool = False,
    ) -> object:
        """What `fixed_accuracy` returns; units None for a machine without a GPU."""
        try:
            return asked(
                student,
                accuracy_of_fixed,
                **problem.sent(),
                units=units,
                training=training,
                counting=counting,
            )
        except StudentError as error:
            if error.is_unanswered:
                expect.fail(f"`{FIXED}` is still open")
            if "leaf Variable" in error.message:
                expect.fail("gradients are recorded", "`with torch.no_grad():` around the loop")
            raise

    @staticmethod
    def _problem(factor: float) -> tuple[Problem, float]:
        """One whose accuracy is another on a GPU that counts in this unit, and in the other mode."""
        while True:
            problem = Problem.drawn((8, 8, 3))
            _relabel(problem, factor)
            values = [share(problem, f, e) for f in (factor, 1.0) for e in (False, True)]
            values += [_mean_of_batches(problem, factor)]
            apart = all(abs(a - b) > 0.01 for i, a in enumerate(values) for b in values[:i])
            if apart and _is_clear(problem, factor):
                return problem, factor


def _outputs(problem: Problem, factor: float, evaluating: bool = False) -> list[Tensor]:
    weight = (problem.weight + problem.shift if evaluating else problem.weight) * factor
    return [X * factor @ weight.T + problem.bias * factor for X, _ in problem.batches]


def _relabel(problem: Problem, factor: float) -> None:
    """Most labels are what the network says on that device."""
    for batch, out in zip(problem.batches, _outputs(problem, factor), strict=True):
        right = out.argmax(1)
        batch[1] = right.where(torch.rand(len(right)) < 0.7, batch[1])


def _is_clear(problem: Problem, factor: float) -> bool:
    modes = [(f, e) for f in (factor, 1.0) for e in (False, True)]
    return all(lead(out) > MARGIN for f, e in modes for out in _outputs(problem, f, e))


def _hits(problem: Problem, factor: float, evaluating: bool = False) -> list[int]:
    pairs = zip(_outputs(problem, factor, evaluating), problem.batches, strict=True)
    return [int(out.argmax(1).eq(y).sum()) for out, (_, y) in pairs]


def share(problem: Problem, factor: float, evaluating: bool = False) -> float:
    """The fraction that the network gets right on a device that counts in this unit."""
    hits = _hits(problem, factor, evaluating)
    return sum(hits) / sum(len(y) for _, y in problem.batches)


def _count(problem: Problem, factor: float) -> float:
    return float(sum(_hits(problem, factor)))


def _mean_of_batches(problem: Problem, factor: float) -> float:
    shares = [h / len(y) for h, (_, y) in zip(_hits(problem, factor), problem.batches, strict=True)]
    return sum(shares) / len(shares)


# What follows runs beside a student's code.


def accuracy_of_fixed(namespace, parameters, batches, lr, units, training, counting):
    """What `fixed_accuracy` gives; on the CPU of a machine without a GPU for units None."""
    net = InTwoModes(*parameters, counting).train(training)
    data = [tuple(batch) for batch in batches]
    if units is None:
        with practising(namespace, 0):
            return namespace["fixed_accuracy"](net, data, torch.device("cpu"))
    device, there = gpu_of(namespace, units)
    with there:
        return None if device is None else namespace["fixed_accuracy"](net, data, device)
