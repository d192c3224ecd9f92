"""Chapter 1: measuring and training. `accuracy`, `evaluate_accuracy` and `train_epoch`.

Each of these may call the ones before it. A mistake there must not count twice, so a check tries
the student's own parts first, and then right ones in their place (`on_right_parts_too`).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.student import Student
from grader.wire.probe import StudentError

Batch = list[Tensor]


class Accuracy(Exercise):
    name, points = "accuracy", 2
    hints = (
        "Which class does the network choose for one example? And what is the mean of a tensor "
        "of zeros and ones?",
        "`y_hat.argmax(dim=1)` gives the chosen class of each example. Compare it with `y`.",
        "Compare the argmax along dimension 1 with y, make floats of the comparison, and take "
        "their mean. `.item()` makes a Python number of it.",
    )

    @check(
        "the fraction of right answers",
        weight=2,
        hint="Try it by hand with three examples, one of them wrong.",
    )
    def fraction(self, student: Student) -> None:
        for n, right in ((40, 25), (12, 3), (7, 6)):
            y_hat, y = predictions(n, right)
            self._verify(student.call(self.name, y_hat, y), right, n)

    @check("all right, all wrong, and one example", hint="Divide by the number of examples.")
    def extremes(self, student: Student) -> None:
        for n, right in ((9, 9), (9, 0), (1, 1), (1, 0)):
            y_hat, y = predictions(n, right)
            self._verify(student.call(self.name, y_hat, y), right, n)

    def _verify(self, value: object, right: int, n: int) -> None:
        seen = expect.number(value)
        because = ""
        if right > 1 and seen == right:
            because = "this is how many are right (as d2l's `accuracy` has it), not which share"
        elif 0 < right < n and abs(seen - (1 - right / n)) < 1e-4 and 2 * right != n:
            because = "this is the share of wrong answers"
        expect.close(seen, right / n, because=because or f"{right} of {n} are right")


class EvaluateAccuracy(Exercise):
    name, points = "evaluate_accuracy", 4
    hints = (
        "Go through the iterator once, and keep two numbers: how many examples were right, and "
        "how many there were. What has to be true of the network while you do so?",
        "Note `net.training` first, then `net.eval()`. Measure inside `with torch.no_grad():`. At "
        "the end `net.train(...)` takes the mode that you noted.",
        "For each batch add accuracy times batch size to the first sum and the batch size to the "
        "second; divide at the end. A mean of batch accuracies is wrong when the last batch is "
        "smaller.",
    )
    counts_rightly = False

    @check(
        "every example counts the same",
        weight=2,
        hint="The last batch is smaller than the others.",
    )
    def value(self, student: Student) -> None:
        for sizes in ((8, 8, 8, 3), (20, 1), (5,)):
            batches, weight = labelled(sizes)
            hits = counted(batches, weight)
            total = sum(sizes)
            known = {
                float(sum(hits)): "a count, not a fraction",
                sum(h / n for h, n in zip(hits, sizes, strict=True))
                / len(sizes): "this is the mean of the "
                "batch accuracies: a small batch must not count as much as a large one",
                hits[-1] / sizes[-1]: "this is the accuracy of the last batch alone",
            }

            def verify(
                run: dict, right: float = sum(hits) / total, known: dict[float, str] = known
            ) -> None:
                seen = expect.number(run["value"])
                because = [text for number, text in known.items() if abs(number - seen) < 1e-4]
                expect.close(seen, right, because=because[0] if because else "")

            self._run(student, verify, batches, weight)
        self.counts_rightly = True

    @check(
        "the network is in eval mode while it is measured",
        hint="`net.eval()` before the loop.",
    )
    def eval_mode(self, student: Student) -> None:
        self._verify_measured(
            student,
            "training",
            "{} of {} batches went through the network in train mode",
            "none: dropout would make the result a matter of luck",
        )

    @check(
        "the mode is restored afterwards",
        hint="Note `net.training` at the beginning.",
    )
    def restores_mode(self, student: Student) -> None:
        words = {True: "train", False: "eval"}
        for training in (True, False):
            batches, weight = labelled((6, 6))
            other = torch.randn_like(weight)

            def verify(
                run: dict,
                training: bool = training,
                X: Tensor = batches[0][0],
                right: Tensor = other if training else weight,
            ) -> None:
                expect.true(
                    agrees(expect.tensor(run["after"], shape=(len(X), len(right))), X @ right.T),
                    seen=f"the network came in {words[training]} mode and is in "
                    f"{words[not training]} mode afterwards",
                    expected=f"{words[training]} mode",
                )

            self._run(student, verify, batches, weight, other, "training", training)

    @check(
        "no gradients are recorded while measuring",
        hint="`with torch.no_grad():` around the loop.",
    )
    def no_gradients(self, student: Student) -> None:
        def verify_after(run: dict, X: Tensor, other: Tensor) -> None:
            expect.true(
                agrees(expect.tensor(run["after"], shape=(len(X), len(other))), X @ other.T),
                seen="autograd is still switched off afterwards",
                expected="as before: use `with`, which switches it on again",
            )

        self._verify_measured(
            student,
            "recording",
            "autograd records the forward passes of {} of {} batches",
            "no recording: it costs memory and time that measuring does not need",
            verify_after,
        )

    def _verify_measured(
        self,
        student: Student,
        state: str,
        seen: str,
        expected: str,
        and_then: Callable[[dict, Tensor, Tensor], None] = lambda *_: None,
    ) -> None:
        """Nothing was measured in this state, in which the network gets fewer examples right."""
        batches, weight = labelled((60, 60))
        other = worse(batches, weight)
        hits = sum(counted(batches, weight))

        def verify(run: dict) -> None:
            notes = run["notes"]
            expect.true(
                notes != [] and not any(notes),
                seen=seen.format(sum(notes), len(notes)),
                expected=expected,
            )
            if self.counts_rightly:
                expect.close(run["value"], hits / 120, because=f"{hits} of 120 are right otherwise")
            and_then(run, batches[0][0], other)

        self._run(student, verify, batches, weight, other, state)

    def _run(
        self,
        student: Student,
        verify: Callable[[dict], None],
        batches: list[Batch],
        weight: Tensor,
        other: Tensor | None = None,
        state: str = "training",
        training: bool = True,
    ) -> None:
        def ask(parts: bool) -> object:
            return student.run(
                run_evaluation,
                batches=batches,
                weight=weight,
                other=weight if other is None else other,
                state=state,
                training=training,
                parts=parts,
            )

        on_right_parts_too(ask, verify)


class TrainEpoch(Exercise):
    name, points = "train_epoch", 6
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
    steps_are_right = False

    @check(
        "with a torch optimizer, the parameters move as they should",
        weight=2,
        hint="`zero_grad()`, the mean of the losses `backward()`, `step()`: for every batch.",
    )
    def optimizer(self, student: Student) -> None:
        self._verify_parameters(
            student,
            "optimizer",
            {
                ("sum", True): "the gradient of the summed loss; an optimizer wants the mean",
                ("mean", False): "gradients of earlier batches are still in: `zero_grad()`",
            },
        )
        self.steps_are_right = True

    @check(
        "with a hand-written updater, the parameters move as they should",
        weight=2,
        hint="It divides by the number that you call it with, and zeroes the gradients itself.",
    )
    def hand_written(self, student: Student) -> None:
        self._verify_parameters(
            student,
            "function",
            {
                ("mean", True): "the gradient of the mean loss, which the updater divides by the "
                "batch size once more",
                ("first", True): "the updater was told a wrong batch size: the last batch is "
                "smaller",
            },
        )

    @check("the loss is the mean over all examples", hint="Add up losses and examples.")
    def mean_loss(self, student: Student) -> None:
        def verify(run: dict, setting: Setting) -> None:
            seen = expect.number(both(run["result"])[0])
            _, losses, _ = setting.reference("mean", True)
            means = [float(batch.mean()) for batch in losses]
            because = ""
            if abs(seen - sum(means) / len(means)) < 1e-4:
                because = "this is the mean of the batch means: a small batch counts too much"
            elif abs(seen - means[-1]) < 1e-4:
                because = "this is the mean loss of the last batch alone"
            elif abs(seen - float(torch.cat(losses).sum())) < 1e-3:
                because = "this is the sum over all examples"
            expect.close(seen, float(torch.cat(losses).mean()), because=because)

        self._verify_mean(student, verify)

    @check(
        "the accuracy is the share of all examples",
        hint="Take it from the same `y_hat` that the loss is taken from.",
    )
    def mean_accuracy(self, student: Student) -> None:
        def verify(run: dict, setting: Setting) -> None:
            seen = expect.number(both(run["result"])[1])
            _, _, hits = setting.reference("mean", True)
            because = "a count, not a fraction" if abs(seen - sum(hits)) < 1e-3 else ""
            expect.close(seen, sum(hits) / sum(setting.sizes), because=because)

        self._verify_mean(student, verify)

    @check("the network is in train mode", weight=0.5, hint="`net.train()` before the loop.")
    def train_mode(self, student: Student) -> None:
        setting = Setting(eval_scale=float(torch.empty(()).uniform_(0.3, 0.6)))
        right, _, _ = setting.reference("mean", True)

        def verify(run: dict) -> None:
            in_train_mode = run["modes"] != [] and all(run["modes"])
            expect.true(
                in_train_mode and (not self.steps_are_right or moved_to(run, right)),
                seen="a network that came in eval mode was trained in eval mode",
                expected="train mode: otherwise dropout does nothing",
            )

        setting.run(student, verify, "optimizer")

    def _verify_mean(self, student: Student, verify: Callable[[dict, Setting], None]) -> None:
        """Verify a mean without steps first; with steps only when they are right, so that a wrong
        step does not cost the means as well.
        """
        still, moving = Setting(lr=0.0), Setting.whose_steps_show()
        still.run(student, lambda run: verify(run, still), "optimizer")
        right, _, _ = moving.reference("mean", True)

        def verify_moving(run: dict) -> None:
            if moved_to(run, right):
                verify(run, moving)

        moving.run(student, verify_moving, "optimizer")

    def _verify_parameters(
        self, student: Student, kind: str, mistakes: dict[tuple[str, bool], str]
    ) -> None:
        setting = Setting()
        right, _, _ = setting.reference("mean", True)
        known = [(setting.reference(*wrong, kind=kind)[0], mistakes[wrong]) for wrong in mistakes]
        known.append((setting.start, "they have not moved at all"))

        def verify(run: dict) -> None:
            for seen, wanted, index in zip(run["parameters"], right, range(2), strict=True):
                because = [
                    text
                    for moved, text in known
                    if torch.allclose(seen, moved[index], rtol=1e-4, atol=1e-6)
                ]
                expect.close(
                    seen, wanted, rtol=1e-3, atol=1e-5, because=because[0] if because else ""
                )

        setting.run(student, verify, kind)


class Setting:
    """A small problem: a linear network, four batches (the last one smaller), a learning rate.

    eval_scale: what the network multiplies its logits by in eval mode.
    """

    sizes = (8, 8, 8, 3)

    def __init__(self, lr: float = 0.3, eval_scale: float = 1.0) -> None:
        self.lr, self.eval_scale = lr, eval_scale
        self.batches, weight = labelled(self.sizes)
        self.start = [weight, torch.randn(weight.shape[0])]

    def run(self, student: Student, verify: Callable[[dict], None], kind: str) -> None:
        def ask(parts: bool) -> object:
            return student.run(
                run_epoch,
                batches=self.batches,
                parameters=self.start,
                lr=self.lr,
                eval_scale=self.eval_scale,
                kind=kind,
                parts=parts,
            )

        on_right_parts_too(ask, verify)

    @classmethod
    def whose_steps_show(cls) -> Setting:
        """One in which it matters whether answers are counted before or after each step."""
        while True:
            setting = cls()
            before, after = (
                sum(setting.reference("mean", True, counted=when)[2])
                for when in ("before", "after")
            )
            if before != after:
                return setting

    def reference(
        self, reduction: str, zeroed: bool, kind: str = "optimizer", counted: str = "before"
    ) -> tuple[list[Tensor], list[Tensor], list[int]]:
        """Parameters after the epoch, losses by batch, right answers by batch.

        Right answers are counted before or after the step that their batch leads to.
        reduction "mean" with `zeroed` is right for an optimizer, and "sum", which the updater
        divides by the batch size, is the same for a function; the others are known mistakes.
        """
        weight, bias = (p.clone() for p in self.start)
        gradients = [torch.zeros_like(p) for p in self.start]
        losses, hits = [], []
        for X, y in self.batches:
            n = len(y)
            y_hat = X @ weight.T + bias
            losses.append(F.cross_entropy(y_hat, y, reduction="none"))
            hits.append(int(y_hat.argmax(1).eq(y).sum()))
            mean = n if kind == "optimizer" else n * n
            off = F.softmax(y_hat, 1) - F.one_hot(y, y_hat.shape[1])
            off /= {"mean": mean, "sum": 1, "first": self.sizes[0]}[reduction]
            gradients = [
                new + (0 if zeroed else old)
                for new, old in zip((off.T @ X, off.sum(0)), gradients, strict=True)
            ]
            weight, bias = (
                p - self.lr * grad for p, grad in zip((weight, bias), gradients, strict=True)
            )
            if counted == "after":
                hits[-1] = int((X @ weight.T + bias).argmax(1).eq(y).sum())
        return [weight, bias], losses, hits


def on_right_parts_too(ask: Callable[[bool], object], verify: Callable[[dict], None]) -> None:
    """Verify what the student's function does with the student's own parts, or with right ones.

    ask: runs the probe, with right parts or without. Passes when either does; fails with what the
    second one shows, which is this exercise's own.
    """
    try:
        verify(expect.record(ask(False)))
    except StudentError as error:
        if error.kind in ("timeout", "died"):
            raise
    except expect.CheckFailed:
        pass
    else:
        return
    verify(expect.record(ask(True)))


def both(value: object) -> list:
    """The two numbers that `train_epoch` returns."""
    if isinstance(value, Tensor) and value.numel() == 2:
        value = value.flatten().tolist()
    return expect.items(value, 2, expected="two numbers: `return mean_loss, accuracy`")


def moved_to(run: dict, right: list[Tensor]) -> bool:
    """Whether the parameters are these now."""
    return all(agrees(*pair) for pair in zip(run["parameters"], right, strict=True))


def agrees(seen: Tensor, right: Tensor) -> bool:
    return torch.allclose(seen, right, rtol=1e-3, atol=1e-5)


def predictions(n: int, right: int) -> tuple[Tensor, Tensor]:
    """Logits (n, 10) and labels (n,) of which `right` agree."""
    y_hat = torch.randn(n, 10)
    y = y_hat.argmax(1)
    wrong = torch.randperm(n)[: n - right]
    y[wrong] = (y[wrong] + torch.randint(1, 10, (n - right,))) % 10
    return y_hat, y


def labelled(sizes: tuple[int, ...]) -> tuple[list[Batch], Tensor]:
    """Batches [X (n, 6), y (n,)] and a weight (4, 6) that gets more than half of each right,
    all of the last batch, and not all of the others.
    """
    weight = torch.randn(4, 6)
    batches = []
    for number, n in enumerate(sizes, 1):
        X = torch.randn(n, 6)
        y = (X @ weight.T).argmax(1)
        wrong = int(torch.randint(1, n // 3 + 1, ())) if n > 3 else 0
        if number == len(sizes) > 1:
            wrong = 0
        y[:wrong] = (y[:wrong] + 1) % 4
        batches.append([X, y])
    return batches, weight


def counted(batches: list[Batch], weight: Tensor) -> list[int]:
    """How many examples of each batch a linear network with this weight gets right."""
    return [int((X @ weight.T).argmax(1).eq(y).sum()) for X, y in batches]


def worse(batches: list[Batch], weight: Tensor) -> Tensor:
    """Another weight, with fewer right answers in each batch."""
    hits = counted(batches, weight)
    while True:
        other = torch.randn_like(weight)
        if all(a < b for a, b in zip(counted(batches, other), hits, strict=True)):
            return other


def run_evaluation(namespace, batches, weight, other, state, training, parts):  # type: ignore[no-untyped-def]
    """A linear network, measured by the student's `evaluate_accuracy` and asked once more after it.

    state: "training" or "recording". In this state the network notes it and has the `other` weight.
    """

    class Watched(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(weight)

        def forward(self, X):
            notes.append(self.training if state == "training" else torch.is_grad_enabled())
            return X @ (other if notes[-1] else self.weight).T

    notes: list = []
    net = Watched()
    net.train(training)
    mine = namespace.get("accuracy")
    if parts:
        namespace["accuracy"] = lambda y_hat, y: float((y_hat.argmax(1) == y).float().mean())
    with torch.enable_grad():
        try:
            value = namespace["evaluate_accuracy"](net, [tuple(batch) for batch in batches])
            measured = list(notes)
            after = net(batches[0][0])
        finally:
            if mine is not None:
                namespace["accuracy"] = mine
            elif parts:
                del namespace["accuracy"]
    return {"value": value, "notes": measured, "after": after}


def run_epoch(namespace, batches, parameters, lr, eval_scale, kind, parts):  # type: ignore[no-untyped-def]
    """A linear network that notes its mode, trained by the student's `train_epoch`."""

    class Watched(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(parameters[0])
            self.bias = nn.Parameter(parameters[1])

        def forward(self, X):
            modes.append(self.training)
            return (X @ self.weight.T + self.bias) * (1.0 if self.training else eval_scale)

    def by_hand(batch_size):
        with torch.no_grad():
            for p in net.parameters():
                if p.grad is not None:
                    p.sub_(lr * p.grad / batch_size)
                    p.grad.zero_()

    modes: list = []
    net = Watched()
    net.eval()
    updater = torch.optim.SGD(net.parameters(), lr) if kind == "optimizer" else by_hand
    loss = nn.CrossEntropyLoss(reduction="none")
    mine = namespace.get("accuracy")
    if parts:
        namespace["accuracy"] = lambda y_hat, y: float((y_hat.argmax(1) == y).float().mean())
    try:
        result = namespace["train_epoch"](net, [tuple(b) for b in batches], loss, updater)
    finally:
        if mine is not None:
            namespace["accuracy"] = mine
        elif parts:
            del namespace["accuracy"]
    return {"result": result, "parameters": [net.weight, net.bias], "modes": modes}
