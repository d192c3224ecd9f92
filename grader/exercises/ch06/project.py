"""Chapter 6: the project as a whole. The exercises `k_fold` and `train_and_pred`."""

from __future__ import annotations

import csv
import io
import os
import tempfile

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import integer, shuffled, uniform
from grader.checks.student import Student
from grader.exercises.ch06.adam import (
    ZERO,
    Prices,
    Trained,
    plain_rmse,
    trained,
    whole,
    zero_net,
)
from grader.exercises.ch06.tables import frame_of, table_of, verify_table
from grader.exercises.ch06.training import rows_among, scores_of

EPOCHS, LR = 5, 3.0


class KFold(Exercise):
    name, points = "k_fold", 4
    uses = ("get_k_fold_data", "train")
    hints = (
        "One loop over the folds. What must be new in each round, and what do you keep of it?",
        "`data = get_k_fold_data(k, i, X_train, y_train)` are the four tensors that `train` wants after the "
        "network, in its order. The network: `get_net(X_train.shape[1])`, inside the loop.",
        "`train_ls, valid_ls = train(net, *data, num_epochs, learning_rate, weight_decay, batch_size, score)`; "
        "append `train_ls[-1]` and `valid_ls[-1]`; return both lists.",
    )

    @check("the validation score of each fold, after the last epoch", weight=2, essential=True)
    def valid_scores(self, student: Student) -> None:
        """Train on four tensors of a fold, and keep the last score."""
        verify_scores(student, Prices(11), 3, "valid_scores")

    @check("the training score of each fold", weight=1)
    def train_scores(self, student: Student) -> None:
        """`train` returns both lists; the last entry of each counts."""
        verify_scores(student, Prices(11), 3, "train_scores")

    @check("each fold has a fresh network of the right width", weight=1, essential=True)
    def fresh(self, student: Student) -> None:
        """Call `get_net` inside the loop: a network that has trained on a fold has seen its rows."""
        run = folds_run(student, Prices(12), 4)
        made = expect.items(run["made"])
        expect.true(
            made == [3] * len(made),
            seen=f"get_net was called with {expect.show(made)}",
            expected="the number of features, 3",
        )
        right = expected_scores(run, run["problem"], "valid_scores")
        expect.close(
            scores_of(run["valid_scores"], 4, "valid_scores"),
            right,
            tolerance=expect.LAYERS,
            mistakes={
                "the network of one fold goes on in the next: it has seen the rows that validate": (
                    expected_scores(run, run["problem"], "valid_scores", going_on=True)
                )
            },
        )

    @check("all the settings are handed on", weight=0.5)
    def settings(self, student: Student) -> None:
        """Epochs, learning rate, weight decay, batch size, score: in this order."""
        problem, wd = Prices(10), uniform(3.0, 6.0)
        verify_scores(student, problem, 2, "valid_scores", epochs=3, lr=1.5, wd=wd)


def verify_scores(
    student: Student,
    problem: Prices,
    k: int,
    which: str,
    epochs: int = EPOCHS,
    lr: float = LR,
    wd: float = 0.0,
) -> None:
    """One list that `k_fold` returns, with the ways in which it goes wrong."""
    run = folds_run(student, problem, k, epochs, lr, wd)
    other = "train_scores" if which == "valid_scores" else "valid_scores"
    right = expected_scores(run, problem, which)
    expect.close(
        scores_of(run[which], k, which),
        right,
        tolerance=expect.LAYERS,
        because=f"{which}: of each fold the score after epoch {epochs}",
        mistakes={
            f"{which}: these are the scores after the first epoch": expected_scores(
                run, problem, which, epoch=0
            ),
            f"the two lists have changed places: these are the {other}": expected_scores(
                run, problem, other
            ),
            "the network of one fold goes on in the next: it has seen the rows that validate": (
                expected_scores(run, problem, which, going_on=True)
            ),
            "there is no weight decay": expected_scores(run, problem, which, wd=0.0),
            f"{which}: each is divided by k": [score / k for score in right],
            f"{which}: sums so far": [sum(right[: i + 1]) for i in range(k)],
        },
    )


