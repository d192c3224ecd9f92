"""Chapter 10: the exercise `checkpoint`: a run that goes on as if it had never stopped.

The judge runs the training itself, without an interruption. The student's process trains until the checkpoint, and hands
over the files; it gets them back, in another order and under other names, to go on from.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.folders import as_bytes, files_in
from grader.checks.randomness import integer, shuffled, signed, uniform
from grader.checks.saved_files import Saved
from grader.checks.student import Student
from grader.exercises.ch10.file_probes import in_words
from grader.exercises.ch10.made_files import RAN, as_values, infected, with_numbers
from grader.exercises.ch10.tensors import ITSELF, RAN_CODE, contents

MORE = 3
"""Epochs after the checkpoint."""
MOST_NUMBERS = 1000
"""Of a tensor that is searched for others."""
Begun: TypeAlias = "tuple[list[Problem], list[bytes], list]"


class Checkpoint(Exercise):
    name, points = "checkpoint", 7
    uses = ("atomic_save",)
    hints = (
        "Which things change while a network is trained? Go through one step: the batch, the dropout mask, the "
        "gradient, the step of the optimizer. Which of them remember something?",
        "The network's `state_dict()`, the optimizer's `state_dict()` (momentum, step counts, the learning rate), the "
        "epoch, and `torch.get_rng_state()`. One dictionary can hold all four.",
        '`resume`: `state = torch.load(path)`; `net.load_state_dict(state["net"])`, the same for the optimizer, '
        '`torch.set_rng_state(state["random"])`; return `state["epoch"]`.',
    )

    _begun: Begun | None = None

    @check("what the run needs is in the file", weight=1, essential=True)
    def in_the_file(self, student: Student) -> None:
        """Another process has nothing but the file. Print what `torch.load(path)` gives."""
        problems, files, _ = self.begun(student)
        for problem, data in zip(problems, files, strict=True):
            inside = tensors_in(saved_in(data).value)
            for what, right in problem.at_the_checkpoint().items():
                expect.true(
                    any(holds(tensor, right) for tensor in inside),
                    seen=f"{what} is not in the file",
                    expected="all that the run needs, in the file",
                )

    @check(
        "a resumed run ends as the uninterrupted one, number for number", weight=3, essential=True
    )
    def resumes(self, student: Student) -> None:
        """What does the run remember besides its parameters?"""
        self.verify_resumed(student, self.begun(student))

    @check("with Adam, too", weight=1)
    def adam(self, student: Student) -> None:
        """Adam remembers two moments for each parameter, and counts its steps."""
        self.verify_resumed(student, self.begin(student, "adam"))

    @check("`resume` returns the number of epochs that are done", weight=0.5)
    def epoch(self, student: Student) -> None:
        """Save the number that `checkpoint` is given."""
        problems, files, _ = self.begun(student)
        for problem, report in zip(problems, self.resumed(student, problems, files), strict=True):
            expect.equal(report["epoch"], problem.stop)

    @check("the file is a plain one, and a file with code in it is refused", weight=1)
    def plain(self, student: Student) -> None:
        """`torch.load` with its default, `weights_only=True`, must be able to read it."""
        problems, files, _ = self.begun(student)
        for data in files:
            foreign = saved_in(data).foreign
            expect.true(
                not foreign,
                seen=f"the file asks for {', '.join(foreign)}",
                expected="tensors, numbers, texts, lists and dictionaries",
                because="`torch.load` would have to run it as a program: save `state_dict()`s",
            )
        cases = shuffled([(False, infected(files[0])), (True, files[0])])
        reports = self.resumed(student, [problems[0]] * 2, [data for _, data in cases])
        for (is_plain, _), report in zip(cases, reports, strict=True):
            expect.true(
                report["ran"] is False,
                seen="code in the file was run",
                expected="no code runs",
                because=RAN_CODE,
            )
            expect.true(
                bool(report["error"]) is not is_plain,
                seen=str(report["error"]) if is_plain else "a file with code in it was loaded",
                expected="a run that goes on" if is_plain else "an exception",
            )

    @check("the run from which the checkpoint was taken goes on undisturbed", weight=0.5)
    def undisturbed(self, student: Student) -> None:
        """To save is to read: no number may be drawn, no mode changed."""
        problems, _, through = self.begun(student)
        for problem, seen in zip(problems, through, strict=True):
            expect.close(expect.items(seen, 2), problem.outcome(), tolerance=expect.LAYERS)

    def verify_resumed(self, student: Student, begun: Begun) -> None:
        """Runs are resumed in another order, and end as they would have. In some of the files, the judge has put another
        parameter: how such a run ends, only the file can tell.
        """
        problems, files, through = begun
        changed = [signed(*problem.weight.shape) for problem in problems]
        cases: list[tuple[int, Tensor | None, bytes]] = [(0, None, files[0])]
        for i, (problem, data) in enumerate(zip(problems, files, strict=True)):
            parameter = problem.at_the_checkpoint()[PARAMETER]
            cases.append((i, changed[i], with_numbers(data, parameter, changed[i])))
        cases = shuffled(cases)
        reports = self.resumed(student, [problems[i] for i, _, _ in cases], [d for *_, d in cases])
        for (i, new, _), report in zip(cases, reports, strict=True):
            verify_end(report, problems[i], new)
            if new is None and expect.agrees(through[i], problems[i].outcome(), expect.LAYERS):
                expect.close(
                    report["end"],
                    through[i],
                    tolerance=expect.EXACT,
                    because="nearly the same numbers are not the same numbers",
                )

    def begun(self, student: Student) -> Begun:
        """What all checks ask about runs with SGD, begun once."""
        if self._begun is None:
            self._begun = self.begin(student, "sgd")
        return self._begun

    def begin(self, student: Student, kind: str) -> Begun:
        """Two runs, the file of the checkpoint of each, and how each ended without an interruption."""
        problems = [Problem.drawn(kind, stop) for stop in shuffled([2, 3])]
        report = expect.record(
            student.run(run_to_checkpoints, problems=[p.sent() for p in problems], more=MORE)
        )
        expect.true(
            report["itself"] is False,
            seen="an object of the network's class for the file",
            expected="its `state_dict()`, and the optimizer's",
            because=ITSELF,
        )
        files = expect.record(report["files"])
        names = [f"run{number}.pt" for number in range(len(problems))]
        for name in names:
            expect.true(
                name in files,
                seen=f"in the folder there is {', '.join(sorted(files)) or 'nothing'}",
                expected="a file at `path`",
            )
        data = [as_bytes(expect.tensor(expect.items(files[name], 2)[1])) for name in names]
        return problems, data, expect.items(report["through"], len(problems))

    def resumed(
        self, student: Student, problems: Sequence[Problem], files: Sequence[bytes]
    ) -> list[dict]:
        """Of each: how the run ends that goes on from this file."""
        asked = [problem.sent() for problem in problems]
        reports = student.run(
            run_from_checkpoints,
            problems=asked,
            files=[as_values(data) for data in files],
            more=MORE,
            name=f"checkpoint{integer(10, 99)}.pt",
        )
        return [expect.record(report) for report in expect.items(reports, len(problems))]


PARAMETER = "the parameter of the network"
LOST = {
    "the optimizer's state is not restored: its momentum and its learning rate are those of the start": (
        "optimizer",
    ),
    "the random state is not restored: other noise was drawn than in the uninterrupted run": (
        "random",
    ),
    "the buffers are not restored": ("buffers",),
    "the parameters are not restored": ("parameters",),
    "nothing is restored": ("optimizer", "random", "buffers", "parameters"),
}


@dataclass(frozen=True)
class Problem:
    """A run with noise: of a network with a parameter and a buffer, with an optimizer that remembers, and with a
    learning rate that falls. fresh: the weight of a new network. seed, later: of the random numbers of the run, and
    of the process that resumes it.
    """

    kind: str
    weight: Tensor
    fresh: Tensor
    batches: list[list[Tensor]]
    lr: float
    seed: int
    later: int
    stop: int

    @classmethod
    def drawn(cls, kind: str, stop: int) -> Problem:
        batches = [[signed(6, 4), signed(6, 3)] for _ in range(3)]
        seed, later = integer(1, 10**6), integer(10**6 + 1, 10**7)
        return cls(
            kind, signed(3, 4), signed(3, 4), batches, uniform(0.02, 0.04), seed, later, stop
        )

    def sent(self) -> dict[str, object]:
        """As the probes take it."""
        return dict(vars(self))

    def outcome(self, lost: Sequence[str] = (), changed: Tensor | None = None) -> list[Tensor]:
        """How the run ends. lost: what a resumed one has not restored. changed: another weight at the checkpoint."""
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            net, optimizer = started(self.sent(), "weight")
            torch.manual_seed(self.seed)
            train(net, optimizer, self.batches, self.stop)
            if changed is not None:
                with torch.no_grad():
                    next(net.parameters()).copy_(changed)
            if lost:
                net, optimizer = self._resumed(net, optimizer, lost)
            train(net, optimizer, self.batches, MORE)
            return end_of(net)

    def _resumed(
        self, net: nn.Module, optimizer: torch.optim.Optimizer, lost: Sequence[str]
    ) -> tuple[nn.Module, torch.optim.Optimizer]:
        new, other = started(self.sent(), "fresh")
        kept = {"parameters": "weight", "buffers": "centre"}
        state = {name: net.state_dict()[name] for part, name in kept.items() if part not in lost}
        new.load_state_dict(state, strict=False)
        if "optimizer" not in lost:
            other.load_state_dict(optimizer.state_dict())
        if "random" in lost:
            torch.manual_seed(self.later)
        return new, other

    def at_the_checkpoint(self) -> dict[str, Tensor]:
        """What must be in the file, by what it is."""
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            net, optimizer = started(self.sent(), "weight")
            torch.manual_seed(self.seed)
            train(net, optimizer, self.batches, self.stop)
            weight, centre = end_of(net)
            (memory,) = optimizer.state_dict()["state"].values()
            return {
                PARAMETER: weight,
                "the buffer of the network": centre,
                "the momentum of the optimizer": memory[
                    "exp_avg" if self.kind == "adam" else "momentum_buffer"
                ],
            }


def verify_end(report: dict, problem: Problem, changed: Tensor | None) -> None:
    """A resumed run has ended as the uninterrupted one. changed: the parameter that has been put into the file."""
    expect.true(
        not report["error"],
        seen=f"an exception in `resume`: {report['error']}",
        expected="a run that goes on",
    )
    where = "" if changed is None else ", in which we have changed the parameter"
    expect.close(
        expect.items(report["end"], 2),
        problem.outcome((), changed),
        tolerance=expect.LAYERS,
        because=f"after {problem.stop} epochs, a checkpoint{where}, and {MORE} epochs more",
        mistakes={text: problem.outcome(lost, changed) for text, lost in LOST.items()},
    )


def saved_in(data: bytes) -> Saved:
    """What lies in a checkpoint file."""
    return contents([len(data), as_values(data)])


def tensors_in(value: object) -> list[Tensor]:
    """All tensors in lists and dictionaries, however deep."""
    if isinstance(value, Tensor):
        return [value]
    inner = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(inner, (list, tuple)):
        return []
    return [tensor for item in inner for tensor in tensors_in(item)]


def holds(tensor: Tensor, right: Tensor) -> bool:
    """Whether the right numbers are this tensor, or follow each other somewhere in it."""
    run, flat = right.flatten(), tensor.flatten()
    if tensor.shape == right.shape:
        return expect.agrees(tensor, right, expect.LAYERS)
    if not tensor.is_floating_point() or not len(run) <= len(flat) <= MOST_NUMBERS:
        return False
    return any(expect.agrees(part, run, expect.LAYERS) for part in flat.unfold(0, len(run), 1))


# What follows runs beside a student's code.


class Noisy(nn.Module):
    """Takes off a running mean and, in train mode, multiplies the inputs by noise."""

    def __init__(self, weight):
        super().__init__()
        self.weight = nn.Parameter(weight.clone())
        self.register_buffer("centre", torch.zeros(weight.shape[1]))

    def forward(self, X):
        if self.training:
            self.centre += 0.5 * (X.mean(0) - self.centre)
            X = X * (torch.rand(X.shape) + 0.5)
        return (X - self.centre) @ self.weight.T


def started(problem, weight):
    """A network with this weight of the problem, and a new optimizer."""
    net = Noisy(problem[weight])
    if problem["kind"] == "adam":
        return net, torch.optim.Adam(net.parameters(), lr=problem["lr"])
    return net, torch.optim.SGD(net.parameters(), lr=problem["lr"], momentum=0.9)


def train(net, optimizer, batches, epochs):
    """So many epochs, after each of which the learning rate falls."""
    for _ in range(epochs):
        for X, y in batches:
            optimizer.zero_grad()
            ((net(X) - y) ** 2).mean().backward()
            optimizer.step()
        optimizer.param_groups[0]["lr"] *= 0.8


def end_of(net):
    return [net.weight.detach().clone(), net.centre.clone()]


def run_to_checkpoints(namespace, problems, more):
    """The files of a checkpoint of each run, and how each ends when it just goes on."""
    through = []
    with tempfile.TemporaryDirectory() as folder:
        for number, problem in enumerate(problems):
            net, optimizer = started(problem, "weight")
            torch.manual_seed(problem["seed"])
            train(net, optimizer, problem["batches"], problem["stop"])
            path = os.path.join(folder, f"run{number}.pt")
            try:
                namespace["checkpoint"](net, optimizer, problem["stop"], path)
            except pickle.PicklingError as error:  # the class of the network is known here alone
                if Noisy.__name__ not in str(error):
                    raise
                return {"files": {}, "through": [], "itself": True}
            train(net, optimizer, problem["batches"], more)
            through.append(end_of(net))
        return {"files": files_in(folder), "through": through, "itself": False}


def run_from_checkpoints(namespace, problems, files, more, name):
    """Of each file: the epoch that comes back, how the run ends that goes on from it, or what is raised."""
    reports = []
    for problem, data in zip(problems, files, strict=True):
        report = {"epoch": None, "end": None, "error": ""}
        os.environ.pop(RAN, None)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(as_bytes(data))
            net, optimizer = started(problem, "fresh")
            torch.manual_seed(problem["later"])
            try:
                report["epoch"] = namespace["resume"](net, optimizer, path)
                train(net, optimizer, problem["batches"], more)
                report["end"] = end_of(net)
            except NotImplementedError:
                raise
            except Exception as error:
                report["error"] = in_words(error)
        report["ran"] = os.environ.pop(RAN, None) is not None
        reports.append(report)
    return reports
