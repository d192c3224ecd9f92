"""Chapter 11: the exercises `find_the_device_bugs` and `train_anywhere`: loops on any device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.functions import called
from grader.checks.practice import asked, gpu_of, on_both, practising, unit
from grader.checks.randomness import integer, shuffled, signed, uniform
from grader.checks.student import Student
from grader.checks.training import CLASSES, FEATURES, Batch, lead
from grader.wire.probe import StudentError

GUILTY = [3, 6]
FIXED = "fixed_accuracy"
MARGIN = 0.05
"""By how much the largest logit leads, at least, in every unit that is asked with."""


@dataclass(frozen=True)
class Problem:
    """A linear network and batches of which the last one is smaller.

    weight (4, 6), bias (4,); in eval mode, `shift` (4, 6) is added to the weight.
    """

    weight: Tensor
    bias: Tensor
    shift: Tensor
    batches: list[Batch]
    lr: float = 0.3

    @classmethod
    def drawn(cls, sizes: Sequence[int] = (8, 8, 3)) -> Problem:
        draw = [[signed(n, FEATURES), torch.randint(CLASSES, (n,))] for n in sizes]
        weight, shift = signed(CLASSES, FEATURES) / 2, signed(CLASSES, FEATURES)
        return cls(weight, signed(CLASSES), shift, draw, uniform(0.1, 0.3))

    def trained(
        self, epochs: int, factor: float = 1.0, evaluating: bool = False, momentum: float = 0.0
    ) -> tuple[list[Tensor], list[float]]:
        """Parameters and mean losses on a device that counts in this unit.

        evaluating: in eval mode. With a momentum of 1, it is as if gradients of earlier batches were still in.
        """
        leaves = [(p * factor).requires_grad_(True) for p in (self.weight, self.bias)]
        shift = self.shift * factor if evaluating else 0
        losses, kept = [], [torch.zeros_like(p) for p in leaves]
        for _ in range(epochs):
            total = 0.0
            for X, y in self.batches:
                with torch.enable_grad():
                    out = X * factor @ (leaves[0] + shift).T + leaves[1]
                    loss = F.cross_entropy(out, y)
                    grads = torch.autograd.grad(loss, leaves)
                kept = [g + momentum * k for g, k in zip(grads, kept, strict=True)]
                moved = [p.detach() - self.lr * g for p, g in zip(leaves, kept, strict=True)]
                leaves = [p.requires_grad_(True) for p in moved]
                total += float(loss.detach()) * len(y)
            losses.append(total / sum(len(y) for _, y in self.batches))
        return [p.detach() for p in leaves], losses

    def sent(self) -> dict[str, object]:
        """As the probes take it."""
        return {
            "parameters": [self.weight, self.bias, self.shift],
            "batches": self.batches,
            "lr": self.lr,
        }


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
            if error.type == "NotImplementedError" or error.kind == "missing":
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


class InTwoModes(nn.Module):
    """A linear network that computes something else in eval mode. counting: recording gradients raises."""

    def __init__(self, weight, bias, shift, counting=False):
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight.clone()), nn.Parameter(bias.clone())
        self.register_buffer("shift", shift.clone())
        self.counting = counting

    def forward(self, X):
        if self.counting:
            self.bias.add_(0.0)
        weight = self.weight if self.training else self.weight + self.shift
        return X @ weight.T + self.bias


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