def folds_run(
    student: Student,
    problem: Prices,
    k: int,
    epochs: int = EPOCHS,
    lr: float = LR,
    wd: float = 0.0,
) -> dict:
    """What `k_fold` returned, with networks that start at zero and one batch an epoch, and which rows
    `get_k_fold_data` lets validate in each fold. Fails when these are no folds.
    """
    result = student.run(run_k_fold, k=k, X=problem.X, y=problem.y, numbers=[epochs, lr, wd, 64])
    run = expect.record(result)
    pair = expect.items(
        run["returned"], 2, expected="two lists: `return train_scores, valid_scores`"
    )
    folds = [rows_among(X, problem.X) for X in expect.items(run["folds"], k)]
    expect.true(
        sorted(row for fold in folds for row in fold) == list(range(problem.n)),
        seen="`get_k_fold_data` gives folds in which a row is missing, or comes twice",
        expected="folds; fix that exercise first",
    )
    return {
        **run,
        "train_scores": pair[0],
        "valid_scores": pair[1],
        "rows": folds,
        "problem": problem,
        "settings": (epochs, lr, wd),
    }


def expected_scores(
    run: dict,
    problem: Prices,
    which: str,
    epoch: int = -1,
    going_on: bool = False,
    wd: float | None = None,
) -> list[float]:
    """The scores of all folds, as the judge computes them."""
    epochs, lr, decay = run["settings"]
    start, scores = ZERO, []
    for valid in run["rows"]:
        train = [row for row in range(problem.n) if row not in valid]
        fit = trained(
            start,
            problem.X[train],
            problem.y[train],
            whole(len(train), epochs),
            lr,
            decay if wd is None else wd,
        )
        rows = valid if which == "valid_scores" else train
        scores.append(fit.score(problem.X[rows], problem.y[rows], epoch))
        if going_on:
            start = (fit.w, fit.b)
    return scores


class TrainAndPred(Exercise):
    name, points = "train_and_pred", 5
    uses = ("train",)
    hints = (
        "Three parts: train a fresh network on all rows, predict, write. `train` takes None, None for the test "
        "data.",
        'A new frame, `pd.DataFrame({"Id": ..., "SalePrice": ...})`, needs one-dimensional columns: '
        "`prices.flatten().numpy()`. `to_csv(path, index=False)` writes it.",
        "Predict inside `with torch.no_grad():`; `if to_price is not None: prices = to_price(prices)`; take the "
        'Ids as `test_data["Id"].to_numpy()`, so that no index comes with them.',
    )

    @check(
        "a file with the columns Id and SalePrice, and a row for each house",
        weight=1.5,
        essential=True,
    )
    def form(self, student: Student) -> None:
        """Open the file in an editor: is there a column too many?"""
        case = Submission.asked(student)
        case.verify_rows()

    @check(
        "the prices are those of a network that was trained on all rows", weight=2, essential=True
    )
    def prices(self, student: Student) -> None:
        """A fresh network, `train` with all training rows, and then the predictions of the test rows."""
        Submission.asked(student).verify_prices()

    @check("to_price turns the outputs into prices", weight=1)
    def to_price(self, student: Student) -> None:
        """`prices = to_price(prices)` when it is given."""
        Submission.asked(student, to_price=True).verify_prices()

    @check("the Ids of the houses, whatever the index of the frame is", weight=1)
    def other_index(self, student: Student) -> None:
        """pandas matches columns by index. An array has none."""
        case = Submission.asked(student, other_index=True)
        case.verify_rows()
        if self.passed("prices"):
            case.verify_prices()

    @check("test_data stays as it is", weight=0.5)
    def left_alone(self, student: Student) -> None:
        """Make a new frame for the file."""
        case = Submission.asked(student)
        verify_table(case.report["after"], case.table, "test_data")

    @check("without a path it is submission.csv", weight=0.5)
    def default_path(self, student: Student) -> None:
        """It is the default in the signature."""
        case = Submission.asked(student, path=None)
        expect.true(
            case.report["names"] == ["submission.csv"],
            seen=f"in the folder: {', '.join(case.report['names']) or 'nothing'}",
            expected="submission.csv",
        )


