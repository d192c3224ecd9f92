"""Chapter 11: the exercise `checkpoint`: all that training depends on, in a file, and back."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from unittest.mock import patch

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.practice import asked, practising, unit
from grader.checks.randomness import integer, signed, uniform
from grader.checks.student import Student
from grader.exercises.ch11.small_runs import InTwoModes

MOMENTUM = 0.9
DRAWN = 20
"""How many random numbers are compared."""


@dataclass(frozen=True)
class Run:
    """A network, another fresh one, and the gradients of two steps: one before the checkpoint, one after."""

    parameters: list[Tensor]
    fresh: list[Tensor]
    gradients: list[list[Tensor]]
    epoch: int
    lr: float

    @classmethod
    def drawn(cls) -> Run:
        def weights() -> list[Tensor]:
            return [signed(4, 6), signed(4), signed(4, 6)]

        steps = [weights()[:2] for _ in range(2)]
        return cls(weights(), weights(), steps, integer(3, 40), uniform(0.1, 0.3))

    def saved(self) -> list[Tensor]:
        """Weight and bias when the checkpoint is written."""
        pairs = zip(self.parameters[:2], self.gradients[0], strict=True)
        return [p - self.lr * g for p, g in pairs]

    def after(self, momentum: float = MOMENTUM) -> list[Tensor]:
        """Weight and bias a step later."""
        steps = zip(self.saved(), *self.gradients, strict=True)
        return [p - self.lr * (momentum * first + second) for p, first, second in steps]

    def sent(self) -> dict[str, object]:
        """As the probes take it."""
        return {
            "parameters": self.parameters,
            "fresh": self.fresh,
            "gradients": self.gradients,
            "epoch": self.epoch,
            "lr": self.lr,
        }


class Checkpoint(Exercise):
    name, points = "checkpoint", 5
    hints = (
        "Make a list of all that would be different if the program were started anew. A file needs each of them.",
        "A dictionary with `net.state_dict()`, `optimizer.state_dict()`, the epoch, `torch.get_rng_state()` and "
        "`torch.cuda.get_rng_state_all()`. Write it beside the old file; `os.replace` puts it in its place.",
        '`resume`: without a file return 0. `state = torch.load(path, map_location="cpu")`, then '
        "`load_state_dict` for both, `torch.set_rng_state`, and `torch.cuda.set_rng_state_all` if there are as "
        "many GPUs as states; return the epoch.",
    )

    @check("parameters, buffers and the number of epochs come back", weight=2, essential=True)
    def network(self, student: Student) -> None:
        """`net.state_dict()`, and `load_state_dict` in `resume`."""
        run = Run.drawn()
        answer = self.resumed(student, run)
        expect.equal(
            answer["epoch"], run.epoch, because="`resume` returns the number of epochs done"
        )
        expect.close(
            answer["loaded"],
            [*run.saved(), run.parameters[2]],
            mistakes={
                "nothing was loaded: the fresh network has its own numbers": run.fresh,
                "the buffer was not loaded": [*run.saved(), run.fresh[2]],
            },
        )

    @check("the optimizer goes on as it would have", weight=1.5, essential=True)
    def optimizer(self, student: Student) -> None:
        """The momentum is in `optimizer.state_dict()`."""
        run = Run.drawn()
        expect.close(
            self.resumed(student, run)["after"],
            run.after(),
            tolerance=expect.LAYERS,
            because="after one more step with momentum 0.9",
            mistakes={"the momentum was lost": run.after(0.0)},
        )

    @check("the random numbers go on as they would have", weight=1.5, essential=True)
    def random(self, student: Student) -> None:
        """`torch.get_rng_state()` is a tensor that can be saved."""
        seed, before = integer(1, 2**31), integer(1, 50)
        seen = asked(student, draws_after_resuming, seed=seed, before=before, gpus=0)
        expect.close(
            expect.items(seen, 1)[0],
            _draws(seed, before),
            because="the numbers after `resume` are those that would have come after `checkpoint`",
        )

    @check("those of every GPU, too")
    def gpu_random(self, student: Student) -> None:
        """Dropout on a GPU draws from the GPU's own numbers: `torch.cuda.get_rng_state_all()`."""
        seed, before = integer(1, 2**31), integer(1, 50)
        seen = expect.items(
            asked(student, draws_after_resuming, seed=seed, before=before, gpus=2), 3
        )
        for name, draws in zip(("the CPU", "the first GPU", "the second GPU"), seen, strict=True):
            expect.close(draws, _draws(seed, before), text=f"{{}} on {name}")

    @check("from a GPU onto a machine without one, and back", weight=1.5)
    def elsewhere(self, student: Student) -> None:
        """`map_location="cpu"`; `load_state_dict` then copies to where the parameters are."""
        for source, target in (([unit()], []), ([], [unit()])):
            run = Run.drawn()
            answer = self.resumed(student, run, source, target)
            (factor,) = source + target
            expect.close(
                answer["loaded"],
                [factor * p for p in (*run.saved(), run.parameters[2])],
                tolerance=expect.LAYERS,
                because="the network stays on its device, and has the numbers of the file",
            )
            expect.true(
                answer["stepped"] is True, seen="the optimizer fails", expected="one more step"
            )

    @check("without a file it is 0, and nothing changes", weight=0.5)
    def no_file(self, student: Student) -> None:
        """`os.path.exists(path)`"""
        run, seed = Run.drawn(), integer(1, 2**31)
        answer = asked(student, resumed_from_nothing, parameters=run.parameters, seed=seed)
        epoch, parameters, draws = expect.items(answer, 3)
        expect.equal(epoch, 0)
        expect.close(parameters, run.parameters, tolerance=expect.EXACT)
        expect.close(draws, _draws(seed, 1))

    @check("a crash in the middle of writing leaves the old file")
    def crash(self, student: Student) -> None:
        """Write to another name first; `os.replace(part, path)` is the last step."""
        run = Run.drawn()
        answer = asked(student, resumed_after_a_crash, **run.sent())
        expect.true(
            answer != "unreadable",
            seen="after a crash while the second checkpoint was written, `resume` cannot read the file",
            expected="the first checkpoint, unharmed",
            because="the old file was overwritten from its beginning on",
        )
        epoch, parameters = expect.items(answer, 2)
        expect.equal(epoch, run.epoch, because="the first checkpoint is the last whole one")
        expect.close(parameters, run.saved())

    @check("the file can be loaded without running code", weight=0.5)
    def plain(self, student: Student) -> None:
        """Tensors, numbers, texts, and dictionaries and lists of these: no network, no optimizer."""
        run = Run.drawn()
        found = asked(student, kinds_in_the_file, **run.sent())
        expect.equal(found, "plain", because="`torch.load(path, weights_only=True)` must accept it")

    def resumed(
        self,
        student: Student,
        run: Run,
        source: list[float] | None = None,
        target: list[float] | None = None,
    ) -> dict:
        """The report of `resumed_run`. source, target: the units of the GPUs before and after."""
        return expect.record(
            asked(student, resumed_run, **run.sent(), source=source or [], target=target or [])
        )


