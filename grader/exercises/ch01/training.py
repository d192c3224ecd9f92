"""Chapter 1: measuring and training. `accuracy`, `evaluate_accuracy` and `train_epoch`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import clear_logits, uniform
from grader.checks.student import Student
from grader.checks.training import EpochProblem, Labelled, Linear, Reshuffled


class Accuracy(Exercise):
    name, points = "accuracy", 2
    hints = (
        "Which class does the network choose for one example? And what is the mean of a tensor "
        "of zeros and ones?",
        "`y_hat.argmax(dim=1)` gives the chosen class of each example. Compare it with `y`.",
        "Compare the argmax along dimension 1 with y, make floats of the comparison, and take "
        "their mean. `.item()` makes a Python number of it.",
    )

    @staticmethod
    def right(y_hat, y):
        return float((y_hat.argmax(1) == y).float().mean())

    fraction = compares(
        "the fraction of right answers",
        inputs=lambda: predictions(40, 25),
        weight=2,
        essential=True,
        mistakes={
            "this is how many are right (as d2l's `accuracy` has it), not which share": (
                lambda y_hat, y: float((y_hat.argmax(1) == y).sum())
            ),
            "this is the share of wrong answers": (
                lambda y_hat, y: float((y_hat.argmax(1) != y).float().mean())
            ),
            "this is the share of all logits, of which each example has ten": (
                lambda y_hat, y: float((y_hat.argmax(1) == y).sum()) / y_hat.numel()
            ),
        },
        because="25 of 40 are right",
        hint="Try it by hand with three examples, one of them wrong.",
    )

    @check("all right, all wrong, and one example")
    def extremes(self, student: Student) -> None:
        """Divide by the number of examples."""
        for n, right in ((7, 6), (9, 9), (9, 0), (1, 1), (1, 0)):
            seen = student.call(self.name, *predictions(n, right))
            expect.close(seen, right / n, because=f"{right} of {n} are right")


class EvaluateAccuracy(Exercise):
    name, points = "evaluate_accuracy", 4
    uses = ("accuracy",)
    hints = (
        "Go through the iterator once, and keep two numbers: how many examples were right, and "
        "how many there were. What has to be true of the network while you do so?",
        "Note `net.training` first, then `net.eval()`. Measure inside `with torch.no_grad():`. At "
        "the end `net.train(...)` takes the mode that you noted.",
        "For each batch add accuracy times batch size to the first sum and the batch size to the "
        "second; divide at the end. A mean of batch accuracies is wrong when the last batch is "
        "smaller.",
    )

    @check("every example counts the same", weight=2, essential=True)
    def value(self, student: Student) -> None:
        """The last batch is smaller than the others."""
        for sizes in ((8, 8, 8, 3), (20, 1), (5,)):
            data = Labelled(sizes)
            shares = [hits / n for hits, n in zip(data.hits(), sizes, strict=True)]
            value, *_ = measured(student, data)
            expect.close(
                value,
                data.accuracy,
                mistakes={
                    "a count, not a fraction": float(sum(data.hits())),
                    "this is the mean of the batch accuracies: a small batch must not count as "
                    "much as a large one": sum(shares) / len(shares),
                    "this is the accuracy of the last batch alone": shares[-1],
                    "`accuracy` gives a fraction: times the size of the batch, it is a count": (
                        sum(shares) / sum(sizes)
                    ),
                },
            )

    @check("the network is in eval mode while it is measured", essential=True)
    def eval_mode(self, student: Student) -> None:
        """`net.eval()` before the loop."""
        self._verify_never(
            student,
            "training",
            "{} of {} batches went through the network in train mode",
            "none: dropout would make the result a matter of luck",
        )

    @check("the mode is restored afterwards")
    def restores_mode(self, student: Student) -> None:
        """Note `net.training` at the beginning."""
        words = {True: "train", False: "eval"}
        for training in (True, False):
            data = Labelled((6, 6))
            other = data.worse()
            _, _, after = measured(student, data, other, "training", training)
            weight = other if training else data.weight
            expect.true(
                expect.agrees(after, data.batches[0][0] @ weight.T, expect.LAYERS),
                seen=f"the network came in {words[training]} mode and is in "
                f"{words[not training]} mode afterwards",
                expected=f"{words[training]} mode",
            )

    @check("no gradients are recorded while measuring")
    def no_gradients(self, student: Student) -> None:
        """`with torch.no_grad():` around the loop."""
        after, right = self._verify_never(
            student,
            "recording",
            "autograd records the forward passes of {} of {} batches",
            "no recording: it costs memory and time that measuring does not need",
        )
        expect.true(
            expect.agrees(after, right, expect.LAYERS),
            seen="autograd is still switched off afterwards",
            expected="as before: use `with`, which switches it on again",
        )

    @check("one pass, and the iterator may shuffle at every pass", weight=0.5)
    def one_pass(self, student: Student) -> None:
        """Take the predictions and the labels of a batch in the same pass."""
        data = Labelled((15, 15, 5))
        value, *_ = measured(student, data, reshuffled=True)
        expect.true(
            not self.passed("value") or expect.agrees(value, data.accuracy),
            seen="another accuracy when the data come in another order at the second pass",
            expected="predictions and labels of the same examples",
        )

    def _verify_never(
        self, student: Student, state: str, seen: str, expected: str
    ) -> tuple[object, Tensor]:
        """Nothing was measured in this state, in which the network gets fewer examples right.

        Returns what the network gives afterwards, in this state, and what it should give.
        """
        data = Labelled((60, 60))
        other = data.worse()
        value, notes, after = measured(student, data, other, state)
        notes = expect.items(notes)
        expect.true(
            notes != [] and not any(notes),
            seen=seen.format(sum(map(bool, notes)), len(notes)),
            expected=expected,
        )
        if self.passed("value"):
            hits = sum(data.hits())
            expect.close(value, data.accuracy, because=f"{hits} of 120 are right otherwise")
        return after, data.batches[0][0] @ other.T


class TrainEpoch(Exercise):
    name, points = "train_epoch", 6
    uses = ("accuracy",)
    hints = (
        "One batch: predict, take the loss, go backward, update. In which mode must the network "
        "be? What does the updater expect to find in the gradients?",
        "A torch optimizer wants the gradient of the mean loss: `zero_grad()`, "
        "`l.mean().backward()`, `step()`. A hand-written updater divides by the batch size "
        "itself: `l.sum().backward()`, `updater(X.shape[0])`.",
        "Keep three sums: of the losses, of the right answers, of the examples. After the loop "
        "return the first divided by the third, and the second divided by the third. "
        "`isinstance(updater, torch.optim.Optimizer)` tells the two kinds apart.",
    )

    @check("with a torch optimizer, the parameters move as they should", weight=2, essential=True)
    def optimizer(self, student: Student) -> None:
        """`zero_grad()`, the mean of the losses `backward()`, `step()`: for every batch."""
        problem = EpochProblem()
        verify_step(
            student,
            problem,
            "SGD",
            {
                "the gradient of the summed loss; an optimizer wants the mean": problem.epoch("1"),
                "gradients of earlier batches are still in: `zero_grad()`": problem.epoch(
                    zeroed=False
                ),
            },
        )

    @check("with a hand-written updater, the parameters move as they should", weight=2)
    def hand_written(self, student: Student) -> None:
        """It divides by the number that you call it with, and zeroes the gradients itself."""
        problem = EpochProblem()
        verify_step(
            student,
            problem,
            "function",
            {
                "the gradient of the mean loss, which the updater divides by the batch size once "
                "more": problem.epoch("n n"),
                "the updater was told a wrong batch size: the last batch is smaller": problem.epoch(
                    "first"
                ),
            },
        )

    @check("the network is in train mode", weight=0.5, essential=True)
    def train_mode(self, student: Student) -> None:
        """`net.train()` before the loop."""
        problem = EpochProblem(eval_scale=uniform(0.3, 0.6))
        _, parameters, modes = one_epoch(student, problem)
        right = not self.passed("optimizer") or expect.agrees(
            parameters, problem.epoch().parameters, expect.LAYERS
        )
        expect.true(
            modes != [] and all(expect.items(modes)) and right,
            seen="a network that came in eval mode was trained in eval mode",
            expected="train mode: otherwise dropout does nothing",
        )

    @check("the loss is the mean over all examples")
    def mean_loss(self, student: Student) -> None:
        """Add up losses and examples."""

        def verify(result: list, problem: EpochProblem) -> None:
            losses = problem.epoch().losses
            means = [float(batch.mean()) for batch in losses]
            expect.close(
                result[0],
                float(torch.cat(losses).mean()),
                mistakes={
                    "this is the mean of the batch means: a small batch counts too much": (
                        sum(means) / len(means)
                    ),
                    "this is the mean loss of the last batch alone": means[-1],
                    "this is the sum over all examples": float(torch.cat(losses).sum()),
                },
            )

        self._verify_mean(student, verify)

    @check("the accuracy is the share of all examples")
    def mean_accuracy(self, student: Student) -> None:
        """Take it from the same `y_hat` that the loss is taken from."""

        def verify(result: list, problem: EpochProblem) -> None:
            hits, n = problem.epoch().hits, sum(problem.sizes)
            shares = [count / size for count, size in zip(hits, problem.sizes, strict=True)]
            expect.close(
                result[1],
                sum(hits) / n,
                mistakes={
                    "a count, not a fraction": float(sum(hits)),
                    "this is the mean of the batch accuracies: a small batch counts too much": (
                        sum(shares) / len(shares)
                    ),
                    "`accuracy` gives a fraction: times the size of the batch, it is a count": (
                        sum(shares) / n
                    ),
                },
            )

        self._verify_mean(student, verify)

    @check("any torch optimizer will do", weight=0.5)
    def other_optimizer(self, student: Student) -> None:
        # Its averages aside, ASGD does the steps of SGD, up to 1e-4, and is no subclass of it.
        """`isinstance(updater, torch.optim.Optimizer)` is true of all of them."""
        problem = EpochProblem()
        _, parameters, _ = one_epoch(student, problem, "ASGD")
        right = problem.epoch().parameters
        expect.true(
            not self.passed("optimizer") or expect.agrees(parameters, right, expect.LAYERS),
            seen="other steps than those of `torch.optim.ASGD`",
            expected="what `updater.step()` does, for every torch optimizer",
        )

    def _verify_mean(self, student: Student, verify: Callable[[list, EpochProblem], None]) -> None:
        """Verify a mean without steps first; with steps only when they are right, so that a wrong
        step does not cost the means as well.
        """
        for problem in (EpochProblem(lr=0.0), EpochProblem.whose_steps_show()):
            result, parameters, _ = one_epoch(student, problem)
            if expect.agrees(parameters, problem.epoch().parameters, expect.LAYERS):
                verify(both(result), problem)
            elif problem.lr == 0:
                expect.fail("parameters that have moved", "the same ones: the learning rate is 0")


def measured(
    student: Student,
    data: Labelled,
    other: Tensor | None = None,
    state: str = "training",
    training: bool = True,
    reshuffled: bool = False,
) -> list:
    """The value, a note for each batch whether the network was in `state`, and what it gives afterwards
    for the first batch. In this state it has the `other` weight.
    """
    run = student.run(
        run_evaluation,
        batches=data.batches,
        weight=data.weight,
        other=data.weight if other is None else other,
        state=state,
        training=training,
        reshuffled=reshuffled,
    )
    return expect.items(run, 3)


def one_epoch(student: Student, problem: EpochProblem, kind: str = "SGD") -> list:
    """What the function returned, the parameters after it, and whether each pass was in train mode."""
    run = student.run(
        run_epoch,
        batches=problem.batches,
        parameters=problem.start,
        lr=problem.lr,
        eval_scale=problem.eval_scale,
        kind=kind,
    )
    return expect.items(run, 3)


def verify_step(student: Student, problem: EpochProblem, kind: str, mistakes: dict) -> None:
    """The parameters are where the epoch leads. mistakes: sentence to the epoch that it gives."""
    _, parameters, _ = one_epoch(student, problem, kind)
    known = {text: epoch.parameters for text, epoch in mistakes.items()}
    expect.close(
        parameters,
        problem.epoch().parameters,
        tolerance=expect.LAYERS,
        mistakes={**known, "they have not moved at all": problem.start},
    )


def both(value: object) -> list:
    """The two numbers that `train_epoch` returns."""
    if isinstance(value, Tensor) and value.numel() == 2:
        value = value.flatten().tolist()
    return expect.items(value, 2, expected="two numbers: `return mean_loss, accuracy`")


def predictions(n: int, right: int) -> tuple[Tensor, Tensor]:
    """Logits (n, 10) and labels (n,) of which `right` agree."""
    y_hat = clear_logits(n)
    y = y_hat.argmax(1)
    wrong = torch.randperm(n)[: n - right]
    y[wrong] = (y[wrong] + torch.randint(1, 10, (n - right,))) % 10
    return y_hat, y


def run_evaluation(namespace, batches, weight, other, state, training, reshuffled):
    """A linear network, measured by the student's `evaluate_accuracy` and asked once more after it."""
    net = Linear(weight, torch.zeros(len(weight)), other=other, state=state)
    net.train(training)
    data = Reshuffled(batches) if reshuffled else [tuple(batch) for batch in batches]
    value = namespace["evaluate_accuracy"](net, data)
    notes = [now[state] for now in net.notes]
    return [value, notes, net(batches[0][0])]


def run_epoch(namespace, batches, parameters, lr, eval_scale, kind):
    """A linear network that came in eval mode, trained by the student's `train_epoch`."""

    def by_hand(batch_size):
        with torch.no_grad():
            for p in net.parameters():
                if p.grad is not None:
                    p.sub_(lr * p.grad / batch_size)
                    p.grad.zero_()

    data = Reshuffled(batches)
    net = Linear(*parameters, eval_scale=eval_scale, data=data)
    net.eval()
    updater = by_hand if kind == "function" else getattr(torch.optim, kind)(net.parameters(), lr)
    loss = nn.CrossEntropyLoss(reduction="none")
    result = namespace["train_epoch"](net, data, loss, updater)
    return [result, [net.weight, net.bias], [now["training"] for now in net.notes]]
