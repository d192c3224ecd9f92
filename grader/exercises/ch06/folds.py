"""Chapter 6: folds. The exercises `find_the_fold_bugs` and `get_k_fold_data`."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.functions import called
from grader.checks.randomness import integer, shuffled
from grader.checks.student import Student


class FindTheFoldBugs(Exercise):
    name, points = "find_the_fold_bugs", 3
    hints = (
        "Write down the slices of `published_fold_rows` for n = 11, k = 3, with either line.",
        "A slice that begins after the last row is empty. And k folds of n // k rows hold k · (n // k) rows; "
        "what is left?",
        "`[n]` and then k - 1 zeros. `n % k`. For the last: n // k rows each, and one more in the first "
        "n % k folds.",
    )

    @check("what the folds hold when // k is lost")
    def published(self, student: Student) -> None:
        """Fold 1 begins at row n, where there is nothing any more."""
        for _ in range(2):
            n, k = n_and_k()
            seen = whole_numbers(called(student, "sizes_as_published", n, k))
            right = [n] + [0] * (k - 1)
            expect.true(
                seen == right,
                seen=f"{seen} for n = {n}, k = {k}",
                expected=f"{right}",
                because="with // k they would be so" if seen == [n // k] * k != right else "",
            )

    lost = compares(
        "how many rows the other version never uses",
        function="rows_never_used",
        inputs=lambda: n_and_k(),
        times=3,
        right=lambda n, k: n % k,
        tolerance=expect.EXACT,
        mistakes={
            "this is the size of a fold": lambda n, k: n // k,
            "this is how many rows are used": lambda n, k: n - n % k,
        },
        hint="n minus k times the size of a fold.",
    )

    @check("sizes that use every row", weight=2, essential=True)
    def sizes(self, student: Student) -> None:
        """n // k each, and one more in n % k of them."""
        for n, k in (n_and_k(), (12, 4), (integer(3, 9), 1), n_and_k()):
            seen = whole_numbers(called(student, "fold_sizes", n, k))
            told = f"{seen} for n = {n}, k = {k}"
            expect.true(len(seen) == k, seen=told, expected=f"{k} sizes")
            expect.true(
                sum(seen) == n,
                seen=f"{told}: {sum(seen)} rows in all",
                expected=f"{n} rows in all",
                because="the remainder is dropped" if seen == [n // k] * k else "",
            )
            expect.true(
                max(seen) - min(seen) <= 1, seen=told, expected="sizes that differ by 1 at most"
            )


class GetKFoldData(Exercise):
    name, points = "get_k_fold_data", 4
    uses = ("find_the_fold_bugs",)
    hints = (
        "Which row numbers belong to fold i, when every row belongs to one fold? All others train.",
        "`torch.arange(len(X)).tensor_split(k)` gives k tensors of row numbers, as even as can be. "
        "`torch.cat([...])` joins those that train.",
        "`folds = torch.arange(len(X)).tensor_split(k)`; `valid = folds[i]`; `rest` is the cat of all "
        "`folds[j]` with j != i; return `X[rest], y[rest], X[valid], y[valid]`.",
    )

    @check("every row validates exactly once", weight=2, essential=True)
    def covers(self, student: Student) -> None:
        """Also the last ones, when k does not divide n."""
        for n, k in ((12, 3), drawn_with_remainder()):
            verify_partition(split(student, n, k), n, k)

    @check("whoever validates does not train, and all others do", weight=2, essential=True)
    def no_overlap(self, student: Student) -> None:
        """A row on both sides is a leak: it has been learnt by heart."""
        for n, k in ((12, 3), drawn_with_remainder()):
            for i, (train, valid) in enumerate(split(student, n, k)):
                both = sorted(set(train) & set(valid))
                expect.true(
                    not both,
                    seen=f"fold {i} of {k}: rows {both} of {n} train and validate",
                    expected="no row on both sides",
                    because="the folds overlap: the score would be too good",
                )
                lost = n - len(set(train) | set(valid))
                expect.true(
                    lost == 0 and len(train) == len(set(train)),
                    seen=f"fold {i} of {k}: {len(train)} training rows, and {lost} of {n} rows are on neither side",
                    expected="each of the other rows trains, once",
                )

    @check("each row keeps its features and its label", weight=1, essential=True)
    def together(self, student: Student) -> None:
        """Index `X` and `y` with the same rows."""
        n, k = drawn_with_remainder()
        for parts in folds_of(student, n, k):
            for X, y in (parts[:2], parts[2:]):
                rows = X[:, :1]
                expect.close(
                    X[:, 1:], 2 * rows + 1, because="the features of a row belong together"
                )
                expect.close(y, 100 - rows, because="X and y come in the same order")

    @check("sizes differ by 1 at most", weight=0.5)
    def even(self, student: Student) -> None:
        """One fold that takes the whole remainder is larger than the others by up to k - 1."""
        n, k = 5 * integer(2, 3) + 4, 5
        sizes = [len(valid) for _, valid in split(student, n, k)]
        expect.true(
            max(sizes) - min(sizes) <= 1,
            seen=f"{n} rows in folds of {sizes}",
            expected="sizes that differ by 1 at most",
        )


def n_and_k() -> tuple[int, int]:
    """Numbers of rows and folds, with a remainder that is neither the size of a fold nor 0."""
    k = integer(4, 7)
    return k * integer(k, 12) + integer(1, k - 1), k


def drawn_with_remainder() -> tuple[int, int]:
    """A few rows, and folds that do not come out even."""
    k = integer(3, 5)
    return k * integer(2, 4) + integer(1, k - 1), k


def whole_numbers(value: object) -> list[int]:
    """A list of whole numbers, as a list or as a tensor."""
    values = value.flatten().tolist() if isinstance(value, Tensor) else expect.items(value)
    numbers = [expect.number(entry) for entry in values]
    expect.true(
        all(number == int(number) for number in numbers),
        seen=f"{expect.show(numbers)} came back",
        expected="whole numbers",
    )
    return [int(number) for number in numbers]


def numbered(n: int) -> tuple[Tensor, Tensor]:
    """X (n, 2) and y (n, 1) from which the number of each row can be read."""
    rows = torch.arange(float(n)).reshape(-1, 1)
    return torch.cat([rows, 2 * rows + 1], 1), 100 - rows


def folds_of(student: Student, n: int, k: int) -> list[list[Tensor]]:
    """The four tensors of each fold. The folds are asked for in an order that is drawn."""
    X, y = numbered(n)
    order = shuffled(list(range(k)))
    answers = expect.items(student.run(k_folds, X=X, y=y, k=k, order=order), k)
    folds: list[list[Tensor]] = [[]] * k
    for i, parts in zip(order, answers, strict=True):
        wanted = "four tensors: `return X_train, y_train, X_valid, y_valid`"
        X_train, y_train, X_valid, y_valid = expect.items(parts, 4, expected=wanted)
        for what, part, width in (
            ("X_train", X_train, 2), ("y_train", y_train, 1), ("X_valid", X_valid, 2), ("y_valid", y_valid, 1)
        ):  # fmt: skip
            expect.true(
                isinstance(part, Tensor) and part.dim() == 2 and part.shape[1] == width,
                seen=f"fold {i} of {k}: {what} is {expect.show(part)}",
                expected=f"a tensor of shape (rows, {width})",
            )
        for a, b, which in ((X_train, y_train, "train"), (X_valid, y_valid, "valid")):
            expect.true(
                len(a) == len(b),
                seen=f"fold {i} of {k}: X_{which} has {len(a)} rows and y_{which} has {len(b)}",
                expected="a label for each row",
            )
        folds[i] = [X_train, y_train, X_valid, y_valid]
    return folds


def split(student: Student, n: int, k: int) -> list[tuple[list[int], list[int]]]:
    """The numbers of the rows that train and that validate in each fold."""
    return [
        (as_rows(X_train, n), as_rows(X_valid, n))
        for X_train, _, X_valid, _ in folds_of(student, n, k)
    ]


def as_rows(X: Tensor, n: int) -> list[int]:
    known = set(range(n))
    rows = [int(row) if row in known else -1 for row in X[:, 0].tolist()]
    expect.true(-1 not in rows, seen="rows that were not in X", expected="rows of X")
    return rows


def verify_partition(folds: list[tuple[list[int], list[int]]], n: int, k: int) -> None:
    """Every one of the n rows validates in one fold, once."""
    sizes = [len(valid) for _, valid in folds]
    counts = torch.zeros(n, dtype=torch.long)
    for _, valid in folds:
        for row in valid:
            counts[row] += 1
    never, often = int((counts == 0).sum()), int((counts > 1).sum())
    because = ""
    if sizes == [n] + [0] * (k - 1):
        because = "`// k` is lost: fold 0 is everything, and the others are empty"
    elif never == n % k and not often and never:
        because = "the remainder is dropped: n // k rows a fold are not all"
    expect.true(
        never == 0 and often == 0 and min(sizes) > 0,
        seen=f"{n} rows in {k} folds of {sizes}: {never} rows never validate, {often} more than once",
        expected="each row once, and no fold empty",
        because=because,
    )


# What follows runs beside a student's code.


def k_folds(namespace, X, y, k, order):
    return [list(namespace["get_k_fold_data"](k, i, X.clone(), y.clone())) for i in order]
