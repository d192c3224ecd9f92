"""Exercises whose answer is a multilayer perceptron with dropout after each of two hidden layers.

`DropoutNetwork` has their checks. An exercise says how its network is made (`arguments`), and which
sizes it can have.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from grader.checks import expect, statistics
from grader.checks.exercise import Check, Exercise, check
from grader.checks.functions import unless_zeros_were_drawn
from grader.checks.networks import (
    MLP,
    Activation,
    Copies,
    canonical,
    find_parameters,
    gradients,
    identity,
    listed,
    logits,
    oriented,
    paired,
    parameters_of,
    run_network,
)
from grader.checks.randomness import positive, uniform
from grader.checks.statistics import looks_like
from grader.checks.student import Student
from grader.wire.probe import StudentError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INPUTS = 8
BOOK, SMALL = MLP((784, 256, 256, 10)), MLP((INPUTS, 16, 32, 33))
LAYER_NOT_REGISTERED = (
    "a layer counts when it is an attribute of the network, or in an `nn.ModuleList`: in a plain "
    "list it is not seen"
)
EXAMPLES = 2000
"""Examples for rates: EXAMPLES x 14 draws tell rates that are 0.035 apart."""
SEEN_ROWS = 8
"""Rows of each weight on which the largest first number is looked for."""


class DropoutNetwork(Exercise):
    """Base of these exercises. mlps: the sizes that can be asked for, the first one preferred. maker: the
    learner's function or class that makes the network, by default the exercise's name. without: ids of
    checks that the exercise does not ask.
    """

    mlps: ClassVar[tuple[MLP, ...]] = (SMALL, BOOK)
    maker: ClassVar[str] = ""
    without: ClassVar[tuple[str, ...]] = ()

    def checks(self) -> list[Check]:
        return [entry for entry in super().checks() if entry.id not in self.without]

    def arguments(self, mlp: MLP) -> list[object]:
        """The arguments of the exercise's function or class, without the rates, for these sizes."""
        raise NotImplementedError

    def other_sizes(self) -> list[MLP]:
        """Sizes that are drawn, for which the network must be made as well."""
        return [MLP(tuple((torch.randperm(40)[:4] + 5).tolist()))]

    def keywords(self, rates: tuple[float, float] | None) -> dict[str, object]:
        """The further arguments that set the rates; none for the defaults."""
        return {} if rates is None else {"dropout1": rates[0], "dropout2": rates[1]}

    @check("three linear layers of the sizes asked for", weight=1.5)
    def layers(self, student: Student) -> None:
        """Print `[tuple(p.shape) for p in net.parameters()]`."""
        maker = self.maker or self.name
        for number, mlp in enumerate((*self.other_sizes(), BOOK)):
            arguments = self.arguments(mlp)
            shapes = student.run(
                net_shapes,
                name=maker,
                arguments=arguments,
                keywords=self.keywords(None),
                inputs=mlp.sizes[0],
            )
            if shapes is None:
                raise StudentError("NameError", f"`{maker}` is not defined", kind="missing")
            shapes = expect.shapes(shapes)
            expect.true(
                shapes != [],
                seen="`net.parameters()` is empty",
                expected="six parameters, three weights and three biases",
                because=LAYER_NOT_REGISTERED,
            )
            seen, needed = canonical(shapes), canonical(mlp.shapes)
            written = ", ".join(map(str, arguments))
            # Whole layers, each a weight and a bias: else something else is wrong.
            layers_missing = len(seen) in (2, 4) and all(shape in needed for shape in seen)
            expect.true(
                seen == needed,
                seen=f"parameters of these shapes for {maker}({written}): {listed(shapes)}",
                expected=listed(mlp.shapes),
                because=LAYER_NOT_REGISTERED if layers_missing else "",
            )
            if number:  # the shapes say enough of further sizes
                continue
            X, values = torch.randn(8, mlp.sizes[0]), mlp.drawn()
            run = self._run(student, "given", (0.0, 0.0), [X], ["eval"], [mlp], values=[values])
            expect.true(
                is_made_of(run.outputs[0], values, X),
                seen="logits that three linear layers with these weights and biases do not give",
                expected="theirs, in eval mode; the next check looks at them",
            )

    @check("in eval mode the logits are those of the plain network", weight=1.5, essential=True)
    def logits(self, student: Student) -> None:
        """Twice linear and ReLU, then the last linear layer, and nothing after it."""
        X = torch.randn(12, INPUTS)
        run = self._run(student, "drawn", (0.0, 0.0), [X], ["eval"])
        right = logits(run.parameters, X)
        expect.close(
            run.outputs[0],
            right,
            tolerance=expect.LAYERS,
            mistakes={
                "the ReLUs are missing": logits(run.parameters, X, identity, identity),
                "the first ReLU is missing": logits(run.parameters, X, identity, torch.relu),
                "the second ReLU is missing": logits(run.parameters, X, torch.relu, identity),
                "a ReLU after the last layer: logits may be negative": torch.relu(right),
                "a softmax after the last layer: the loss takes care of it": right.softmax(1),
                "a log-softmax after the last layer: the loss takes care of it": (
                    right.log_softmax(1)
                ),
            },
        )

    @check("images and flat rows both go in")
    def shapes_of_input(self, student: Student) -> None:
        """`X.reshape(...)` with -1 for the number of examples flattens images and leaves rows as
        they are."""
        inputs = []
        for n in (1, 5):
            images, others = positive(2, n, 1, 28, 28)
            inputs += [images, others.flatten(1)]
        run = self._run(student, "drawn", (0.0, 0.0), inputs, ["eval"], [BOOK])
        outputs = [
            expect.tensor(out, shape=(len(X), 10), because=f"X has shape {tuple(X.shape)}")
            for X, out in zip(inputs, run.outputs, strict=True)
        ]
        for one, other in (outputs[:2], outputs[2:]):
            expect.true(
                not torch.equal(one, other),
                seen="the same logits for other pictures",
                expected="logits that depend on X",
            )
        for X, out in zip(inputs, outputs, strict=True):
            expect.true(
                not self.passed("logits")
                or expect.agrees(out, logits(run.parameters, X.flatten(1)), expect.LAYERS),
                seen=f"other logits for an X of shape {tuple(X.shape)} than for its pixels",
                expected="each example's own pixels, row by row",
            )

    @check("in train mode, dropout1 acts on the first hidden layer", weight=1.5, essential=True)
    def first_rate(self, student: Student) -> None:
        """Which of your two dropouts uses `dropout1`, and what is its input?"""
        p = rate()
        run = self._run(student, "copying", (p, 0.0), [examples()], ["train"])
        copies = run.first
        apart = copies.pairs_apart  # by an exact zero of `rand`, a right layer drops at rate 0
        expect.true(
            statistics.zeros_fit(int(apart.sum()), 2 * apart.numel()),
            seen="with dropout2 = 0, units of the second hidden layer are dropped",
            expected="units of the first one alone",
            because="dropout1 drops in the second layer" if looks_like(copies.dropped, p) else "",
        )
        unit = copies.dropped[:, 0::2]
        whole = bool((unit.all(1) | ~unit.any(1)).all())
        several = unit.shape[1] > 2  # inputs whose units are seen
        together = bool((unit[:, 0::2] == unit[:, 1::2]).all())
        expect.true(
            bool(unit.all()) or not unit.any() or not together,
            seen="all units of an example vanish together"
            if whole and several
            else "units that see the same input vanish together",
            expected="hidden units that are dropped on their own",
            because="" if whole else "the dropout acts on the input of the first layer",
        )
        verify_rate(unit, p, "dropout1", copies.is_plain)
        copies.verify_scale(1 - p)

    @check("in train mode, dropout2 acts on the second hidden layer", weight=1.5, essential=True)
    def second_rate(self, student: Student) -> None:
        """Which of your two dropouts uses `dropout2`, and what is its input?"""
        p = rate()
        run = self._run(student, "copying", (0.0, p), [examples()], ["train"])
        copies = run.first
        first_layer = copies.dropped[:, 0::2]
        expect.true(
            bool(copies.pairs_apart.any()) or not copies.dropped.any(),
            seen="with dropout1 = 0, units of the first hidden layer are dropped",
            expected="units of the second one alone",
            because="dropout2 drops in the first layer" if looks_like(first_layer, p) else "",
        )
        verify_rate(copies.dropped, p, "dropout2", copies.is_plain)
        copies.verify_scale(1 - p)

    @check("without rates given, they are 0.2 and 0.5", weight=0.5)
    def default_rates(self, student: Student) -> None:
        """They are the defaults in the signature of `__init__`."""
        run = self._run(student, "copying", None, [examples()], ["train"])
        verify_both_rates(run.first, 0.2, 0.5)

    @check("net.eval() switches dropout off, net.train() on again", weight=2, essential=True)
    def modes(self, student: Student) -> None:
        # In an order that is drawn: to know which is asked for, the network must look.
        """Ask `self.training`: PyTorch keeps it up to date for you."""
        drawn = ["train" if on else "eval" for on in (torch.rand(20) < 0.5).tolist()]
        modes = ["train", "eval", "eval", "train", *drawn]
        X = positive(12, INPUTS)
        run = self._run(student, "copying", (0.5, 0.5), [X], modes)
        out = [expect.finite(output) for output in run.outputs]
        flags = ", ".join(f"`{name}`" for name in run.flags)
        statistics.book("no unit dropped", modes.count("train") * 0.5 ** (12 * 4), 12 * 4, 0.5)
        expect.true(
            torch.equal(out[1], out[2]),
            seen="after `net.eval()`, two passes with the same input give different logits",
            expected="the same: no dropout",
            because=f"eval() sets `self.training`; it does not know of {flags}" if flags else "",
        )
        expect.true(
            run.copies(X, out[1]).is_plain,
            seen="in eval mode the logits are not those of a network without dropout",
            expected="no dropout, and no scale in its place: training has scaled already",
        )
        for index, order in ((0, "`train()`"), (3, "`eval()` and then `train()`")):
            expect.true(
                not torch.equal(out[index], out[1]),
                seen=f"after {order} the logits are those of eval mode",
                expected="dropout in train mode",
            )
        for output, mode in zip(out, modes, strict=True):
            expect.true(
                torch.equal(output, out[1]) is (mode == "eval"),
                seen=f"switched to and fro, the network has {'no ' * (mode == 'train')}dropout "
                f"in {mode} mode",
                expected="dropout in train mode and none in eval mode, in whatever order they come",
            )

    @check("dropout comes after ReLU", weight=0)
    def after_relu(self, student: Student) -> None:
        """Linear, then ReLU, then dropout."""
        X = torch.randn(50, INPUTS)
        run = self._run(student, "drawn", (0.5, 0.5), [X], ["train"])
        expect.true(
            self.passed("logits"),
            seen="a network that computes something else",
            expected="hidden layers, of which dropout comes last; see the check on eval mode",
        )
        hidden = {size for mlp in self.mlps for size in mlp.sizes[1:3]}
        expect.true(
            all(lowest >= 0 for width, lowest in run.lowest if width in hidden),
            seen="dropout is given negative numbers",
            expected="the output of ReLU, which has none",
            because="with ReLU the result is the same, but not with sigmoid: there a unit dropped "
            "before it would say 0.5, not 0",
        )

    @check("gradients reach all six parameters", essential=True)
    def gradients(self, student: Student) -> None:
        """Look for `.data`, `detach`, `no_grad` and new tensors made of old ones in `forward`."""
        for mode in ("eval", "train"):
            plain = partial(self._gradients, student, (0.0, 0.0), mode)
            unless_zeros_were_drawn(plain, draws=6000)
        self._gradients(student, (0.4, 0.4), "train")

    def _gradients(self, student: Student, rates: tuple[float, float], mode: str) -> None:
        """All parameters get one; without dropout, it is the one of the plain network."""
        X, weights = torch.randn(10, INPUTS), torch.randn(10, SMALL.sizes[-1])
        run = self._run(student, "drawn", rates, [X], [mode], backward=weights)
        expect.tensor(run.outputs[0])
        missing = sum(grad is None for grad in run.grads)
        expect.true(not missing, seen=f"{missing} of 6 parameters get no gradient", expected="none")
        grads = [expect.tensor(grad) for grad in run.grads if grad is not False]
        expect.true(
            all(bool(grad.any()) for grad in grads),
            seen="a gradient that is 0 everywhere",
            expected="gradients that train the layer",
        )
        if rates == (0.0, 0.0) and self.passed("logits") and self.passed("layers"):
            right = gradients(run.parameters, X, weights)
            expect.close(paired(grads, right), right, tolerance=expect.LAYERS)

    @check("the network begins with the weights that nn.Linear draws", weight=0.5)
    def initial_weights(self, student: Student) -> None:
        """Make the layers with `nn.Linear`, and leave their weights alone."""
        shapes = BOOK.shapes[::2]
        weights = student.run(
            initial_weights,
            name=self.maker or self.name,
            arguments=self.arguments(BOOK),
            keywords=self.keywords(None),
            shapes=shapes,
            rows=[torch.randperm(n_out)[:SEEN_ROWS].tolist() for n_out, _ in shapes],
        )
        for weight, (_, n_in) in zip(expect.items(weights, len(shapes)), shapes, strict=True):
            bound, seen = n_in**-0.5, (SEEN_ROWS, n_in)
            largest = float(expect.tensor(weight, shape=seen).abs().max())
            # Uniform in (-bound, bound): that none of 2048 is larger than 0.8 of it happens by chance.
            statistics.book("no large weight", 0.8 ** (SEEN_ROWS * n_in))
            expect.true(
                0.8 * bound <= largest <= 1.001 * bound,
                seen=f"weights of up to {largest:.3g} in the layer with {n_in} inputs",
                expected=f"up to 1 / √{n_in} = {bound:.3g}, as `nn.Linear` draws them",
            )

    def picture(self, student: Student) -> Figure | None:
        from grader.checks.pictures import hidden_units

        X = positive(12, INPUTS)
        run = self._run(student, "copying", (0.2, 0.5), [X], ["train", "eval"])
        return hidden_units(*(run.copies(X, out).dropped for out in run.outputs))

    def _run(
        self,
        student: Student,
        kind: str,
        rates: tuple[float, float] | None,
        inputs: list[Tensor],
        modes: list[str],
        mlps: list[MLP] | None = None,
        backward: Tensor | None = None,
        values: list[list[Tensor]] | None = None,
    ) -> NetRun:
        """What the first network that can be made gives. Who can make any is asked for a small one.

        kind: of the parameters, "drawn" or "copying", or "given" by `values`. rates: dropout1 and dropout2, None for the defaults.
        """
        if mlps is None:
            mlps = list(self.mlps[:1] if self.passed("layers") else self.mlps)
        bias = positive(SMALL.sizes[-1]) + 0.5
        if values is None:
            values = [mlp.drawn() if kind == "drawn" else mlp.copying(bias) for mlp in mlps]
        raw = student.run(
            run_net,
            name=self.maker or self.name,
            arguments=[self.arguments(mlp) for mlp in mlps],
            values=values,
            keywords=self.keywords(rates),
            inputs=inputs,
            modes=modes,
            backward=backward,
        )
        if raw is None:
            expect.fail(
                "no network with the parameters that are needed",
                "three linear layers of the sizes asked for; see the first check",
            )
        found = expect.record(raw)
        outputs = expect.items(found["outputs"], len(modes) * len(inputs))
        parameters = values[int(expect.between(found["size"], 0, len(mlps) - 1))]
        there = expect.items(found["found"], len(parameters))
        parameters = [
            value if known is True else torch.zeros_like(value)
            for value, known in zip(parameters, there, strict=True)
        ]
        return NetRun(
            inputs[0], parameters, outputs, found["grads"], found["flags"], found["lowest"]
        )


