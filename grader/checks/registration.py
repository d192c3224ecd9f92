"""What a learner's block registers: whatever it holds must be reached by `parameters()`, `state_dict()`,
`to()`, `train()` and `eval()`.

What a block lists or says of itself is a claim. So it is asked for what follows: its outputs after a step of
an optimizer, after `load_state_dict`, in another type and in another mode. The judge computes them again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import signed, uniform
from grader.checks.student import Student

LR = 0.3
WIDTH = 5
NOT_SEEN = (
    "a module counts when it is an attribute of the block, was given to `add_module`, or lies in an "
    "`nn.ModuleList`: in a plain list or dictionary it is not seen"
)
Output = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Pieces:
    """Blocks of the judge's own: tanh(X @ weight), and in train mode that times the factor."""

    weights: list[Tensor]
    factors: list[float]

    @classmethod
    def drawn(cls, count: int, marked: bool = False) -> Pieces:
        """So many. marked: whether their modes show."""
        weights = [signed(WIDTH, WIDTH) / WIDTH**0.5 for _ in range(count)]
        return cls(weights, [uniform(1.5, 2.5) if marked else 1.0 for _ in range(count)])

    def outputs(self, training: bool = False) -> list[Output]:
        """What each computes, all in one mode."""

        def output(weight: Tensor, factor: float) -> Output:
            return lambda X: torch.tanh(X @ weight) * (factor if training else 1.0)

        return [output(w, f) for w, f in zip(self.weights, self.factors, strict=True)]

    def continued(self) -> Pieces:
        """These, and what a factory makes that is called more often."""
        return Pieces([*self.weights, *(w + 1 for w in self.weights)], self.factors * 2)

    def chosen(self, which: Iterable[int]) -> Pieces:
        """Those with these numbers, in this order."""
        numbers = list(which)
        return Pieces([self.weights[i] for i in numbers], [self.factors[i] for i in numbers])

    def sent(self) -> dict[str, object]:
        """As the probes take them."""
        return {"weights": self.weights, "factors": self.factors}


