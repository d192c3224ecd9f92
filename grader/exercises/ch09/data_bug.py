"""Chapter 9: the exercise `find_the_data_bug`: which parameters does no gradient reach, and a layer mended."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.functions import asked
from grader.checks.randomness import shuffled, signed
from grader.checks.student import Student
from grader.exercises.ch09.own_layers import (
    EXAMPLES,
    IN_UNITS,
    UNITS,
    Problem,
    outputs_of_a_layer,
    trained_in_a_network,
    verified,
)

FINDER, MENDED = "not_trained", "MendedScaled"
WIDTH = 4
ALIVE, DEAD = -50.0, 50.0
"""What a part subtracts before its ReLU: with it, every unit is on, or off."""


@dataclass(frozen=True)
class Board:
    """Parts of a network, each with a name and a parameter, and inputs. Whether a part uses its parameter with
    its history depends on X and on a table of its own: who wants to know must compute it, or ask autograd.
    """

    names: list[str]
    gates: Tensor
    shifts: Tensor
    frozen: Tensor
    X: Tensor

    @classmethod
    def drawn(cls, used: list[bool], dead: int = -1, frozen: int = -1) -> Board:
        """used: which parts use their parameters; dead: the one whose gradients are 0; frozen: the one that
        asks for none. The order is drawn.
        """
        count, X = len(used), signed(EXAMPLES, WIDTH)
        gates = torch.stack([_gate(X, on) for on in used])
        order = shuffled(list(range(count)))
        shifts = torch.tensor([DEAD if i == dead else ALIVE for i in range(count)])
        held = torch.tensor([float(i == frozen) for i in range(count)])
        names = shuffled(["first", "second", "third", "head", "gate", "mixer", "top"])[:count]
        return cls(names, gates[order], shifts[order], held[order], X)

    def right(self) -> list[str]:
        """The names that are asked for."""
        used = (self.X @ self.gates.T).sum(0) > 0
        cut = ~used | (self.frozen > 0)
        return [
            f"parts.{name}.weight"
            for name, off in zip(self.names, cut.tolist(), strict=True)
            if off
        ]

    def sent(self) -> dict[str, object]:
        """As the probes take it."""
        return {
            "names": self.names,
            "gates": self.gates,
            "shifts": self.shifts,
            "frozen": self.frozen,
            "X": self.X,
        }


def _gate(X: Tensor, on: bool) -> Tensor:
    """A table for which the part uses its parameter with X, or does not."""
    while True:
        gate = signed(WIDTH)
        total = float((X @ gate).sum())
        if abs(total) > 0.5:
            return gate if (total > 0) is on else -gate


class FindTheDataBug(Exercise):
    name, points = "find_the_data_bug", 7
    hints = (
        "For each name and parameter: what is the gradient of `net(X).sum()` with respect to it? `None` is the "
        "answer that counts. And what if the sum itself does not ask for gradients?",
        "`torch.autograd.grad(out, p, retain_graph=True, allow_unused=True)` returns a tuple of one, and leaves "
        "`.grad` alone. Call it only if both p and `out` have `requires_grad`.",
        "In a loop over `net.named_parameters()`: the gradient is None unless `p.requires_grad and "
        "out.requires_grad`; then it comes from `torch.autograd.grad`. Collect the names whose gradient is None. "
        "`MendedScaled.forward`: `self.scale * (X @ self.weight) + self.bias`.",
    )

    @check("`not_trained` names the parameters that get no gradient", weight=2, essential=True)
    def finds(self, student: Student) -> None:
        """Try it on a network of a good layer and a published one."""
        for used in ([True, False, True], [False, True, False, False, True]):
            self.verify(student, Board.drawn(used))

    @check("networks in which no parameter gets one, or every one", essential=True)
    def all_or_none(self, student: Student) -> None:
        """Without any, the sum of the outputs does not ask for gradients, and `backward()` raises an error."""
        for used in shuffled([[False, False], [True, True], [False, False, False]]):
            self.verify(student, Board.drawn(used))

    @check("a gradient of 0 is a gradient", weight=0.5)
    def zero(self, student: Student) -> None:
        """Ask for `None`, not for 0: ReLU may be off for this X, and on for another one."""
        self.verify(student, Board.drawn([True, False, True], dead=0))

    @check("a frozen parameter gets no gradient", weight=0.5)
    def frozen(self, student: Student) -> None:
        """`requires_grad` is False: `torch.autograd.grad` refuses it, so leave it out, and name it."""
        self.verify(student, Board.drawn([True, False, True], frozen=2))

    @check("old gradients do not mislead it", weight=0.5)
    def old_gradients(self, student: Student) -> None:
        """A network that has been trained has a `.grad` everywhere, from earlier batches."""
        self.verify(student, Board.drawn([True, False, True, False]), old=3.0)

    @check("`.grad` is left as it was", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """`backward()` adds to `.grad`; `torch.autograd.grad` does not."""
        board, old = Board.drawn([True, False, True]), float(signed(1))
        answer = asked(student, FINDER, answer_on_a_board, **board.sent(), old=old)
        _, grads = expect.items(answer, 2)
        for grad in expect.items(grads, len(board.names)):
            expect.true(
                expect.agrees(grad, torch.full((WIDTH,), old), expect.EXACT),
                seen="a `.grad` that has changed after the call",
                expected="the one that was there: somebody may be in the middle of a training step",
            )

    @check("`MendedScaled` computes what `PublishedScaled` does", essential=True)
    def mended_output(self, student: Student) -> None:
        """scale · (X W) + bias"""
        problem = drawn()
        run = asked(
            student,
            MENDED,
            outputs_of_a_layer,
            sizes=[IN_UNITS, UNITS],
            keywords={},
            values=problem.values,
            inputs=[problem.X],
        )
        (out,) = expect.items(verified(run), 1)
        weight, bias, scale = problem.values
        expect.close(
            out,
            scaled(problem.values, problem.X),
            tolerance=expect.LAYERS,
            mistakes={
                "the scale is missing": problem.X @ weight + bias,
                "the bias is missing": scale * (problem.X @ weight),
                "the bias is scaled as well": scale * (problem.X @ weight + bias),
            },
        )

    @check("a step of the optimizer moves all three parameters", weight=2, essential=True)
    def mended_trained(self, student: Student) -> None:
        """Ask your own `not_trained`."""
        problem = drawn(network=True)
        run = asked(student, MENDED, trained_in_a_network, **problem.sent())
        after, _ = expect.items(verified(run), 2)
        expect.true(
            after is not None,
            seen="an output that no gradient comes back from",
            expected="one that autograd can follow to the parameters",
        )
        mistakes = {"none of the three was trained": problem.stepped(scaled)}
        for left, name in enumerate(("weight", "bias", "scale")):
            others = [i for i in range(3) if i != left]
            mistakes[f"`{name}` was not trained"] = problem.stepped(scaled, *others)
            mistakes[f"`{name}` alone was trained"] = problem.stepped(scaled, left)
        expect.close(
            after, problem.stepped(scaled, 0, 1, 2), tolerance=expect.LAYERS, mistakes=mistakes
        )

    def verify(self, student: Student, board: Board, old: float = 0.0) -> None:
        """The names are found. old: what every `.grad` holds before; 0 for none."""
        answer = asked(student, FINDER, answer_on_a_board, **board.sent(), old=old)
        names, _ = expect.items(answer, 2)
        seen = expect.items(names, expected="a list of names")
        right = board.right()
        every = [f"parts.{name}.weight" for name in board.names]
        because = ""
        if right and seen == [name for name in every if name not in right]:
            because = "these are the ones that do get a gradient"
        elif [str(name).rpartition(".")[0] for name in right] == seen:
            because = "the names are those of `named_parameters()`, with `.weight` at the end"
        expect.true(
            sorted(map(str, seen)) == sorted(right),
            seen=f"{expect.show(seen)} of {expect.show(every)}",
            expected=expect.show(right),
            because=because,
        )


def drawn(network: bool = False) -> Problem:
    """Parameters of a scaled layer, and inputs: of a network's first layer, or of its own."""
    values = [signed(IN_UNITS, UNITS) / IN_UNITS**0.5, signed(UNITS), 1 + signed(1).abs()]
    X = signed(EXAMPLES, 3 if network else IN_UNITS)
    return Problem(values, signed(3, IN_UNITS), X, signed(EXAMPLES, UNITS))


