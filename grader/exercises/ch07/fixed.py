"""Chapter 7: the exercises `FixedHiddenMLP` and `chimera`: a constant, a loop, and networks in a network."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from grader.checks import expect, statistics
from grader.checks.dropout_networks import net_shapes
from grader.checks.exercise import Exercise, check
from grader.checks.networks import (
    MLP,
    canonical,
    find_parameters,
    identity,
    listed,
    logits,
    parameters_of,
    set_parameters,
)
from grader.checks.randomness import signed
from grader.checks.registration import missing, within_lines
from grader.checks.student import Student
from grader.exercises.ch07.perceptrons import present

LINES = 5_000
"""A right answer runs a few hundred lines of Python."""
INPUTS = 20


@dataclass(frozen=True)
class Fixed:
    """A `FixedHiddenMLP` of the judge's, and inputs for it: weight (d, d), bias (d,), constant (d, d)."""

    weight: Tensor
    bias: Tensor
    constant: Tensor
    X: Tensor

    @classmethod
    def drawn(cls, scale: float, inputs: int = INPUTS, steps: bool = False) -> Fixed:
        """scale: of weight and bias: the larger, the more halvings. No rounding decides about one.
        steps: what it gives after a step tells what has been trained.
        """
        while True:
            weight, bias = signed(inputs, inputs) * scale / inputs, signed(inputs) * scale / inputs
            problem = cls(weight, bias, torch.rand(inputs, inputs), signed(3, inputs))
            if problem.tells_mistakes_apart() and (not steps or problem.tells_what_was_trained()):
                return problem

    def is_clear(self) -> bool:
        size = float(self.halved().abs().sum())
        known = size < 0.45 or 0.55 < size < 0.95
        return known and abs(float(self.output())) > 0.1 * size

    def tells_mistakes_apart(self) -> bool:
        """Whether each mistake gives its own value, or the right one."""
        right = self.output()
        values = [x for x in self.mistakes().values() if not expect.agrees(x, right, expect.LAYERS)]
        return self.is_clear() and bool((torch.pdist(torch.stack(values)[:, None]) > 0.003).all())

    def tells_what_was_trained(self) -> bool:
        """Whether the constant's step shows beside the layer's."""
        moved = [self.after_a_step(too) for too in (False, True)]
        apart = abs(float(moved[0].output() - moved[1].output()))
        return all(other.is_clear() for other in moved) and apart > 0.02

    def last(
        self, plus: float = 1.0, transposed: bool = False, twice: bool = True, relu: bool = True
    ) -> Tensor:
        """What the loop begins with."""
        first = self.X @ self.weight.T + self.bias
        constant = self.constant.T if transposed else self.constant
        hidden = first @ constant + plus
        hidden = torch.relu(hidden) if relu else hidden
        return hidden @ self.weight.T + self.bias if twice else hidden

    def halved(self, **mistake) -> Tensor:
        X = self.last(**mistake)
        while float(X.detach().abs().sum()) > 1:
            X = X / 2
        return X

    def output(self, **mistake) -> Tensor:
        return self.halved(**mistake).sum()

    def mistakes(self) -> dict[str, Tensor]:
        """Sentences to what the mistake gives."""
        last, halved = self.last(), self.halved()
        size = float(last.abs().sum())
        one = last / 2 if size > 1 else last
        return {
            "the 1 after the product with the constant is missing": self.output(plus=0.0),
            "X times the constant, not times its transpose": self.output(transposed=True),
            "the ReLU is missing": self.output(relu=False),
            "the linear layer must be used a second time": self.output(twice=False),
            "the linear layer has no bias": replace(self, bias=0 * self.bias).output(),
            "it is halved once at most: an `if` is no `while`": one.sum(),
            "it is not halved at all": last.sum(),
            "the loop looks at the sum, not at the sum of the absolute values": self._signed(),
            "the sum of the absolute values came back": halved.abs().sum(),
            "this is the mean, not the sum": halved.mean(),
        }

    def _signed(self) -> Tensor:
        X = self.last()
        while float(X.sum()) > 1:
            X = X / 2
        return X.sum()

    def gradients(self) -> list[Tensor]:
        """Of the output with respect to weight, bias and constant."""
        leaves = [p.clone().requires_grad_(True) for p in (self.weight, self.bias, self.constant)]
        with torch.enable_grad():
            return list(
                torch.autograd.grad(Fixed(leaves[0], leaves[1], leaves[2], self.X).output(), leaves)
            )

    @property
    def lr(self) -> float:
        """With it, a step of gradient descent is a third as long as the weight."""
        weight, bias, _ = self.gradients()
        return 0.3 * float(self.weight.norm() / (weight.norm() + bias.norm()))

    def after_a_step(self, constant_too: bool = False) -> Fixed:
        """After a step on the output, by the layer alone or by the constant as well."""
        weight, bias, constant = (self.lr * grad for grad in self.gradients())
        moved = self.constant - constant if constant_too else self.constant
        return Fixed(self.weight - weight, self.bias - bias, moved, self.X)

    def sent(self) -> dict[str, object]:
        """As the probes take it."""
        return {"weight": self.weight, "bias": self.bias, "constant": self.constant, "X": self.X}


