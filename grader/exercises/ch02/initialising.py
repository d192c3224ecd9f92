"""Chapter 2: the exercise `init_weights`."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor, nn

from grader.checks import expect, statistics
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import normal_cdf
from grader.checks.student import Student

STD = 0.01
INPUTS, WIDTH = 120, 180
SHAPES = {
    "linear weight": ((WIDTH, INPUTS), (WIDTH, WIDTH), (WIDTH, WIDTH)),
    "linear bias": ((WIDTH,), (WIDTH,)),
    "batch normalisation": ((WIDTH,), (WIDTH,)),
    "embedding": ((30, 20),),
    "convolution": ((5, 4, 3), (5,)),
}
"""The parameters of `example_network`, in its order."""
KNOWN_STDS = {
    "this is the standard normal distribution; std = 0.01 is asked for": 1.0,
    "0.01 is the standard deviation, not the variance": STD**0.5,
    "0.01 is the standard deviation; 0.01 ** 2 is the variance": STD**2,
}
Parameters = dict[str, list[Tensor]]


class InitWeights(Exercise):
    name, points = "init_weights", 4
    hints = (
        "`net.apply` calls your function for every module: flatten, ReLU and dropout too. What do you have "
        "to know of `m` before you touch `m.weight`?",
        "`torch.nn.init` has a function for each distribution. Those that end with an underscore fill a "
        "tensor in place, without autograd.",
        "Two lines: if `m` is an instance of `nn.Linear`, then `nn.init.normal_` with `m.weight` and the "
        "standard deviation that is asked for. Nothing about the bias.",
    )

    @cached_property
    def run(self) -> Initialised:
        """What several checks look at."""
        return Initialised(self.name)

    @check(
        "the weights of every nn.Linear are normal with standard deviation 0.01",
        weight=2,
        essential=True,
    )
    def weights(self, student: Student) -> None:
        """Print `m.weight.mean()` and `m.weight.std()` afterwards."""
        before, (after, _) = self.run.before, self.run.ask(student)
        for old, new in zip(before["linear weight"], after["linear weight"], strict=True):
            expect.true(
                not torch.equal(old, new),
                seen=f"an nn.Linear with the weights of shape {tuple(old.shape)} that it had before",
                expected="new ones, in every nn.Linear, also in layers inside layers",
            )
            verify_normal(new)

    @check("every weight is drawn on its own, in each layer and at each call")
    def draws(self, student: Student) -> None:
        """Set no seed, and draw for each layer anew."""
        first, again = self.run.ask(student)
        signs = [weight > 0 for weight in first["linear weight"]]
        pairs = [(signs[1], signs[2], "two layers")]
        pairs += [
            (a, b > 0, "two calls") for a, b in zip(signs, again["linear weight"], strict=True)
        ]
        pairs += [(a[0::2], a[1::2], "two rows") for a in signs]
        pairs += [(a[:, 0::2], a[:, 1::2], "two columns") for a in signs]
        for one, other, where in pairs:
            alike = 100 * float((one == other).double().mean())
            expect.true(
                statistics.independent(one, other),
                seen=f"in {where}, {alike:.3g} % of the weights have the same sign",
                expected="about half of them",
            )

    @check("biases stay as they were")
    def biases(self, student: Student) -> None:
        """Do nothing to `m.bias`. It may even be `None`."""
        self._verify_untouched(
            student,
            "linear bias",
            {
                "the bias was set to 0": torch.zeros_like,
                "the bias was set to 1": torch.ones_like,
            },
        )

    @check("modules that are no nn.Linear stay as they were", weight=0.5)
    def others(self, student: Student) -> None:
        """Ask for the type of `m`, not whether it has a `weight`."""
        for kind in ("batch normalisation", "embedding", "convolution"):
            self._verify_untouched(student, kind, {})

    @check("the weights are drawn in place, and can be trained", weight=0.5)
    def in_place(self, student: Student) -> None:
        """Fill the tensor that is there, rather than putting another `nn.Parameter` in its
        place."""
        (after, _), held = self.run.ask(student), self.run.held
        self.run.verify_trainable()
        for new, known in zip(after["linear weight"], held["linear weight"], strict=True):
            expect.true(
                torch.equal(new, known),
                seen="another `Parameter` than before: who held the old one has the old numbers",
                expected="the same one with new numbers",
                because="an optimizer made before would go on training the old one",
            )

    def _verify_untouched(self, student: Student, kind: str, mistakes: dict) -> None:
        """No parameter of this kind has changed."""
        after = self.run.ask(student)[0][kind]
        for old, new in zip(self.run.before[kind], after, strict=True):
            expect.close(
                new,
                old,
                tolerance=expect.EXACT,
                because=f"a parameter of {kind.removesuffix(' bias')} layers has changed",
                mistakes={text: wrong(old) for text, wrong in mistakes.items()},
            )


class Initialised:
    """A network's parameters before, after `net.apply(init_weights)`, and after doing it again.

    held: the first parameters again, from references that were taken before. all_biases: whether each linear
    layer has a bias; else the last one has none. trainable: whether all still ask for gradients.
    """

    def __init__(self, name: str, *, all_biases: bool = False) -> None:
        self.name, self.all_biases = name, all_biases
        more = {"linear bias": ((WIDTH,), (WIDTH,), (WIDTH,))} if all_biases else {}
        self.shapes = {**SHAPES, **more}
        self.before: Parameters = {
            kind: [torch.randn(shape) for shape in shapes] for kind, shapes in self.shapes.items()
        }
        self.held: Parameters = {}
        self.trainable = True
        self._after: list[Parameters] = []

    def ask(self, student: Student) -> list[Parameters]:
        """After the first and after the second time."""
        if not self._after:
            values = [value for group in self.before.values() for value in group]
            raw = student.run(
                initialised, name=self.name, values=values, all_biases=self.all_biases
            )
            *parts, trainable = expect.items(raw, 4)
            first, held, second = (self._read(part) for part in parts)
            self.held, self._after = held, [first, second]
            self.trainable = trainable is True
        return self._after

    def verify_trainable(self) -> None:
        """`requires_grad` of every parameter is as it was."""
        expect.true(
            self.trainable,
            seen="parameters that ask for no gradient any more",
            expected="`requires_grad` as it was: they are to be trained",
        )

    def _read(self, raw: object) -> Parameters:
        count = sum(map(len, self.shapes.values()))
        found = iter(expect.items(raw, count, expected=f"a network with {count} parameters still"))
        return {
            kind: [expect.tensor(next(found), shape=shape) for shape in shapes]
            for kind, shapes in self.shapes.items()
        }


def verify_normal(weights: Tensor) -> None:
    """The weights look drawn from N(0, STD^2); another well-known spread is called by its name."""
    weights = expect.finite(weights)
    fits = [statistics.fits(hits, share) for hits, share in events(weights, STD)]
    if all(fits):
        return

    def is_normal(std: float) -> bool:
        return all(statistics.looks_like(hits, share) for hits, share in events(weights, std))

    named = [text for text, std in KNOWN_STDS.items() if is_normal(std)]
    spread = float(weights.std())
    if not named and float(weights.abs().max()) < 2 * spread:
        named = ["no weight is further from 0 than twice that: this is no normal distribution"]
    expect.fail(
        f"weights with mean {float(weights.mean()):.2g} and standard deviation {spread:.3g}",
        "weights drawn from the normal distribution, mean 0, standard deviation 0.01",
        "".join(named),
    )


def events(weights: Tensor, std: float) -> list[tuple[Tensor, float]]:
    """What a normal distribution with this spread says of each weight, and how often it is so."""
    size = weights.abs()
    inside = [(size < z * std, 2 * normal_cdf(z) - 1) for z in (0.5, 1.0, 2.0)]
    return [*inside, (weights < 0, 0.5)]


# What follows runs beside a student's code.


def example_network(inputs, width, all_biases):
    deep = nn.Sequential(nn.Sequential(nn.Tanh(), nn.Linear(width, width, bias=all_biases)))
    inner = nn.ModuleList([nn.Linear(width, width), deep])
    layers = [nn.Flatten(), nn.Linear(inputs, width), nn.ReLU(), nn.Dropout(0.5), inner]
    return nn.ModuleList([*layers, nn.BatchNorm1d(width), nn.Embedding(30, 20), nn.Conv1d(4, 5, 3)])


def in_kinds(net):
    """The parameters: linear weights, linear biases, and those of the other modules."""
    linear = [m for m in net.modules() if type(m) is nn.Linear]
    biases = [m.bias for m in linear if m.bias is not None]
    others = [m for m in net if type(m) in (nn.BatchNorm1d, nn.Embedding, nn.Conv1d)]
    return [m.weight for m in linear] + biases + [p for m in others for p in m.parameters()]


def initialised(namespace, name, values, all_biases):
    net = example_network(values[0].shape[1], values[0].shape[0], all_biases)
    held = in_kinds(net)
    with torch.no_grad():
        for p, value in zip(held, values, strict=True):
            p.copy_(value)
    net.apply(namespace[name])
    first = [p.detach().clone() for p in in_kinds(net)]
    known = [p.detach().clone() for p in held]
    net.apply(namespace[name])
    return [first, known, in_kinds(net), all(p.requires_grad for p in net.parameters())]
