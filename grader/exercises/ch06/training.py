"""Chapter 6: the exercises `log_rmse` and `train`."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import shuffled, uniform
from grader.checks.regression import linear_net
from grader.checks.student import Student
from grader.exercises.ch06.adam import Prices, Trained, plain_rmse

EPOCHS = 4


class LogRmse(Exercise):
    name, points = "log_rmse", 3
    hints = (
        "From the inside out: predictions, at least 1, logarithm; difference to the logarithm of the labels; "
        "square, mean, root.",
        "`net(features).clamp(min=1)` raises predictions to 1. `nn.functional.mse_loss(a, b)` is the mean of the "
        "squared differences.",
        "Inside `with torch.no_grad():`, the root, `.sqrt()`, of `mse_loss(clipped.log(), labels.log())`, and "
        "`.item()` at the end.",
    )

    @check("the root of the mean squared difference of logarithms", weight=2, essential=True)
    def value(self, student: Student) -> None:
        """Compute the example of the text with a calculator."""
        y_hat, y = prices(6), prices(6)
        verify_score(student, y_hat, y)

    @check("predictions below 1 count as 1", weight=1.5, essential=True)
    def clipped(self, student: Student) -> None:
        """`clamp(min=1)`, before the logarithm."""
        for low in shuffled([-50.0, 0.0, uniform(0.1, 0.9)]):
            y_hat, y = prices(5), prices(5)
            y_hat[2] = low
            verify_score(student, y_hat, y)

    @check("a Python number, for a network that is being trained", weight=0.5)
    def number(self, student: Student) -> None:
        """`.item()` makes a number of a tensor."""
        y_hat, y = prices(4), prices(4)
        seen = student.run(run_score, y_hat=y_hat, y=y)
        expect.true(
            isinstance(seen, float),
            seen="a tensor" if isinstance(seen, Tensor) else expect.show(seen),
            expected="a Python number",
        )
        expect.close(seen, right_score(y_hat, y), tolerance=expect.LAYERS)


def verify_score(student: Student, y_hat: Tensor, y: Tensor) -> None:
    seen = student.run(run_score, y_hat=y_hat, y=y)
    a, b = y_hat.double(), y.double()
    logs = a.clamp(min=1).log() - b.log()
    mistakes: dict[str, float] = {
        "the root is missing": (logs**2).mean().item(),
        "the mean is missing: this is a sum": (logs**2).sum().sqrt().item(),
        "these are the dollars; the logarithms are missing": ((a - b) ** 2).mean().sqrt().item(),
        "this is the mean absolute difference": logs.abs().mean().item(),
        "predictions are capped at 1 in place of raised to it": (
            (a.clamp(max=1).log() - b.log()).square().mean().sqrt().item()
        ),
        "this is the logarithm of the error": math.log(((a - b) ** 2).mean().sqrt().item()),
        "log(1 + price) was taken: the score is about log(price)": (
            ((a.clamp(min=1).log1p() - b.log1p()) ** 2).mean().sqrt().item()
        ),
    }
    value = expect.number(seen)
    low = float(y_hat.min())
    because = (
        f"a prediction of {low:.3g} has no finite logarithm, or one far below 0: it counts as 1"
        if low < 1
        else ""
    )
    finite = {text: v for text, v in mistakes.items() if math.isfinite(v)}
    expect.close(value, right_score(y_hat, y), because=because, mistakes=finite)


def right_score(y_hat: Tensor, y: Tensor) -> float:
    return (y_hat.double().clamp(min=1).log() - y.double().log()).square().mean().sqrt().item()


def prices(n: int) -> Tensor:
    """Prices (n, 1) between 100 and 5,000, no two of which are alike."""
    return (torch.rand(n, 1) * 3.9 + 4.6).exp()


class Train(Exercise):
    name, points = "train", 5
    hints = (
        "It is the loop that you know: for each epoch, for each batch: `zero_grad`, loss, `backward`, `step`. What "
        "is new comes after the batches of an epoch.",
        "`d2l.load_array((train_features, train_labels), batch_size)` shuffles. The optimizer is "
        "`torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)`.",
        "After each epoch: `train_ls.append(score(net, train_features, train_labels))`, and, `if test_labels is "
        "not None`, the same for the test data. Return both lists.",
    )

    @check("the network is where Adam with the squared error leads", weight=2, essential=True)
    def steps(self, student: Student) -> None:
        """`zero_grad`, `nn.MSELoss`, `backward`, `step`, in each batch."""
        problem = Prices(level=3.0)
        seen = run(student, problem, EPOCHS)
        verify_parameters(
            seen,
            problem.trained(EPOCHS),
            {
                "this is SGD, not Adam": problem.trained(EPOCHS, rule="sgd"),
                "gradients of earlier batches are still in: `zero_grad()`": problem.trained(
                    EPOCHS, carried=True
                ),
                "the loss is the mean absolute error": problem.trained(EPOCHS, rule="mae"),
                "the labels became logarithms on the way": problem.trained(EPOCHS, rule="logs"),
                "only one epoch": problem.trained(1),
            },
            problem,
        )

    @check("batches of batch_size, and the last one smaller", weight=1)
    def batches(self, student: Student) -> None:
        """A batch for each `batch_size` rows; nothing is dropped."""
        problem = Prices(10)
        problem.X[:], problem.y[:] = problem.X[:1].clone(), problem.y[:1].clone()  # all rows alike

        def after(steps: int) -> Trained:
            return problem.trained(2, batches=[[[0]] * steps, [[0]] * steps])

        verify_parameters(
            run(student, problem, 2, batch_size=4),
            after(3),
            {
                "one step an epoch: batch_size was not used": after(1),
                "the last, smaller batch is dropped": after(2),
                "one step for each row: batch_size was not used": after(10),
            },
            problem,
        )

    @check("weight_decay is Adam's", weight=1)
    def decay(self, student: Student) -> None:
        """`torch.optim.Adam(..., weight_decay=weight_decay)`."""
        problem = Prices(level=0.0)  # small residuals, so that the decay shows
        wd = uniform(5.0, 9.0)
        verify_parameters(
            run(student, problem, EPOCHS, wd=wd),
            problem.trained(EPOCHS, wd),
            {
                "there is no decay": problem.trained(EPOCHS),
                "this is AdamW's decay": problem.trained(EPOCHS, wd, rule="adamw"),
            },
            problem,
        )

    @check("the score on both data after each epoch", weight=1.5, essential=True)
    def scores(self, student: Student) -> None:
        """Append after the loop over the batches, in either list."""
        problem, other = Prices(), Prices(5)
        seen = run(student, problem, EPOCHS, test=(other.X, other.y))
        right = problem.trained(EPOCHS)
        for name, data, rival in (("train_ls", problem, other), ("test_ls", other, problem)):
            wanted = [right.score(data.X, data.y, epoch) for epoch in range(EPOCHS)]
            first = plain_score(problem.start, data)
            expect.close(
                scores_of(seen[name], EPOCHS, name),
                wanted,
                tolerance=expect.LAYERS,
                because=f"{name}: the score after each of {EPOCHS} epochs",
                mistakes={
                    f"{name}: measured before each epoch": [first, *wanted[:-1]],
                    f"{name}: these scores are those of the other data": [
                        right.score(rival.X, rival.y, epoch) for epoch in range(EPOCHS)
                    ],
                },
            )

    @check("without test data the second list is empty", weight=0.5)
    def no_test(self, student: Student) -> None:
        """`if test_labels is not None:`"""
        problem = Prices()
        seen = run(student, problem, 2, test=(None, None))
        scores_of(seen["train_ls"], 2, "train_ls")
        expect.true(
            seen["test_ls"] == [], seen=f"test_ls is {expect.show(seen['test_ls'])}", expected="[]"
        )

    @check("the rows are shuffled anew in each epoch", weight=1)
    def shuffles(self, student: Student) -> None:
        """`shuffle=True` for a `DataLoader`; `d2l.load_array` does it by itself."""
        problem, epochs = Prices(12), 3
        seen = run(student, problem, epochs, batch_size=4)
        rows = [rows_among(batch, problem.X) for batch in expect.items(seen["batches"])]
        expect.true(
            len(rows) == 3 * epochs and all(len(batch) == 4 for batch in rows),
            seen=f"{len(rows)} batches of {sorted({len(batch) for batch in rows})} rows in {epochs} epochs",
            expected=f"{3 * epochs} batches of 4 rows",
        )
        by_epoch = [rows[3 * epoch : 3 * epoch + 3] for epoch in range(epochs)]
        for steps in by_epoch:
            in_order = sorted(row for batch in steps for row in batch)
            expect.true(
                in_order == list(range(12)),
                seen=f"the rows {in_order} in an epoch",
                expected="each row once",
            )
        expect.true(
            any(steps != by_epoch[0] for steps in by_epoch[1:]) and by_epoch[0][0] != [0, 1, 2, 3],
            seen="the same batches in every epoch, or rows in their order",
            expected="another order in each epoch",
        )
        if self.passed("steps"):  # the network is where these batches lead
            verify_parameters(seen, problem.trained(epochs, batches=by_epoch), {}, problem)


def plain_score(parameters: tuple[Tensor, Tensor], data: Prices) -> float:
    w, b = parameters
    return ((data.X @ w + b - data.y) ** 2).mean().sqrt().item()


def run(
    student: Student,
    problem: Prices,
    epochs: int,
    wd: float = 0.0,
    batch_size: int = 64,
    test: tuple[Tensor | None, Tensor | None] | None = None,
) -> dict:
    """What `train` did with a linear network (`run_train`). test: test data, some when None."""
    if test is None:
        test = (problem.X[:2], problem.y[:2])
    result = student.run(
        run_train,
        start=list(problem.start),
        data=[problem.X, problem.y, *test],
        numbers=[epochs, problem.lr, wd, batch_size],
    )
    report = expect.record(result)
    pair = expect.items(report["returned"], 2, expected="two lists: `return train_ls, test_ls`")
    return {**report, "train_ls": pair[0], "test_ls": pair[1]}


def verify_parameters(
    seen: dict, right: Trained, mistakes: dict[str, Trained], problem: Prices
) -> None:
    expect.close(
        seen["parameters"],
        [right.w.T, right.b],
        tolerance=expect.LAYERS,
        mistakes={
            **{told: [wrong.w.T, wrong.b] for told, wrong in mistakes.items()},
            "it has not moved": [problem.start[0].T, problem.start[1]],
        },
    )


def scores_of(value: object, count: int, name: str) -> list[float]:
    """A list of numbers, as a list or as a tensor."""
    values = value.flatten().tolist() if isinstance(value, Tensor) else value
    found = expect.items(values, count, expected=f"{name}: {count} scores, one an epoch")
    return [expect.number(entry) for entry in found]


def rows_among(batch: object, X: Tensor) -> list[int]:
    """The numbers of these rows in X; -1 for one that is not there."""
    rows = expect.tensor(batch)
    alike = (rows[:, None] == X[None]).all(2)
    return [int(row.nonzero()[0]) if row.any() else -1 for row in alike]


# What follows runs beside a student's code.


class Fixed(nn.Module):
    """A network that predicts what it was given, through a parameter."""

    def __init__(self, y_hat):
        super().__init__()
        self.y_hat = nn.Parameter(y_hat)

    def forward(self, X):
        return self.y_hat[X[:, 0].long()]


def run_score(namespace, y_hat, y):
    features = torch.arange(float(len(y))).reshape(-1, 1)
    return namespace["log_rmse"](Fixed(y_hat), features, y)


class Noting(nn.Module):
    """Notes the rows of every pass that records gradients."""

    def __init__(self, net):
        super().__init__()
        self.net, self.batches = net, []

    def forward(self, X):
        if torch.is_grad_enabled():
            self.batches.append(X.detach().clone())
        return self.net(X)


def run_train(namespace, start, data, numbers):
    net = Noting(linear_net(*start))
    returned = namespace["train"](net, *data, *numbers, plain_rmse)
    parameters = [p.detach().clone() for p in net.parameters()]
    return {"returned": returned, "parameters": parameters, "batches": net.batches}
