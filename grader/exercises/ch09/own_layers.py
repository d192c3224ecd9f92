"""Chapter 9: the exercises `MyLinear` and `Bilinear`: layers with parameters of a learner's own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from grader.checks import expect, statistics
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import signed
from grader.checks.registration import Piece
from grader.checks.student import Student
from grader.exercises.ch02.initialising import events
from grader.exercises.ch08.initialisers import verify_draws

IN_UNITS, UNITS, EXAMPLES = 6, 4, 5
LARGE = (160, 120)
"""Weights for questions of chance: so many rows and columns."""
LR = 0.1
NOT_REGISTERED = "assign an `nn.Parameter` to an attribute; a plain tensor is not registered"
CUT_OFF = "the output is right, and no gradient reaches the layer's own parameters: `.data` and its relatives"
Rule = Callable[[list[Tensor], Tensor], Tensor]


@dataclass(frozen=True)
class Problem:
    """Values for a layer's parameters, a layer before it, inputs, and what the loss weighs outputs with."""

    values: list[Tensor]
    before: Tensor
    X: Tensor
    slope: Tensor

    def hidden(self) -> Tensor:
        """What the layer gets."""
        return torch.tanh(self.X @ self.before)

    def stepped(self, rule: Rule, *which: int, before: bool = True) -> Tensor:
        """The output after a step of gradient descent on the values of `which`, and on the layer before."""
        leaves = [v.clone().requires_grad_(True) for v in (self.before, *self.values)]
        with torch.enable_grad():
            out = rule(leaves[1:], torch.tanh(self.X @ leaves[0]))
            (out * self.slope).sum().backward()
        moved = [v.detach() if v.grad is None else v.detach() - LR * v.grad for v in leaves]
        values = [moved[i + 1] if i in which else v for i, v in enumerate(self.values)]
        return rule(values, torch.tanh(self.X @ (moved[0] if before else self.before)))

    def sent(self) -> dict[str, object]:
        """As the probe takes it."""
        return {"values": self.values, "before": self.before, "X": self.X, "slope": self.slope}