def scaled(values: list[Tensor], X: Tensor) -> Tensor:
    """scale · (X W) + bias."""
    weight, bias, scale = values
    return scale * (X @ weight) + bias


# What follows runs beside a student's code.


class Part(nn.Module):
    """relu(X * weight - shift), whose weight has its history where X asks for it."""

    def __init__(self, gate, shift, way):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(len(gate)))
        self.gate, self.shift, self.way = gate, shift, way

    def forward(self, X):
        weight = self.weight
        if float((X @ self.gate).sum()) <= 0:
            weight = (weight.data, weight.detach(), torch.tensor(weight.tolist()))[self.way]
        return torch.relu(X * weight - self.shift)


class Parts(nn.Module):
    def __init__(self, names, gates, shifts):
        super().__init__()
        parts = [Part(gate, shift, i % 3) for i, (gate, shift) in enumerate(zip(gates, shifts))]  # noqa: B905
        self.parts = nn.ModuleDict(dict(zip(names, parts)))  # noqa: B905

    def forward(self, X):
        total = sum(part(X) for part in self.parts.values())
        return total * total  # autograd frees what it has kept of this product


def answer_on_a_board(namespace, name, names, gates, shifts, frozen, X, old):
    """The names that the learner's function gives, and the `.grad`s afterwards."""
    net = Parts(names, gates, shifts)
    for part, held in zip(net.parts.values(), frozen):  # noqa: B905
        part.weight.requires_grad_(not bool(held))
        part.weight.grad = torch.full_like(part.weight, old) if old else None
    found = namespace[name](net, X)
    return [found, [part.weight.grad for part in net.parts.values()]]