@dataclass(frozen=True)
class NetRun:
    """What came back from `run_net`: an output for each mode and input, and gradients. parameters: the
    six that the network was given; a bias that it does not have is 0.
    """

    X: Tensor
    parameters: list[Tensor]
    outputs: list[object]
    grads: list[object]
    flags: list[str]
    lowest: list[list[float]]

    def copies(self, X: Tensor, output: object) -> Copies:
        """With copying weights: an output, read unit by unit."""
        return Copies(output, X, self.parameters[-1])

    @property
    def first(self) -> Copies:
        """The first output, read."""
        return self.copies(self.X, self.outputs[0])


def is_made_of(out: object, values: list[Tensor], X: Tensor) -> bool:
    """Whether logits come from linear layers of these parameters, whatever stands after the last one, and
    whether or not ReLUs are missing: that is another check's matter.
    """
    kinds: tuple[Activation, ...] = (torch.relu, identity, torch.sigmoid, torch.tanh)
    for first, second in itertools.product(kinds, kinds):
        right = logits(values, X, first, second)
        ends = (right, right.softmax(1), right.log_softmax(1), *(f(right) for f in kinds))
        if any(expect.agrees(out, end, expect.LAYERS) for end in ends):
            return True
    return False


def verify_rate(dropped: Tensor, p: float, name: str, plain: bool) -> None:
    """The share of dropped units fits p. plain: whether there was no dropout at all."""
    expect.rate(
        dropped,
        p,
        what=f"of the units are dropped with {name} = {p}",
        mistakes={"1 - p are dropped": 1 - p}
        | ({"this dropout is not active": 0.0} if plain else {}),
    )