class OwnLayer(Exercise):
    """Base of both. named: the parameters' names. spread: the standard deviation of the weight for so many inputs.
    A subclass says in `shapes` and `rule` what its layer has and computes, and in `mistakes` what is known of it.
    """

    named: tuple[str, ...] = ("weight",)
    known_spreads: dict[str, Callable[[int], float]] = {}

    @staticmethod
    def spread(in_units: int) -> float:
        """The standard deviation that the weight is drawn with."""
        raise NotImplementedError

    @staticmethod
    def shapes(in_units: int, units: int) -> list[tuple[int, ...]]:
        """Of the parameters, the weight's first."""
        raise NotImplementedError

    @staticmethod
    def rule(values: list[Tensor], X: Tensor) -> Tensor:
        """What a layer with these parameters makes of X."""
        raise NotImplementedError

    def mistakes(self, values: list[Tensor], X: Tensor) -> dict[str, Tensor]:
        """Sentences to what the mistake gives."""
        raise NotImplementedError

    @check("the outputs are what the formula says", weight=2, essential=True)
    def output(self, student: Student) -> None:
        """Compute one output by hand, for a layer of two inputs and one unit."""
        values, X = self.drawn(), signed(EXAMPLES, IN_UNITS)
        expect.close(
            self.asked(student, values, [X])[0],
            self.rule(values, X),
            tolerance=expect.LAYERS,
            mistakes=self.mistakes(values, X),
        )

    @check(
        "in a network, a step of the optimizer moves all its parameters", weight=2.5, essential=True
    )
    def trained(self, student: Student) -> None:
        """After `loss.backward()`, print the `.grad` of your parameters."""
        problem = self.problem()
        run = student.run(trained_in_a_network, name=self.name, **problem.sent())
        after, registered = expect.items(verified(run), 2)
        if after is None:
            expect.fail(
                "an output that no gradient comes back from",
                "one that autograd can follow to the parameters, and to X",
            )
        every = range(len(self.named))
        if any(
            expect.agrees(after, problem.stepped(f, *every), expect.LAYERS) for f in self.known()
        ):
            return
        mistakes = {
            NOT_REGISTERED if registered == 0 else CUT_OFF: problem.stepped(self.rule),
            "no gradient passes through the layer to the one before it": problem.stepped(
                self.rule, *every, before=False
            ),
            "nothing was trained": problem.stepped(self.rule, before=False),
        }
        for i, name in enumerate(self.named if len(self.named) > 1 else ()):
            others = [j for j in every if j != i]
            mistakes[f"`{name}` was not trained, and the rest was"] = problem.stepped(
                self.rule, *others
            )
        expect.close(
            after,
            problem.stepped(self.rule, *every),
            tolerance=expect.LAYERS,
            because="after one step of SGD on `parameters()`, the layer and the one before it have learnt",
            mistakes=mistakes,
        )

    @check("the parameters have the names and shapes of the text, and can be loaded")
    def names(self, student: Student) -> None:
        """Print `[(name, p.shape) for name, p in layer.named_parameters()]`."""
        values, X = self.drawn(), signed(EXAMPLES, IN_UNITS)
        state = dict(zip(self.named, values, strict=True))
        answer = student.run(
            output_after_loading, name=self.name, sizes=[IN_UNITS, UNITS], state=state, X=X.double()
        )
        if isinstance(answer, str):
            wanted = ", ".join(f"{name} {tuple(v.shape)}" for name, v in state.items())
            expect.fail(f"`state_dict()` has {answer}", wanted)
        self.verify(expect.tensor(answer, dtype=torch.float64), values, X)

    @check("X may have any axes in front, also none", weight=0.5)
    def leading_axes(self, student: Student) -> None:
        """The text says `(…, in_units)`."""
        values = self.drawn()
        inputs = [signed(2, 3, IN_UNITS), signed(IN_UNITS), signed(0, IN_UNITS)]
        outputs = self.asked(student, values, inputs)
        for X, out in zip(inputs, outputs, strict=True):
            self.verify(out, values, X)

    @check(
        "the start: the weight from a normal distribution, drawn anew for each layer", weight=0.5
    )
    def start(self, student: Student) -> None:
        """Print `layer.weight.mean()` and `layer.weight.std()` for a large layer."""
        in_units, units = self.large()
        shapes = [list(shape) for shape in self.shapes(in_units, units)]
        drawn = student.run(
            starts_of, name=self.name, sizes=[in_units, units], shapes=shapes, count=3
        )
        layers = [expect.items(layer, len(shapes)) for layer in expect.items(verified(drawn), 3)]
        weights = [expect.finite(layer[0]).flatten(0, -2) for layer in layers]
        verify_normal_start(
            weights[0],
            self.spread(in_units),
            {text: known(in_units) for text, known in self.known_spreads.items()},
        )
        verify_draws(weights)
        for layer in layers:
            for bias in layer[1:]:
                expect.close(bias, torch.zeros(units), because="a bias begins with 0")

    def known(self) -> list[Rule]:
        """What a layer may compute here: a slip that the first check has found costs no other one."""
        if self.passed("output"):
            return [self.rule]
        texts = self.mistakes(self.drawn(), signed(2, IN_UNITS))
        return [self.rule, *(partial(self._mistaken, text) for text in texts)]

    def _mistaken(self, text: str, values: list[Tensor], X: Tensor) -> Tensor:
        return self.mistakes(values, X)[text]

    def verify(self, out: object, values: list[Tensor], X: Tensor) -> None:
        """The output is what the layer computes."""
        if not any(expect.agrees(out, rule(values, X), expect.LAYERS) for rule in self.known()):
            expect.close(out, self.rule(values, X), tolerance=expect.LAYERS)

    def drawn(self, in_units: int = IN_UNITS, units: int = UNITS) -> list[Tensor]:
        """Values for the parameters, small enough for outputs of about 1."""
        return [signed(*shape) / in_units**0.5 for shape in self.shapes(in_units, units)]

    def problem(self) -> Problem:
        """For a step of training."""
        X, before = signed(EXAMPLES, 3), signed(3, IN_UNITS)
        return Problem(self.drawn(), before, X, signed(EXAMPLES, UNITS))

    def large(self) -> tuple[int, int]:
        """in_units and units for which the weight has LARGE rows and columns, or about so."""
        return LARGE

    def asked(
        self, student: Student, values: list[Tensor], inputs: list[Tensor], **keywords: object
    ) -> list[object]:
        """The outputs of a layer with these parameters."""
        units = values[0].shape[-1]
        run = student.run(
            outputs_of_a_layer,
            name=self.name,
            sizes=[inputs[0].shape[-1], units],
            keywords=keywords,
            values=values,
            inputs=inputs,
        )
        return expect.items(verified(run), len(inputs))


