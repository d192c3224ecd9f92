"""Chapter 1: the exercise `Net`, a multilayer perceptron with dropout after each hidden layer."""

from __future__ import annotations

from grader.checks import expect, statistics
from grader.checks.dropout_networks import DropoutNetwork
from grader.checks.exercise import check
from grader.checks.networks import MLP, find_parameters, oriented, parameters_of
from grader.checks.student import Student


class Net(DropoutNetwork):
    name, points = "Net", 7
    uses = ("dropout_layer",)
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

    def arguments(self, mlp: MLP) -> list[object]:
        return [mlp.sizes[0], mlp.sizes[-1], *mlp.sizes[1:-1]]

    @check("the network begins with the weights that nn.Linear draws", weight=0.5)
    def initial_weights(self, student: Student) -> None:
        """Make the layers with `nn.Linear`, and leave their weights alone."""
        mlp = MLP((40, 30, 20, 10))
        weights = expect.items(
            student.run(initial_weights, arguments=self.arguments(mlp), shapes=mlp.shapes[::2]), 3
        )
        for weight, shape in zip(weights, mlp.shapes[::2], strict=True):
            bound = shape[1] ** -0.5
            largest = float(expect.tensor(weight, shape=shape).abs().max())
            # Uniform in (-bound, bound): that none of 200 is larger than 0.8 of it happens by chance.
            statistics.book("no large weight", 0.8 ** (shape[0] * shape[1]))
            expect.true(
                0.8 * bound <= largest <= 1.001 * bound,
                seen=f"weights of up to {largest:.3g} in the layer with {shape[1]} inputs",
                expected=f"up to 1 / √{shape[1]} = {bound:.3g}, as `nn.Linear` draws them",
            )


def initial_weights(namespace, arguments, shapes):
    net = namespace["Net"](*arguments)
    found = find_parameters(parameters_of(net, arguments[0]), shapes)
    if found is None:
        return [None for _ in shapes]
    return [oriented(p, shape) for p, shape in zip(found, shapes)]  # noqa: B905
