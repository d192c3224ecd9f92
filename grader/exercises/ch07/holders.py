"""Chapter 7: the exercises `MySequential`, `parallel_block` and `repeat_block`: blocks that hold others."""

from __future__ import annotations

from unittest.mock import patch

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import check
from grader.checks.randomness import signed
from grader.checks.registration import (
    LR,
    NOT_SEEN,
    WIDTH,
    HoldsBlocks,
    Output,
    Piece,
    Pieces,
    chained,
    holding,
    output_of_the_block,
)
from grader.checks.student import Student


class MySequential(HoldsBlocks):
    name, points, count = "MySequential", 8, 4
    hints = (
        "Two things to write: keep the blocks so that PyTorch sees them, in their order; and call them one "
        "after the other.",
        "`self.add_module(name, block)` registers a block under a name. The name is a string: `str(i)` for "
        "the i-th block, as `enumerate` counts. In `forward`, `self.children()` gives each *different* block "
        "once; `self._modules.values()` gives all of them, in order.",
        "`__init__`: `super().__init__()`, then `for i, block in enumerate(blocks): "
        "self.add_module(str(i), block)`. `forward`: for each block of `self._modules.values()`, "
        "`X = block(X)`; return X.",
    )

    combined = staticmethod(chained)

    @staticmethod
    def slips(pieces: Pieces) -> dict[str, Pieces]:
        return {
            "the blocks are applied in reverse order": pieces.chosen(
                range(len(pieces.weights))[::-1]
            ),
            "this is what the last block alone gives for X": pieces.chosen([-1]),
            "only the first block was applied": pieces.chosen([0]),
        }

    @check("the blocks are applied one after the other, in their order", weight=2, essential=True)
    def value(self, student: Student) -> None:
        """What the first block returns goes into the second."""
        self.verify_value(
            student,
            signed(7, WIDTH),
            {
                "X came back as it was": lambda blocks, X: X,
                "this is the sum of all blocks' outputs": lambda blocks, X: torch.stack(
                    [block(X) for block in blocks]
                ).sum(0),
            },
        )

    @check("the class does both without `nn.Sequential`", essential=True)
    def own(self, student: Student) -> None:
        """`nn.Module` is enough to inherit from, and a loop to apply the blocks."""
        pieces, X = Pieces.drawn(self.count), signed(7, WIDTH)
        self._verify(
            self.ask(student, output_without_sequential, **pieces.sent(), X=X),
            pieces,
            lambda held: chained(held.outputs(), X),
            because="your class is built on `nn.Sequential`, which was switched off for this question: "
            "you are to write what it does",
        )

    @check("the blocks are called 0, 1, 2, ..., as in `nn.Sequential`")
    def names(self, student: Student) -> None:
        """Weights that an `nn.Sequential` has saved fit by their names: "0.weight", "1.weight"."""
        pieces, X = Pieces.drawn(12), signed(7, WIDTH)
        state = {f"{i}.weight": weight for i, weight in enumerate(pieces.weights)}
        answer = student.run(output_with_these_names, name=self.name, state=state, X=X)
        if isinstance(answer, list):
            called = f"calls the weights {expect.show(answer[:3])[1:-1]} and so on"
            expect.fail(
                f"`state_dict()` {called if answer else 'is empty'}",
                "'0.weight', '1.weight', '2.weight' and so on",
                "" if answer else NOT_SEEN,
            )
        self._verify(answer, pieces, lambda held: chained(held.outputs(), X))

    @check("a block that is given twice is applied twice, and trained as one", weight=0.5)
    def repeated(self, student: Student) -> None:
        """Two names may stand for one block."""
        pieces, X, slope = Pieces.drawn(2), signed(7, WIDTH), signed(7, WIDTH)
        answer = student.run(
            output_with_a_repeated_block,
            name=self.name,
            weights=pieces.weights,
            X=X,
            slope=slope,
            lr=LR,
        )
        once, after = expect.items(answer, 2)
        first, second = pieces.outputs()
        expect.close(
            once,
            first(second(first(X))),
            tolerance=expect.LAYERS,
            because="MySequential(a, b, a) applies a, then b, then a again",
            mistakes={
                "the block that was given twice was applied once, first": second(first(X)),
                "the block that was given twice was applied once, last": first(second(X)),
            },
        )
        expect.close(after, _shared_step(pieces.weights, X, slope), tolerance=expect.LAYERS)

    @check("without blocks, X comes back", weight=0.5)
    def empty(self, student: Student) -> None:
        """A loop over nothing does nothing."""
        X = signed(4, WIDTH)
        none = Pieces([], [])
        expect.close(
            self.ask(student, output_of_the_block, **none.sent(), X=X), X, tolerance=expect.EXACT
        )


