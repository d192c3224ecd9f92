"""Chapter 8: the exercise `materialise_lazy`: initialise after the shapes are known."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import integer, signed
from grader.checks.student import Student

FACTOR = 2.0
"""What the judge's network multiplies by in train mode, so that its mode shows."""
EPS = 1e-5
"""Of batch normalisation: PyTorch's default."""


@dataclass(frozen=True)
class Lazy:
    """Sizes of a lazy network, a table that its initialisation copies from, and inputs."""

    sizes: list[int]
    table: Tensor
    batch: Tensor
    X: Tensor

    @classmethod
    def drawn(cls) -> Lazy:
        sizes = [integer(3, 9), integer(5, 12), integer(2, 4)]
        return cls(sizes, signed(16, 16) / 4, 3 * signed(6, sizes[0]), signed(5, sizes[0]))

    def output(self, training: bool, scaled: bool = False) -> Tensor:
        """After the initialisation, with untouched running statistics. scaled: batch normalisation's scales, too."""
        inputs, hidden, outputs = self.sizes
        H = self.X @ self.table[:hidden, :inputs].T + self.table[0, :hidden]
        if training:
            H = (H - H.mean(0)) / (H.var(0, unbiased=False) + EPS).sqrt()
        else:
            H = H / (1 + EPS) ** 0.5
        H = H * self.table[1, :hidden] if scaled else H
        out = torch.relu(H) @ self.table[:outputs, :hidden].T + self.table[0, :outputs]
        return out * (FACTOR if training else 1.0)

    def sent(self) -> dict[str, object]:
        """As the probes take it."""
        return {
            "hidden": self.sizes[1],
            "outputs": self.sizes[2],
            "table": self.table,
            "batch": self.batch,
            "X": self.X,
        }


class MaterialiseLazy(Exercise):
    name, points = "materialise_lazy", 5
    hints = (
        "When does a lazy layer learn how many inputs it has? And what does `init` find if it comes before?",
        "First one forward pass with X, for the shapes alone: no gradients, and in eval mode, so that batch "
        "normalisation learns nothing from it. Then `net.apply(init)`. Then the mode that was.",
        "Note `net.training`; `net.eval()`; under `torch.no_grad()`: `net(X)`; `net.train(...)` with what you "
        "noted; `net.apply(init)`.",
    )

    @check(
        "every layer is initialised by `init`, after its shape is known", weight=2, essential=True
    )
    def initialised(self, student: Student) -> None:
        """In which order do the forward pass and `net.apply(init)` have to come?"""
        problem = Lazy.drawn()
        run = expect.record(student.run(materialised, training=False, **problem.sent()))
        calls = expect.items(run["initialised"])
        because = ""
        if not calls:
            because = "`init` has never met a layer with a shape: it was lost without an error"
        expect.close(
            run["in_eval"], problem.output(False), tolerance=expect.LAYERS, because=because
        )

    @check("`init` meets all modules, not the linear layers alone", weight=0.5)
    def every_module(self, student: Student) -> None:
        """Which modules an initialisation is for, it asks itself: `net.apply(init)` shows it all."""
        problem = Lazy.drawn()
        run = self.materialise(student, problem, training=False, scaled=True)
        mistakes = {"`init` was not applied to the batch normalisation": problem.output(False)}
        expect.close(
            run["in_eval"],
            problem.output(False, scaled=True),
            tolerance=expect.LAYERS,
            mistakes=mistakes if self.passed("initialised") else {},
        )

    @check("batch normalisation has learnt nothing from the pass")
    def quiet(self, student: Student) -> None:
        """In train mode, a forward pass changes the running mean, `no_grad()` or not."""
        problem = Lazy.drawn()
        run = self.materialise(student, problem, training=True)
        expect.close(
            run["in_eval"],
            problem.output(False),
            tolerance=expect.LAYERS,
            because="in eval mode, the network computes with running statistics that the pass has moved"
            if self.passed("initialised")
            else "",
        )

    @check("the mode stays as it was", weight=0.5)
    def mode(self, student: Student) -> None:
        """`was_training = net.training` before, `net.train(was_training)` after."""
        for training in (True, False):
            problem = Lazy.drawn()
            run = self.materialise(student, problem, training)
            expect.close(
                run["output"],
                problem.output(training),
                tolerance=expect.LAYERS,
                mistakes={
                    f"the network came in {'train' if training else 'eval'} mode, and has left it": (
                        problem.output(not training)
                    )
                },
            )

    @check("the same network comes back", weight=0.5)
    def returned(self, student: Student) -> None:
        """`return net`"""
        run = expect.record(student.run(materialised, training=False, **Lazy.drawn().sent()))
        expect.true(
            run["returned"] is True,
            seen="something else than the network came back",
            expected="`net`, so that it can stand in one line with what makes it",
        )

    def materialise(
        self, student: Student, problem: Lazy, training: bool, scaled: bool = False
    ) -> dict:
        """The probe's report: of a network with shapes where a lazy one loses its start, which is another mistake."""
        how = {"training": training, "scaled": scaled, "lazy": self.passed("initialised")}
        return expect.record(student.run(materialised, **how, **problem.sent()))


# What follows runs beside a student's code.


class ByMode(nn.Module):
    """Multiplies by a factor in train mode."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, X):
        return X * self.factor if self.training else X


def materialised(namespace, training, hidden, outputs, table, batch, X, lazy=True, scaled=False):
    """lazy: whether the network's layers are. scaled: whether `init` has scales for batch normalisation."""
    seen = []

    def init(m):
        if type(m) is nn.Linear:  # a lazy layer without a shape is another type
            seen.append(list(m.weight.shape))
            with torch.no_grad():
                m.weight.copy_(table[: m.out_features, : m.in_features])
                m.bias.copy_(table[0, : m.out_features])
        if scaled and type(m) is nn.BatchNorm1d:
            with torch.no_grad():
                m.weight.copy_(table[1, : m.num_features])

    if lazy:
        first, norm, last = nn.LazyLinear(hidden), nn.LazyBatchNorm1d(), nn.LazyLinear(outputs)
    else:
        first, norm = nn.Linear(X.shape[1], hidden), nn.BatchNorm1d(hidden)
        last = nn.Linear(hidden, outputs)
    net = nn.Sequential(nn.Sequential(first, norm, nn.ReLU()), last, ByMode(FACTOR))
    net.train(training)
    returned = namespace["materialise_lazy"](net, batch, init)
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    in_eval = net(X)
    for m, mode in modes:
        m.training = mode
    return {
        "in_eval": in_eval,
        "output": net(X),  # last, since in train mode it moves the running statistics
        "initialised": seen,
        "returned": returned is net,
    }