class FixedHiddenMLP(Exercise):
    name, points = "FixedHiddenMLP", 7
    hints = (
        "A tensor that is a plain attribute works, and is forgotten by `state_dict()` and `to()`. A "
        "`Parameter` is remembered, and offered to the optimizer. Which third kind of tensor does `nn.Module` "
        "know?",
        "`self.register_buffer('rand_weight', torch.rand(...))` in `__init__`; after it, `self.rand_weight` "
        "is that tensor. The loop: `while X.abs().sum() > 1:`, with `X = X / 2` inside.",
        "`forward`: `X = self.linear(X)`; `X = F.relu(X @ self.rand_weight + 1)`; `X = self.linear(X)` again; "
        "the loop; return `X.sum()`. In `__init__` there is one `nn.Linear` and one buffer.",
    )

    @check("`parameters()` gives one linear layer: the constant is not among them")
    def parameters(self, student: Student) -> None:
        """Print `[p.shape for p in net.parameters()]`."""
        shapes = expect.shapes(
            student.run(net_shapes, name=self.name, arguments=[], keywords={}, inputs=INPUTS)
        )
        square, right = [INPUTS, INPUTS], [[INPUTS, INPUTS], [INPUTS]]
        because = {
            (
                2,
                1,
            ): "the constant is a Parameter: an optimizer gets it, if not now, then after "
            "`net.requires_grad_(True)`",
            (2, 2): "two linear layers: the same one is to be used twice",
        }.get((shapes.count(square), shapes.count([INPUTS])), missing(shapes, right))
        expect.true(
            canonical(shapes) == canonical(right),
            seen=f"`parameters()` gives these shapes: {listed(shapes)}",
            expected=listed(right),
            because=because,
        )

    @check("the output is what the formula and the loop give", weight=2, essential=True)
    def output(self, student: Student) -> None:
        """Linear layer, constant, ReLU, the same linear layer, halve, sum."""
        for scale in (0.05, 1.0, 8.0):
            problem = Fixed.drawn(scale)
            out = student.run(output_of_fixed, name=self.name, arguments=[], **problem.sent())
            verify_found(out)
            expect.close(
                out,
                problem.output(),
                tolerance=expect.LAYERS,
                mistakes=problem.mistakes(),
            )

    @check(
        "the constant is in `state_dict()`: a copy that loads it computes the same",
        weight=2,
        essential=True,
    )
    def state(self, student: Student) -> None:
        """Print `list(net.state_dict())`."""
        problem = Fixed.drawn(1.0)
        out = student.run(output_of_a_copy, name=self.name, **problem.sent())
        verify_found(out)
        if self.is_a_known_slip(out, problem):
            return
        expect.close(
            out,
            problem.output(),
            tolerance=expect.LAYERS,
            because="a second network that has loaded the `state_dict()` of the first computes something "
            "else: it has kept a constant of its own"
            if self.passed("output")
            else "",
        )

    @check("`to()` moves the constant with the layer")
    def moves(self, student: Student) -> None:
        """`net.to(torch.float64)` shows without a GPU whether a GPU would be reached."""
        problem = Fixed.drawn(1.0)
        out = student.run(output_after_moving, name=self.name, **problem.sent())
        verify_found(out)
        out = expect.tensor(out, dtype=torch.float64)
        if not self.is_a_known_slip(out, problem):
            expect.close(out, problem.output(), tolerance=expect.LAYERS)

    def is_a_known_slip(self, out: object, problem: Fixed) -> bool:
        """Whether the check on the output has failed, and this is what a known mistake gives: it costs no more."""
        values = () if self.passed("output") else problem.mistakes().values()
        return any(expect.agrees(out, value, expect.LAYERS) for value in values)

    @check("training moves the layer and leaves the constant alone", weight=1.5, essential=True)
    def trained(self, student: Student) -> None:
        """An optimizer gets `parameters()`. What must not be among them?"""
        problem = Fixed.drawn(8.0, steps=True)
        out = student.run(output_after_a_step, name=self.name, lr=problem.lr, **problem.sent())
        verify_found(out)
        expect.close(
            out,
            problem.after_a_step().output(),
            tolerance=expect.LAYERS,
            mistakes={
                "nothing was trained": problem.output(),
                "the constant was trained, too": problem.after_a_step(True).output(),
            },
        )

    @check("each network draws its constant once, uniformly between 0 and 1", weight=0.5)
    def constant(self, student: Student) -> None:
        """`torch.rand` in `__init__`, not in `forward`."""
        raw = student.run(constants_of, name=self.name, inputs=INPUTS)
        both = expect.items(raw, 2)
        if None in [kept if kept is None else 0 for kept in both]:
            verify_found(None)
        n = INPUTS * INPUTS
        for values in both:
            values = expect.tensor(values, shape=(INPUTS, INPUTS))
            expect.true(
                bool(((values >= 0) & (values <= 1)).all()),
                seen="numbers below 0 or above 1",
                expected="numbers that are uniform between 0 and 1",
            )
            expect.rate(values < 0.25, 0.25, what="of its numbers are below 0.25")
            expect.rate(values < 0.75, 0.75, what="of its numbers are below 0.75")
        statistics.book("equal constants", 2.0 ** (-24 * n), n)
        expect.true(
            not torch.equal(*both),
            seen="two networks have the same constant",
            expected="each draws its own",
        )