class ParallelBlock(HoldsBlocks):
    name, points, count = "parallel_block", 4, 2
    hints = (
        "It returns a module. Where does a module have to keep `net1` and `net2` so that they are seen?",
        "A class with two attributes, and a `forward` that gives X to both. `torch.cat` joins tensors; `dim=-1` "
        "is the last dimension.",
        "`class parallel_block(nn.Module)` will do: keep both in `__init__`, and return "
        "`torch.cat([self.net1(X), self.net2(X)], dim=-1)`.",
    )

    @staticmethod
    def combined(blocks: list[Output], X: Tensor) -> Tensor:
        first, second = blocks
        return torch.cat([first(X), second(X)], dim=-1)

    @staticmethod
    def slips(pieces: Pieces) -> dict[str, Pieces]:
        return {"net2's output comes first": pieces.chosen([1, 0])}

    @check(
        "both get X, and their outputs stand side by side, net1's first", weight=2, essential=True
    )
    def value(self, student: Student) -> None:
        """Look at the shapes: (n, 5) and (n, 5) give (n, 10)."""
        self.verify_value(
            student,
            signed(7, WIDTH),
            {
                "they lie below each other: examples are joined, not features": (
                    lambda b, X: torch.cat([b[0](X), b[1](X)], 0)
                ),
                "they are added, not concatenated": lambda b, X: b[0](X) + b[1](X),
                "net2 got the output of net1, not X": (
                    lambda b, X: torch.cat([b[0](X), b[1](b[0](X))], -1)
                ),
                "net2 got the output of net1: that is a chain": lambda b, X: b[1](b[0](X)),
                "net1 is there twice": lambda b, X: torch.cat([b[0](X), b[0](X)], -1),
                "stacked in a new dimension, not concatenated": lambda b, X: torch.stack(
                    [b[0](X), b[1](X)], -1
                ),
            },
        )

    @check("the last dimension is the one that grows, also for X of three dimensions", weight=0.5)
    def last_dimension(self, student: Student) -> None:
        """`dim=-1` counts from the end."""
        self.verify_value(student, signed(3, 4, WIDTH), {})

    @check("net1 and net2 are kept, not copied", weight=0.5)
    def kept(self, student: Student) -> None:
        """Change a weight of `net1` afterwards: does the output change?"""
        given, changed, X = Pieces.drawn(2), Pieces.drawn(2), signed(7, WIDTH)
        out = student.run(
            output_of_changed_networks,
            name=self.name,
            weights=given.weights,
            others=changed.weights,
            X=X,
        )
        self._verify(
            out,
            changed,
            lambda held: self.combined(held.outputs(), X),
            because="who trains net1 or net2 afterwards trains the block",
            mistakes={
                "the block holds copies: what net1 and net2 learn does not reach it": self.combined(
                    given.outputs(), X
                )
            },
        )


class RepeatBlock(HoldsBlocks):
    name, points, style, count = "repeat_block", 5, "factory", 4
    hints = (
        "How often must `factory()` be called so that there are n blocks, each with weights of its own?",
        "`[block] * n` is a list of one block, n times. A comprehension calls anew each time.",
        "Make a list with `factory() for _ in range(n)`, and return `nn.Sequential` of it, with a star.",
    )

    combined = staticmethod(chained)

    @staticmethod
    def slips(pieces: Pieces) -> dict[str, Pieces]:
        n, made = len(pieces.weights), pieces.continued()
        return {
            "all n have the weights of one: this is one block n times, or copies of it": made.chosen(
                [0] * n
            ),
            "one block is missing": made.chosen(range(n - 1)),
            "this is one block too many": made.chosen(range(n + 1)),
            "the first block that `factory` made is not among them": made.chosen(range(1, n + 1)),
            "the blocks are applied in reverse order": made.chosen(range(n)[::-1]),
        }

    @check("n blocks of their own, one after the other", weight=2, essential=True)
    def value(self, student: Student) -> None:
        """Call `factory()` n times: every call gives another block."""
        self.verify_value(
            student,
            signed(7, WIDTH),
            {
                "this is a single block": lambda blocks, X: blocks[0](X),
            },
        )

    @check("n = 1 gives one block", weight=0.5)
    def single(self, student: Student) -> None:
        """`range(n)` counts from 0 to n - 1."""
        self.verify_value(student, signed(7, WIDTH), {}, count=1)


def _shared_step(weights: list[Tensor], X: Tensor, slope: Tensor) -> Tensor:
    """The output of a, b, a after a step of gradient descent on both weights."""
    leaves = [w.clone().requires_grad_(True) for w in weights]
    first, second = Pieces(leaves, [1.0, 1.0]).outputs()
    with torch.enable_grad():
        grads = torch.autograd.grad((first(second(first(X))) * slope).sum(), leaves)
    moved = [w - LR * grad for w, grad in zip(weights, grads, strict=True)]
    first, second = Pieces(moved, [1.0, 1.0]).outputs()
    return first(second(first(X)))


# What follows runs beside a student's code.


def output_without_sequential(namespace, name, style, weights, factors, X):
    """While nn.Sequential loses the first block that it is given, and applies none."""
    original = nn.Sequential.__init__

    def loses_one(self, *blocks):
        original(self, *blocks[1:])

    with (
        patch.object(nn.Sequential, "__init__", loses_one),
        patch.object(nn.Sequential, "forward", lambda self, X: X),
    ):
        return holding(namespace, name, style, weights, factors)(X)


def output_with_these_names(namespace, name, state, X):
    """After these weights were loaded by their names; the names that there are where they do not fit."""
    block = namespace[name](*(Piece(torch.zeros_like(weight), 1.0) for weight in state.values()))
    names = list(block.state_dict())
    if sorted(map(str, names)) != sorted(state):
        return [str(key) for key in names]
    block.load_state_dict(state)
    return block(X)


def output_with_a_repeated_block(namespace, name, weights, X, slope, lr):
    first, second = (Piece(weight, 1.0) for weight in weights)
    block = namespace[name](first, second, first)
    before = block(X)
    optimizer = torch.optim.SGD(block.parameters(), lr=lr)
    (before * slope).sum().backward()
    optimizer.step()
    return [before, block(X)]


def output_of_changed_networks(namespace, name, weights, others, X):
    """The networks get their other weights after the block was made of them."""
    networks = [Piece(weight, 1.0) for weight in weights]
    block = namespace[name](*networks)
    with torch.no_grad():
        for network, weight in zip(networks, others, strict=True):
            network.weight.copy_(weight)
    return block(X)
