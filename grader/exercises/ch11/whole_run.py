"""Chapter 11: the exercise `capstone`: a run of the learner's own parts, interrupted and resumed."""

from __future__ import annotations

import os
import tempfile

import torch
from torch import Tensor

from grader.checks import expect, statistics
from grader.checks.exercise import Exercise, check
from grader.checks.practice import asked, practising, unit
from grader.checks.randomness import integer
from grader.checks.student import Student
from grader.exercises.ch11.small_runs import InTwoModes, Problem
from lab.silhouettes import draw_garments

MOMENTUM = 0.9
PICTURES, NEW, EPOCHS = 800, 600, 4
LEARNT, USUAL = 0.45, 0.62
"""The accuracy on new drawings that is asked for, and that which a right answer has at the least."""


class Capstone(Exercise):
    name, points = "capstone", 8
    uses = (
        *("try_device", "move_batch", "MySequential", "MyLinear", "DropoutLayer", "init_xavier"),
        *("make_net", "checkpoint"),
    )
    hints = (
        "In which order: make the network, move it, make the optimizer, resume? And which of these does the loop "
        "begin with?",
        "`for epoch in range(resume(path, net, optimizer), num_epochs):` goes on where the file ended. Inside it is "
        "the loop of `train_anywhere`; at its end `checkpoint(path, net, optimizer, epoch + 1)`.",
        "`net = make_net().to(device)`; `torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)`; the loop over "
        "epochs with `net.train()`, the batches, `losses.append(...)` and the checkpoint; `return net, losses`.",
    )

    @check(
        "on a GPU, the steps of SGD with momentum, for each batch of each epoch",
        weight=2,
        essential=True,
    )
    def steps(self, student: Student) -> None:
        """The network, X and y on the device; `momentum=0.9`."""
        problem, epochs, factor = Problem.drawn(), integer(2, 3), unit()
        calls = [{"num_epochs": epochs}]
        answer = self.run(student, problem, calls, [factor])[0]
        on_cpu = self.run(student, problem, calls, [factor], device="cpu")[0]
        right, _ = problem.trained(epochs, factor, momentum=MOMENTUM)

        def other(epochs: int = epochs, factor: float = factor, **how: object) -> list[Tensor]:
            return problem.trained(epochs, factor, **{"momentum": MOMENTUM, **how})[0]  # type: ignore[arg-type]

        expect.close(
            answer["parameters"],
            right,
            tolerance=expect.LAYERS,
            mistakes={
                "there is no momentum": other(momentum=0.0),
                "these are where training on the CPU leads": other(factor=1.0),
                "the network was in eval mode": other(evaluating=True),
                "one epoch is missing": other(epochs - 1),
                "one epoch too many": other(epochs + 1),
                "the network is not trained": other(0),
            },
        )
        expect.close(
            on_cpu["parameters"],
            other(factor=1.0),
            tolerance=expect.LAYERS,
            because="asked for the CPU, on a machine with a GPU",
            mistakes={"it was trained on the GPU all the same": right},
        )

    @check(
        "interrupted in the middle of an epoch and called again, it goes on",
        weight=2.5,
        essential=True,
    )
    def resumed(self, student: Student) -> None:
        """A checkpoint after each epoch; `resume` before the first step."""
        problem, fresh, failing = Problem.drawn(), Problem.drawn(), integer(2, 3)
        calls: list[dict] = [
            {"num_epochs": 4, "failing": failing},
            {"num_epochs": 4, "start": [fresh.weight, fresh.bias, problem.shift]},
        ]
        first, second = self.run(student, problem, calls, None)
        expect.true(
            first["interrupted"] is True,
            seen="the interruption was swallowed",
            expected="KeyboardInterrupt goes on to who has called",
        )
        expect.close(
            second["parameters"],
            problem.trained(4, momentum=MOMENTUM)[0],
            tolerance=expect.LAYERS,
            because="the same numbers as without an interruption",
            mistakes={
                "it began anew: nothing was resumed": _from(problem, fresh, 4),
                "it went on for as many epochs as if none had been done": problem.trained(
                    4 + failing - 1, momentum=MOMENTUM
                )[0],
                "it stopped an epoch too early": problem.trained(3, momentum=MOMENTUM)[0],
                "an epoch was trained twice": problem.trained(5, momentum=MOMENTUM)[0],
            },
        )

    @check("the mean loss of each epoch of this call, as floats")
    def losses(self, student: Student) -> None:
        """Two values come back: `return net, losses`."""
        problem = Problem.drawn()
        calls: list[dict] = [{"num_epochs": 2}, {"num_epochs": 5}]
        first, second = self.run(student, problem, calls, None)
        _, right = problem.trained(5, momentum=MOMENTUM)
        expect.close(first["losses"], right[:2], tolerance=expect.LAYERS)
        expect.close(
            second["losses"],
            right[2:],
            tolerance=expect.LAYERS,
            because="the first call has trained two epochs, the second one trains the other three",
            mistakes={"the losses of the first call are in it as well": right},
        )
        expect.true(second["plain"] is True, seen="tensors", expected="floats: `.item()`")

    @check("when all epochs are done, there is nothing to do", weight=0.5)
    def done(self, student: Student) -> None:
        """`range(4, 4)` is empty."""
        problem = Problem.drawn()
        _, again = self.run(student, problem, [{"num_epochs": 2}, {"num_epochs": 2}], None)
        expect.equal(again["losses"], [])
        expect.close(
            again["parameters"],
            problem.trained(2, momentum=MOMENTUM)[0],
            tolerance=expect.LAYERS,
            because="the network of the checkpoint comes back",
        )

    @check("10 epochs with lr = 0.05 on `try_device()`, when nothing else is said")
    def defaults(self, student: Student) -> None:
        """`num_epochs=10, lr=0.05, device=None`"""
        problem, factor = Problem.drawn(), unit()
        answer = self.run(student, problem, [{}], [factor], device=None)[0]
        usual = Problem(problem.weight, problem.bias, problem.shift, problem.batches, 0.05)
        expect.close(
            answer["parameters"],
            usual.trained(10, factor, momentum=MOMENTUM)[0],
            tolerance=expect.LAYERS,
            mistakes={
                "on the CPU, although there is a GPU": usual.trained(10, momentum=MOMENTUM)[0]
            },
        )

    @check("your network learns, on drawings that the check has made", weight=2, essential=True)
    def learns(self, student: Student) -> None:
        """All parts together: does the loss fall in the cell below?"""
        train, (X, y) = drawings(PICTURES), drawings(NEW)
        out = asked(
            student, trained_on_pictures, images=train[0], labels=train[1], X=X, epochs=EPOCHS
        )
        out = expect.finite(expect.tensor(out, shape=(NEW, 10)))
        share = float((out.argmax(1) == y).double().mean())
        statistics.book("share", statistics.tail(NEW, USUAL, LEARNT), NEW, LEARNT)
        expect.true(
            share >= LEARNT,
            seen=f"after {EPOCHS} epochs on {PICTURES:,} drawings, {100 * share:.3g} % of new ones are right",
            expected=f"more than {100 * LEARNT:.0f} %",
        )

    @check("dropout and all, a resumed run is the uninterrupted one, number for number")
    def number_for_number(self, student: Student) -> None:
        """The order of the pictures and the masks are drawn: their random state is in the checkpoint."""
        images, labels = drawings(200)
        seed = integer(1, 2**31)
        pair = asked(student, whole_and_resumed, images=images, labels=labels, seed=seed)
        (whole, start), (resumed, _) = (expect.items(ends, 2) for ends in expect.items(pair, 2))
        expect.close(resumed, whole, tolerance=expect.EXACT)
        moved = float((expect.tensor(whole) - expect.tensor(start, shape=whole.shape)).abs().max())
        expect.true(
            moved > 1e-4, seen="a network that has not moved", expected="one that was trained"
        )

    def run(
        self,
        student: Student,
        problem: Problem,
        calls: list[dict],
        units: list[float] | None,
        device: str | None = "",
    ) -> list[dict]:
        """A report of each of these calls, which share a file, with the judge's network in `make_net`.

        calls: keyword arguments, and in which pass the batches fail, and other parameters to start from. units: of
        the GPU; None for a machine without one. device: "" for the GPU, if there is one; None for neither a device
        nor an lr.
        """
        start = [problem.weight, problem.bias, problem.shift]
        sent = [{"start": start, "failing": 0, "num_epochs": 0, **call} for call in calls]
        reports = asked(
            student,
            runs_of_capstone,
            batches=problem.batches,
            calls=sent,
            lr=problem.lr,
            units=units,
            device=("cuda:0" if units else "cpu") if device == "" else device,
        )
        return [expect.record(report) for report in expect.items(reports, len(calls))]