class Submission:
    """A call of `train_and_pred`, and the file that it wrote."""

    def __init__(
        self, problem: Prices, X_test: Tensor, table: dict, report: dict, to_price: bool
    ) -> None:
        self.problem, self.X_test, self.table = problem, X_test, table
        self.report, self.to_price = report, to_price

    @classmethod
    def asked(
        cls,
        student: Student,
        to_price: bool = False,
        other_index: bool = False,
        path: str | None = "prices.csv",
    ) -> Submission:
        problem, X_test = Prices(11), torch.randn(6, 3)
        first = integer(1000, 9000)
        table = {
            "Id": shuffled(list(range(first, first + 6))),
            "LotArea": [integer(1000, 9000) for _ in range(6)],
        }
        report = student.run(
            run_train_and_pred,
            data=[problem.X, X_test, problem.y],
            table=table,
            numbers=[EPOCHS, LR, 0.0, 64],
            to_price=to_price,
            index=shuffled(list(range(50, 56))) if other_index else None,
            path=path,
        )
        return cls(problem, X_test, table, expect.record(report), to_price)

    def rows(self) -> list[list[str]]:
        """The lines of the file, the header first."""
        text = self.report["text"]
        expect.true(
            isinstance(text, str),
            seen=f"no file of that name; in the folder: {', '.join(self.report['names']) or 'nothing'}",
            expected="the file `path`",
        )
        return [row for row in csv.reader(io.StringIO(text[:100_000])) if row]

    def verify_rows(self) -> None:
        header, *rows = self.rows() or [[]]
        expect.true(
            header == ["Id", "SalePrice"],
            seen=f"the header {','.join(header)!r}",
            expected="'Id,SalePrice'",
            because="the index is in the file: `index=False`" if header[:1] == [""] else "",
        )
        count = len(self.table["Id"])
        expect.true(len(rows) == count, seen=f"{len(rows)} rows", expected=f"{count} rows")
        ids = [row[0] for row in rows]
        right = [str(value) for value in self.table["Id"]]
        expect.true(
            ids == right,
            seen=f"the Ids {', '.join(ids)}",
            expected=f"{', '.join(right)}, as in test_data",
            because="the index is not the Id" if set(ids).isdisjoint(right) else "",
        )
        for row in rows:
            expect.true(
                len(row) == 2 and is_number(row[1]),
                seen=f"the row {','.join(row)!r}",
                expected="an Id and a price",
            )

    def verify_prices(self) -> None:
        rows = self.rows()[1:]
        fields = [row[-1] if row else "" for row in rows]
        expect.true(
            len(fields) == len(self.X_test) and all(map(is_number, fields)),
            seen=f"the last column holds {', '.join(fields[:6])[:100]}",
            expected=f"{len(self.X_test)} prices",
        )
        n, seen = (
            self.problem.n,
            torch.tensor([float(field) for field in fields], dtype=torch.float64),
        )
        expect.close(
            seen,
            self.predicted(list(range(n))),
            tolerance=expect.LAYERS,
            mistakes={
                "to_price was not used": self.predicted(list(range(n)), to_price=False),
                "these are the prices of a network that was not trained": self.priced(0 * seen),
                "these are the outputs of the training rows": self.predicted(
                    list(range(n)), X=self.problem.X
                )[: len(seen)],
            },
        )

    def predicted(
        self, rows: list[int], to_price: bool | None = None, X: Tensor | None = None
    ) -> Tensor:
        """The prices after training on these rows."""
        fit: Trained = trained(
            ZERO, self.problem.X[rows], self.problem.y[rows], whole(len(rows), EPOCHS), LR
        )
        out = ((self.X_test if X is None else X).double() @ fit.w + fit.b).flatten()
        return out if to_price is False else self.priced(out)

    def priced(self, out: Tensor) -> Tensor:
        return 3 * out + 1000 if self.to_price else out


def is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


# What follows runs beside a student's code.


def run_k_fold(namespace, k, X, y, numbers):
    made = []

    def get_net(in_features):
        made.append(in_features)
        return zero_net(in_features)

    folds = [namespace["get_k_fold_data"](k, i, X.clone(), y.clone())[2] for i in range(k)]
    returned = namespace["k_fold"](k, X.clone(), y.clone(), *numbers, get_net, plain_rmse)
    return {"returned": returned, "folds": folds, "made": made}


def triple_and_more(out):
    return 3 * out + 1000


def run_train_and_pred(namespace, data, table, numbers, to_price, index, path):
    frame = frame_of(table)
    if index is not None:
        frame.index = index
    more = {"to_price": triple_and_more} if to_price else {}
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            if path is not None:
                more["path"] = path
            function = namespace["train_and_pred"]
            function(*data, frame, *numbers, zero_net, plain_rmse, **more)
            names, text = sorted(os.listdir(folder)), None
            if names and (path or "submission.csv") in names:
                with open(path or "submission.csv", encoding="utf-8") as file:
                    text = file.read(100_000)
        finally:
            os.chdir(before)
    after = table_of(frame)
    return {"names": names, "text": text, "after": after}
