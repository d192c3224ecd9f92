"""Chapter 1: the exercise `Net`, a multilayer perceptron with dropout after each hidden layer."""

from __future__ import annotations

from grader.checks.dropout_networks import DropoutNetwork
from grader.checks.networks import MLP


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
