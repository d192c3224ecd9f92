"""Chapter 11: the exercise `init_xavier`: how the layers of the capstone start."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.practice import asked, practising
from grader.checks.randomness import integer, signed, uniform
from grader.checks.student import Student


class InitXavier(Exercise):
    name, points = "init_xavier", 2
    uses = ("MyLinear",)
    hints = (
        "Which modules have to be started, and what tells them apart?",
        "`isinstance(m, MyLinear)`; `nn.init.xavier_uniform_` does the drawing, in place. Xavier's rule is the "
        "same for both orientations of a weight.",
        "`if isinstance(m, MyLinear):`, then `nn.init.xavier_uniform_(m.weight)` and `nn.init.zeros_(m.bias)`.",
    )

    @check("the weight is uniform on ±√(6 / (in_units + units))", weight=2, essential=True)
    def weight(self, student: Student) -> None:
        """Look at the largest number of a weight, and at the share beyond half of it."""
        for sizes in ([integer(150, 200), 256], [256, integer(150, 200)]):
            weight = self.started(student, sizes)[0]
            bound = math.sqrt(6 / sum(sizes))
            largest = float(weight.abs().max())
            expect.true(
                largest <= 1.0001 * bound,
                seen=f"a weight of {largest:.3g}",
                expected=f"none beyond √(6 / ({sizes[0]} + {sizes[1]})) = {bound:.3g}",
            )
            expect.rate(
                weight.abs() > bound / 2, 0.5, what="of the weights lie beyond half of the bound"
            )
            expect.rate(weight > 0, 0.5, what="of the weights are positive")

    @check("the bias is 0", essential=True)
    def bias(self, student: Student) -> None:
        """`nn.init.zeros_`"""
        bias = self.started(student, [30, 20])[1]
        expect.close(bias, torch.zeros_like(bias), tolerance=expect.EXACT)

    @check("other modules are left alone", weight=0.5)
    def others(self, student: Student) -> None:
        """An `nn.Linear` has a weight, too."""
        values = [signed(4, 3), signed(4)]
        after = asked(student, others_after_init, values=values)
        expect.close(after, values, tolerance=expect.EXACT)

    @check("weight and bias stay the parameters that they were, on their device", weight=0.5)
    def in_place(self, student: Student) -> None:
        """Functions of `nn.init` write into the tensor that is there."""
        answer = asked(student, kept_by_init, step=(step := uniform(0.1, 0.9)))
        before, after = expect.items(answer, 2)
        expect.close(
            after,
            [expect.tensor(p) - step for p in before],
            because="an optimizer that was made before trains these parameters",
        )

    def started(self, student: Student, sizes: list[int]) -> list[Tensor]:
        weight, bias = expect.items(asked(student, linear_after_init, sizes=sizes), 2)
        return [
            expect.finite(expect.tensor(weight, shape=sizes)),
            expect.finite(expect.tensor(bias, shape=sizes[1:])),
        ]


# What follows runs beside a student's code.


def linear_after_init(namespace, sizes):
    layer = namespace["MyLinear"](*sizes)
    with torch.no_grad():
        layer.bias.fill_(1.0)
    nn.Sequential(layer).apply(namespace["init_xavier"])
    return [layer.weight, layer.bias]


def others_after_init(namespace, values):
    layer = nn.Linear(3, 4)
    layer.load_state_dict({"weight": values[0], "bias": values[1]})
    nn.Sequential(layer, nn.ReLU()).apply(namespace["init_xavier"])
    return [layer.weight, layer.bias]


def kept_by_init(namespace, step):
    """The parameters after the start, and after a step of an optimizer that was made before it."""
    with practising(namespace):
        layer = namespace["MyLinear"](6, 5).to("cuda:0")
        optimizer = torch.optim.SGD(layer.parameters(), lr=step)
        layer.apply(namespace["init_xavier"])
        before = [p.detach().cpu() for p in (layer.weight, layer.bias)]
        (layer.weight.sum() + layer.bias.sum()).backward()
        optimizer.step()
        return [before, [p.detach().cpu() for p in (layer.weight, layer.bias)]]