def verify_both_rates(copies: Copies, dropout1: float, dropout2: float, asked: str = "") -> None:
    """With copying weights and both dropouts active: do the rates fit, in this order? asked: in words.

    Two units that copy one unit of the first layer tell. Exactly one of them is 0 with probability
    2 (1 - dropout1) dropout2 (1 - dropout2); both are 0 with probability
    dropout1 + (1 - dropout1) dropout2^2.
    """
    one = copies.pairs_apart
    both = copies.dropped[:, 0::2] & copies.dropped[:, 1::2]

    def pattern(first: float, second: float) -> tuple[float, float]:
        return 2 * (1 - first) * second * (1 - second), first + (1 - first) * second**2

    def is_pattern_of(first: float, second: float) -> bool:
        return all(map(statistics.looks_like, (one, both), pattern(first, second)))

    if all(map(statistics.fits, (one, both), pattern(dropout1, dropout2))):
        return
    because = ""
    if not copies.dropped.any():
        because = "no dropout at all"
    elif is_pattern_of(dropout2, dropout1):
        because = "the two rates are swapped"
    elif is_pattern_of(dropout1, 0) or is_pattern_of(0, dropout2):
        because = "one of the two dropouts is not active"
    elif is_pattern_of(1 - dropout1, 1 - dropout2):
        because = "1 - p are dropped"
    expect.fail(
        f"{100 * float(copies.dropped.double().mean()):.3g} % of the units of the second hidden "
        "layer are 0 or fed by dropped units",
        f"the pattern of {asked or f'dropout1 = {dropout1} and dropout2 = {dropout2}'}",
        because,
    )


