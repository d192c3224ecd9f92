"""Chapter 3: what the visible checks ask, on runs and tables of other sizes."""

from __future__ import annotations

from grader.checks import expect
from grader.checks.data_frames import plain_table, runs_of, spread
from grader.checks.exercise import HiddenChecks, check
from grader.checks.randomness import shuffled, uniform
from grader.checks.student import Student
from grader.checks.training_runs import RunProblem
from grader.exercises.ch03.intervals import RankConfigs, asked, half_width
from grader.exercises.ch03.records import Plan, RunConfig, Sweep, measured, records_of


class OtherRuns(HiddenChecks):
    exercise = RunConfig.name

    @check("a single epoch with a single batch", weight=0.5)
    def one_epoch(self, student: Student) -> None:
        """Nothing needs more than one of either."""
        problem = RunProblem(epochs=1, sizes=(12,))
        (record,), _ = records_of(student, problem, [[1, problem.lr, 5]])
        right = {
            "train_loss": problem.passes[-1].loss,
            "train_acc": problem.running(),
            "train_acc_eval": problem.accuracy(problem.train),
            "test_acc": problem.accuracy(problem.test),
        }
        for name, value in right.items():
            seen = measured(record, name)
            expect.close(seen, value, tolerance=expect.LAYERS, text=f"`{name}` is {{}}")


class OtherPlans(HiddenChecks):
    exercise = Sweep.name

    @check("all but one run are done already", weight=0.5)
    def nearly_done(self, student: Student) -> None:
        """One more row, and the old ones as they were."""
        plan = Plan(4, 3)
        done = shuffled(plan.pairs)[1:]
        plan.verify(plan.swept(student, plan.pairs, done)[0])


class OtherContests(HiddenChecks):
    exercise = RankConfigs.name

    @check("configurations with different numbers of runs", weight=0.5)
    def uneven(self, student: Student) -> None:
        """Each half width comes from its own number of runs."""
        configs = [(256, 0.0, 0.0), (256, 0.2, 0.5), (512, 0.5, 0.5)]
        values = [
            spread(count, mean, 0.01)
            for count, mean in zip((3, 5, 9), shuffled([0.9, 0.8, uniform(0.6, 0.7)]), strict=True)
        ]
        columns = runs_of(configs, values, "test_acc")
        index = list(range(len(columns["seed"])))
        table = plain_table(asked(student, RankConfigs.name, columns, index)[0])
        names = ("num_runs", "half_width")
        rows = dict(zip(table.configs(), zip(*map(table.numbers, names), strict=True), strict=True))
        for config, drawn in zip(configs, values, strict=True):
            expect.true(
                config in rows, seen="a configuration is missing", expected="a row for each"
            )
            right = [len(drawn), half_width(drawn)]
            expect.close(list(rows[config]), right, tolerance=expect.LAYERS)
