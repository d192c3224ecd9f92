"""Chapter 4: the exercise `train_scratch`, linear regression with an L2 penalty."""

from __future__ import annotations

from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.regression import (
    Regression,
    pairs,
    silently,
    verify_epochs,
    verify_fit,
    verify_losses,
    verify_normal,
)
from grader.checks.student import Student


class TrainScratch(Exercise):
    name, points = "train_scratch", 6
    uses = ("l2_penalty",)
    hints = (
        "It is the loop of linear regression from scratch. What is new: a term in the loss, and a note "
        "after every fifth epoch.",
        "For each batch: `d2l.squared_loss(...)` gives one loss an example. Add `lambd * l2_penalty(w)` to this "
        "vector, then sum, go backward, and call `d2l.sgd([w, b], lr, X.shape[0])`.",
        "Count epochs from 1. After the batches of an epoch that 5 divides, measure with `d2l.evaluate_loss` "
        "and plain `d2l.squared_loss`, inside `torch.no_grad()`, on both iterators, and append the triple. Return "
        "w, b and the list.",
    )

    @check("w and b are where gradient descent with the penalty leads", weight=3, essential=True)
    def steps(self, student: Student) -> None:
        """Write down the gradient of one batch: the mean over its examples, plus lambd times w."""
        verify_steps(student, Regression(), epochs=3)

    @check("with lambd = 0, it is plain linear regression", weight=1)
    def no_penalty(self, student: Student) -> None:
        """The penalty is the only thing that lambd changes."""
        problem = Regression()
        seen = trained(student, problem, 0.0, num_epochs=3, lr=problem.lr)
        verify_fit(
            seen[:2],
            problem.fit(3, 0.0),
            {
                "decay, although lambd is 0": problem.fit(3, 1.0),
                "the gradient of a batch is a sum here, it should be a mean": problem.fit(
                    3, 0.0, times=5
                ),
                "gradients of earlier batches are still in": problem.fit(3, 0.0, carried=1),
            },
        )

    @check("the curve reports the losses without the penalty", weight=1)
    def losses(self, student: Student) -> None:
        """`d2l.evaluate_loss(net, data_iter, d2l.squared_loss)`, for either iterator."""
        problem = Regression()
        w, b, curve = trained(student, problem, problem.lambd, num_epochs=5, lr=problem.lr)
        w = expect.tensor(w, shape=problem.w.shape)
        b = expect.tensor(b, shape=problem.b.shape)
        verify_losses(verify_epochs(curve, 5)[-1], w, b, problem, 0.5, problem.lambd)

    @check("the curve has an entry after every fifth epoch", weight=1)
    def every_fifth(self, student: Student) -> None:
        """`if epoch % 5 == 0:`, with epochs that are counted from 1."""
        problem = Regression((5, 5), inputs=3)
        _, _, curve = trained(student, problem, problem.lambd, num_epochs=12, lr=problem.lr)
        triples = verify_epochs(curve, 12)
        if self.passed("steps") and self.passed("losses"):
            right = [list(triple) for triple in problem.fit(12, problem.lambd).curve]
            expect.close(triples, right, tolerance=expect.LAYERS)

    @check("a last batch that is smaller", weight=0.5)
    def smaller_batch(self, student: Student) -> None:
        """Divide by `X.shape[0]`, the number of examples in this batch."""
        verify_steps(student, Regression((5, 5, 2)), epochs=3)

    @check("100 epochs and lr = 0.003, when not given", weight=0.5)
    def defaults(self, student: Student) -> None:
        """They are the defaults in the signature."""
        problem = Regression((5, 5), inputs=3, lr=0.003)
        w, b, curve = trained(student, problem, problem.lambd)
        verify_epochs(curve, 100)
        if self.passed("steps"):
            verify_fit([w, b], problem.fit(100, problem.lambd), {})

    @check("without params, it starts with init_params()", weight=0.5)
    def fresh_start(self, student: Student) -> None:
        """`w, b = init_params() if params is None else params`"""
        w, b, _ = trained(student, Regression((5,), inputs=200), 3.0, fresh=True, num_epochs=0)
        expect.close(b, Regression((5,)).b * 0, because="the bias starts at 0")
        verify_normal(expect.tensor(w, shape=(200, 1)), "weights")


def verify_steps(student: Student, problem: Regression, epochs: int) -> None:
    """The parameters after some epochs, with the ways in which the penalty goes wrong."""
    lambd, n = problem.lambd, len(problem.train[0][0])
    w, b, _ = trained(student, problem, lambd, num_epochs=epochs, lr=problem.lr)
    verify_fit(
        [w, b],
        problem.fit(epochs, lambd),
        {
            "the penalty is missing": problem.fit(epochs, 0.0),
            "the penalty counts only once in the summed loss of a batch, and is then divided by the batch "
            "size": problem.fit(epochs, lambd / n),
            "the decay is twice as strong: half of the squared norm has the gradient w": (
                problem.fit(epochs, 2 * lambd)
            ),
            "the decay is half as strong as it should be": problem.fit(epochs, lambd / 2),
            "the penalty is taken off the loss, so that the weights grow": problem.fit(
                epochs, -lambd
            ),
            "the bias is penalised, too": problem.fit(epochs, lambd, bias_decay=lambd),
            "the gradient of a batch is a sum here, it should be a mean": (
                problem.fit(epochs, n * lambd, times=n)
            ),
            "divided by the batch size twice": problem.fit(epochs, lambd / n, times=1 / n),
            "the loss is the squared error; half of it was asked for": (
                problem.fit(epochs, lambd, half=1)
            ),
            "gradients of earlier batches are still in": problem.fit(
                epochs, lambd, carried=1, carried_decay=1
            ),
            "they have not moved": problem.fit(0, lambd),
        },
    )


def trained(
    student: Student,
    problem: Regression,
    lambd: float,
    fresh: bool = False,
    **keywords: object,
) -> list:
    """What `train_scratch` returns: w, b, curve. fresh: without start values."""
    start: list[Tensor] | None = None if fresh else problem.start
    result = student.run(
        run_train_scratch,
        lambd=lambd,
        start=start,
        train=problem.train,
        test=problem.test,
        keywords=keywords,
    )
    return expect.items(result, 3, expected="three values: `return w, b, curve`")


# What follows runs beside a student's code.


def run_train_scratch(namespace, lambd, start, train, test, keywords):
    params = start and [p.requires_grad_(True) for p in start]
    return silently(
        namespace["train_scratch"], lambd, params, pairs(train), pairs(test), **keywords
    )
