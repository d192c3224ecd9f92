"""Chapter 4: weight decay by the optimizer. The exercises `train_concise` and `match_scratch_and_concise`."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.networks import find_parameters
from grader.checks.randomness import signed, uniform
from grader.checks.regression import (
    Fit,
    Regression,
    linear_net,
    pairs,
    silently,
    verify_epochs,
    verify_fit,
    verify_losses,
    verify_normal,
)
from grader.checks.student import Student

STEP = 0.1
"""Learning rate of the one step that a matched network takes."""


class TrainConcise(Exercise):
    name, points = "train_concise", 5
    hints = (
        "The loop is that of `train_scratch`, with a network, a loss and an optimizer of PyTorch's. The decay "
        "is not in the loss: who takes care of it?",
        '`torch.optim.SGD([{"params": net[0].weight, "weight_decay": wd}, {"params": net[0].bias}], lr=lr)` '
        "decays the weights and not the bias.",
        "For a new network: `nn.init.normal_(net[0].weight)`, `nn.init.zeros_(net[0].bias)`. Each batch: "
        "`zero_grad()`, the mean of `nn.MSELoss(reduction='none')` `backward()`, `step()`. After every fifth epoch "
        "append the triple, measured with the same loss inside `torch.no_grad()`.",
    )

    @check(
        "the network that is given goes where SGD with weight decay leads", weight=3, essential=True
    )
    def steps(self, student: Student) -> None:
        """Two parameter groups; the mean of the squared errors; zero, backward, step."""
        verify_steps(student, Regression(), epochs=3)
        verify_steps(student, Regression((5, 3)), epochs=3)

    @check("the curve reports the mean squared error", weight=1)
    def losses(self, student: Student) -> None:
        """`d2l.evaluate_loss(net, data_iter, loss)` with `nn.MSELoss(reduction='none')`."""
        problem = Regression()
        run = trained(student, problem, problem.lambd, num_epochs=5, lr=problem.lr)
        w, b = weights(run["trained"], problem)
        verify_losses(verify_epochs(run["curve"], 5)[-1], w, b, problem, 1.0, problem.lambd)

    @check("the curve has an entry after every fifth epoch", weight=0.5)
    def every_fifth(self, student: Student) -> None:
        """`if epoch % 5 == 0:`, with epochs that are counted from 1."""
        problem = Regression((5, 5), inputs=3)
        run = trained(student, problem, problem.lambd, num_epochs=12, lr=problem.lr)
        triples = verify_epochs(run["curve"], 12)
        if self.passed("steps") and self.passed("losses"):
            right = [list(triple) for triple in problem.fit(12, problem.lambd, half=1).curve]
            expect.close(triples, right, tolerance=expect.LAYERS)

    @check("a new network starts with weights from N(0, 1) and bias 0", weight=1)
    def fresh_start(self, student: Student) -> None:
        """`nn.Linear` draws both from a narrow uniform distribution: set both yourself."""
        problem = Regression((5,), inputs=200)
        run = trained(student, problem, 3.0, fresh=True, num_epochs=0)
        w, b = weights(run["returned"], problem)
        verify_normal(w, "weights")
        expect.true(
            float(b) == 0,
            seen=f"a bias of {float(b):.3g}",
            expected="0",
            because="a bias that starts at random starts elsewhere than the scratch run",
        )

    @check("the trained network comes back", weight=0.5)
    def returned(self, student: Student) -> None:
        """`return net, curve`"""
        problem = Regression()
        run = trained(student, problem, problem.lambd, num_epochs=1, lr=problem.lr)
        after = weights(run["trained"], problem)
        expect.close(
            run["outputs"],
            [X @ after[0] + after[1] for X, _ in problem.test],
            tolerance=expect.LAYERS,
            because="outputs of the network that came back, beside those of the one that was trained",
        )

    @check("100 epochs and lr = 0.003, when not given", weight=0.5)
    def defaults(self, student: Student) -> None:
        """They are the defaults in the signature."""
        problem = Regression((5, 5), inputs=3, lr=0.003)
        run = trained(student, problem, problem.lambd)
        verify_epochs(run["curve"], 100)
        if self.passed("steps"):
            seen = weights(run["trained"], problem)
            verify_fit(seen, problem.fit(100, problem.lambd, half=1), {})


class MatchScratchAndConcise(Exercise):
    name, points = "match_scratch_and_concise", 6
    hints = (
        "Compute one step of each for a single weight, with numbers: w = 1, the residual 1 at x = 1, "
        "lambd = 3, lr = 0.1. Which of the two moves further, and which part of the step is it?",
        "Scratch: w loses lr · (g + lambd · w). Concise: w loses lr · (2g + wd · w), since its loss has no "
        "half. Choose the concise lr so that the parts with g agree, then wd so that the others do.",
        "The learning rate is half as large, and the weight decay twice as large: their product stays. Make an "
        "`nn.Linear(len(w), 1)`, and inside `torch.no_grad()` copy `w.T` into its weight and `b` into its bias.",
    )

    @check("the concise run takes the same steps", weight=2, essential=True)
    def settings(self, student: Student) -> None:
        """Write lr · (g + lambd · w) below lr · (2g + wd · w), and compare the two parts."""
        for _ in range(2):
            lambd, lr, problem = uniform(0.5, 5.0), uniform(0.01, 0.1), Regression(inputs=3)
            match = matched(student, lambd, lr, problem.w, problem.b)
            wd, concise = (expect.number(match[name]) for name in ("wd", "lr"))
            expect.close(
                [wd, concise],
                [2 * lambd, lr / 2],
                text=f"for lambd = {lambd} and lr = {lr}: wd = {wd:.4g}, concise_lr = {concise:.4g}; "
                "one of them is {}",
                mistakes={
                    "the concise loss has no half: its steps along the gradient of the loss are twice as "
                    "long": [lambd, lr],
                    "now the decay fits the loss, but each step as a whole is twice as long": [
                        2 * lambd,
                        lr,
                    ],
                    "the steps along the gradient of the loss fit; but the product of lr and wd has to "
                    "stay as it was, for the decay": [lambd, lr / 2],
                    "the other way round: the concise loss is the larger one": [lambd / 2, 2 * lr],
                    "the decay goes the other way: a larger loss needs a larger wd": [
                        lambd / 2,
                        lr / 2,
                    ],
                },
            )

    @check("the network starts at the same point", weight=1.5, essential=True)
    def start(self, student: Student) -> None:
        """`net[0].weight` has the shape (1, num_inputs): it is w transposed."""
        for inputs in (7, 1):
            w, b, X = signed(inputs, 1), signed(1), signed(4, inputs)
            match = matched(student, 3.0, 0.003, w, b, X)
            values = [match["weight"], match["bias"]]
            expect.true(
                None not in values,
                seen="no network with one linear layer for w and b",
                expected=f"a weight of shape (1, {inputs}) and a bias of shape (1,)",
            )
            bias = expect.tensor(values[1], shape=(1,))
            expect.true(
                expect.agrees(bias, b),
                seen=f"a bias of {float(bias):.4g}",
                expected=f"b, here {float(b):.4g}",
                because="the loop over all parameters draws the bias as well"
                if expect.agrees(values[0], w.T)
                else "",
            )
            expect.close(values[0], w.T)
            expect.close(
                match["outputs"], X @ w + b, tolerance=expect.LAYERS, because="net(X) is X @ w + b"
            )

    @check("the network can be trained, and w and b do not move with it", weight=1)
    def independent(self, student: Student) -> None:
        """`copy_` copies the numbers; `.data = w.T` shares the memory."""
        w, b, X = signed(5, 1), signed(1), signed(4, 5)
        match = matched(student, 3.0, 0.003, w, b, X)
        expect.true(
            match["after"] is not None,
            seen="parameters without gradients",
            expected="a network that can be trained: parameters that ask for gradients",
        )
        if self.passed("start"):
            # Of the sum of the outputs, the gradient is the sum of the inputs, and the number of examples.
            moved = [w.T - STEP * X.sum(0), b - STEP * len(X)]
            expect.close(match["after"], moved, because="one step of SGD with the sum of net(X)")
            expect.true(
                expect.agrees(match["again"], X @ w + b, expect.LAYERS),
                seen="when the network has taken a step, a second one for w and b starts elsewhere",
                expected="parameters of its own: a copy of the numbers",
            )
        for name, old in (("w", w), ("b", b)):
            expect.true(
                expect.agrees(match[name], old, expect.EXACT),
                seen=f"when the network takes a step, `{name}` changes with it",
                expected="parameters of its own: a copy of the numbers",
            )


def verify_steps(student: Student, problem: Regression, epochs: int) -> None:
    """The parameters of the network after some epochs, with the ways in which decay goes wrong."""
    wd, n = problem.lambd, len(problem.train[0][0])
    run = trained(student, problem, wd, num_epochs=epochs, lr=problem.lr)

    def fit(decay: float = wd, half: float = 1.0, **changed: Any) -> Fit:
        return problem.fit(epochs, decay, half=half, **changed)

    verify_fit(
        weights(run["trained"], problem),
        fit(),
        {
            "there is no decay": fit(0.0),
            "the bias decays, too: give it a parameter group without `weight_decay`": fit(
                bias_decay=wd
            ),
            "the bias decays, and the weights do not": fit(0.0, bias_decay=wd),
            "the loss is halved; `nn.MSELoss` is not": fit(half=0.5),
            "the gradient of the summed loss; SGD wants the mean": fit(times=n),
            "twice the decay: is the penalty in the loss as well?": fit(2 * wd),
            "gradients of earlier batches are still in: `zero_grad()`": fit(carried=1),
            "the network that was given has not moved": problem.fit(0, wd),
        },
    )


def trained(
    student: Student, problem: Regression, wd: float, fresh: bool = False, **keywords: object
) -> dict:
    """What `run_train_concise` reports. fresh: without a network."""
    run = student.run(
        run_train_concise,
        wd=wd,
        start=None if fresh else problem.start,
        train=problem.train,
        test=problem.test,
        keywords=keywords,
    )
    return expect.record(run)


def weights(parameters: object, problem: Regression) -> list[Tensor]:
    """Weight and bias of a linear layer as w (inputs, 1) and b (1,)."""
    inputs = len(problem.w)
    pair = expect.items(
        parameters, 2, expected=f"a network with one `nn.Linear({inputs}, 1)`: `return net, curve`"
    )
    w = expect.tensor(pair[0], shape=(1, inputs))
    return [w.T, expect.tensor(pair[1], shape=(1,))]


def matched(
    student: Student, lambd: float, lr: float, w: Tensor, b: Tensor, X: Tensor | None = None
) -> dict:
    """What `run_match` reports."""
    X = signed(3, len(w)) if X is None else X
    return expect.record(student.run(run_match, lambd=lambd, lr=lr, w=w, b=b, X=X))


# What follows runs beside a student's code.


def layer_of(net, inputs):
    """Weight and bias of the linear layer; None where there is none."""
    shapes = [[1, inputs], [1]]
    parameters = list(net.parameters()) if isinstance(net, nn.Module) else []
    found = find_parameters(parameters, shapes)
    return found if found is not None and None not in found else None


def run_train_concise(namespace, wd, start, train, test, keywords):
    net = None if start is None else linear_net(*start)
    train, test = pairs(train), pairs(test)
    result = silently(namespace["train_concise"], wd, net, train, test, **keywords)
    if not (isinstance(result, (tuple, list)) and len(result) == 2):
        raise TypeError("`train_concise` should return two values: net, curve")
    back, curve = result
    inputs = train[0][0].shape[1]
    return {
        "trained": None if net is None else layer_of(net, inputs),
        "returned": layer_of(back, inputs),
        "outputs": [back(X) for X, _ in test] if isinstance(back, nn.Module) else None,
        "curve": curve,
    }


def run_match(namespace, lambd, lr, w, b, X):
    """The settings, the network's parameters and outputs; its parameters after one step of SGD, None when it
    cannot take one; and after that, w and b and the outputs of a second network that is made for them.
    """
    w.requires_grad_(True)
    b.requires_grad_(True)
    wd, concise_lr, net = namespace["match_scratch_and_concise"](lambd, lr, w, b)
    layer = layer_of(net, len(w)) or [None, None]
    report = {"wd": wd, "lr": concise_lr, "weight": None, "bias": None, "outputs": None}
    report["after"] = report["again"] = None
    if layer[0] is not None:
        report["weight"], report["bias"] = (p.detach().clone() for p in layer)
        out = net(X)
        report["outputs"] = out.detach().clone()
        if all(p.requires_grad and p.is_leaf for p in layer) and out.requires_grad:
            out.sum().backward()
            torch.optim.SGD(layer, lr=STEP).step()
            report["after"] = [p.detach().clone() for p in layer]
    report["w"], report["b"] = w.detach().clone(), b.detach().clone()
    if report["after"] is not None:
        report["again"] = namespace["match_scratch_and_concise"](lambd, lr, w, b)[2](X)
    return report
