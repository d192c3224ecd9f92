"""Chapter 1: the exercise `Net`, a multilayer perceptron with dropout after each hidden layer.

A network's names and its ways of writing are the student's own. So the probe finds the parameters
by their shapes, sets them, and returns logits; the check computes what they must be. To see where
units are dropped, it sets weights that copy: each hidden unit shows in the logits (`copying`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.student import Student
from grader.exercises.ch01.dropout import inside, uniform
from grader.wire.probe import StudentError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BOOK = (784, 10, 256, 256)
"""num_inputs, num_outputs, num_hiddens1, num_hiddens2 of the chapter."""
SMALL = (8, 33, 16, 32)
NOT_REGISTERED = (
    "a layer counts when it is an attribute of the network, or in an `nn.ModuleList`: in a plain "
    "list it is not seen"
)
EXAMPLES = 4000
"""Examples for rates: EXAMPLES x 16 draws tell rates that are 0.02 apart."""


class Net(Exercise):
    name, points = "Net", 7
    hints = (
        "Make the three linear layers in `__init__` and keep them as attributes: that is how "
        "`parameters()` finds them. What does `self.training` say, and who sets it?",
        "`net.train()` and `net.eval()` set `self.training` in your network and in all its parts. "
        "In `forward`: flatten, first layer, ReLU, dropout if training, second layer, ReLU, "
        "dropout if training, third layer.",
        "`__init__`: call `super().__init__()`, keep `num_inputs` and both rates, make "
        "`nn.Linear(num_inputs, num_hiddens1)` and its two successors. `forward`: after each "
        "ReLU, `if self.training:` apply `dropout_layer` with that layer's rate. Nothing comes "
        "after the third layer.",
    )
    sizes_are_right = False
    computes: bool | None = None

    @check(
        "three linear layers of the sizes asked for",
        weight=1.5,
        hint="Print `[tuple(p.shape) for p in net.parameters()]`.",
    )
    def layers(self, student: Student) -> None:
        widths = (torch.randperm(40)[:4] + 5).tolist()
        for sizes in (tuple(widths), BOOK):
            shapes = student.run(net_shapes, sizes=list(sizes))
            if shapes is None:
                raise StudentError("NameError", "`Net` is not defined", kind="missing")
            shapes = expect.items(shapes)
            expect.true(
                shapes != [],
                seen="`net.parameters()` is empty",
                expected="six parameters, three weights and three biases",
                because=NOT_REGISTERED,
            )
            seen, needed = canonical(shapes), canonical(needed_shapes(sizes))
            # Whole layers, each a weight and a bias: else something else is wrong.
            some_are_missing = len(seen) in (2, 4) and all(shape in needed for shape in seen)
            expect.true(
                seen == needed,
                seen=f"parameters of shapes {listed(shapes)} for Net{sizes}",
                expected=listed(needed_shapes(sizes)),
                because=NOT_REGISTERED if some_are_missing else "",
            )
        self.sizes_are_right = True

    @check(
        "in eval mode the logits are those of the plain network",
        weight=1.5,
        hint="Twice linear and ReLU, then the last linear layer, and nothing after it.",
    )
    def logits(self, student: Student) -> None:
        self.computes = False
        X = torch.randn(12, SMALL[0])
        run = self._run(student, "random", (0.0, 0.0), [X], ["eval"])
        right = logits_of(run.parameters, X)
        out = expect.tensor(run.logits[0], shape=right.shape)
        known = {
            "the ReLUs are missing": logits_of(run.parameters, X, same, same),
            "a ReLU after the last layer: logits may be negative": torch.relu(right),
            "a softmax after the last layer: the loss takes care of it": torch.softmax(right, 1),
        }
        because = [text for text, logits in known.items() if alike(out, logits)]
        pairs = ((torch.relu, same), (same, torch.relu), (torch.sigmoid, torch.sigmoid))
        others = (logits_of(run.parameters, X, *pair) for pair in pairs)
        self.computes = any(alike(out, logits) for logits in (right, *known.values(), *others))
        expect.close(out, right, rtol=1e-3, atol=1e-4, because=because[0] if because else "")

    @check(
        "images and flat rows both go in",
        hint="`X.reshape(...)` with -1 for the number of examples flattens images and leaves rows "
        "as they are.",
    )
    def shapes_of_input(self, student: Student) -> None:
        for n in (1, 5):
            images, others = torch.rand(2, n, 1, 28, 28) + 0.5
            inputs = [images, others.flatten(1)]
            run = self._run(student, "copying", (0.0, 0.0), inputs, ["eval"], [BOOK])
            for X, logits in zip(inputs, run.logits, strict=True):
                out = expect.tensor(logits, shape=(n, 10), because=f"X has shape {tuple(X.shape)}")
                units, bias = copied(X.flatten(1), 10), run.bias[:10]
                right = units + bias
                # Wrong logits are another check's matter.
                known = (right.softmax(1), units.sigmoid().sigmoid() + bias)
                if not any(alike(out, wrong) for wrong in known):
                    expect.close(out, right, rtol=1e-3, atol=1e-4)

    @check(
        "in train mode, dropout1 acts on the first hidden layer",
        weight=1.5,
        hint="Which of your two dropouts uses `dropout1`, and what is its input?",
    )
    def first_rate(self, student: Student) -> None:
        p = uniform(0.2, 0.6)
        run = self._run(student, "copying", (p, 0.0), [positive(EXAMPLES)], ["train"])
        dropped = run.dropped(0)
        apart = dropped[:, 0::2] != dropped[:, 1::2]
        expect.true(
            not apart.any(),
            seen="with dropout2 = 0, units of the second hidden layer are dropped",
            expected="units of the first one alone",
            because="dropout1 drops in the second layer"
            if inside(int(dropped.sum()), dropped.numel(), p)
            else "",
        )
        unit = dropped[:, 0::2][:, : dropped.shape[1] // 4 * 2]
        expect.true(
            bool(unit.all()) or not unit.any() or bool((unit[:, 0::2] != unit[:, 1::2]).any()),
            seen="units that see the same input vanish together",
            expected="hidden units that are dropped on their own",
            because="the dropout acts on the input of the first layer",
        )
        self._verify_rate(run, unit, p, "dropout1")
        run.verify_scale(0, 1 - p)

    @check(
        "in train mode, dropout2 acts on the second hidden layer",
        weight=1.5,
        hint="Which of your two dropouts uses `dropout2`, and what is its input?",
    )
    def second_rate(self, student: Student) -> None:
        p = uniform(0.2, 0.6)
        run = self._run(student, "copying", (0.0, p), [positive(EXAMPLES)], ["train"])
        dropped = run.dropped(0)
        apart = dropped[:, 0::2] != dropped[:, 1::2]
        expect.true(
            bool(apart.any()) or not dropped.any(),
            seen="with dropout1 = 0, units of the first hidden layer are dropped",
            expected="units of the second one alone",
            because="dropout2 drops in the first layer"
            if inside(int(dropped[:, 0::2].sum()), dropped[:, 0::2].numel(), p)
            else "",
        )
        self._verify_rate(run, dropped, p, "dropout2")
        run.verify_scale(0, 1 - p)

    @check(
        "without rates given, they are 0.2 and 0.5",
        weight=0.5,
        hint="They are the defaults in the signature of `__init__`.",
    )
    def default_rates(self, student: Student) -> None:
        run = self._run(student, "copying", None, [positive(EXAMPLES)], ["train"])
        verify_both_rates(run.dropped(0), 0.2, 0.5)

    @check(
        "net.eval() switches dropout off, net.train() on again",
        weight=2,
        hint="Ask `self.training`: PyTorch keeps it up to date for you.",
    )
    def modes(self, student: Student) -> None:
        # In an order that is drawn: to know which is asked for, the network must look.
        drawn = ["train" if on else "eval" for on in (torch.rand(20) < 0.5).tolist()]
        modes = ["train", "eval", "eval", "train", *drawn]
        run = self._run(student, "copying", (0.5, 0.5), [positive(12)], modes)
        out = [expect.finite(expect.tensor(logits)) for logits in run.logits]
        flags = ", ".join(f"`{name}`" for name in run.flags)
        expect.true(
            torch.equal(out[1], out[2]),
            seen="after `net.eval()`, two passes with the same input give different logits",
            expected="the same: no dropout",
            because=f"eval() sets `self.training`; it does not know of {flags}" if flags else "",
        )
        expect.true(
            run.is_plain(1),
            seen="in eval mode the logits are not those of a network without dropout",
            expected="no dropout, and no scale in its place: training has scaled already",
        )
        for index, order in ((0, "`train()`"), (3, "`eval()` and then `train()`")):
            expect.true(
                not torch.equal(out[index], out[1]),
                seen=f"after {order} the logits are those of eval mode",
                expected="dropout in train mode",
            )
        for logits, mode in zip(out, modes, strict=True):
            expect.true(
                torch.equal(logits, out[1]) is (mode == "eval"),
                seen=f"switched to and fro, the network has {'no ' * (mode == 'train')}dropout "
                f"in {mode} mode",
                expected="dropout in train mode and none in eval mode, in whatever order they come",
            )

    @check(
        "dropout comes after ReLU",
        weight=0.5,
        hint="Linear, then ReLU, then dropout.",
    )
    def after_relu(self, student: Student) -> None:
        X = torch.randn(50, SMALL[0])
        run = self._run(student, "random", (0.5, 0.5), [X], ["train"])
        expect.true(
            self.computes is not False,
            seen="a network that computes nothing known",
            expected="hidden layers, of which dropout comes last; see the check on eval mode",
        )
        expect.true(
            all(lowest >= 0 for width, lowest in run.lowest if width in SMALL[2:] + BOOK[2:]),
            seen="dropout is given negative numbers",
            expected="the output of ReLU, which has none",
            because="with ReLU the result is the same, but not with sigmoid: there a unit dropped "
            "before it would say 0.5, not 0",
        )

    @check(
        "gradients reach all six parameters",
        hint="Look for `.data`, `detach`, `no_grad` and new tensors made of old ones in `forward`.",
    )
    def gradients(self, student: Student) -> None:
        X, weights = torch.randn(30, SMALL[0]), torch.randn(30, SMALL[1])
        for rates, mode in (((0.0, 0.0), "eval"), ((0.4, 0.4), "train")):
            run = self._run(student, "random", rates, [X], [mode], backward=weights)
            expect.tensor(run.logits[0])
            missing = sum(grad is None for grad in run.grads)
            expect.true(
                not missing, seen=f"{missing} of 6 parameters get no gradient", expected="none"
            )
            expect.true(
                all(expect.tensor(grad).count_nonzero() > 0 for grad in run.grads),
                seen="a gradient that is 0 everywhere",
                expected="gradients that train the layer",
            )
            if rates == (0.0, 0.0):
                for grad, right in zip(run.grads, plain_gradients(run, X, weights), strict=True):
                    expect.close(grad, right, rtol=1e-3, atol=1e-3)

    def picture(self, student: Student) -> Figure | None:
        from grader.checks.pictures import hidden_units

        run = self._run(student, "copying", (0.2, 0.5), [positive(12)], ["train", "eval"])
        return hidden_units(run.dropped(0), run.dropped(1))

    def _run(
        self,
        student: Student,
        weights: str,
        rates: tuple[float, float] | None,
        inputs: list[Tensor],
        modes: list[str],
        sizes: list[tuple[int, ...]] | None = None,
        backward: Tensor | None = None,
    ) -> NetRun:
        """What the first network that can be made gives. Who can make any is asked for a small one."""
        if sizes is None:
            sizes = [SMALL] if self.sizes_are_right else [SMALL, BOOK]
        bias = torch.rand(SMALL[1]) + 1
        drawn = [drawn_parameters(each) for each in sizes] if weights == "random" else []
        raw = student.run(
            run_net,
            sizes=[list(each) for each in sizes],
            drawn=drawn,
            rates=rates and list(rates),
            weights=weights,
            bias=bias,
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
        size = int(expect.between(found["size"], 0, len(sizes) - 1))
        expect.items(found["logits"], len(modes) * len(inputs))
        return NetRun(
            X=inputs[0],
            bias=bias,
            parameters=drawn[size] if drawn else [],
            **{name: found[name] for name in ("logits", "grads", "flags", "lowest")},
        )

    def _verify_rate(self, run: NetRun, dropped: Tensor, p: float, name: str) -> None:
        count, n = int(dropped.sum()), dropped.numel()
        if inside(count, n, p):
            return
        because = "this dropout is not active" if count == 0 and run.is_plain(0) else ""
        if inside(count, n, 1 - p):
            because = "1 - p are dropped"
        expect.fail(
            f"{100 * count / n:.3g} % of the units are dropped with {name} = {p}",
            f"about {100 * p:.3g} %",
            because,
        )


@dataclass(frozen=True)
class NetRun:
    """What came back from `run_net`: logits, one entry for each mode and input, and gradients.

    parameters: the six that the network was given, when they were drawn.
    """

    X: Tensor
    bias: Tensor
    parameters: list[Tensor]
    logits: list[Tensor]
    grads: list[Tensor | None]
    flags: list[str]
    lowest: list[list[float]]
    _signals: dict[int, Tensor] = field(default_factory=dict)

    def dropped(self, index: int) -> Tensor:
        """With copying weights: which units of the second hidden layer (n, 32 or 10) are 0."""
        return self._signal(index) == 0

    def is_plain(self, index: int) -> bool:
        """With copying weights: are the logits those of a network without dropout?"""
        signal = self._signal(index)
        return torch.allclose(signal, copied(self.X, signal.shape[1]), rtol=1e-4)

    def verify_scale(self, index: int, keep: float) -> None:
        """With copying weights: units that were kept are divided by `keep`."""
        signal = self._signal(index)
        scaled = copied(self.X, signal.shape[1]) / keep
        expect.close(
            signal,
            scaled.where(signal != 0, torch.tensor(0.0)),
            rtol=1e-3,
            because="units that are kept are divided by the probability to be kept",
        )

    def _signal(self, index: int) -> Tensor:
        if index not in self._signals:
            self._signals[index] = self._read(index)
        return self._signals[index]

    def _read(self, index: int) -> Tensor:
        out = expect.finite(expect.tensor(self.logits[index]))
        units = min(out.shape[-1], 32) // 4 * 4  # whole families: four copies of one input
        expect.tensor(out, shape=(len(self.X), out.shape[-1]))
        expect.true(
            not (out == 0).any(),
            seen="logits that are exactly 0",
            expected="the bias of the last layer shows in every logit",
            because="dropout acts on the logits",
        )
        bias = self.bias[: out.shape[-1]]
        expect.true(
            bool((out - bias > -1e-4).all()),
            seen="logits that positive inputs and weights cannot give",
            expected="the output of the last linear layer; see the check on eval mode",
        )
        return (out - bias)[:, :units]


def verify_both_rates(dropped: Tensor, dropout1: float, dropout2: float) -> None:
    """With copying weights and both dropouts active: do the rates fit, in this order?

    Two logits that copy one first-layer unit tell: exactly one of them is 0 with probability
    2 (1 - dropout1) dropout2 (1 - dropout2), and both are 0 otherwise than by chance with dropout1.
    """
    one = dropped[:, 0::2] != dropped[:, 1::2]
    both = dropped[:, 0::2] & dropped[:, 1::2]

    def fits(first: float, second: float) -> bool:
        return inside(
            int(one.sum()), one.numel(), 2 * (1 - first) * second * (1 - second)
        ) and inside(int(both.sum()), both.numel(), first + (1 - first) * second**2)

    if fits(dropout1, dropout2):
        return
    share = 100 * float(dropped.double().mean())
    because = ""
    if not dropped.any():
        because = "no dropout at all"
    elif fits(dropout2, dropout1):
        because = "the two rates are swapped"
    elif fits(dropout1, 0) or fits(0, dropout2):
        because = "one of the two dropouts is not active"
    expect.fail(
        f"{share:.3g} % of the units of the second hidden layer are 0 or fed by dropped units",
        f"the pattern of dropout1 = {dropout1} and dropout2 = {dropout2}",
        because,
    )


def logits_of(
    parameters: list[Tensor],
    X: Tensor,
    first: Callable[[Tensor], Tensor] = torch.relu,
    second: Callable[[Tensor], Tensor] = torch.relu,
) -> Tensor:
    """The logits of the plain network for rows X, of which the first pixels are given."""
    W1, b1, W2, b2, W3, b3 = parameters
    return second(first(X @ W1[:, : X.shape[1]].T + b1) @ W2.T + b2) @ W3.T + b3


def same(X: Tensor) -> Tensor:
    return X


def alike(a: Tensor, b: Tensor) -> bool:
    return torch.allclose(a, b, rtol=1e-3, atol=1e-4)


def copied(X: Tensor, units: int) -> Tensor:
    """What copying weights make of X (n, inputs) without dropout: (n, units)."""
    return X[:, : -(-units // 4)].repeat_interleave(4, 1)[:, :units]


def plain_gradients(run: NetRun, X: Tensor, weights: Tensor) -> list[Tensor]:
    """Gradients of (logits * weights).sum() with respect to the six parameters, no dropout."""
    parameters = [p.clone().requires_grad_(True) for p in run.parameters]
    with torch.enable_grad():
        out = logits_of(parameters, X)
        (out * weights[:, : out.shape[1]]).sum().backward()
    return [p.grad for p in parameters if p.grad is not None]


def drawn_parameters(sizes: tuple[int, ...]) -> list[Tensor]:
    """Six parameters for a network of `sizes`. Biases of one length are the same: from the network
    nobody can tell which of the two is which.
    """
    drawn = [torch.randn(shape) / shape[-1] ** 0.5 for shape in needed_shapes(sizes)]
    if drawn[1].shape == drawn[3].shape:
        drawn[3] = drawn[1]
    return drawn


def positive(n: int) -> Tensor:
    return torch.rand(n, SMALL[0]) + 0.5


def needed_shapes(sizes: tuple[int, ...]) -> list[list[int]]:
    inputs, outputs, first, second = sizes
    return [[first, inputs], [first], [second, first], [second], [outputs, second], [outputs]]


def canonical(shapes: list[list[int]]) -> list[list[int]]:
    """Shapes in an order of their own; a weight may be stored transposed."""
    return sorted(sorted(shape) for shape in shapes)


def listed(shapes: list[list[int]]) -> str:
    return ", ".join(str(tuple(shape)) for shape in shapes) or "none"


def net_shapes(namespace, sizes):  # type: ignore[no-untyped-def]
    if "Net" not in namespace:
        return None
    return [list(p.shape) for p in namespace["Net"](*sizes).parameters()]


def run_net(  # type: ignore[no-untyped-def]
    namespace, sizes, drawn, rates, weights, bias, inputs, modes, backward
):
    """Set the weights of the first Net that has `sizes`, and run it once in each mode with each input.

    weights "random": those that the judge has `drawn` for each of the sizes. "copying": hidden unit i of
    the first layer is input i // 2, of the second layer unit i // 2 of the first, logit i is unit i of
    the second plus a bias. The student's `dropout_layer` gives way to a right one that notes the
    lowest number it is given: a mistake there does not count twice.
    """
    lowest = []
    plain_dropout = F.dropout

    def noting_dropout(input, *args, **kwargs):
        lowest.append([input.shape[-1], float(input.detach().min())])
        return plain_dropout(input, *args, **kwargs)

    def find(made, shapes):
        found = []  # type: ignore[var-annotated]
        for shape in shapes:
            for p in made.parameters():
                fits = tuple(p.shape) == shape or tuple(p.shape) == shape[::-1]
                if fits and not any(p is other for other in found):
                    found.append(p)
                    break
            else:
                return None
        return found

    def fill(found):
        for number, p in enumerate(found):
            shape = shapes[number]
            if weights == "random":
                value = drawn[size][number]
            else:
                value = torch.zeros(shape)
                if number in (0, 2):
                    units = torch.arange(min(shape[0], 2 * shape[1]))
                    value[units, units // 2] = 1
                elif number == 4:
                    value.fill_diagonal_(1)
                elif number == 5:
                    value = bias[: shape[0]]
            with torch.no_grad():
                p.copy_(value if tuple(p.shape) == shape else value.T)

    keywords = {} if rates is None else {"dropout1": rates[0], "dropout2": rates[1]}
    mine = namespace.get("dropout_layer")
    namespace["dropout_layer"] = lambda X, dropout: noting_dropout(X, dropout)
    F.dropout = noting_dropout
    try:
        for size, (num_inputs, outputs, first, second) in enumerate(sizes):  # noqa: B007
            net = namespace["Net"](num_inputs, outputs, first, second, **keywords)
            shapes = [(first, num_inputs), (first,), (second, first)]
            shapes += [(second,), (outputs, second), (outputs,)]
            found = find(net, shapes)
            if found:
                break
        else:
            return None
        fill(found)
        logits = []
        for mode in modes:
            net.train() if mode == "train" else net.eval()
            for X in inputs:
                if X.dim() == 2 and X.shape[1] < num_inputs:
                    X = torch.cat([X, torch.zeros(len(X), num_inputs - X.shape[1])], 1)
                logits.append(net(X))
        grads = []
        if backward is not None and isinstance(logits[-1], torch.Tensor):
            (logits[-1] * backward[:, :outputs]).sum().backward()
            grads = [
                p.grad if p.grad is None or tuple(p.shape) == shape else p.grad.T
                for p, shape in zip(found, shapes, strict=True)
            ]
        flags = [name for name, value in vars(net).items() if value is True and name != "training"]
        return {
            "size": size,
            "logits": logits,
            "grads": grads,
            "flags": [name for name in flags if not name.startswith("_")],
            "lowest": lowest,
        }
    finally:
        F.dropout = plain_dropout
        if mine is None:
            namespace.pop("dropout_layer", None)
        else:
            namespace["dropout_layer"] = mine