class HoldsBlocks(Exercise):
    """Base of exercises whose block holds blocks that it is given.

    style: how it is given them, "blocks" (each an argument) or "factory" (a function that makes the next,
    and how many). count: how many. A subclass says in `combined` what comes of them, and has `value`, its first
    check.
    """

    style, count = "blocks", 3

    def value(self, student: Student) -> None:
        """The first check: a subclass has it."""
        raise NotImplementedError

    @staticmethod
    def combined(blocks: list[Output], X: Tensor) -> Tensor:
        """What the block computes, of what the blocks in it compute."""
        raise NotImplementedError

    @staticmethod
    def slips(pieces: Pieces) -> dict[str, Pieces]:
        """Sentence to what a block with this mistake holds in their place. `value` rejects it, and other checks
        then take it for right.
        """
        return {}

    def ask(self, student: Student, probe: Callable[..., object], **inputs: object) -> object:
        """The probe's answer for this exercise."""
        return student.run(probe, name=self.name, style=self.style, **inputs)

    @check("an optimizer that gets `parameters()` trains every block", weight=2, essential=True)
    def trained(self, student: Student) -> None:
        """Print `len(list(block.parameters()))` for a block of three linear layers."""
        pieces, X = Pieces.drawn(self.count), signed(7, WIDTH)
        slope = signed(*self.combined(pieces.outputs(), X).shape)
        after = self.ask(student, after_a_step, **pieces.sent(), X=X, slope=slope, lr=LR)
        expect.true(
            after != "empty",
            seen="`parameters()` of your block is empty",
            expected="the parameters of the blocks in it",
            because=NOT_SEEN,
        )
        expect.true(
            after != "cut",
            seen="no gradient flows from your block's output to a weight",
            expected="gradients for the parameters of the blocks in it",
            because="`detach`, `.data` and `no_grad` cut autograd off"
            if self.passed("value")
            else "",
        )

        def moved(*which: int) -> Tensor:
            return self.combined(self._stepped(pieces, X, slope, which).outputs(), X)

        def all_moved(held: Pieces) -> Tensor:
            every = range(len(held.weights))
            return self.combined(self._stepped(held, X, slope, every).outputs(), X)

        self._verify(
            after,
            pieces,
            all_moved,
            because="after one step of SGD on `parameters()`, every block has learnt",
            mistakes={
                f"no block was trained: {NOT_SEEN}": moved(),
                "only the first block was trained": moved(0),
                "only the last block was trained": moved(self.count - 1),
            },
        )

    @check("`train()` and `eval()` reach every block")
    def modes(self, student: Student) -> None:
        """Hold an `nn.Dropout`, call `eval()`, and ask twice."""
        pieces, X = Pieces.drawn(self.count, marked=True), signed(7, WIDTH)
        modes: list[bool] = [False, True, *(torch.rand(8) < 0.5).tolist()]

        def in_mode(mode: bool) -> Callable[[Pieces], Tensor]:
            return lambda held: self.combined(held.outputs(mode), X)

        outputs = self.ask(student, outputs_in_modes, **pieces.sent(), X=X, modes=modes)
        for out, mode in zip(expect.items(outputs, len(modes)), modes, strict=True):
            named = "train" if mode else "eval"
            self._verify(
                out,
                pieces,
                in_mode(mode),
                because=f"in {named} mode, every block in it is in {named} mode",
                mistakes={
                    "the blocks in it have stayed in the other mode": in_mode(not mode)(pieces)
                },
            )

    @check("`state_dict()` holds every block: what is saved here can be loaded there")
    def state(self, student: Student) -> None:
        """Print `list(block.state_dict())`."""
        saved, fresh, X = Pieces.drawn(self.count), Pieces.drawn(self.count), signed(7, WIDTH)
        out = self.ask(student, after_loading, **saved.sent(), others=fresh.weights, X=X)
        self._verify(
            out,
            saved,
            lambda held: self.combined(held.outputs(), X),
            because="a second block that loads the first one's state_dict computes the same",
            mistakes={
                "loading has changed nothing: the blocks are not in `state_dict()`": self.combined(
                    fresh.outputs(), X
                )
            },
        )

    @check("`to()` moves every block")
    def moves(self, student: Student) -> None:
        """`block.to(torch.float64)` shows without a GPU whether a GPU would be reached."""
        pieces, X = Pieces.drawn(self.count), signed(7, WIDTH).double()
        out = self.ask(student, after_moving, **pieces.sent(), X=X)
        doubled = Pieces([w.double() for w in pieces.weights], pieces.factors)
        expect.tensor(out, dtype=torch.float64)
        self._verify(out, doubled, lambda held: self.combined(held.outputs(), X))

    def verify_value(
        self,
        student: Student,
        X: Tensor,
        mistakes: Mapping[str, Callable[[list[Output], Tensor], Tensor]],
        count: int | None = None,
    ) -> None:
        """The block's output for X is right. mistakes: sentence to what this mistake, which is no slip, computes."""
        pieces = Pieces.drawn(self.count if count is None else count)
        blocks = pieces.outputs()
        slips = self.slips(pieces).items()
        expect.close(
            self.ask(student, output_of_the_block, **pieces.sent(), X=X),
            self.combined(blocks, X),
            tolerance=expect.LAYERS,
            mistakes={text: self.combined(held.outputs(), X) for text, held in slips}
            | {text: wrong(blocks, X) for text, wrong in mistakes.items()},
        )

    def _verify(
        self,
        out: object,
        pieces: Pieces,
        right: Callable[[Pieces], Tensor],
        because: str = "",
        mistakes: Mapping[str, Tensor] | None = None,
    ) -> None:
        """`out` is what a block that holds these pieces gives, or what one with a known slip does."""
        if not self.passed("value"):
            because = ""
            slips = self.slips(pieces).values()
            if any(expect.agrees(out, right(held), expect.LAYERS) for held in slips):
                return
        expect.close(
            out, right(pieces), tolerance=expect.LAYERS, because=because, mistakes=mistakes
        )

    def _stepped(self, pieces: Pieces, X: Tensor, slope: Tensor, which: Sequence[int]) -> Pieces:
        """The pieces after a step of gradient descent on those of `which` alone."""
        leaves = [w.clone().requires_grad_(True) for w in pieces.weights]
        with torch.enable_grad():
            out = self.combined(Pieces(leaves, pieces.factors).outputs(), X)
            grads = torch.autograd.grad((out * slope).sum(), leaves)
        moved = zip(pieces.weights, grads, strict=True)
        weights = [w - LR * grad if i in which else w for i, (w, grad) in enumerate(moved)]
        return Pieces(weights, pieces.factors)


