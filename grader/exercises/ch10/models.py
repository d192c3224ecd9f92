"""Chapter 10: the exercises `save_model` and `load_model`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import positive, shuffled, signed
from grader.checks.saved_files import Foreign
from grader.checks.student import Student
from grader.exercises.ch10.file_probes import (
    networks_from_files,
    saved_network,
    small_network,
)
from grader.exercises.ch10.made_files import as_values, from_a_gpu, infected, torch_file
from grader.exercises.ch10.tensors import (
    ITSELF,
    RAN_CODE,
    file_saved,
    verify_same,
    verify_without_a_gpu,
)


class SaveModel(Exercise):
    name, points = "save_model", 3
    hints = (
        "What is left of a network when its class is taken away? Which method gives it?",
        "`net.state_dict()` is a dictionary of all parameters and buffers. `parameters()` knows no buffers.",
        "`torch.save(net.state_dict(), path)`",
    )

    @check("the file has every parameter, under its name", weight=2, essential=True)
    def parameters(self, student: Student) -> None:
        """Print `list(net.state_dict())`, and what `torch.load(path)` gives."""
        parts = drawn_parts()
        saved = self.saved(student, parts)
        for name in (n for n in parts if not n.startswith("norm.running")):
            expect.true(
                name in saved,
                seen=f"no `{name}` in the file, but {', '.join(map(str, saved)) or 'nothing'}",
                expected="every parameter under its name in `state_dict()`",
            )
            expect.close(saved[name], parts[name], tolerance=expect.EXACT, because=f"in `{name}`")

    @check("the file has the buffers, and nothing else")
    def buffers(self, student: Student) -> None:
        """Batch normalisation keeps a running mean and a running variance. No optimizer trains them."""
        parts = drawn_parts()
        saved = self.saved(student, parts)
        right = {**small_network(parts).state_dict()}
        missing, more = sorted(set(right) - set(saved)), sorted(set(saved) - set(right))
        expect.true(
            not missing,
            seen=f"no {', '.join(missing)} in the file",
            expected="all that `state_dict()` has",
            because="`parameters()` has no buffers",
        )
        expect.true(
            not more,
            seen=f"also {', '.join(map(str, more))} in the file",
            expected="what `state_dict()` has",
        )
        verify_same({name: saved[name] for name in right}, right)

    @check("the network stays in its mode", weight=0.5)
    def mode(self, student: Student) -> None:
        """To save is to read: whoever saves in the middle of training goes on training."""
        for training in shuffled([True, False]):
            parts, X = drawn_parts(), signed(5, INPUTS)
            report = student.run(saved_network, parts=parts, training=training, X=X)
            named = "train" if training else "eval"
            expect.close(
                expect.record(report)["out"],
                output(parts, X, training),
                tolerance=expect.LAYERS,
                mistakes={
                    f"the network was in {named} mode, and is no more": output(
                        parts, X, not training
                    )
                },
            )

    def saved(self, student: Student, parts: dict[str, Tensor]) -> dict:
        """The dictionary in the file that `save_model` writes of this network."""
        report = expect.record(
            student.run(saved_network, parts=parts, training=True, X=signed(2, INPUTS))
        )
        itself = report["itself"] is True
        value = None if itself else file_saved(report["files"]).value
        expect.true(
            not itself and not isinstance(value, Foreign),
            seen="an object of the network's class for the file",
            expected="its `state_dict()`: a dictionary of tensors",
            because=ITSELF,
        )
        return expect.record(value)


class LoadModel(Exercise):
    name, points = "load_model", 4
    hints = (
        "The file has numbers and names, and no network. Where does the network come from that gets them?",
        "`make_net()` makes it, with random numbers in it. `net.load_state_dict(state)` puts the numbers in, and "
        "returns a report, not the network. Which mode does a new network have?",
        '`net = make_net()`; `net.load_state_dict(torch.load(path, map_location="cpu"))`; `net.eval()`; return '
        "`net`.",
    )

    @check("the network computes what the saved one did, in eval mode", weight=2, essential=True)
    def outputs(self, student: Student) -> None:
        """Compare the outputs of both for one batch, after `eval()`."""
        parts, fresh, X = drawn_parts(), drawn_parts(), signed(7, INPUTS)
        ((out, error, _),) = self.ask(student, [state_file(parts)], fresh, X)
        verify_network(out, error)
        half = {**parts, **{name: fresh[name] for name in parts if "running" in name}}
        if expect.agrees(out, output(parts, X, training=True), expect.LAYERS):
            return  # in the wrong mode: the next check
        expect.close(
            out,
            output(parts, X),
            tolerance=expect.LAYERS,
            mistakes={
                "nothing was loaded: these are the random numbers of `make_net()`": output(
                    fresh, X
                ),
                "the buffers were not loaded": output(half, X),
            },
        )

    @check("it comes in eval mode", weight=1, essential=True)
    def mode(self, student: Student) -> None:
        """A fresh network is in train mode, whatever mode the saved one was in."""
        parts, fresh, X = drawn_parts(), drawn_parts(), signed(7, INPUTS)
        ((out, error, _),) = self.ask(student, [state_file(parts)], fresh, X)
        expect.close(
            verify_network(out, error),
            output(parts, X),
            tolerance=expect.LAYERS,
            mistakes={
                "a fresh network is in train mode, and nobody has called `eval()`": output(
                    parts, X, training=True
                )
            },
        )

    @check("a file that lacks something is refused", weight=1)
    def strict(self, student: Student) -> None:
        """`load_state_dict` compares the names, unless it is told not to with `strict=False`."""
        parts, fresh, X = drawn_parts(), drawn_parts(), signed(7, INPUTS)
        name = shuffled([n for n in parts if n != "first.weight"])[0]
        lacking = state_file(parts, without=name)
        cases = shuffled([(True, state_file(parts)), (False, lacking)])
        answers = self.ask(student, [data for _, data in cases], fresh, X)
        for (whole, _), (out, error, _) in zip(cases, answers, strict=True):
            if whole:
                verify_network(out, error)
                continue
            expect.true(
                bool(error),
                seen=f"a network from a file without `{name}`",
                expected="an exception",
                because="what is not in the file stays at its random start, and nobody says so",
            )

    @check("what was saved on a GPU can be loaded without one", weight=0.5)
    def from_gpu(self, student: Student) -> None:
        """`map_location`"""
        parts, fresh, X = drawn_parts(), drawn_parts(), signed(7, INPUTS)
        data = from_a_gpu(torch_file(small_network(parts).state_dict()))
        ((out, error, _),) = self.ask(student, [data], fresh, X)
        verify_without_a_gpu(error, "a network on the CPU")
        verify_network(out, error)

    @check("a file with code in it is refused, and its code is not run", essential=True)
    def hostile(self, student: Student) -> None:
        """`weights_only=True` is the default. Leave it."""
        parts, fresh, X = drawn_parts(), drawn_parts(), signed(7, INPUTS)
        state = dict(small_network(parts).state_dict())
        cases = shuffled([(False, infected(torch_file(state))), (True, torch_file(state))])
        answers = self.ask(student, [data for _, data in cases], fresh, X)
        for (plain, _), (out, error, ran) in zip(cases, answers, strict=True):
            expect.true(
                ran is False,
                seen="code in the file was run",
                expected="no code runs",
                because=RAN_CODE,
            )
            if plain:
                verify_network(out, error)
            else:
                expect.true(
                    bool(error), seen="a file with code in it was loaded", expected="an exception"
                )

    def ask(
        self, student: Student, files: Sequence[bytes], fresh: dict[str, Tensor], X: Tensor
    ) -> list[list]:
        """Of each file: the network's outputs for X, the exception, and whether code ran."""
        sent = [as_values(data) for data in files]
        answers = student.run(networks_from_files, files=sent, fresh=fresh, X=X)
        return [expect.items(answer, 3) for answer in expect.items(answers, len(files))]