class Chimera(Exercise):
    name, points = "chimera", 3
    uses = ("NestMLP", "FixedHiddenMLP")
    hints = (
        "Your two classes are modules, and so is `nn.Linear`: an `nn.Sequential` takes them all.",
        "How many numbers leave `NestMLP`, how many does `FixedHiddenMLP` take? The linear layer stands "
        "between them.",
        "Return `nn.Sequential(NestMLP(), nn.Linear(16, 20), FixedHiddenMLP())`.",
    )
    mlp = MLP((20, 64, 32, 16, INPUTS))

    @check("it has the parameters of its three parts")
    def parts(self, student: Student) -> None:
        """Print it: a network shows what it is made of."""
        shapes = expect.shapes(
            student.run(net_shapes, name=self.name, arguments=[], keywords={}, inputs=20)
        )
        right = [*self.mlp.shapes, [INPUTS, INPUTS], [INPUTS]]
        expect.true(
            canonical(shapes) == canonical(right),
            seen=f"`parameters()` gives these shapes: {listed(shapes)}",
            expected=listed(right),
            because=missing(shapes, right),
        )

    @check("NestMLP, then the linear layer, then FixedHiddenMLP", weight=2, essential=True)
    def output(self, student: Student) -> None:
        """What one part returns, the next one takes."""
        values, problem = self.drawn()
        run = student.run(output_of_chimera, values=values, **problem.sent())
        out, values = found_chimera(run, values)
        expect.close(
            out,
            self.output_of(problem, values),
            tolerance=expect.LAYERS,
            mistakes={
                "a ReLU stands between the parts": self._with(
                    problem, values, torch.relu, torch.relu, torch.relu
                ).output()
            },
        )

    @check("a copy that loads its `state_dict()` computes the same", weight=0.5)
    def state(self, student: Student) -> None:
        """The parts must be registered in the whole."""
        values, problem = self.drawn()
        run = student.run(output_of_a_copied_chimera, values=values, **problem.sent())
        out, values = found_chimera(run, values)
        expect.close(out, self.output_of(problem, values), tolerance=expect.LAYERS)

    def drawn(self) -> tuple[list[Tensor], Fixed]:
        """Parameters of the first two parts, and a last part with inputs for the whole."""
        while True:
            values, problem = self.mlp.drawn(), Fixed.drawn(1.0)
            clear = [
                self._with(problem, values, torch.relu, torch.relu, last).is_clear()
                for last in (identity, torch.relu)
            ]
            if all(clear):
                return values, problem

    def output_of(self, problem: Fixed, values: list[Tensor]) -> Tensor:
        """Of the whole network, with these parameters of its first two parts."""
        return self._with(problem, values, torch.relu, torch.relu, identity).output()

    def _with(self, problem: Fixed, values: list[Tensor], *activations) -> Fixed:
        """The last part, with what the first two give for its inputs."""
        return replace(problem, X=logits(values, problem.X, *activations))


