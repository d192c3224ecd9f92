"""Chapter 8: the exercise `rgnet`, four blocks nested."""

from __future__ import annotations

from itertools import takewhile

import torch

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.networks import MLP, listed, logits
from grader.checks.randomness import signed
from grader.checks.student import Student

BLOCKS = 4
RG = MLP((*((4, 8) * BLOCKS), 4, 1))
BOOK_NAMES = [
    f"0.block {i}.{layer}.{kind}"
    for i in range(BLOCKS)
    for layer in (0, 2)
    for kind in ("weight", "bias")
] + ["1.weight", "1.bias"]


class RGNet(Exercise):
    name, points = "rgnet", 4
    hints = (
        "Three functions help: one that makes the small block, one that puts four of them in a row, and `rgnet` "
        "itself.",
        "`net.add_module(f'block {i}', ...)` registers a block of a Sequential under a name. Call the function "
        "that makes the small block anew for each.",
        "`block1()` returns a Sequential of Linear 4 to 8, ReLU, Linear 8 to 4, ReLU. Make an empty "
        "`nn.Sequential()`, add `block1()` four times, and return `nn.Sequential(row, nn.Linear(4, 1))`.",
    )

    @check("eighteen parameters: four blocks of their own, and the last layer", essential=True)
    def parameters(self, student: Student) -> None:
        """Print `[p.shape for p in rgnet().parameters()]`."""
        shapes = expect.shapes(student.run(shapes_of_rgnet))
        one = len(shapes) == 6
        expect.true(
            shapes == RG.shapes,
            seen=f"{len(shapes)} parameters, of these shapes: {listed(shapes)}",
            expected=f"{len(RG.shapes)}: {listed(RG.shapes)}",
            because="this is one block, four times" if one else "",
        )

    @check(
        "the outputs are those of four blocks in a row and a linear layer", weight=2, essential=True
    )
    def outputs(self, student: Student) -> None:
        """Each block ends in a ReLU, and the last linear layer in none."""
        values, X = telling_values(), signed(6, 4)
        out = student.run(outputs_of_rgnet, values=values, X=X)
        expect.true(
            out is not None,
            seen="other parameters",
            expected="those of the first check",
        )
        relu, plain = torch.relu, lambda H: H
        without = [relu, plain] * BLOCKS
        first = [plain, relu] * BLOCKS
        expect.close(
            out,
            logits(values, X),
            tolerance=expect.LAYERS,
            mistakes={
                "the ReLU at the end of each block is missing": logits(values, X, *without),
                "the ReLU inside each block is missing": logits(values, X, *first),
                "a ReLU stands after the last layer": relu(logits(values, X)),
            },
        )

    @check("blocks within a block: each small one holds its own layers", essential=True)
    def nested(self, student: Student) -> None:
        """Print `rgnet()`: the tree has blocks, and layers inside them."""
        names = [str(name) for name in expect.items(student.run(names_of_rgnet))]
        blocks = [names[i : i + 4] for i in range(0, len(names) - 2, 4)]
        row = common_path(names[:-2])
        flat = next((block for block in blocks if common_path(block) <= row), None)
        expect.true(
            flat is None,
            seen=f"four parameters of a small block with the names {expect.show(flat)[1:-1]}",
            expected="names that begin with that of the small block",
            because="the layers lie beside those of the other blocks, not in a block of their own",
        )

    @check("the names are those of the book, from `0.block 0.0.weight` to `1.bias`")
    def names(self, student: Student) -> None:
        """Print `[name for name, _ in rgnet().named_parameters()]`."""
        names = expect.items(student.run(names_of_rgnet))
        for seen, right in zip([*names, *[None] * len(BOOK_NAMES)], BOOK_NAMES, strict=False):
            expect.equal(seen, right)


def common_path(names: list[str]) -> int:
    """How many steps all paths begin with in common."""
    steps = zip(*(name.split(".") for name in names), strict=False)
    return sum(1 for _ in takewhile(lambda parts: len(set(parts)) == 1, steps))


def telling_values() -> list[torch.Tensor]:
    """Parameters with which the input shows in the output, and some units are switched off."""
    while True:
        values = [
            signed(*shape) / (shape[-1] ** 0.5 if len(shape) > 1 else 4) for shape in RG.shapes
        ]
        X = signed(64, 4)
        out = logits(values, X)
        if float(out.detach().std()) > 0.05 and float(out.min()) < -0.1:
            return values


# What follows runs beside a student's code.


def shapes_of_rgnet(namespace):
    return [list(p.shape) for p in namespace["rgnet"]().parameters()]


def names_of_rgnet(namespace):
    return [name for name, _ in namespace["rgnet"]().named_parameters(remove_duplicate=False)]


def outputs_of_rgnet(namespace, values, X):
    net = namespace["rgnet"]()
    parameters = list(net.parameters())
    if [p.shape for p in parameters] != [v.shape for v in values]:
        return None
    with torch.no_grad():
        for p, value in zip(parameters, values, strict=True):
            p.copy_(value)
    return net(X)
