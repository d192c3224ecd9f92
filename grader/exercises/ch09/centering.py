"""Chapter 9: the exercise `CenteredLayer`: a mean over everything, and one over each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.functions import asked, called
from grader.checks.randomness import signed
from grader.checks.registration import LR, WIDTH, Piece
from grader.checks.student import Student

WHOLE, ROWS = "CenteredLayer", "CenteredRows"
Rule = Callable[[Tensor], Tensor]


def centred(X: Tensor) -> Tensor:
    """Without the mean of all numbers."""
    return X - X.mean()


def centred_rows(X: Tensor) -> Tensor:
    """Each row without its own mean."""
    return X - X.mean(-1, keepdim=True)


RULES: dict[str, Rule] = {WHOLE: centred, ROWS: centred_rows}


class Centred(Exercise):
    name, points = WHOLE, 6
    hints = (
        "`X.mean()` is one number, over everything. `X.mean(dim=...)` runs over one axis: which one are the "
        "numbers of an example?",
        "`X.mean(dim=-1)` has one axis less than X. With `keepdim=True` it keeps one of length 1, so that "
        "it can be subtracted from every number of its row.",
        "`X - X.mean()`, and `X - X.mean(dim=-1, keepdim=True)`. For `two_batches`: rows of zeros in one, "
        "and in the other a second row of nines.",
    )

    @check("`CenteredLayer` takes the mean of all numbers away", weight=2, essential=True)
    def whole(self, student: Student) -> None:
        """Add up all numbers of the output: nothing is left."""
        self._verify(
            student,
            WHOLE,
            [uneven(5, 4), uneven(7)],
            {
                "the sum was subtracted, not the mean": lambda X: X - X.sum(),
                "the sign is the other way round: mean minus X": lambda X: X.mean() - X,
                "the mean was added": lambda X: X + X.mean(),
                "X came back as it was": lambda X: X,
                "this is the mean itself": lambda X: X.mean(),
                "it is divided by the standard deviation as well": lambda X: centred(X) / X.std(),
                "each row is centred on its own, which is the other layer's task": centred_rows,
                "each column is centred on its own": lambda X: X - X.mean(0),
                "the median was subtracted, not the mean": lambda X: X - X.median(),
            },
        )

    @check("`CenteredRows` takes from each row its own mean away", weight=2, essential=True)
    def rows(self, student: Student) -> None:
        """Add up each row of the output."""
        self._verify(
            student,
            ROWS,
            [uneven(5, 4), uneven(4, 4)],
            {
                "the mean of everything was subtracted": centred,
                "the mean of each column, over the examples, was subtracted: the last axis is asked for": (
                    lambda X: X - X.mean(0)
                ),
                "without `keepdim` the means lie along the wrong axis": lambda X: X - X.mean(-1),
                "the sums were subtracted, not the means": lambda X: X - X.sum(-1, keepdim=True),
                "the sign is the other way round: mean minus X": lambda X: -centred_rows(X),
                "X came back as it was": lambda X: X,
                "each row is divided by its standard deviation as well": (
                    lambda X: centred_rows(X) / X.std(-1, keepdim=True)
                ),
            },
        )

    @check(
        "`two_batches` shows that an example changes its neighbour's output",
        weight=1.5,
        essential=True,
    )
    def difference(self, student: Student) -> None:
        """The first rows are the same: what must differ, so that the means do?"""
        pair = expect.items(called(student, "two_batches"), 2)
        one, other = (expect.finite(expect.tensor(X)).double() for X in pair)
        expect.true(
            one.dim() == 2 and one.shape == other.shape and len(one) >= 2 and one.shape[1] >= 1,
            seen=f"tensors of shapes {tuple(one.shape)} and {tuple(other.shape)}",
            expected="two of one shape (n, d), with n at least 2",
        )
        expect.true(
            torch.equal(one[0], other[0]),
            seen="two different first rows",
            expected="the same first row, in another company",
        )
        apart = float((centred(one)[0] - centred(other)[0]).abs().min())
        expect.true(
            apart >= 0.999,
            seen=f"first rows of CenteredLayer's outputs that are {apart:.3g} apart",
            expected="at least 1 apart",
            because="the distance is that of the two means" if apart else "the means are the same",
        )

    @check("in a network, gradients pass through both layers", essential=True)
    def composes(self, student: Student) -> None:
        """They are modules, made by `class CenteredLayer(nn.Module)`, and compute with tensors throughout."""
        for name, rule in RULES.items():
            weight, X, slope = signed(WIDTH, WIDTH), signed(6, WIDTH), signed(6, WIDTH)
            inputs = {"weight": weight, "X": X, "slope": slope, "lr": LR / 5}
            after = asked(student, name, after_a_step_before, **inputs)
            expect.true(
                after is not None,
                seen=f"no gradient comes back through `{name}`",
                expected="gradients that train the layer before it",
            )
            expect.close(
                after,
                rule(torch.tanh(X @ _stepped(rule, weight, X, slope))),
                tolerance=expect.LAYERS,
                because=f"after a step of SGD on a network of a linear layer and `{name}`",
            )

    @check("X stays as it was", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """`X -= ...` writes into the tensor of the caller."""
        for name, rule in RULES.items():
            X = uneven(4, 3)
            answer = asked(student, name, second_of_two_passes, X=X)
            second, between = expect.items(answer, 2)
            expect.true(
                expect.agrees(between, X, expect.EXACT) and expect.agrees(second, rule(X)),
                seen=f"X has changed after a call of `{name}`",
                expected="a new tensor, and X as it was",
            )

    @check("three axes: a row is what lies along the last one", weight=0.5)
    def three_axes(self, student: Student) -> None:
        """`dim=-1` counts from the end."""
        for name in RULES:
            self._verify(
                student,
                name,
                [uneven(2, 3, 4)],
                {"the mean runs over the second axis": lambda X: X - X.mean(1, keepdim=True)},
            )

    def _verify(
        self, student: Student, name: str, inputs: list[Tensor], mistakes: Mapping[str, Rule]
    ) -> None:
        outputs = asked(student, name, outputs_of_module, inputs=inputs)
        for X, out in zip(inputs, expect.items(outputs, len(inputs)), strict=True):
            possible = {} if X.dim() == 1 else mistakes
            expect.close(
                out,
                RULES[name](X),
                because=f"for an X of shape {tuple(X.shape)}",
                mistakes={
                    text: value
                    for text, f in possible.items()
                    if (value := _tried(f, X)) is not None
                },
            )


def uneven(*shape: int) -> Tensor:
    """Numbers of both signs whose means are far from 0, and each row's far from the others'."""
    X = signed(*shape)
    return X + 3 * torch.rand((*shape[:-1], 1)) + 1 + 2 * torch.rand(shape[-1:])


def _tried(f: Rule, X: Tensor) -> Tensor | None:
    """What the mistake gives; None where it cannot be made for this X."""
    try:
        return f(X)
    except RuntimeError:
        return None


def _stepped(rule: Rule, weight: Tensor, X: Tensor, slope: Tensor) -> Tensor:
    """The weight after a step of gradient descent through the layer after it."""
    leaf = weight.clone().requires_grad_(True)
    with torch.enable_grad():
        (grad,) = torch.autograd.grad((rule(torch.tanh(X @ leaf)) * slope).sum(), [leaf])
    return weight - LR / 5 * grad


# What follows runs beside a student's code.


def outputs_of_module(namespace, name, inputs):
    layer = namespace[name]()
    return [layer(X) for X in inputs]


def after_a_step_before(namespace, name, weight, X, slope, lr):
    """The output of a network of a judge's layer and this one after a step; None without a gradient."""
    net = nn.Sequential(Piece(weight, 1.0), namespace[name]())
    out = net(X)
    if not out.requires_grad:
        return None
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    (out * slope).sum().backward()
    optimizer.step()
    return net(X)


def second_of_two_passes(namespace, name, X):
    """What the second pass with the same X gives, and X as it is between both."""
    layer = namespace[name]()
    layer(X)
    between = X.clone()
    return [layer(X), between]