class OwnLinear(OwnLayer):
    name, points, named = "MyLinear", 7, ("weight", "bias")
    hints = (
        "Two attributes, each an `nn.Parameter(...)` around a tensor of the right shape. `forward` uses them as "
        "they are: no `.data`.",
        "`torch.randn(in_units, units)` has standard deviation 1: what must it be divided by? `X @ "
        "self.weight` multiplies, for any axes in front of the last one.",
        "`self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)`, `self.bias = "
        "nn.Parameter(torch.zeros(units))`, `self.relu = relu`. In `forward`: `X @ self.weight + self.bias`, and "
        "`F.relu` around it if `self.relu`.",
    )
    known_spreads = {
        "this is the standard normal, as in the book: divide by √in_units": lambda n: 1.0,
        "1 / in_units is the variance; the standard deviation is its root": lambda n: 1 / n,
        "0.01 is chapter 2's start; here it depends on in_units": lambda n: 0.01,
    }

    @staticmethod
    def spread(in_units: int) -> float:
        return in_units**-0.5

    @staticmethod
    def shapes(in_units: int, units: int) -> list[tuple[int, ...]]:
        return [(in_units, units), (units,)]

    @staticmethod
    def rule(values: list[Tensor], X: Tensor) -> Tensor:
        return torch.relu(linear(values, X))

    def mistakes(self, values: list[Tensor], X: Tensor) -> dict[str, Tensor]:
        weight, bias = values
        return {
            "the ReLU is missing": linear(values, X),
            "the bias is missing": torch.relu(X @ weight),
            "the ReLU acts on X, not on the output": linear(values, torch.relu(X)),
            "the bias is added after the ReLU": torch.relu(X @ weight) + bias,
        }

    @check("with `relu=False` there is no ReLU", essential=True)
    def without_relu(self, student: Student) -> None:
        """Keep the switch in `__init__`, and look at it in `forward`."""
        values, X = self.drawn(), signed(EXAMPLES, IN_UNITS)
        (out,) = self.asked(student, values, [X], relu=False)
        if not self.passed("output") and expect.agrees(out, X @ values[0], expect.LAYERS):
            return  # the missing bias has cost its points
        expect.close(
            out,
            linear(values, X),
            tolerance=expect.LAYERS,
            mistakes={"the ReLU is still there": self.rule(values, X)},
        )

    def problem(self) -> Problem:
        """No rounding decides whether a unit is switched off, and in no column is all of it."""
        while True:
            problem = super().problem()
            outputs = linear(problem.values, problem.hidden())
            if bool((outputs.abs() > 1e-3).all()) and bool((outputs > 0).any(0).all()):
                return problem


class OwnBilinear(OwnLayer):
    name, points = "Bilinear", 7
    hints = (
        "For one output k: multiply each x_i with each x_j and with W_ijk, and add up. Which axes have to be "
        "summed over, and which one stays?",
        "`torch.einsum` takes the axes by their letters: `'...i,ijk,...j->...k'` says that X comes twice, "
        "and that only `k` is left.",
        "`self.weight = nn.Parameter(torch.randn(in_units, in_units, units) / in_units)`, and in `forward` "
        "`torch.einsum('...i,ijk,...j->...k', X, self.weight, X)`.",
    )
    known_spreads = {
        "this is the standard normal: divide by in_units": lambda n: 1.0,
        "each output sums in_units² products, so the divisor is in_units, not its root": lambda n: (
            n**-0.5
        ),
    }

    @staticmethod
    def spread(in_units: int) -> float:
        return 1 / in_units

    @staticmethod
    def shapes(in_units: int, units: int) -> list[tuple[int, ...]]:
        return [(in_units, in_units, units)]

    @staticmethod
    def rule(values: list[Tensor], X: Tensor) -> Tensor:
        return torch.einsum("...i,ijk,...j->...k", X, values[0], X)

    def mistakes(self, values: list[Tensor], X: Tensor) -> dict[str, Tensor]:
        (weight,) = values
        once = torch.einsum("...i,ijk->...k", X, weight)
        return {
            "only squares, the products of x_i with itself: i and j run on their own": (
                torch.einsum("...i,iik->...k", X * X, weight)
            ),
            "X comes once: y is a sum of products of two inputs": once,
            "a ReLU at the end, which is not in the formula": torch.relu(self.rule(values, X)),
            "this is half of it: every pair counts twice, (i, j) and (j, i)": (
                self.rule(values, X) / 2
            ),
            "each pair counts once, not (i, j) and (j, i)": self.rule(
                [weight.permute(2, 0, 1).triu().permute(1, 2, 0)], X
            ),
        }

    def large(self) -> tuple[int, int]:
        return 30, 40