REPORT = "`load_state_dict` returns a report; the network is what you called it on"
INPUTS = 6


def drawn_parts() -> dict[str, Tensor]:
    """The tensors of a network, by their names."""
    hidden, outputs = 9, 3
    return {
        "first.weight": signed(hidden, INPUTS),
        "first.bias": signed(hidden),
        "norm.weight": signed(hidden),
        "norm.bias": signed(hidden),
        "norm.running_mean": signed(hidden),
        "norm.running_var": positive(hidden),
        "last.weight": signed(outputs, hidden),
        "last.bias": signed(outputs),
    }


def output(parts: dict[str, Tensor], X: Tensor, training: bool = False) -> Tensor:
    """Of the network with these tensors in it (n, outputs), computed outside."""
    H = X @ parts["first.weight"].T + parts["first.bias"]
    H = (H - parts["norm.running_mean"]) / parts["norm.running_var"].sqrt()
    H = torch.tanh((H * parts["norm.weight"] + parts["norm.bias"]) * (2.0 if training else 1.0))
    return H @ parts["last.weight"].T + parts["last.bias"]


def state_file(parts: dict[str, Tensor], without: str = "") -> bytes:
    """A file of the state_dict of this network. without: a name that is left out."""
    state = small_network(parts).state_dict()
    return torch_file({name: value for name, value in state.items() if name != without})


def verify_network(out: object, error: object) -> Tensor:
    """A network came back, which computes."""
    expect.true(not error, seen=f"an exception, {error}", expected="a network")
    expect.true(
        isinstance(out, Tensor),
        seen=f"{expect.show(out).strip(chr(39))} came back",
        expected="the network",
        because=REPORT,
    )
    return expect.tensor(out)
