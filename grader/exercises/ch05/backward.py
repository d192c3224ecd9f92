"""Chapter 5: the backward pass. The exercises `backward_by_hand`, `kept_for_backward`, `sigmoid_grad`."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.functions import verify_untouched
from grader.checks.randomness import integer, positive, shuffled, signed, uniform
from grader.checks.student import Student

GIVEN = ("dO", "X", "H", "slope", "W1", "W2")


def one_hot(logits, y):
    """Of the labels, in the shape of the logits."""
    return torch.nn.functional.one_hot(y, logits.shape[1])


def grad_of_loss(logits, y):
    """Of the mean cross-entropy, with respect to logits (n, k) for labels y (n,)."""
    return (torch.softmax(logits, 1) - one_hot(logits, y)) / len(y)


SLIPS = {
    "the loss is a mean over the examples: divide by n": lambda logits, y: (
        grad_of_loss(logits, y) * len(y)
    ),
    "the sign is wrong: probability minus label": lambda logits, y: -grad_of_loss(logits, y),
    "these are the probabilities; take 1 off at the label": lambda logits, y: (
        torch.softmax(logits, 1) / len(y)
    ),
    "the logits are not probabilities yet: softmax is missing": lambda logits, y: (
        (logits - one_hot(logits, y)) / len(y)
    ),
    "the softmax goes over the classes of an example, not over the examples": (
        lambda logits, y: (torch.softmax(logits, 0) - one_hot(logits, y)) / len(y)
    ),
    "divided by all n times k numbers; the mean is over the n examples": (
        lambda logits, y: grad_of_loss(logits, y) / logits.shape[1]
    ),
}
"""What known mistakes make of `loss_grad`."""


class BackwardByHand(Exercise):
    name, points = "backward_by_hand", 8
    returns = ("dW1", "db1", "dW2", "db2")
    hints = (
        "Go along the graph from the right to the left, and keep one rule: the gradient of a thing has the "
        "shape of that thing.",
        "For O = H @ W2 + b2, the gradient of W2 is `H.T @ dO`, that of H is `dO @ W2.T`, and b2 was added to "
        "every example, so that its gradient is a sum over them. Each weight has the penalty's share, too.",
        "`dZ = dO @ W2.T * slope`; then X and dZ give the first layer what H and dO give the second. To `dW1` "
        "and `dW2` add lambd times the weight. `loss_grad`: softmax, minus 1 at the label, divided by n.",
    )

    @staticmethod
    def right(dO, X, H, slope, W1, W2, lambd):
        dZ = dO @ W2.T * slope
        return X.T @ dZ + lambd * W1, dZ.sum(0), H.T @ dO + lambd * W2, dO.sum(0)

    loss = compares(
        "the gradient of the mean cross-entropy with respect to the logits",
        function="loss_grad",
        inputs=lambda: logits_and_labels(5, 4, 3),
        right=lambda logits, y: grad_of_loss(logits, y),
        weight=2,
        mistakes=SLIPS,
        hint="Each row sums to 0: what the label's logit gains, the others lose.",
    )
    large_logits = compares(
        "logits of a thousand",
        function="loss_grad",
        inputs=lambda: large(*logits_and_labels(5, 4, 4)),
        right=lambda logits, y: grad_of_loss(logits, y),
        tolerance=expect.LAYERS,  # near 1000, the next float32 is 0.00006 away
        not_finite="exp(1000) is infinite, and infinite / infinite is NaN; `torch.softmax` knows a way round",
        weight=0.5,
        mistakes={
            **SLIPS,
            "cut off at a bound, the logits of a row are all alike; take the largest off instead": (
                lambda logits, y: grad_of_loss(logits.clamp(-50, 50), y)
            ),
        },
        hint="Softmax does not change when a constant is taken off all logits of a row.",
    )
    second_weight = compares(
        "the gradient for W2",
        function="backward_by_hand",
        inputs=lambda: stored(),
        part=2,
        tolerance=expect.LAYERS,
        weight=1.5,
        essential=True,
        mistakes={
            "the penalty's share is missing": lambda dO, X, H, s, W1, W2, c: H.T @ dO,
            "twice the penalty's share: half of the squared norm has the gradient W2": (
                lambda dO, X, H, s, W1, W2, c: H.T @ dO + 2 * c * W2
            ),
            "lambd is missing before W2": lambda dO, X, H, s, W1, W2, c: H.T @ dO + W2,
            "the penalty was taken off; it is added": (
                lambda dO, X, H, s, W1, W2, c: H.T @ dO - c * W2
            ),
            "the slope belongs to the hidden layer: W2 comes after it": (
                lambda dO, X, H, s, W1, W2, c: (H * s).T @ dO + c * W2
            ),
            "divided by n once more: dO has the mean in it": (
                lambda dO, X, H, s, W1, W2, c: H.T @ dO / len(X) + c * W2
            ),
            "it is transposed": lambda dO, X, H, s, W1, W2, c: dO.T @ H + c * W2,
        },
        hint="In O = H @ W2 + b2, what is multiplied with W2?",
    )
    first_weight = compares(
        "the gradient for W1",
        function="backward_by_hand",
        inputs=lambda: stored(),
        part=0,
        tolerance=expect.LAYERS,
        weight=2.5,
        essential=True,
        mistakes={
            "the slope of the activation is missing": (
                lambda dO, X, H, s, W1, W2, c: X.T @ (dO @ W2.T) + c * W1
            ),
            "H stands where its slope should": (
                lambda dO, X, H, s, W1, W2, c: X.T @ (dO @ W2.T * H) + c * W1
            ),
            "the way back through W2 is W2.T": (
                lambda dO, X, H, s, W1, W2, c: X.T @ (dO @ W2 * s) + c * W1
            ),
            "the gradient does not come through W2 at all": (
                lambda dO, X, H, s, W1, W2, c: X.T @ (dO * s) + c * W1
            ),
            "the penalty's share is missing": (
                lambda dO, X, H, s, W1, W2, c: X.T @ (dO @ W2.T * s)
            ),
            "twice the penalty's share: half of the squared norm has the gradient W1": (
                lambda dO, X, H, s, W1, W2, c: X.T @ (dO @ W2.T * s) + 2 * c * W1
            ),
            "divided by n once more: dO has the mean in it": (
                lambda dO, X, H, s, W1, W2, c: X.T @ (dO @ W2.T * s) / len(X) + c * W1
            ),
        },
        hint="From dO through W2 to H, from H through the activation to Z, from Z to W1.",
    )
    first_bias = compares(
        "the gradient for b1",
        function="backward_by_hand",
        inputs=lambda: stored(),
        part=1,
        tolerance=expect.LAYERS,
        mistakes={
            "a mean over the examples; dO has the mean in it, so add up": (
                lambda dO, X, H, s, W1, W2, c: (dO @ W2.T * s).mean(0)
            ),
            "the slope of the activation is missing": (
                lambda dO, X, H, s, W1, W2, c: (dO @ W2.T).sum(0)
            ),
            "one row an example; b1 is shared by all, so add them up": (
                lambda dO, X, H, s, W1, W2, c: dO @ W2.T * s
            ),
            "added up over the units; add up over the examples": (
                lambda dO, X, H, s, W1, W2, c: (dO @ W2.T * s).sum(1)
            ),
        },
        hint="b1 is added to Z, in every example: its gradient is a sum of rows of dZ.",
    )
    second_bias = compares(
        "the gradient for b2",
        function="backward_by_hand",
        inputs=lambda: stored(),
        part=3,
        tolerance=expect.LAYERS,
        weight=0.5,
        mistakes={
            "a mean over the examples; dO has the mean in it, so add up": (
                lambda dO, X, H, s, W1, W2, c: dO.mean(0)
            ),
            "one row an example; b2 is shared by all, so add them up": (
                lambda dO, X, H, s, W1, W2, c: dO
            ),
            "added up over the classes; add up over the examples": (
                lambda dO, X, H, s, W1, W2, c: dO.sum(1)
            ),
        },
        hint="The gradient of b2 has the shape of b2.",
    )

    @check("what was stored is left alone", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """`dZ = dH * slope` makes a new tensor, `dH *= slope` changes the old one."""
        inputs = stored()
        weights = self.passed("first_weight") and self.passed("second_weight")
        biases = self.passed("first_bias") and self.passed("second_bias")
        right = list(self.right(*inputs)) if weights and biases else None
        verify_untouched(student, self.name, inputs, GIVEN, right, expect.LAYERS)


class KeptForBackward(Exercise):
    name, points = "kept_for_backward", 2
    hints = (
        "Look at your formulas: which tensors with one row for each example do they read?",
        "X and every H are read by the gradients of the weights, and the outputs by `loss_grad`. ReLU needs "
        "nothing of its own: its slope is 1 where H is above 0.",
        "Every size in the list is kept once for each example: add the sizes up, and multiply.",
    )

    @staticmethod
    def right(batch_size, sizes):
        return batch_size * sum(sizes)

    value = compares(
        "the inputs, every hidden layer and the outputs, for each example",
        inputs=lambda: (integer(20, 300), [integer(5, 900) for _ in range(integer(4, 6))]),
        times=3,
        weight=2,
        essential=True,
        mistakes={
            "these are the weights, which are there anyway; count what each example adds": (
                lambda n, sizes: sum(a * b for a, b in itertools.pairwise(sizes))
            ),
            "these are the parameters, which are there anyway; count what each example adds": (
                lambda n, sizes: sum(a * b + b for a, b in itertools.pairwise(sizes))
            ),
            "for one example; every example of the batch has its own": (
                lambda n, sizes: sum(sizes)
            ),
            "the inputs are missing; dW1 is made of them": (lambda n, sizes: n * sum(sizes[1:])),
            "the outputs are missing; the loss needs its probabilities": (
                lambda n, sizes: n * sum(sizes[:-1])
            ),
            "enough to predict, where a layer may be forgotten after the next; training keeps them all": (
                lambda n, sizes: n * max(a + b for a, b in itertools.pairwise(sizes))
            ),
            "these are bytes, four for each number; asked for is how many numbers": (
                lambda n, sizes: 4 * n * sum(sizes)
            ),
            "every hidden layer counted twice; ReLU keeps what the next layer keeps": (
                lambda n, sizes: n * (sum(sizes) + sum(sizes[1:-1]))
            ),
        },
        hint="Compute the example of the text by hand: 2 examples, sizes 3, 4 and 2.",
    )


class SigmoidGrad(Exercise):
    name, points = "sigmoid_grad", 2
    hints = (
        "The derivative can be written with the value of the sigmoid alone. At 0 it is 1/4.",
        "With s = sigmoid(x) it is a product of two factors, of which one is s.",
        "`s = torch.sigmoid(x)`, and the answer is s times 1 - s. No power of e is needed.",
    )

    @staticmethod
    def right(x):
        s = torch.sigmoid(x)
        return s * torch.sigmoid(-x)

    value = compares(
        "the derivative at every x",
        inputs=lambda: (2 * signed(6),),
        weight=2,
        essential=True,
        mistakes={
            "this is the sigmoid itself": lambda x: torch.sigmoid(x),
            "x (1 - x) is for an x that has been through the sigmoid; this one has not": (
                lambda x: x * (1 - x)
            ),
            "this is the square of the sigmoid": lambda x: torch.sigmoid(x) ** 2,
            "this is 1 minus the sigmoid; one factor is missing": lambda x: torch.sigmoid(-x),
            "the sign is wrong: the sigmoid rises everywhere": (
                lambda x: -torch.sigmoid(x) * torch.sigmoid(-x)
            ),
            "this is the derivative of tanh": lambda x: 1 - torch.tanh(x) ** 2,
        },
        hint="At x = 0 it is 0.25, and it is the same at x and at -x.",
    )
    far_out = compares(
        "far from 0, and in any shape",
        inputs=lambda: (far_from_zero(),),
        not_finite="far out, exp(-x) is infinite: `torch.sigmoid` stays between 0 and 1",
        weight=0.5,
        hint="Try `torch.tensor([-200.0, 200.0])`: the answer is 0 at both, and never NaN.",
    )


def logits_and_labels(n: int, classes: int, occurring: int) -> tuple[Tensor, Tensor]:
    """Logits (n, classes), and labels (n,) of which only the first `occurring` classes come up."""
    return 2 * signed(n, classes), torch.randint(occurring, (n,))


def large(logits: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The same rows, so far up and down that exp of them is infinite or 0."""
    return logits + torch.tensor(shuffled([1000.0, -1000.0] * len(y))[: len(y)])[:, None], y


def stored(n: int = 5, inputs: int = 4, hiddens: int = 3, outputs: int = 3) -> tuple:
    """dO, X, H, slope, W1, W2, lambd of some activation that nobody knows, all drawn on their own."""
    return (
        signed(n, outputs),
        signed(n, inputs),
        signed(n, hiddens),
        positive(n, hiddens),
        signed(inputs, hiddens),
        signed(hiddens, outputs),
        uniform(0.2, 0.9),
    )


def far_from_zero() -> Tensor:
    """(2, 4) of both signs, between 100 and 300, and a few ordinary numbers."""
    return torch.cat([200 * signed(4), signed(4)])[torch.randperm(8)].reshape(2, 4)