def _from(problem: Problem, other: Problem, epochs: int) -> list[Tensor]:
    """Where so many epochs lead from the other one's parameters."""
    begun = Problem(other.weight, other.bias, problem.shift, problem.batches, problem.lr)
    return begun.trained(epochs, momentum=MOMENTUM)[0]


def drawings(n: int) -> tuple[Tensor, Tensor]:
    """Garments as the course draws them: X, float32 (n, 1, 28, 28), and labels (n,)."""
    generator = torch.Generator()
    generator.manual_seed(integer(0, 2**31))
    images, labels = draw_garments(n, generator)
    return images.float().unsqueeze(1) / 255, labels


# What follows runs beside a student's code.


class Failing:
    """Batches; in the pass of this number, the second one is never given. shuffled: drawn anew in each pass."""

    def __init__(self, X, y, sizes, failing=0, shuffled=False):
        self.X, self.y, self.sizes, self.failing, self.shuffled = X, y, sizes, failing, shuffled
        self.passes = 0

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self):
        self.passes += 1
        order = torch.randperm(len(self.y)) if self.shuffled else torch.arange(len(self.y))
        for number, rows in enumerate(order.split(self.sizes)):
            if self.passes == self.failing and number == 1:
                raise KeyboardInterrupt
            yield self.X[rows], self.y[rows]


