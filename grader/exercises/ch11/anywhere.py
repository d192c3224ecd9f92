"""Chapter 11: the exercise `train_anywhere`: one loop for every device."""

from __future__ import annotations

from functools import cached_property

import torch

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.practice import asked, gpu_of, on_both, practising, unit
from grader.checks.randomness import integer
from grader.checks.student import Student
from grader.exercises.ch11.small_runs import InTwoModes, Problem


class TrainAnywhere(Exercise):
    name, points = "train_anywhere", 6
    uses = ("try_device", "move_batch")
    hints = (
        "Three things have to be on the device before the first step: the network, X and y. Which of them are "
        "moved once, and which for each batch?",
        "`net.to(device)`, then the optimizer, then `net.train()`. For each batch: move, loss, `zero_grad`, "
        "`backward`, `step`. Add `l.detach() * len(y)` to a tensor that was made on the device.",
        "After each epoch `losses.append(total.item() / count)`, with `total = torch.zeros((), device=device)` "
        "and `count = 0` made anew at the start of the epoch.",
    )

    @cached_property
    def problem(self) -> Problem:
        return Problem.drawn()

    _runs: tuple = ()

    def runs(self, student: Student) -> tuple[int, list[tuple[float, object]]]:
        """The number of epochs; for each GPU that there is, its unit and what came back."""
        if not self._runs:
            epochs, answers = integer(2, 4), []
            on_both(
                student,
                run_of_train_anywhere,
                lambda answer, factor: answers.append((factor, answer)),
                unit(),
                **self.problem.sent(),
                epochs=epochs,
            )
            self._runs = (epochs, answers)
        return self._runs

    @check("on a GPU, the network is trained there", weight=2, essential=True)
    def gpu(self, student: Student) -> None:
        """Move the network once, and each batch."""
        epochs, answers = self.runs(student)
        for factor, answer in answers:
            self.verify(answer, epochs, factor)

    @check("on a machine without a GPU", essential=True)
    def cpu(self, student: Student) -> None:
        """The device is an argument: nothing else in the function names one."""
        for device in ("cpu", None):
            answer = asked(
                student,
                run_of_train_anywhere,
                **self.problem.sent(),
                epochs=2,
                units=None,
                device=device,
            )
            self.verify(answer, 2, 1.0)

    @check("without a device, it is the one of `try_device()`")
    def default(self, student: Student) -> None:
        """`if device is None: device = try_device()`"""
        factor = unit()
        answer = asked(
            student,
            run_of_train_anywhere,
            **self.problem.sent(),
            epochs=2,
            units=[factor],
            device=None,
        )
        self.verify(answer, 2, factor)

    @check("the mean loss of each epoch, as floats")
    def losses(self, student: Student) -> None:
        """Losses of all examples, added up and divided by their number."""
        epochs, answers = self.runs(student)
        for factor, answer in answers:
            losses = expect.items(answer, 3)[1]
            _, right = self.problem.trained(epochs, factor)
            expect.true(
                expect.items(answer, 3)[2] is True,
                seen="something else than a list of floats",
                expected="a list with one float an epoch: `.item()`",
            )
            expect.close(
                losses, right, tolerance=expect.LAYERS, mistakes=self.loss_mistakes(epochs, factor)
            )

    @check("an optimizer that is made after the move", weight=0)
    def order(self, student: Student) -> None:
        """`net.to(device)` first."""
        where = asked(student, place_when_the_optimizer_is_made, **self.problem.sent())
        expect.true(
            where in ("cuda:0", "none was made"),
            seen="the optimizer was made while the parameters were on the CPU",
            expected="move the network first: an optimizer may keep tensors beside its parameters",
        )

    @check("the GPU is not waited for at every batch", weight=0)
    def waits(self, student: Student) -> None:
        """Keep the sum of the losses on the device, and fetch it once an epoch."""
        waits = expect.number(asked(student, waits_of_a_long_epoch, **self.problem.sent()))
        expect.true(
            waits < 20,
            seen=f"Python waited for the GPU {waits:.0f} times in an epoch of 20 batches",
            expected="once an epoch",
            because="`item()`, `float()` and `print` of a tensor wait until the GPU has done all its work",
        )

    def verify(self, answer: object, epochs: int, factor: float) -> None:
        """The network that came of it computes what a right one does, where it should be."""
        parameters = expect.items(expect.items(answer, 3)[0], 2)
        right, _ = self.problem.trained(epochs, factor)
        expect.close(
            parameters, right, tolerance=expect.LAYERS, mistakes=self.mistakes(epochs, factor)
        )

    def mistakes(self, epochs: int, factor: float) -> dict[str, object]:
        trained = self.problem.trained
        return {
            "these are where training on the CPU leads": trained(epochs, 1.0)[0],
            "the network is not trained at all": trained(0, factor)[0],
            "one epoch is missing": trained(epochs - 1, factor)[0],
            "one epoch too many": trained(epochs + 1, factor)[0],
            "the network was in eval mode": trained(epochs, factor, evaluating=True)[0],
            "gradients of earlier batches are still in: `zero_grad()`": trained(
                epochs, factor, momentum=1.0
            )[0],
        }

    def loss_mistakes(self, epochs: int, factor: float) -> dict[str, object]:
        _, right = self.problem.trained(epochs, factor)
        sizes = [len(y) for _, y in self.problem.batches]
        return {
            "these are sums over all examples, not means": [value * sum(sizes) for value in right],
            "divided by the number of batches, not of examples": [
                value * sum(sizes) / len(sizes) for value in right
            ],
            "these are as long as training on the CPU has them": self.problem.trained(epochs)[1],
        }


# What follows runs beside a student's code.


def run_of_train_anywhere(namespace, parameters, batches, lr, epochs, units, device="the GPU"):
    """Parameters and losses, brought to the CPU, and whether the losses are floats."""
    net, data = InTwoModes(*parameters).eval(), [tuple(batch) for batch in batches]
    if units is None:
        gpu, there = torch.device("cpu"), practising(namespace, 0)
    else:
        gpu, there = gpu_of(namespace, units)
    if gpu is None:
        return None
    with there:
        wanted = gpu if device == "the GPU" else device
        losses = namespace["train_anywhere"](net, data, epochs, lr, *([wanted] if wanted else []))
        plain = isinstance(losses, list) and all(isinstance(value, float) for value in losses)
        return [[p.detach().cpu() for p in (net.weight, net.bias)], losses, plain]


def place_when_the_optimizer_is_made(namespace, parameters, batches, lr):
    """Where the parameters are when an optimizer gets them."""
    net, data, seen = InTwoModes(*parameters), [tuple(batch) for batch in batches], []
    original = torch.optim.Optimizer.__init__

    def noted(self, *args, **kwargs):
        seen.append(str(net.weight.device))
        return original(self, *args, **kwargs)

    torch.optim.Optimizer.__init__ = noted
    try:
        with practising(namespace) as gpus:
            namespace["train_anywhere"](net, data, 1, lr, gpus.devices[0])
    finally:
        torch.optim.Optimizer.__init__ = original
    return seen[0] if seen else "none was made"


def waits_of_a_long_epoch(namespace, parameters, batches, lr):
    with practising(namespace) as gpus:
        net, data = InTwoModes(*parameters), [tuple(batches[0])] * 20
        namespace["train_anywhere"](net, data, 1, lr, gpus.devices[0])
        return gpus.traffic.waits
