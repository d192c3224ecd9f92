"""Networks of a learner's own: the judge knows neither their names nor how they are written.

Parameters are found by their shapes and set to values that the judge has drawn; what the network must
give is computed again outside. To see where units are dropped, the weights copy: each hidden unit
shows in the outputs (`Copies`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from grader.checks import expect

Activation = Callable[[Tensor], Tensor]
GATE = 1e-3
"""How far, relatively, a copied unit may be from what it copies."""


@dataclass(frozen=True)
class MLP:
    """A multilayer perceptron: sizes of inputs, hidden layers, outputs. Weights are (out, in)."""

    sizes: tuple[int, ...]

    @property
    def shapes(self) -> list[list[int]]:
        """Weight and bias of each layer in order."""
        pairs = zip(self.sizes, self.sizes[1:], strict=False)
        return [shape for n_in, n_out in pairs for shape in ([n_out, n_in], [n_out])]

    def drawn(self) -> list[Tensor]:
        """Random parameters. Those of one shape are the same, and a square one is symmetric: from the network
        nobody can tell which of them is which, nor which way round it lies.
        """
        drawn: dict[tuple[int, ...], Tensor] = {}
        for shape in self.shapes:
            drawn.setdefault(tuple(shape), torch.randn(shape) / shape[-1] ** 0.5)
        for key, weight in drawn.items():
            if len(key) == 2 and key[0] == key[1]:
                drawn[key] = (weight + weight.T) / 2**0.5
        return [drawn[tuple(shape)] for shape in self.shapes]

    def copying(self, bias: Tensor) -> list[Tensor]:
        """Hidden unit i is unit i // 2 of the layer below; output i is unit i of the last hidden layer
        plus bias[i], and output 0 is bias[0] alone.
        """
        values = [torch.zeros(shape) for shape in self.shapes]
        for weight in values[:-2:2]:
            units = torch.arange(min(weight.shape[0], 2 * weight.shape[1]))
            weight[units, units // 2] = 1
        values[-2].fill_diagonal_(1)
        values[-2][0] = 0
        values[-1] = bias[: self.sizes[-1]].clone()
        return values


def logits(parameters: Sequence[Tensor], X: Tensor, *activations: Activation) -> Tensor:
    """Outputs (n, out) for rows X, of which the first inputs are given; ReLU where none is named."""
    H, layers = X, len(parameters) // 2
    for layer in range(layers):
        W, b = parameters[2 * layer : 2 * layer + 2]
        H = H @ W[:, : H.shape[1]].T + b
        if layer < layers - 1:
            H = (activations[layer] if activations else torch.relu)(H)
    return H


def gradients(parameters: Sequence[Tensor], X: Tensor, weights: Tensor) -> list[Tensor]:
    """Of (outputs * weights).sum() with respect to each parameter."""
    leaves = [p.clone().requires_grad_(True) for p in parameters]
    with torch.enable_grad():
        out = logits(leaves, X)
        (out * weights[:, : out.shape[1]]).sum().backward()
    return [p.grad for p in leaves if p.grad is not None]


def paired(grads: Sequence[Tensor], right: Sequence[Tensor]) -> list[Tensor]:
    """Gradients in the order of the right ones. Of parameters of one shape, which `MLP.drawn` makes the same, nobody
    can tell which is which: each right gradient gets the nearest one of its shape that is left.
    """
    left, found = list(grads), []
    for wanted in right:
        fits = [k for k, grad in enumerate(left) if grad.shape == wanted.shape]
        if not fits:
            return list(grads)
        nearest = min(fits, key=lambda k: float((left[k] - wanted).norm()))
        found.append(left.pop(nearest))
    return found


def descended(
    parameters: Sequence[Tensor], X: Tensor, y: Tensor, lr: float, steps: int
) -> list[Tensor]:
    """The parameters after so many steps of gradient descent on the mean cross-entropy of one batch."""
    for _ in range(steps):
        leaves = [p.clone().requires_grad_(True) for p in parameters]
        with torch.enable_grad():
            grads = torch.autograd.grad(F.cross_entropy(logits(leaves, X), y), leaves)
        parameters = [p - lr * grad for p, grad in zip(parameters, grads, strict=True)]
    return list(parameters)


def identity(X: Tensor) -> Tensor:
    """No activation."""
    return X


class Copies:
    """Outputs of a network with copying weights, read: which unit of the last hidden layer was kept.

    Output 0 is its bias alone, so a constant that a log-softmax takes off is known. Families of four
    units copy one input; units 2j and 2j + 1 copy one unit of the layer below.
    """

    def __init__(self, outputs: object, X: Tensor, bias: Tensor) -> None:
        out = expect.finite(expect.tensor(outputs))
        expect.tensor(out, shape=(len(X), out.shape[-1]))
        bias = bias[: out.shape[-1]]
        expect.true(
            not bool((out == 0).any()) or not bool(bias.any()),
            seen="logits that are exactly 0",
            expected="the bias of the last layer shows in every logit",
            because="dropout acts on the logits",
        )
        total = out.sum(1)
        if bool((out > 0).all()) and expect.agrees(total, torch.ones_like(total)):
            out = out.log()  # a softmax at the end is another check's matter
        units = out.shape[1] // 4 * 4
        plain = copied(X, units)[:, 4:]
        read = (out - out[:, :1] - (bias - bias[:1]))[:, 4:units]
        self.plain, self.signal = plain, read.where(read.abs() > GATE * plain, torch.tensor(0.0))
        expect.true(
            bool((self.signal >= 0).all()),
            seen="logits that positive inputs and weights cannot give",
            expected="the output of the last linear layer; see the check on eval mode",
        )

    @property
    def dropped(self) -> Tensor:
        """Bool (n, units): which units are 0."""
        return self.signal == 0

    @property
    def pairs_apart(self) -> Tensor:
        """Bool (n, units / 2): of two units that copy one unit below, is exactly one 0?"""
        return self.dropped[:, 0::2] != self.dropped[:, 1::2]

    @property
    def is_plain(self) -> bool:
        """Whether the outputs are those of a network without dropout."""
        return expect.agrees(self.signal, self.plain, expect.LAYERS)

    def verify_scale(self, keep: float) -> None:
        """Units that were kept are divided by `keep`."""
        expect.close(
            self.signal,
            (self.plain / keep).masked_fill(self.dropped, 0.0),
            tolerance=expect.LAYERS,
            because="units that are kept are divided by the probability to be kept",
        )


def copied(X: Tensor, units: int) -> Tensor:
    """What copying weights make of X (n, inputs) in two hidden layers without dropout: (n, units)."""
    return X[:, : -(-units // 4)].repeat_interleave(4, 1)[:, :units]


def canonical(shapes: Sequence[Sequence[int]]) -> list[list[int]]:
    """Shapes in an order of their own; a weight may be stored transposed."""
    return sorted(sorted(shape) for shape in shapes)


def listed(shapes: Sequence[Sequence[int]]) -> str:
    """`(16, 8), (16,)`."""
    return ", ".join(str(tuple(shape)) for shape in shapes) or "none"


# What follows runs beside a student's code: it travels with the probes that name it.


def parameters_of(net, inputs):
    """The network's parameters; lazy layers get theirs from a first pass."""
    if any(torch.nn.parameter.is_lazy(p) for p in net.parameters()):
        with torch.no_grad():
            net(torch.zeros(2, inputs))
    return list(net.parameters())