def runs_of_capstone(namespace, batches, calls, lr, units, device):
    sizes = [len(y) for _, y in batches]
    X, y = (torch.cat(parts) for parts in zip(*batches))  # noqa: B905
    spaces = [namespace, getattr(namespace["capstone"], "__globals__", namespace)]
    own, reports = [space["make_net"] for space in spaces], []
    given = {"lr": lr, "device": torch.device(device)} if device else {}
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            practising(namespace, len(units or []), units=units or []),
        ):
            for number, call in enumerate(calls):
                path = os.path.join(folder, f"{number}.pt")
                if os.path.exists(earlier := os.path.join(folder, f"{number - 1}.pt")):
                    os.replace(earlier, path)
                for space in spaces:
                    space["make_net"] = lambda start=call["start"]: InTwoModes(*start).eval()
                keywords = {"num_epochs": call["num_epochs"]} if call["num_epochs"] else {}
                keywords |= given
                data = Failing(X, y, sizes, call["failing"])
                try:
                    result = namespace["capstone"](data, path, **keywords)
                except KeyboardInterrupt:
                    reports.append({"interrupted": True})
                    continue
                net, losses = result
                plain = all(isinstance(value, float) for value in losses)
                report = {"losses": list(losses), "plain": plain, "interrupted": False}
                report["parameters"] = [p.detach().cpu() for p in (net.weight, net.bias)]
                reports.append(report)
    finally:
        for space, make_net in zip(spaces, own):  # noqa: B905
            space["make_net"] = make_net
    return reports


def trained_on_pictures(namespace, images, labels, X, epochs):
    """The logits for X of the network that was trained on the pictures, in eval mode."""
    data = Failing(images, labels, [100] * (len(labels) // 100), shuffled=True)
    with tempfile.TemporaryDirectory() as folder, practising(namespace, 0):
        path = os.path.join(folder, "run.pt")
        net, _ = namespace["capstone"](data, path, num_epochs=epochs, device=torch.device("cpu"))
    net.eval()
    with torch.no_grad():
        return net(X)


def whole_and_resumed(namespace, images, labels, seed):
    """Of the uninterrupted run and of the resumed one, all parameters at the end, and after one epoch."""
    found = []
    cpu = torch.device("cpu")
    with tempfile.TemporaryDirectory() as folder, practising(namespace, 0):
        for failing in (0, 2):
            path, moved = (os.path.join(folder, f"{name}{failing}.pt") for name in "ab")
            torch.manual_seed(seed)
            data = Failing(images, labels, [100] * 2, failing, shuffled=True)
            try:
                net, _ = namespace["capstone"](data, path, num_epochs=3, device=cpu)
            except KeyboardInterrupt:
                torch.manual_seed(seed + 1)
                os.replace(path, moved)
                data = Failing(images, labels, [100] * 2, shuffled=True)
                net, _ = namespace["capstone"](data, moved, num_epochs=3, device=cpu)
            torch.manual_seed(seed)
            start = namespace["make_net"]()
            flat = [torch.cat([p.detach().flatten() for p in n.parameters()]) for n in (net, start)]
            found.append(flat)
    return found
