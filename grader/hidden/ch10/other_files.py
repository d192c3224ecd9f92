"""Chapter 10: what the visible checks ask, of other values and networks."""

from __future__ import annotations

import os
import tempfile

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.folders import files_in
from grader.checks.randomness import integer, signed
from grader.checks.saved_files import read_saved
from grader.checks.student import Student
from grader.exercises.ch10.atomic import bytes_at, saved_atomically
from grader.exercises.ch10.best import Run
from grader.exercises.ch10.file_probes import networks_from_files, saved_by
from grader.exercises.ch10.made_files import (
    as_values,
    disguised_files,
    hostile_files,
    safe_files,
    torch_file,
    weights,
)
from grader.exercises.ch10.models import INPUTS, drawn_parts, output, state_file, verify_network
from grader.exercises.ch10.partial import COUNTED, partly_loaded
from grader.exercises.ch10.resuming import Problem
from grader.exercises.ch10.safe import verify_answers
from grader.exercises.ch10.tensors import answers_to_files, file_saved, verify_loaded, verify_same


class OddTensors(HiddenChecks):
    exercise = "save_tensors"

    @check("empty tensors, single numbers, and other types", weight=0.5)
    def odd(self, student: Student) -> None:
        """A tensor may have no axis, and no number."""
        value = [torch.empty(0, 3), torch.tensor(integer(1, 99)), signed(2, 2).bfloat16()]
        verify_same(
            file_saved(student.run(saved_by, name="save_tensors", value=value)).value, value
        )


class OddFiles(HiddenChecks):
    exercise = "load_tensors"

    @check("empty tensors, single numbers, and other types", weight=0.5)
    def odd(self, student: Student) -> None:
        """A tensor may have no axis, and no number."""
        value = [torch.empty(0, 3), torch.tensor(integer(1, 99)), signed(2, 2).bfloat16()]
        ((answer, error, _),) = answers_to_files(
            student, "load_tensors", [as_values(torch_file(value))]
        )
        verify_loaded(answer, error)
        verify_same(answer, value)


class AnotherNetworkSaved(HiddenChecks):
    exercise = "save_model"

    @check("a network of another kind", weight=0.5)
    def another(self, student: Student) -> None:
        """A buffer may have been registered by hand."""
        values = [signed(2, 3), signed(4), signed(2, 1, 2, 2)]
        files = student.run(other_network_saved, values=values)
        right = dict(zip(("scale", "inner.shift", "inner.conv.weight"), values, strict=True))
        saved = expect.record(file_saved(files).value)
        expect.equal(sorted(map(str, saved)), sorted(right))
        verify_same({name: saved[name] for name in right}, right)


class NetworksOfTheirOwn(HiddenChecks):
    exercise = "load_model"

    @check("two files give two networks", weight=0.5)
    def two(self, student: Student) -> None:
        """Each call makes a new network."""
        parts, X = [drawn_parts(), drawn_parts()], signed(5, INPUTS)
        files = [as_values(state_file(p)) for p in parts]
        answers = student.run(networks_from_files, files=files, fresh=drawn_parts(), X=X)
        for mine, answer in zip(parts, expect.items(answers, 2), strict=True):
            out, error, _ = expect.items(answer, 3)
            expect.close(verify_network(out, error), output(mine, X), tolerance=expect.LAYERS)


class OneEpoch(HiddenChecks):
    exercise = "find_the_best_bug"

    @check("a single epoch, and many", weight=0.5)
    def other_lengths(self, student: Student) -> None:
        """`num_epochs` may be any."""
        many = [0.04 * n + 0.01 * integer(1, 3) for n in range(12)]
        for accuracies in ([0.25], many):
            run = Run.drawn("first", accuracies)
            seen, value = run.ask(student)
            expect.close(seen, run.weights(run.best), because=f"after accuracies of {run.shown}")
            expect.close(value, max(run.accuracies))


