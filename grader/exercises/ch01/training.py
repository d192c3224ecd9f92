"""Chapter 1: measuring and training. `accuracy`, `evaluate_accuracy` and `train_epoch`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.compare import compares
from grader.checks.exercise import Exercise, check
from grader.checks.functions import answers_to
from grader.checks.randomness import clear_logits, integer, shuffled, signed
from grader.checks.student import Student
from grader.checks.training import (
    BATCH_MEANS,
    CLASSES,
    EpochProblem,
    Labelled,
    Linear,
    Normalised,
    Reshuffled,
)
from grader.wire.probe import StudentError


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
        inputs=lambda: predictions(integer(30, 60), integer(11, 29)),
        times=3,
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
        because="the largest logit of a row is what the network chooses",
        hint="Try it by hand with three examples, one of them wrong.",
    )

    @check("all right, all wrong, and one example")
    def extremes(self, student: Student) -> None:
        """Divide by the number of examples."""
        some = integer(5, 12)
        pairs = shuffled([(some, some), (some, 0), (1, 1), (1, 0), (some, some - 1)])
        inputs = [predictions(n, right) for n, right in pairs]
        answers = answers_to(student, self.name, inputs)
        for (n, right), seen in zip(pairs, answers, strict=True):
            expect.close(seen, right / n, because=f"{right} of {n} are right")

    @check("predictions that autograd keeps a record of", weight=0)
    def while_training(self, student: Student) -> None:
        """`train_epoch` will call it with such ones. Stay with tensors, or begin with `y_hat.detach()`."""
        right, n = integer(3, 6), integer(7, 12)
        y_hat, y = predictions(n, right)
        seen = student.run(accuracy_of_recorded, name=self.name, y_hat=y_hat, y=y)
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
            value, *_ = measured(student, data)
            expect.close(value, data.accuracy, mistakes=wrong_shares(data.hits(), sizes))

    @check("the network is in eval mode while it is measured", essential=True)
    def eval_mode(self, student: Student) -> None:
        """`net.eval()` before the loop."""
        data = Normalised.drawn((60, 60))
        value = expect.number(measured(student, data)[0])
        # Of a value that is wrong in another way, its own check speaks.
        known = [data.accuracy, *wrong_shares(data.hits(), data.sizes).values()]
        expect.true(
            any(expect.agrees(value, share) for share in known),
            seen=f"an accuracy of {value:.4g} for a network with batch normalisation",
            expected=f"{data.accuracy:.4g}, as in eval mode",
            because=expect.named(
                value,
                data.accuracy,
                {"this is that in train mode": sum(data.hits_in_train_mode()) / sum(data.sizes)},
            ),
        )

    @check("the mode is restored afterwards")
    def restores_mode(self, student: Student) -> None:
        """Note `net.training` at the beginning."""
        words = {True: "train", False: "eval"}
        for training in (True, False):
            data = Normalised.drawn((6, 6))
            _, after, _ = measured(student, data, training=training)
            right, other = (logits_after(data, mode) for mode in (training, not training))
            expect.true(
                expect.agrees(after, right, expect.LAYERS),
                seen=f"the network came in {words[training]} mode and "
                + (
                    f"is in {words[not training]} mode afterwards"
                    if expect.agrees(after, other, expect.LAYERS)
                    else "gives other logits afterwards"
                ),
                expected=f"{words[training]} mode",
            )

    @check("no gradients are recorded while measuring", weight=0)
    def no_gradients(self, student: Student) -> None:
        """`with torch.no_grad():` around the loop."""
        try:
            measured(student, Normalised.drawn((12, 12)), counting=True)
        except StudentError as error:
            if "leaf Variable that requires grad" not in error.message:
                raise
            expect.fail(
                "autograd records what the network computes",
                "no recording: it costs memory and time that measuring does not need",
            )

    @check("autograd records again afterwards", weight=0.5)
    def gradients_afterwards(self, student: Student) -> None:
        """Use `with`, which switches it on again."""
        data, towards = Normalised.drawn((12, 12)), signed(12, CLASSES)
        slopes = measured(student, data, towards=towards)[2]
        wanted = [towards.T @ inputs_after(data, mode) for mode in (True, False)]
        expect.true(
            any(expect.agrees(slopes, right, expect.LAYERS) for right in wanted),
            seen="no gradients after the call",
            expected="those of the network, as before",
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
        # Without steps, so that only the mode can make the loss another one.
        problem = EpochProblem(lr=0.0, normalised=True)
        seen = both(one_epoch(student, problem)[0])[0]
        losses = problem.epoch().losses
        means = [float(batch.mean()) for batch in losses]
        known = (
            torch.cat(losses).mean(),
            torch.cat(losses).sum(),
            sum(means) / len(means),
            means[-1],
        )
        expect.true(
            any(expect.agrees(seen, float(value)) for value in known),
            seen="a network that came in eval mode has other losses than train mode gives",
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
                    BATCH_MEANS: (sum(means) / len(means)),
                    "this is the mean loss of the last batch alone": means[-1],
                    "this is the sum over all examples": float(torch.cat(losses).sum()),
                },
            )

        self._verify_mean(student, verify)

    @check("the accuracy is the share of all examples")
    def mean_accuracy(self, student: Student) -> None:
        """Take it from the same `y_hat` that the loss is taken from."""

        def verify(result: list, problem: EpochProblem) -> None:
            hits = problem.epoch().hits
            share = sum(hits) / sum(problem.sizes)
            expect.close(result[1], share, mistakes=wrong_shares(hits, problem.sizes))

        self._verify_mean(student, verify)

    @check("any torch optimizer will do", weight=0.5)
    def other_optimizer(self, student: Student) -> None:
        # Its averages aside, ASGD does the steps of SGD, up to 1e-4, and is no subclass of it.
        """`isinstance(updater, torch.optim.Optimizer)` is true of all of them."""
        problem = EpochProblem()
        _, parameters = one_epoch(student, problem, "ASGD")
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
        for steps in (False, True):
            problem, (result, parameters) = self._run(student, steps)
            if expect.agrees(parameters, problem.epoch().parameters, expect.LAYERS):
                verify(both(result), problem)
            elif not steps:
                expect.fail("parameters that have moved", "the same ones: the learning rate is 0")

    def _run(self, student: Student, steps: bool) -> tuple[EpochProblem, list]:
        """An epoch with steps or without, and what came of it: two checks look at one run."""
        if steps not in self._runs:
            problem = EpochProblem.whose_steps_show() if steps else EpochProblem(lr=0.0)
            self._runs[steps] = problem, one_epoch(student, problem)
        return self._runs[steps]

    @cached_property
    def _runs(self) -> dict[bool, tuple[EpochProblem, list]]:
        return {}


def measured(
    student: Student,
    data: Labelled,
    training: bool = True,
    reshuffled: bool = False,
    counting: bool = False,
    towards: Tensor | None = None,
) -> list:
    """The value; what the network gives afterwards for the first batch; and the gradient of the sum of
    this times `towards` with respect to its weight, None where there is none.

    counting: raises StudentError when autograd records what the network computes.
    """
    running = data.running if isinstance(data, Normalised) else None
    run = student.run(
        run_evaluation,
        batches=data.raw,
        weight=data.weight,
        running=running,
        training=training,
        reshuffled=reshuffled,
        counting=counting,
        towards=towards,
    )
    return expect.items(run, 3)


def inputs_after(data: Normalised, training: bool) -> Tensor:
    """What the last layer sees of the first batch in this mode."""
    return data.in_train_mode()[0] if training else data.batches[0][0]


def logits_after(data: Normalised, training: bool) -> Tensor:
    return inputs_after(data, training) @ data.weight.T


def one_epoch(student: Student, problem: EpochProblem, kind: str = "SGD") -> list:
    """What the function returned, and the parameters after it."""
    run = student.run(
        run_epoch,
        batches=problem.raw,
        parameters=problem.start,
        lr=problem.lr,
        running=problem.running,
        kind=kind,
    )
    return expect.items(run, 2)


def verify_step(student: Student, problem: EpochProblem, kind: str, mistakes: dict) -> None:
    """The parameters are where the epoch leads. mistakes: sentence to the epoch that it gives."""
    _, parameters = one_epoch(student, problem, kind)
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


def wrong_shares(hits: Sequence[int], sizes: Sequence[int]) -> dict[str, float]:
    """Sentence to what the mistake makes of the right answers of each batch."""
    shares = [count / n for count, n in zip(hits, sizes, strict=True)]
    return {
        "a count, not a fraction": float(sum(hits)),
        "this is the mean of the batch accuracies: a small batch must not count as much as a large "
        "one": sum(shares) / len(shares),
        "this is the accuracy of the last batch alone": shares[-1],
        "`accuracy` gives a fraction: times the size of the batch, it is a count": (
            sum(shares) / sum(sizes)
        ),
    }


def predictions(n: int, right: int) -> tuple[Tensor, Tensor]:
    """Logits (n, 10) and labels (n,) of which `right` agree."""
    y_hat = clear_logits(n)
    y = y_hat.argmax(1)
    wrong = torch.randperm(n)[: n - right]
    y[wrong] = (y[wrong] + torch.randint(1, 10, (n - right,))) % 10
    return y_hat, y


def accuracy_of_recorded(namespace, name, y_hat, y):
    """The accuracy of logits as a training step has them."""
    return namespace[name](y_hat.requires_grad_(True), y)


def run_evaluation(namespace, batches, weight, running, training, reshuffled, counting, towards):
    """A linear network, measured by the student's `evaluate_accuracy` and asked once more after it."""
    net = Linear(weight, torch.zeros(len(weight)), running)
    net.train(training)
    net.counting = counting
    data = Reshuffled(batches) if reshuffled else [tuple(batch) for batch in batches]
    value = namespace["evaluate_accuracy"](net, data)
    net.counting = False
    after = net(batches[0][0])
    if towards is None or not after.requires_grad:
        return [value, after, None]
    return [value, after, torch.autograd.grad((after * towards).sum(), net.weight)[0]]


def run_epoch(namespace, batches, parameters, lr, running, kind):
    """A linear network that came in eval mode, trained by the student's `train_epoch`."""

    def by_hand(batch_size):
        with torch.no_grad():
            for p in net.parameters():
                if p.grad is not None:
                    p.sub_(lr * p.grad / batch_size)
                    p.grad.zero_()

    data = Reshuffled(batches)
    net = Linear(*parameters, running=running, data=data)
    net.eval()
    updater = by_hand if kind == "function" else getattr(torch.optim, kind)(net.parameters(), lr)
    loss = nn.CrossEntropyLoss(reduction="none")
    result = namespace["train_epoch"](net, data, loss, updater)
    return [result, [net.weight, net.bias]]
