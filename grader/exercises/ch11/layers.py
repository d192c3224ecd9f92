"""Chapter 11: the layers of the capstone's network: `MySequential`, `MyLinear`, `DropoutLayer`."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from grader.checks import expect, statistics
from grader.checks.exercise import Exercise, check
from grader.checks.practice import asked, practising, raw, unit
from grader.checks.randomness import integer, signed, uniform
from grader.checks.registration import LR, WIDTH, HoldsBlocks, chained
from grader.checks.student import Student


class MySequential(HoldsBlocks):
    name, points, count = "MySequential", 2, 4
    hints = (
        "Keep the blocks so that PyTorch sees them, and call them one after the other.",
        "`nn.ModuleList(blocks)` registers all of them; a plain list registers none.",
        "`super().__init__()`, then `self.blocks = nn.ModuleList(blocks)`; in `forward`, X = block(X) for each of "
        "them, and return X.",
    )
    combined = staticmethod(chained)

    @check("the blocks are applied one after the other, in their order", weight=2, essential=True)
    def value(self, student: Student) -> None:
        """What the first block returns goes into the second."""
        self.verify_value(
            student,
            signed(7, WIDTH),
            {
                "the blocks are applied in reverse order": lambda b, X: chained(b[::-1], X),
                "only the first block was applied": lambda b, X: b[0](X),
                "X came back as it was": lambda b, X: X,
            },
        )


class MyLinear(Exercise):
    name, points = "MyLinear", 2
    hints = (
        "Two parameters, made in `__init__`; one line of `forward`, or two.",
        "`nn.Parameter(torch.randn(in_units, units))` is registered when it becomes an attribute. Use it as it is: "
        "`.data` would cut it off from autograd.",
        "`linear = X @ self.weight + self.bias`; return `F.relu(linear) if self.relu else linear`.",
    )

    @check("relu(XW + b)", weight=2, essential=True)
    def value(self, student: Student) -> None:
        """The weight is (in_units, units): no transpose."""
        weight, bias, X = self.drawn()
        expect.close(
            self.outputs(student, weight, bias, X, True, 1.0),
            torch.relu(X @ weight + bias),
            mistakes={
                "there is no ReLU": X @ weight + bias,
                "the bias is missing": torch.relu(X @ weight),
            },
        )

    @check("with relu=False, XW + b", essential=True)
    def without_relu(self, student: Student) -> None:
        """The last layer of a network has to say negative numbers, too."""
        weight, bias, X = self.drawn()
        expect.close(
            self.outputs(student, weight, bias, X, False, 1.0),
            X @ weight + bias,
            mistakes={"ReLU is applied all the same": torch.relu(X @ weight + bias)},
        )

    @check("an optimizer trains weight and bias", weight=2, essential=True)
    def trained(self, student: Student) -> None:
        """`nn.Parameter`, and no `.data` in `forward`."""
        weight, bias, X = self.drawn()
        slope = signed(len(X), len(bias))
        after = asked(
            student, linear_after_a_step, weight=weight, bias=bias, X=X, slope=slope, lr=LR
        )
        on = (X @ weight + bias > 0) * slope
        expect.close(
            after,
            [weight - LR * X.T @ on, bias - LR * on.sum(0)],
            tolerance=expect.LAYERS,
            mistakes={"nothing was trained: no gradient reaches the parameters": [weight, bias]},
        )

    @check("it computes on a GPU when it was moved there")
    def gpu(self, student: Student) -> None:
        """What is registered is moved by `to()`."""
        (weight, bias, X), factor = self.drawn(), unit()
        expect.close(
            self.outputs(student, weight, bias, X, True, factor),
            torch.relu(factor**2 * X @ weight + factor * bias),
        )

    @staticmethod
    def drawn() -> tuple[Tensor, Tensor, Tensor]:
        """Weight (in_units, units), bias (units,), X (n, in_units)."""
        inputs, units = integer(3, 5), integer(6, 8)
        return signed(inputs, units), signed(units), signed(9, inputs)

    def outputs(
        self, student: Student, weight: Tensor, bias: Tensor, X: Tensor, relu: bool, factor: float
    ) -> object:
        return asked(
            student, output_of_linear, weight=weight, bias=bias, X=X, relu=relu, units=[factor]
        )


class DropoutLayer(Exercise):
    name, points = "DropoutLayer", 3
    hints = (
        "Three cases: eval mode, `dropout = 1`, and the rest. On which device does the mask of the rest begin?",
        "`self.training` is the mode. `torch.rand(X.shape, device=X.device)` is made where X is.",
        "`mask = torch.rand(X.shape, device=X.device) > self.dropout`; return `mask * X / (1 - self.dropout)`. "
        "In eval mode return X; at 1 return `torch.zeros_like(X)`.",
    )

    @check("in train mode, the share of zeros is dropout", weight=2, essential=True)
    def rate(self, student: Student) -> None:
        """Give it a tensor of ones and count the zeros."""
        X, p = signed(200, 200), uniform(0.2, 0.35)
        out = expect.tensor(self.output(student, X, p), shape=X.shape)
        expect.rate(
            out == 0, p, mistakes={"nothing is dropped": 0.0, "dropped and kept are swapped": 1 - p}
        )

    @check("what is kept is divided by 1 - dropout", weight=1.5, essential=True)
    def scale(self, student: Student) -> None:
        """With half of the units gone, the others count twice."""
        X, p = signed(60, 60), uniform(0.3, 0.7)
        out = expect.tensor(self.output(student, X, p), shape=X.shape)
        kept = out != 0
        expect.close(
            out,
            (X / (1 - p)).where(kept, 0.0),
            mistakes={"the scale is missing": X.where(kept, 0.0)},
        )

    @check("each element is drawn for itself, and anew at each call")
    def independent(self, student: Student) -> None:
        """The mask has the shape of X."""
        X, p = signed(200, 200), uniform(0.4, 0.6)
        first, second = (self.output(student, X, p) for _ in range(2))
        zeros = [expect.tensor(out, shape=X.shape) == 0 for out in (first, second)]
        fine = statistics.independent(*zeros)
        expect.true(fine, seen="two calls drop the same units", expected="a fresh mask a call")
        for dim, what in ((0, "row"), (1, "column")):
            one, other = zeros[0].narrow(dim, 0, 100), zeros[0].narrow(dim, 100, 100)
            same = statistics.independent(one.contiguous(), other.contiguous())
            expect.true(same, seen=f"one mask for every {what}", expected="a mask of X's shape")

    @check("in eval mode X comes back", weight=1.5, essential=True)
    def evaluating(self, student: Student) -> None:
        """`self.training` is switched by `eval()`."""
        X = signed(20, 20)
        expect.close(self.output(student, X, uniform(0.3, 0.7), training=False), X)

    @check("the mask is made where X is", weight=1, essential=True)
    def gpu(self, student: Student) -> None:
        """`torch.rand(X.shape)` is on the CPU."""
        X, p, factor = signed(20, 20), uniform(0.3, 0.7), unit()
        out = expect.tensor(self.output(student, X, p, factor=factor), shape=X.shape)
        expect.close(
            out,
            (factor * X / (1 - p)).where(out != 0, 0.0),
            mistakes={"the result is on the CPU": (X / (1 - p)).where(out != 0, 0.0)},
        )

    @check("dropout 0 and 1", weight=0.5)
    def ends(self, student: Student) -> None:
        """At 1, there is nothing to divide by."""
        X = signed(20, 20)
        expect.close(self.output(student, X, 1.0), torch.zeros_like(X))
        out = expect.tensor(self.output(student, X, 0.0), shape=X.shape)
        expect.true(
            statistics.zeros_fit(int((out == 0).sum()), X.numel()),
            seen="units are dropped at dropout = 0",
            expected="X",
        )
        expect.close(out, X.where(out != 0, 0.0))

    def output(
        self, student: Student, X: Tensor, p: float, training: bool = True, factor: float = 1.0
    ) -> object:
        return asked(student, output_of_dropout, X=X, dropout=p, training=training, units=[factor])


# What follows runs beside a student's code.


def filled_linear(namespace, weight, bias, relu=True):
    """A MyLinear with these parameters."""
    layer = namespace["MyLinear"](*weight.shape, **({} if relu else {"relu": False}))
    layer.load_state_dict({"weight": weight, "bias": bias})
    return layer


def output_of_linear(namespace, weight, bias, X, relu, units):
    with practising(namespace, units=units):
        return raw(filled_linear(namespace, weight, bias, relu).to("cuda:0")(X.to("cuda:0")))


def linear_after_a_step(namespace, weight, bias, X, slope, lr):
    layer = filled_linear(namespace, weight, bias)
    optimizer = torch.optim.SGD(layer.parameters(), lr=lr)
    out = layer(X)
    if out.requires_grad:
        (out * slope).sum().backward()
    optimizer.step()
    return [layer.weight, layer.bias]


def output_of_dropout(namespace, X, dropout, training, units):
    with practising(namespace) as gpus:
        layer = namespace["DropoutLayer"](dropout)
        net = nn.Sequential(layer).train(training).to("cuda:0")
        gpus.units[torch.device("cuda:0")] = units[0]  # now, since the rate may be kept in a buffer
        X = X.to("cuda:0")
        return raw(net(X) * torch.ones_like(X))