def find_parameters(parameters, shapes):
    """For each shape the first parameter that has it, maybe transposed; None for a bias that is not
    there. None altogether when a weight is missing.
    """
    found = []
    for shape in map(list, shapes):
        fits = [p for p in parameters if list(p.shape) in (shape, shape[::-1])]
        fits = [p for p in fits if not any(p is other for other in found)]
        if not fits and len(shape) > 1:
            return None
        found.append(fits[0] if fits else None)
    return found


def oriented(parameters, shapes):
    """Parameters (some may be None), or their gradients, as they lie in `shapes`. Which way round a square one lies,
    the others say.
    """
    pairs = [(p, list(shape)) for p, shape in zip(parameters, shapes, strict=True)]
    turned = any(p is not None and list(p.shape) != shape for p, shape in pairs)
    square = [shape == shape[::-1] and len(shape) == 2 for _, shape in pairs]
    return [
        p.T if p is not None and (turned if either else list(p.shape) != shape) else p
        for (p, shape), either in zip(pairs, square, strict=True)
    ]


def set_parameters(found, values):
    with torch.no_grad():
        for p, value in zip(oriented(found, [v.shape for v in values]), values, strict=True):
            if p is not None:
                p.copy_(value)


def run_network(net, values, inputs, modes, backward):
    """Set the parameters and run once in each mode with each input; None without such parameters.

    inputs: rows with fewer numbers than the network takes are filled up with zeros. backward: also the
    gradients of the last output times this, summed.
    """
    found = find_parameters(parameters_of(net, values[0].shape[1]), [v.shape for v in values])
    if found is None:
        return None
    set_parameters(found, values)
    outputs = []
    for mode in modes:
        net.train(mode == "train")
        for X in inputs:
            if X.dim() == 2:
                X = F.pad(X, (0, values[0].shape[1] - X.shape[1]))
            outputs.append(net(X))
    grads = []
    if backward is not None and isinstance(outputs[-1], torch.Tensor):
        (outputs[-1] * backward[:, : outputs[-1].shape[1]]).sum().backward()
        own = [None if p is None else p.grad for p in found]
        own = oriented(own, [v.shape for v in values])
        grads = [p is not None and grad for p, grad in zip(found, own, strict=True)]
    return {"outputs": outputs, "grads": grads, "found": [p is not None for p in found]}