def linear(values: list[Tensor], X: Tensor) -> Tensor:
    """X W + b."""
    return X @ values[0] + values[1]


def verify_normal_start(weight: Tensor, std: float, known: dict[str, float]) -> None:
    """The numbers look drawn from N(0, std²); another spread that is known is called by its name."""
    if all(statistics.fits(hits, share) for hits, share in events(weight, std)):
        return
    found = [
        text
        for text, other in known.items()
        if all(statistics.looks_like(hits, share) for hits, share in events(weight, other))
    ]
    if not found and 0 < float(weight.abs().max()) < 2 * float(weight.std()):
        found = ["no number is further from 0 than twice that: this is no normal distribution"]
    expect.fail(
        f"a weight with mean {float(weight.mean()):.2g} and standard deviation {float(weight.std()):.3g}",
        f"the normal distribution with mean 0 and standard deviation {std:.3g}",
        "".join(found[:1]),
    )


def verified(run: object) -> object:
    """A probe's answer: None where the layer holds no tensor of the shape that was asked for."""
    if run is None:
        expect.fail(
            "the layer keeps no tensor of the weight's shape",
            "parameters of the shapes in the text, made in `__init__`",
        )
    return run


# What follows runs beside a student's code.


def kept_tensors(layer):
    """The tensors that a layer keeps, parameters first, registered or not, also in a plain list or dictionary."""
    kept = [*layer.parameters(), *layer.buffers()]
    for value in [value for m in layer.modules() for value in vars(m).values()]:
        inside = value.values() if isinstance(value, dict) else value
        inside = inside if isinstance(value, (dict, list, tuple)) else [value]
        kept += [t for t in inside if isinstance(t, torch.Tensor)]
    return kept


def placed(layer, shapes):
    """For each shape the first tensor that has it, a view: its axes may have another order, and others of length
    1 may stand among them. None for a bias that is not there, and altogether when the first one is missing.
    """
    left, found = kept_tensors(layer), []
    for shape in map(list, shapes):
        fits = [
            (t, view.permute(*order))
            for t in left
            for view in (t, t.squeeze())
            for order in itertools.permutations(range(view.dim()))
            if [view.shape[axis] for axis in order] == shape
        ]
        if not fits and not found:
            return None
        tensor, view = fits[0] if fits else (None, None)
        left = [t for t in left if t is not tensor]
        found.append(view)
    return found


def fill(layer, values):
    """Set the layer's tensors to these values; whether the first one is there."""
    with torch.no_grad():
        found = placed(layer, [v.shape for v in values])
        for tensor, value in zip(found or [], values):  # noqa: B905
            if tensor is not None:
                tensor.copy_(value)
    return found is not None


def outputs_of_a_layer(namespace, name, sizes, keywords, values, inputs):
    layer = namespace[name](*sizes, **keywords)
    return [layer(X) for X in inputs] if fill(layer, values) else None


def trained_in_a_network(namespace, name, values, before, X, slope):
    """The output after a step on all parameters of a layer and of the one before it, and how many the layer
    registers; no output where it does not ask for gradients.
    """
    layer = namespace[name](before.shape[1], slope.shape[1])
    if not fill(layer, values):
        return None
    net = nn.Sequential(Piece(before, 1.0), layer)
    optimizer = torch.optim.SGD(net.parameters(), lr=LR)
    out = net(X)
    if not out.requires_grad:
        return [None, 0]
    (out * slope).sum().backward()
    optimizer.step()
    return [net(X), len(list(layer.parameters()))]


def output_after_loading(namespace, name, sizes, state, X):
    """Of a layer that was filled by name and moved to the type of X; its names and shapes where they differ."""
    layer = namespace[name](*sizes)
    own = {key: tuple(value.shape) for key, value in layer.state_dict().items()}
    if own != {key: tuple(value.shape) for key, value in state.items()}:
        return ", ".join(f"{key} {shape}" for key, shape in own.items()) or "nothing in it"
    layer.load_state_dict(state)
    return layer.to(X.dtype)(X)


def starts_of(namespace, name, sizes, shapes, count):
    """The tensors of `count` new layers; 0 for a bias that is not there."""
    starts = []
    for _ in range(count):
        found = placed(namespace[name](*sizes), shapes)
        if found is None:
            return None
        kept = zip(found, shapes)  # noqa: B905
        starts.append([torch.zeros(s) if t is None else t.detach().clone() for t, s in kept])
    return starts