def _draws(seed: int, before: int) -> Tensor:
    """What comes after so many batches of random numbers."""
    generator = torch.Generator()
    generator.manual_seed(seed)
    return [torch.rand(DRAWN, generator=generator) for _ in range(before + 1)][-1]


# What follows runs beside a student's code.


def training(parameters, lr, device):
    """A network with these parameters on a device, and an optimizer with momentum."""
    net = InTwoModes(*parameters).to(device)
    return net, torch.optim.SGD(net.parameters(), lr=lr, momentum=MOMENTUM)


def stepped(net, optimizer, gradients):
    for p, grad in zip((net.weight, net.bias), gradients):  # noqa: B905
        p.grad = grad.to(p.device)
    optimizer.step()


def values_of(net):
    return [p.detach().clone() for p in (net.weight, net.bias, net.shift)]


def machine(namespace, units):
    """The device to compute on, and a machine with these GPUs."""
    return "cuda:0" if units else "cpu", practising(namespace, len(units), units=units)


def resumed_run(namespace, parameters, fresh, gradients, epoch, lr, source, target):
    """A step, a checkpoint, and on another machine, from a file with another name, a step more."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = (os.path.join(folder, name) for name in ("one.pt", "two.pt"))
        device, there = machine(namespace, source)
        with there:
            net, optimizer = training(parameters, lr, device)
            stepped(net, optimizer, gradients[0])
            namespace["checkpoint"](first, net, optimizer, epoch)
        os.replace(first, second)
        device, there = machine(namespace, target)
        with there:
            net, optimizer = training(fresh, lr, device)
            report = {"epoch": namespace["resume"](second, net, optimizer)}
            report["loaded"] = values_of(net)
            stepped(net, optimizer, gradients[1])
            report["after"], report["stepped"] = values_of(net)[:2], True
        return report


def draws_after_resuming(namespace, seed, before, gpus):
    """Random numbers of the CPU and of each GPU after `resume`, with other ones drawn since `checkpoint`."""
    device, there = machine(namespace, [1.0] * gpus)
    with tempfile.TemporaryDirectory() as folder, there:
        path = os.path.join(folder, "run.pt")
        devices = ["cpu", *(f"cuda:{i}" for i in range(gpus))]
        net, optimizer = training([torch.ones(4, 6), torch.ones(4), torch.ones(4, 6)], 0.1, device)
        torch.manual_seed(seed)
        for place in devices:
            for _ in range(before):
                torch.rand(DRAWN, device=place)
        namespace["checkpoint"](path, net, optimizer, 1)
        torch.manual_seed(seed + 1)
        namespace["resume"](path, net, optimizer)
        return [torch.rand(DRAWN, device=place).cpu() for place in devices]


def resumed_from_nothing(namespace, parameters, seed):
    with tempfile.TemporaryDirectory() as folder:
        net, optimizer = training(parameters, 0.1, "cpu")
        torch.manual_seed(seed)
        torch.rand(DRAWN)
        epoch = namespace["resume"](os.path.join(folder, "none.pt"), net, optimizer)
        return [epoch, values_of(net), torch.rand(DRAWN)]


def half_written(obj, f, *args, **kwargs):
    """What stands for `torch.save` when the disk fills up: half of the file is there."""
    if isinstance(f, (str, os.PathLike)):
        with open(f, "wb") as file:
            file.write(b"PK half a file")
    else:
        f.write(b"PK half a file")
    raise OSError("No space left on device")


def resumed_after_a_crash(namespace, parameters, fresh, gradients, epoch, lr):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run.pt")
        net, optimizer = training(parameters, lr, "cpu")
        stepped(net, optimizer, gradients[0])
        namespace["checkpoint"](path, net, optimizer, epoch)
        stepped(net, optimizer, gradients[1])
        imported = [name for name, value in namespace.items() if value is torch.save]
        original = torch.save
        namespace.update(dict.fromkeys(imported, half_written))
        with patch.object(torch, "save", half_written), contextlib.suppress(OSError):
            namespace["checkpoint"](path, net, optimizer, epoch + 1)
        namespace.update(dict.fromkeys(imported, original))
        net, optimizer = training(fresh, lr, "cpu")
        try:
            found = namespace["resume"](path, net, optimizer)
        except Exception:
            return "unreadable"
        return [found, values_of(net)[:2]]


def kinds_in_the_file(namespace, parameters, fresh, gradients, epoch, lr):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run.pt")
        net, optimizer = training(parameters, lr, "cpu")
        stepped(net, optimizer, gradients[0])
        namespace["checkpoint"](path, net, optimizer, epoch)
        try:
            torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:
            return f"a file that raises {type(error).__name__} without `weights_only=False`"
        return "plain"