def verify_found(out: object) -> None:
    """A probe has found layer and constant: it gives None otherwise."""
    if out is None:
        expect.fail(
            "no linear layer or no constant of its size was found in the network",
            "an `nn.Linear(num_inputs, num_inputs)` and a constant that was drawn in `__init__`",
        )


def found_chimera(run: object, values: list[Tensor]) -> tuple[object, list[Tensor]]:
    """A chimera's output, and the parameters of its first two parts as it has them, of what its probe gives."""
    if run is None:
        expect.fail(
            "not every part was found in the network, with all of its weights and its constant",
            "NestMLP, `nn.Linear(16, 20)` and FixedHiddenMLP, each registered in the whole",
        )
    out, found = expect.items(run, 2)
    return out, present(values, found)


# What follows runs beside a student's code.


def constant_of(net, shape, known):
    """The first tensor of this shape that the network keeps besides `known`, registered or not."""
    plain = [v for m in net.modules() for v in vars(m).values() if isinstance(v, torch.Tensor)]
    kept = [*net.buffers(), *net.parameters(), *plain]
    fits = [p for p in kept if list(p.shape) == list(shape)]
    fits = [p for p in fits if not any(p is other for other in known)]
    return fits[0] if fits else None


def fill_fixed(net, weight, bias, constant):
    """Set layer and constant, wherever they are. Gives the layer's parameters; None when one is not there."""
    parameters_of(net, weight.shape[1])
    linear = [
        m for m in net.modules() if isinstance(m, nn.Linear) and m.weight.shape == weight.shape
    ]
    kept = constant_of(net, constant.shape, [linear[0].weight]) if linear else None
    if kept is None:
        return None
    with torch.no_grad():
        linear[0].weight.copy_(weight)
        kept.copy_(constant)
        if linear[0].bias is not None:
            linear[0].bias.copy_(bias)
    return list(linear[0].parameters())


def fill_chimera(net, values, weight, bias, constant):
    """As `fill_fixed` for the last part, and `values` for the parts before it. Gives which of these are there."""
    last = fill_fixed(net, weight, bias, constant)
    if last is None:
        return None
    others = [p for p in net.parameters() if not any(p is own for own in last)]
    found = find_parameters(others, [v.shape for v in values])
    if found is None:
        return None
    set_parameters(found, values)
    return [p is not None for p in found]


def output_of_fixed(namespace, name, arguments, weight, bias, constant, X):
    net = namespace[name](*arguments)
    if fill_fixed(net, weight, bias, constant) is None:
        return None
    return within_lines(LINES, net, X)


def output_of_a_copy(namespace, name, weight, bias, constant, X):
    net, other = namespace[name](), namespace[name]()
    if fill_fixed(net, weight, bias, constant) is None:
        return None
    other.load_state_dict({key: value.clone() for key, value in net.state_dict().items()})
    return within_lines(LINES, other, X)


def output_after_moving(namespace, name, weight, bias, constant, X):
    net = namespace[name]()
    if fill_fixed(net, weight, bias, constant) is None:
        return None
    return within_lines(LINES, net.to(torch.float64), X.double())


def output_after_a_step(namespace, name, lr, weight, bias, constant, X):
    net = namespace[name]()
    if fill_fixed(net, weight, bias, constant) is None:
        return None
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    within_lines(LINES, net, X).backward()
    optimizer.step()
    return within_lines(LINES, net, X)


def constants_of(namespace, name, inputs):
    found = []
    for _ in range(2):
        net = namespace[name]()
        parameters_of(net, inputs)
        weights = [m.weight for m in net.modules() if isinstance(m, nn.Linear)]
        kept = constant_of(net, (inputs, inputs), weights)
        found.append(kept if kept is None else kept.detach().clone())
    return found


def output_of_chimera(namespace, values, weight, bias, constant, X):
    net = namespace["chimera"]()
    filled = fill_chimera(net, values, weight, bias, constant)
    return [within_lines(LINES, net, X), filled] if filled else None


def output_of_a_copied_chimera(namespace, values, weight, bias, constant, X):
    net, other = namespace["chimera"](), namespace["chimera"]()
    filled = fill_chimera(net, values, weight, bias, constant)
    if not filled:
        return None
    other.load_state_dict({key: value.clone() for key, value in net.state_dict().items()})
    return [within_lines(LINES, other, X), filled]
