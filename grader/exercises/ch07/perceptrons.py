"""Chapter 7: the exercises `MLP` and `NestMLP`, two multilayer perceptrons as classes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from grader.checks import expect
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
    run_network,
    set_parameters,
)
from grader.checks.randomness import integer
from grader.checks.registration import LR, NOT_SEEN, missing
from grader.checks.student import Student

Rule = Callable[[list[Tensor], Tensor], Tensor]


class Perceptron(Exercise):
    """Base of both. mlp: the sizes without arguments. mistakes: sentence to the activations of a mistake."""

    mlp: MLP
    mistakes: dict[str, tuple] = {}

    @check("`parameters()` finds the weights and biases of every layer")
    def layers(self, student: Student) -> None:
        """Print `[p.shape for p in net.parameters()]`."""
        self.verify_shapes(student, [], self.mlp)

    @check(
        "the outputs are those of linear layers with ReLU between them", weight=2, essential=True
    )
    def outputs(self, student: Student) -> None:
        """ReLU after each hidden layer, and nothing after the last layer."""
        X = torch.randn(9, self.mlp.sizes[0])
        out, values = self.outputs_with(student, [], self.mlp, X)
        expect.close(
            out,
            logits(values, X),
            tolerance=expect.LAYERS,
            mistakes={text: self.mistaken(text, values, X) for text in self.mistakes},
        )

    @check("an optimizer that gets `parameters()` trains every layer", weight=2, essential=True)
    def trained(self, student: Student) -> None:
        """Do the weights of each layer change in a step? Are layers made anew in `forward`?"""
        X, values = torch.randn(9, self.mlp.sizes[0]), self.mlp.drawn()
        slope = torch.randn(9, self.mlp.sizes[-1])
        run = student.run(
            outputs_after_a_step, name=self.name, values=values, X=X, slope=slope, lr=LR / 9
        )
        if run is None:
            expect.fail(
                "a weight that `parameters()` does not find",
                "every weight, to be trained",
                NOT_SEEN,
            )
        after, found = expect.items(run, 2)
        values = present(values, found)

        def moved(rule: Rule) -> list[Tensor]:
            return present(descended_on(rule, values, X, slope, LR / 9), found)

        if any(expect.agrees(after, rule(moved(rule), X), expect.LAYERS) for rule in self.known()):
            return
        expect.close(
            after,
            logits(moved(logits), X),
            tolerance=expect.LAYERS,
            because="after one step of SGD on `parameters()`, every layer has learnt",
            mistakes={
                "no layer was trained": logits(values, X),
                "only the last layer was trained": logits([*values[:-2], *moved(logits)[-2:]], X),
            },
        )

    @check("`load_state_dict` and `to()` reach every layer")
    def travels(self, student: Student) -> None:
        """Print `list(net.state_dict())`."""
        X, values = torch.randn(9, self.mlp.sizes[0]), self.mlp.drawn()
        run = student.run(outputs_after_travelling, name=self.name, values=values, X=X)
        if run is None:
            expect.fail(
                "a weight that is not in `state_dict()`",
                "the weights and biases of every layer",
                NOT_SEEN,
            )
        out, found = expect.items(run, 2)
        self.verify(expect.tensor(out, dtype=torch.float64), present(values, found), X)

    def mistaken(self, text: str, values: list[Tensor], X: Tensor) -> Tensor:
        """What this mistake computes."""
        activation, *inner = self.mistakes[text]
        return activation(logits(values, X, *inner))

    def known(self) -> list[Rule]:
        """What a network may compute here: a slip that the check on outputs has found costs no other one."""
        if self.passed("outputs"):
            return [logits]
        return [logits, *(partial(self.mistaken, text) for text in self.mistakes)]

    def verify(self, out: object, values: list[Tensor], X: Tensor) -> None:
        """The output is what the network computes."""
        if not any(expect.agrees(out, rule(values, X), expect.LAYERS) for rule in self.known()):
            expect.close(out, logits(values, X), tolerance=expect.LAYERS)

    def outputs_with(
        self, student: Student, arguments: list[object], mlp: MLP, X: Tensor
    ) -> tuple[object, list[Tensor]]:
        """What a network made with these arguments gives, and the values of its parameters."""
        values = mlp.drawn()
        run = student.run(outputs_of, name=self.name, arguments=arguments, values=values, X=X)
        if run is None:
            made = f"{self.name}({', '.join(map(str, arguments))})"
            expect.fail(
                f"a weight that `parameters()` does not find in {made}",
                f"parameters of these shapes: {listed(mlp.shapes)}",
            )
        answer = expect.record(run)
        return expect.items(answer["outputs"], 1)[0], present(values, answer["found"])

    def verify_shapes(self, student: Student, arguments: list[object], mlp: MLP) -> None:
        """A network made with these arguments has the parameters of `mlp`, and no others."""
        shapes = expect.shapes(
            student.run(
                net_shapes, name=self.name, arguments=arguments, keywords={}, inputs=mlp.sizes[0]
            )
        )
        made = f"{self.name}({', '.join(map(str, arguments))})"
        expect.true(
            canonical(shapes) == canonical(mlp.shapes),
            seen=f"`parameters()` of {made} gives these shapes: {listed(shapes)}",
            expected=listed(mlp.shapes),
            because=missing(shapes, mlp.shapes),
        )


class BookMLP(Perceptron):
    name, points = "MLP", 5
    mlp = MLP((20, 256, 10))
    hints = (
        "`super().__init__()` comes first: without it, PyTorch has nowhere to note the layers. Then make two "
        "`nn.Linear`.",
        "`self.hidden = nn.Linear(...)` and `self.add_module('hidden', nn.Linear(...))` do the same. "
        "`forward` calls both layers, with a ReLU between them.",
        "In `__init__`: `super().__init__()`, `self.hidden` from num_inputs to num_hiddens, `self.out` from "
        "num_hiddens to num_outputs. In `forward`: return `self.out` of `F.relu` of `self.hidden(X)`.",
    )
    mistakes = {
        "the ReLU is missing": (identity, identity),
        "a sigmoid stands in the place of ReLU": (identity, torch.sigmoid),
        "a second ReLU, after the last layer: negative outputs are lost": (F.relu, F.relu),
        "ReLU stands after the last layer, not between the two": (F.relu, identity),
        "a softmax at the end: the last layer's output is asked for": (
            lambda out: out.softmax(1),
            F.relu,
        ),
    }

    @check("other sizes on request: `MLP(num_inputs, num_hiddens, num_outputs)`", weight=0.5)
    def other_sizes(self, student: Student) -> None:
        """Use the arguments, not the numbers 20, 256 and 10."""
        sizes = integer(3, 9), integer(11, 15), integer(17, 24)
        self.verify_shapes(student, list(sizes), MLP(sizes))


class NestMLP(Perceptron):
    name, points = "NestMLP", 4
    mlp = MLP((20, 64, 32, 16))
    hints = (
        "An `nn.Sequential` is a module like any other: it may be an attribute of your class.",
        "`self.net` takes X from 20 to 64 to 32 numbers, with a ReLU after both linear layers. `self.linear` "
        "follows it.",
        "`self.net = nn.Sequential(...)` of Linear 20 to 64, ReLU, Linear 64 to 32, ReLU; `self.linear` from "
        "32 to 16; `forward` returns `self.linear(self.net(X))`.",
    )
    mistakes = {
        "the second ReLU is missing": (identity, F.relu, identity),
        "the first ReLU is missing": (identity, identity, F.relu),
        "there is no ReLU": (identity, identity, identity),
        "a third ReLU, after the last layer": (F.relu, F.relu, F.relu),
    }


def descended_on(
    rule: Rule, values: list[Tensor], X: Tensor, slope: Tensor, lr: float
) -> list[Tensor]:
    """The parameters after a step of gradient descent on the weighed sum of what the rule computes."""
    leaves = [value.clone().requires_grad_(True) for value in values]
    with torch.enable_grad():
        grads = torch.autograd.grad((rule(leaves, X) * slope).sum(), leaves)
    return [value - lr * grad for value, grad in zip(values, grads, strict=True)]


def present(values: list[Tensor], found: object) -> list[Tensor]:
    """The values of the parameters that are there; a bias that is not is 0."""
    there = expect.items(found, len(values))
    return [v if known is True else 0 * v for v, known in zip(values, there, strict=True)]


# What follows runs beside a student's code.


def outputs_of(namespace, name, arguments, values, X):
    return run_network(namespace[name](*arguments), values, [X], ["eval"], None)


def outputs_after_a_step(namespace, name, values, X, slope, lr):
    net = namespace[name]()
    net.train()
    parameters = parameters_of(net, X.shape[1])
    found = find_parameters(parameters, [v.shape for v in values])
    if found is None:
        return None
    set_parameters(found, values)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    (net(X) * slope).sum().backward()
    optimizer.step()
    return [net(X), [p is not None for p in found]]


def outputs_after_travelling(namespace, name, values, X):
    """Of a network that has loaded these values and moved to float64; None where one has no place."""
    net = namespace[name]()
    parameters_of(net, X.shape[1])
    state = net.state_dict()
    found = find_parameters(list(state.values()), [v.shape for v in values])
    if found is None:
        return None
    places = {id(tensor): key for key, tensor in state.items()}
    for tensor, value in zip(found, values, strict=True):
        if tensor is not None:
            fits = list(tensor.shape) == list(value.shape)
            state[places[id(tensor)]] = value.clone() if fits else value.T.clone()
    net.load_state_dict(state)
    return [net.to(torch.float64)(X.double()), [p is not None for p in found]]
