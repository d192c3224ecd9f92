"""Chapter 6: what the visible checks ask, of other files, tables and folds."""

from __future__ import annotations

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.folders import PIECE
from grader.checks.functions import called
from grader.checks.randomness import integer, shuffled, uniform
from grader.checks.student import Student
from grader.exercises.ch06.adam import Prices
from grader.exercises.ch06.archives import ENDINGS, extracted, verify_unpacked
from grader.exercises.ch06.fetching import some_bytes, verify_sums
from grader.exercises.ch06.folds import split, verify_partition, whole_numbers
from grader.exercises.ch06.project import Submission, verify_scores
from grader.exercises.ch06.tables import Houses, features_of, verify_numbers
from grader.exercises.ch06.training import prices, run, verify_parameters, verify_score


class OtherFiles(HiddenChecks):
    exercise = "sha1_of"

    @check("files of some pieces, with nothing left over", weight=0.5)
    def whole_pieces(self, student: Student) -> None:
        """The last `read` gives nothing, and that is the end."""
        verify_sums(student, [(some_bytes(PIECE), integer(2, 9), "str") for _ in range(2)])


class LargerArchive(HiddenChecks):
    exercise = "extract"

    @check("an archive of many files in folders of folders", weight=0.5)
    def many_files(self, student: Student) -> None:
        """`extractall` makes the folders on the way."""
        ending = shuffled(list(ENDINGS))[0]
        entries = [["file", f"a/b{i}/c{i}/part{i}.csv", f"Id\n{i}\n"] for i in range(12)]
        verify_unpacked(extracted(student, ending, entries), entries, ending)


class OtherHouses(HiddenChecks):
    exercise = "preprocess"

    @check("tables of other sizes, with numbers of another order", weight=0.5)
    def other_tables(self, student: Student) -> None:
        """Nothing depends on how many rows there are."""
        houses = Houses.drawn(n=integer(15, 20), m=integer(8, 12), shift=-2.0, stretch=2.0)
        verify_numbers(features_of(student, houses), houses)


class LargerFolds(HiddenChecks):
    exercise = "find_the_fold_bugs"

    @check("sizes of many folds", weight=0.5)
    def many_folds(self, student: Student) -> None:
        """The remainder may be nearly as large as k."""
        k = integer(12, 20)
        rest = integer(k // 2, k - 1)
        seen = whole_numbers(called(student, "fold_sizes", 3 * k + rest, k))
        expect.true(
            sorted(seen) == [3] * (k - rest) + [4] * rest,
            seen=f"{seen} for n = {3 * k + rest}, k = {k}",
            expected=f"{rest} folds of 4 rows, and {k - rest} of 3",
        )


class OneRowEach(HiddenChecks):
    exercise = "get_k_fold_data"

    @check("as many folds as rows", weight=0.5)
    def leave_one_out(self, student: Student) -> None:
        """A fold may be a single row."""
        n = integer(5, 8)
        verify_partition(split(student, n, n), n, n)


class MoreHouses(HiddenChecks):
    exercise = "log_rmse"

    @check("many houses, some of them nearly free", weight=0.5)
    def many_houses(self, student: Student) -> None:
        """Each house counts the same."""
        y_hat, y = prices(200), prices(200)
        y_hat[:20] = uniform(-1.0, 0.9)
        verify_score(student, y_hat, y)


class OtherTraining(HiddenChecks):
    exercise = "train"

    @check("more rows, more epochs, and a decay", weight=0.5)
    def longer(self, student: Student) -> None:
        """Every setting is an argument."""
        problem, epochs, wd = Prices(30), integer(6, 8), uniform(1.0, 2.0)
        seen = run(student, problem, epochs, wd=wd)
        verify_parameters(seen, problem.trained(epochs, wd), {}, problem)


class MoreFolds(HiddenChecks):
    exercise = "k_fold"

    @check("another number of folds", weight=0.5)
    def more_folds(self, student: Student) -> None:
        """k is an argument."""
        verify_scores(student, Prices(16), 6, "valid_scores", epochs=integer(2, 4))


class OtherSubmission(HiddenChecks):
    exercise = "train_and_pred"

    @check("another index, and prices that to_price gives", weight=0.5)
    def both(self, student: Student) -> None:
        """Ids and prices are matched by their place."""
        case = Submission.asked(student, to_price=True, other_index=True)
        case.verify_rows()
        case.verify_prices()