def rate() -> float:
    """A rate that is neither of the defaults, nor anything that it would be taken for."""
    return uniform(0.28, 0.42)


def examples() -> Tensor:
    return positive(EXAMPLES, INPUTS)


def net_shapes(namespace, name, arguments, keywords, inputs):
    if name not in namespace:
        return None
    net = namespace[name](*arguments, **keywords)
    return [list(p.shape) for p in parameters_of(net, inputs)]


def initial_weights(namespace, name, arguments, keywords, shapes, rows):
    net = namespace[name](*arguments, **keywords)
    found = find_parameters(parameters_of(net, shapes[0][1]), shapes)
    if found is None:
        return [None for _ in shapes]
    return [p[some] for p, some in zip(oriented(found, shapes), rows, strict=True)]


def run_net(namespace, name, arguments, keywords, values, inputs, modes, backward):
    """`run_network` with the first of `arguments` for which a network has the parameters, and what
    dropout was given: the width and the lowest number of each input. flags: the network's own attributes that are True.
    """

    def noting(function):
        def noted(X, *args, **kwargs):
            lowest.append([X.shape[-1], float(X.detach().min())])
            return function(X, *args, **kwargs)

        return noted

    lowest = []
    plain, own = F.dropout, namespace.get("dropout_layer")
    F.dropout = noting(plain)
    if own is not None:
        namespace["dropout_layer"] = noting(own)
    try:
        for size, given in enumerate(arguments):
            net = namespace[name](*given, **keywords)
            run = run_network(net, values[size], inputs, modes, backward)
            if run is not None:
                break
        else:
            return None
    finally:
        F.dropout = plain
        if own is not None:
            namespace["dropout_layer"] = own
    flags = [name for name, value in vars(net).items() if value is True and name != "training"]
    own_flags = [name for name in flags if not name.startswith("_")]
    return {**run, "size": size, "flags": own_flags, "lowest": lowest}