class NothingFits(HiddenChecks):
    exercise = "partial_load"

    @check("a state of which nothing fits, and an empty one", weight=0.5)
    def nothing(self, student: Student) -> None:
        """Then nothing is loaded, and every name is told."""
        own, X = drawn_parts(), signed(5, INPUTS)
        names = sorted([*own, COUNTED])
        other = {name: signed(*value.shape, 2) for name, value in own.items()}
        for state, reason in ((other, "shape"), ({}, "missing")):
            report = expect.record(student.run(partly_loaded, parts=own, state=state, X=X, lr=0.1))
            loaded, skipped = expect.items(report["returned"], 2)
            expect.equal(loaded, [])
            right = {name: reason if name in state else "missing" for name in names}
            expect.equal(expect.record(skipped), right)
            expect.close(report["out"], output(own, X), tolerance=expect.LAYERS)


class PathsAndEndings(HiddenChecks):
    exercise = "is_safe_to_load"

    @check("whatever the name of the file, and when the path is a Path", weight=0.5)
    def names(self, student: Student) -> None:
        """What a file is called says nothing of it."""
        hostile = {**hostile_files(), **disguised_files()}
        for suffix in (".safetensors", ""):
            verify_answers(student, hostile, safe_files(), kind="Path", suffix=suffix or ".pt")


class SavedTwice(HiddenChecks):
    exercise = "atomic_save"

    @check("other kinds of objects, once more over the new file", weight=0.5)
    def again(self, student: Student) -> None:
        """What `torch.save` saves."""
        for value in (signed(3), [signed(2), {"epoch": integer(1, 99), "loss": signed(1)}]):
            old = as_values(torch_file(weights()))
            files = student.run(saved_atomically, old=old, value=value, kind="str")
            saved = read_saved(bytes_at(expect.record(files)) or b"").value
            if isinstance(value, Tensor):
                verify_same(saved, value)
            else:
                tensor, record = expect.items(saved, 2)
                verify_same(tensor, value[0])
                expect.equal(expect.record(record)["epoch"], value[1]["epoch"])  # type: ignore[index]


class OtherNumbersOfEpochs(HiddenChecks):
    exercise = "checkpoint"

    @check("before the first epoch, and after several checkpoints to one file", weight=0.5)
    def epochs(self, student: Student) -> None:
        """0 is a number of epochs. A new checkpoint takes the place of the old one."""
        problem = Problem.drawn("sgd", 0)
        epochs = [0, integer(3, 9), integer(10, 99)]
        returned = student.run(epochs_returned, problem=problem.sent(), epochs=epochs)
        expect.equal(returned, epochs)


# What follows runs beside a student's code.


class Inner(nn.Module):
    def __init__(self, shift, weight):
        super().__init__()
        self.register_buffer("shift", shift.clone())
        self.conv = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2], bias=False)
        with torch.no_grad():
            self.conv.weight.copy_(weight)


class Outer(nn.Module):
    def __init__(self, scale, shift, weight):
        super().__init__()
        self.scale, self.inner = nn.Parameter(scale.clone()), Inner(shift, weight)


def other_network_saved(namespace, values):
    with tempfile.TemporaryDirectory() as folder:
        namespace["save_model"](Outer(*values), os.path.join(folder, "saved.pt"))
        return files_in(folder)


def epochs_returned(namespace, problem, epochs):
    """What `resume` returns after each of several checkpoints to one file."""
    returned = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run.pt")
        for epoch in epochs:
            net, optimizer = started_anew(problem)
            namespace["checkpoint"](net, optimizer, epoch, path)
            returned.append(namespace["resume"](*started_anew(problem), path))
    return returned


def started_anew(problem):
    net = nn.Linear(problem["weight"].shape[1], problem["weight"].shape[0])
    return net, torch.optim.SGD(net.parameters(), lr=problem["lr"], momentum=0.9)
