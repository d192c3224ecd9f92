"""Chapter 2: the exercise `mc_dropout_predict`.

The judge's network drops a single unit. Its probabilities in a pass are one of two known rows, so the
mean over T passes says in how many of them the unit was kept, and that number says what the standard
deviation must be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from grader.checks import expect, statistics
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import positive, signed, uniform
from grader.checks.student import Student
from grader.checks.training import batch_normalised

EXAMPLES, CLASSES = 300, 4
PASSES = (23, 53)
"""Prime numbers: a mean over another number of passes gives fractions that do not fit."""
FINE = expect.Tolerance(1e-4, 2e-5)
"""float32 sums over some tens of passes."""


class McDropoutPredict(Exercise):
    name, points = "mc_dropout_predict", 5
    hints = (
        "`net.eval()` first, for all. Then, which modules should be in train mode after all? `net.modules()` "
        "gives all of them, the ones inside others too.",
        "A list of T results, each `net(X).softmax(dim=1)`, becomes one tensor (T, n, num_classes) by "
        "`torch.stack`. Along which dimension do the passes lie?",
        "Note `net.training`; `net.eval()`; `module.train()` for each module that is an instance of "
        "`nn.Dropout`. In `torch.no_grad()`: stack T softmaxes. `net.train(was_training)`. Return the "
        "`mean(dim=0)` and the `std(dim=0)` of the stack.",
    )

    @check("the mean of the probabilities over T passes with dropout on", weight=2, essential=True)
    def mean(self, student: Student) -> None:
        """Print the result for T = 2 a few times: does it change?"""
        for passes in PASSES:
            problem = Problem.drawn(passes)
            seen = problem.ask(student, self.name).mean
            self._softmax = not replace(problem, softmax=False).fits(seen)
            problem.kept(seen)

    _softmax = True

    def _problem(self, passes: int = PASSES[0], **kinds: Any) -> Problem:
        """One whose mean may be one of logits, where a softmax is missing: that costs `mean` alone."""
        return replace(Problem.drawn(passes, **kinds), softmax=self._softmax)

    @check("every pass has a mask of its own", essential=True)
    def own_masks(self, student: Student) -> None:
        """T passes are T calls of the network, or one call with T copies of each
        example."""
        problem = self._problem()
        counts = [problem.kept(problem.ask(student, self.name).mean) for _ in range(2)]
        for count in counts:
            hits = torch.arange(problem.passes) < count[:, None]
            expect.rate(
                hits,
                1 - problem.rate,
                what=f"of the passes keep the only unit, which is dropped with {problem.rate}",
            )
            extreme = (count == 0) | (count == problem.passes)
            one = problem.rate**problem.passes + (1 - problem.rate) ** problem.passes
            statistics.book("all alike", one ** len(count), len(count))
            expect.true(
                not bool(extreme.all()),
                seen=f"in all {problem.passes} passes, the same units are dropped",
                expected="masks that differ from pass to pass",
            )
        spread = 2 * problem.passes * problem.rate * (1 - problem.rate)
        statistics.book("same counts", spread ** (-EXAMPLES / 2), EXAMPLES)
        expect.true(
            not torch.equal(*counts),
            seen="two calls drop the same units in the same passes",
            expected="masks drawn afresh",
            because="a seed inside the function makes chance repeat itself",
        )

    @check("the standard deviation over the passes, divided by T - 1", weight=1.5, essential=True)
    def std(self, student: Student) -> None:
        """`torch.std` along the dimension of the passes."""
        for passes in PASSES:
            problem = self._problem(passes)
            answer = problem.ask(student, self.name)
            share = problem.kept(answer.mean)[:, None] / passes
            apart = (problem.on - problem.off).abs()
            biased = (share * (1 - share)).sqrt() * apart
            right = biased * (passes / (passes - 1)) ** 0.5
            expect.close(
                answer.std,
                right,
                tolerance=FINE,
                because="dropout puts a spread between the passes, class by class",
                mistakes={
                    "this divides by T; `torch.std` divides by T - 1": biased,
                    "this is the variance, the square of it": right**2,
                    "this is the standard error of the mean, smaller by √T": right / passes**0.5,
                },
            )

    @check("all modules but dropout are in eval mode", weight=1.5, essential=True)
    def only_dropout(self, student: Student) -> None:
        """`net.train()` would switch batch normalisation, too."""
        for training in (True, False):
            problem = self._problem(normalised=True)
            answer = problem.ask(student, self.name, training)
            expect.close(
                answer.running_mean,
                problem.running[:1],
                because="batch normalisation in train mode has changed its running mean",
            )
            problem.kept(answer.mean)

    @check("autograd does not record", weight=0)
    def no_gradients(self, student: Student) -> None:
        """`with torch.no_grad():` around the passes."""
        problem = self._problem(shift_recording=3.0)
        recording = replace(problem, b=problem.b + problem.recording)
        mean = problem.ask(student, self.name).mean
        expect.true(
            not recording.fits(mean),
            seen="probabilities of a network that sees autograd recording",
            expected="those of one that does not",
        )
        problem.kept(mean)

    @check("the network is left in the mode in which it came")
    def keeps_the_mode(self, student: Student) -> None:
        """`was_training = net.training` at the start, `net.train(was_training)` at the
        end."""
        for training in (False, True, False):
            problem = self._problem(normalised=True)
            came = "train" if training else "eval"
            out = expect.tensor(problem.ask(student, self.name, training).after).double()
            statistics.book("none dropped", problem.rate**EXAMPLES, EXAMPLES)
            seen = problem.modes_of(expect.tensor(out, shape=(EXAMPLES, CLASSES)))
            for what, mode in zip(("the network", "its dropout"), seen, strict=True):
                expect.true(
                    mode == came,
                    seen=f"{what} is in {mode} mode afterwards",
                    expected=f"{came} mode: a network that came in {came} mode",
                )


@dataclass(frozen=True)
class Asked:
    """What came back: both results, the running mean of batch normalisation, and the network's logits
    afterwards."""

    mean: Tensor
    std: object
    running_mean: object
    after: object


@dataclass(frozen=True)
class Problem:
    """A network that drops the one hidden unit of each example, and that computes W h + b.

    running: mean and variance that batch normalisation has stored. recording: what is added to the
    logits while autograd records. softmax: whether probabilities are asked for, or logits.
    """

    passes: int
    rate: float
    X: Tensor
    W: Tensor
    b: Tensor
    normalised: bool
    running: Tensor
    recording: Tensor
    softmax: bool = True

    @classmethod
    def drawn(cls, passes: int, normalised: bool = False, shift_recording: float = 0.0) -> Problem:
        return cls(
            passes,
            rate=uniform(0.35, 0.6),
            X=positive(EXAMPLES, 1) + 1,
            W=signed(1, CLASSES),
            b=torch.randn(CLASSES),
            normalised=normalised,
            running=torch.tensor([uniform(0.1, 0.5), uniform(0.5, 1.5)]),
            recording=shift_recording * signed(CLASSES),
        )

    @property
    def hidden(self) -> Tensor:
        """The hidden unit (n, 1) of each example in eval mode."""
        mean, variance = self.running
        return (self.X - mean) / (variance + 1e-5).sqrt() if self.normalised else self.X

    @property
    def on(self) -> Tensor:
        """Probabilities (n, classes) in a pass that keeps the unit."""
        return self._outcome(self.hidden / (1 - self.rate))

    @property
    def off(self) -> Tensor:
        """Probabilities (n, classes) in a pass that drops the unit."""
        return self._outcome(torch.zeros_like(self.X))

    def _outcome(self, hidden: Tensor) -> Tensor:
        logits = hidden @ self.W + self.b
        return logits.softmax(1) if self.softmax else logits

    def ask(self, student: Student, name: str, training: bool = False) -> Asked:
        """What the learner's function makes of it."""
        raw = student.run(
            predicted,
            name=name,
            T=self.passes,
            X=self.X,
            training=training,
            parts={
                "rate": self.rate,
                "W": self.W,
                "b": self.b,
                "running": self.running if self.normalised else None,
                "recording": self.recording,
            },
        )
        found = expect.record(raw)
        pair = expect.items(found["said"], 2, expected="two tensors: `return mean, std`")
        mean = expect.finite(expect.tensor(pair[0], shape=(EXAMPLES, CLASSES)))
        return Asked(mean, pair[1], found["running_mean"], found["after"])

    def modes_of(self, logits: Tensor) -> tuple[str, str]:
        """The modes of batch normalisation and of dropout that give these logits; "another" for none."""
        for mode, H in (("eval", self.hidden), ("train", batch_normalised(self.X))):
            plain, dropped = ((H * factor) @ self.W + self.b for factor in (1.0, 0.0))
            if expect.agrees(logits, plain, expect.LAYERS):
                return mode, "eval"
            kept = (H / (1 - self.rate)) @ self.W + self.b
            rows = [(logits - form).abs().amax(1) < 1e-3 for form in (kept, dropped)]
            if bool((rows[0] | rows[1]).all()):
                return mode, "train"
        return "another", "another"

    def kept(self, mean: object) -> Tensor:
        """In how many of the passes each example's unit was kept, (n,). Fails when no such number fits."""
        seen = expect.tensor(mean, shape=(EXAMPLES, CLASSES)).double()
        count = self._count(seen)
        if self._agrees(seen, count):
            return count
        plain = (self.hidden @ self.W + self.b).softmax(1)
        total = expect.agrees(seen.sum(1), torch.ones(EXAMPLES), FINE)
        because = expect.named(
            mean,
            self._mixed(count),
            {
                "dropout is off: these are the probabilities of eval mode": plain,
                "dropout is on, but there was a single pass": torch.where(
                    count[:, None] * 2 > self.passes, self.on, self.off
                ),
                "the sum over the passes, not the mean": self._mixed(
                    self._count(seen / self.passes)
                )
                * self.passes,
            },
            FINE,
        )
        if not because and not total:
            because = "these are no probabilities: a softmax over the classes is missing"
        row = int((seen - self._mixed(count)).abs().sum(1).argmax())
        expect.fail(
            f"a mean of {expect.show(seen[row].float())} for an example",
            f"a mixture of {expect.show(self.on[row])} and {expect.show(self.off[row])} in parts of "
            f"1/{self.passes}, as T = {self.passes} passes give it",
            because,
        )
        return count

    def fits(self, mean: object) -> bool:
        """Whether `kept` would pass."""
        seen = expect.tensor(mean, shape=(EXAMPLES, CLASSES)).double()
        return self._agrees(seen, self._count(seen))

    def _count(self, seen: Tensor) -> Tensor:
        on, off = self.on.double(), self.off.double()
        step = on - off
        share = ((seen - off) * step).sum(1) / (step * step).sum(1)
        return (share * self.passes).round().clamp(0, self.passes)

    def _mixed(self, count: Tensor) -> Tensor:
        share = count[:, None] / self.passes
        return share * self.on.double() + (1 - share) * self.off.double()

    def _agrees(self, seen: Tensor, count: Tensor) -> bool:
        return expect.agrees(seen, self._mixed(count), FINE)


# What follows runs beside a student's code.


class OneUnit(nn.Module):
    def __init__(self, rate, W, b, running, recording):
        super().__init__()
        self.W, self.b, self.recording = nn.Parameter(W), nn.Parameter(b), recording
        self.hidden = nn.Sequential(nn.Sequential(nn.Dropout(rate)))
        self.norm = nn.Identity()
        if running is not None:
            self.norm = nn.BatchNorm1d(1, affine=False)
            self.norm.running_mean.fill_(running[0])
            self.norm.running_var.fill_(running[1])

    def forward(self, X):
        logits = self.hidden(self.norm(X)) @ self.W + self.b
        return logits + self.recording if torch.is_grad_enabled() else logits


def predicted(namespace, name, T, X, training, parts):
    net = OneUnit(**parts)
    net.train(training)
    said = namespace[name](net, X, T)
    mean = net.norm.running_mean.clone() if parts["running"] is not None else None
    return {
        "said": list(said) if isinstance(said, (list, tuple)) else said,
        "running_mean": mean,
        "after": net(X),
    }