def chained(blocks: list[Output], X: Tensor) -> Tensor:
    """One after the other."""
    for block in blocks:
        X = block(X)
    return X


def missing(shapes: Sequence[Sequence[int]], right: Sequence[Sequence[int]]) -> str:
    """Why there may be fewer parameters than there should be; empty where there are as many."""
    weights, wanted = (sum(len(shape) > 1 for shape in some) for some in (shapes, right))
    if weights < wanted:
        return NOT_SEEN
    return "a linear layer without a bias" if len(shapes) < len(right) else ""


def within_lines(limit: int, function: Callable[..., object], *args: object) -> object:
    """function(*args), unless it runs more lines of Python than `limit`: then it raises Endless.

    A loop without end would otherwise hang a learner's notebook.
    """
    run = 0

    def traced(frame, event, arg):
        nonlocal run
        run += event == "line"
        if run > limit:
            raise Endless(f"still running after {limit:,} lines: does the loop end?")
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        return function(*args)
    finally:
        sys.settrace(before)


# What follows runs beside a student's code.


class Endless(BaseException):
    """Code has run for more lines than it may."""


class Piece(nn.Module):
    def __init__(self, weight, factor):
        super().__init__()
        self.weight, self.factor = nn.Parameter(weight.clone()), factor

    def forward(self, X):
        return torch.tanh(X @ self.weight) * (self.factor if self.training else 1.0)


def holding(namespace, name, style, weights, factors):
    """The student's block, which holds pieces with these weights."""
    pieces = [Piece(w, f) for w, f in zip(weights, factors, strict=True)]
    if style == "blocks":
        return namespace[name](*pieces)
    more = iter([*pieces, *(Piece(w + 1, f) for w, f in zip(weights, factors, strict=True))])
    return namespace[name](lambda: next(more), len(pieces))


def output_of_the_block(namespace, name, style, weights, factors, X):
    return holding(namespace, name, style, weights, factors)(X)


def after_a_step(namespace, name, style, weights, factors, X, slope, lr):
    block = holding(namespace, name, style, weights, factors)
    parameters = list(block.parameters())
    if not parameters:
        return "empty"
    optimizer = torch.optim.SGD(parameters, lr=lr)
    out = block(X)
    if not isinstance(out, torch.Tensor) or out.shape != slope.shape:
        return out
    if not out.requires_grad:
        return "cut"
    (out * slope).sum().backward()
    optimizer.step()
    return block(X)


def outputs_in_modes(namespace, name, style, weights, factors, X, modes):
    block = holding(namespace, name, style, weights, factors)
    outputs = []
    for mode in modes:
        block.train() if mode else block.eval()
        outputs.append(block(X))
    return outputs


def after_loading(namespace, name, style, weights, factors, others, X):
    first = holding(namespace, name, style, weights, factors)
    second = holding(namespace, name, style, others, factors)
    second.load_state_dict({key: value.clone() for key, value in first.state_dict().items()})
    return second(X)


def after_moving(namespace, name, style, weights, factors, X):
    return holding(namespace, name, style, weights, factors).to(X.dtype)(X)
