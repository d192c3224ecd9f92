"""Chapter 2: the exercises `build_net` and `SimpleMLP`, chapter 1's network with `nn.Dropout`."""

from __future__ import annotations

from grader.checks import expect
from grader.checks.dropout_networks import (
    BOOK,
    INPUTS,
    DropoutNetwork,
    examples,
    net_shapes,
    verify_both_rates,
)
from grader.checks.exercise import check
from grader.checks.networks import MLP, canonical, listed
from grader.checks.randomness import integer, uniform
from grader.checks.student import Student

IN_PAIRS = MLP((INPUTS, 32, 32, 33))
"""Equal hidden layers, as `SimpleMLP` has them."""


class BuildNet(DropoutNetwork):
    name, points = "build_net", 5
    mlps = (BOOK,)
    without = ("default_rates",)
    hints = (
        "`nn.Sequential` takes modules in the order in which they are applied. Which eight steps does "
        "`ScratchNet` take, from the picture to the logits?",
        "The modules are `nn.Flatten`, `nn.Linear`, `nn.ReLU` and `nn.Dropout`. A `Sequential` hands "
        "`train()` and `eval()` on to its parts, so there is nothing to ask for.",
        "Return an `nn.Sequential` of: Flatten; Linear 784 to 256, ReLU, Dropout with dropout1; "
        "Linear 256 to 256, ReLU, Dropout with dropout2; Linear 256 to 10.",
    )

    def arguments(self, mlp: MLP) -> list[object]:
        return []

    def keywords(self, rates: tuple[float, float] | None) -> dict[str, object]:
        return super().keywords(rates or (0.2, 0.5))  # it has no defaults

    def other_sizes(self) -> list[MLP]:
        return []


class SimpleMLP(DropoutNetwork):
    name, points = "SimpleMLP", 6
    mlps = (IN_PAIRS, BOOK)
    without = ("second_rate",)
    hints = (
        "Layers with parameters, and dropout, are made in `__init__` and kept as attributes: only then do "
        "`parameters()` and `eval()` find them. `forward` uses them.",
        "Nothing has to be asked about the mode: an `nn.Dropout` that is an attribute of the network is "
        "switched by `net.eval()`. `X.flatten(1)` makes rows of images and leaves rows as they are.",
        "`__init__`: call `super().__init__()`, then make three `nn.Linear` of the sizes asked for and one "
        "`nn.Dropout(dropout_prob)`. `forward`: flatten; twice linear, ReLU, dropout; then the third "
        "linear layer alone.",
    )

    def arguments(self, mlp: MLP) -> list[object]:
        return [mlp.sizes[0], mlp.sizes[1], mlp.sizes[-1]]

    def keywords(self, rates: tuple[float, float] | None) -> dict[str, object]:
        return {} if rates is None else {"dropout_prob": rates[0]}

    def other_sizes(self) -> list[MLP]:
        hidden = integer(21, 30)
        return [MLP((integer(5, 12), hidden, hidden, integer(13, 20)))]

    @check(
        "in train mode, both hidden layers are dropped with dropout_prob", weight=2, essential=True
    )
    def first_rate(self, student: Student) -> None:
        """Each of the two hidden layers goes through dropout, after its ReLU."""
        for p in (uniform(0.15, 0.3), uniform(0.55, 0.65)):
            run = self._run(student, "copying", (p, p), [examples()], ["train"])
            verify_both_rates(run.first, p, p, f"dropout_prob = {p} in both layers")
            run.first.verify_scale((1 - p) ** 2)

    @check(
        "without arguments: 784 inputs, 256 hidden units, 10 outputs, dropout_prob 0.5", weight=0.5
    )
    def default_rates(self, student: Student) -> None:
        """They are the defaults in the signature of `__init__`."""
        shapes = expect.shapes(
            student.run(net_shapes, name=self.name, arguments=[], keywords={}, inputs=BOOK.sizes[0])
        )
        expect.true(
            canonical(shapes) == canonical(BOOK.shapes),
            seen=f"parameters of shapes {listed(shapes)} for SimpleMLP()",
            expected=listed(BOOK.shapes),
        )
        run = self._run(student, "copying", None, [examples()], ["train"])
        verify_both_rates(run.first, 0.5, 0.5, "dropout_prob = 0.5 in both layers")
