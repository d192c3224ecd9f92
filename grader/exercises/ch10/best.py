"""Chapter 10: the exercise `find_the_best_bug`: the best weights, kept by reference."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import integer, shuffled, signed
from grader.checks.student import Student

KEEP = "train_and_keep_best"


class FindTheBestBug(Exercise):
    name, points = "find_the_best_bug", 4
    hints = (
        'Print `id(net.state_dict()["0.weight"].data_ptr())` before and after an epoch. Where do the tensors of a '
        "state_dict live?",
        "A state_dict holds the network's own tensors, not copies: they go on with the training. So `best` is always "
        "the latest. When does that not matter? And when is nothing kept at all?",
        "`copy.deepcopy(net.state_dict())` is a copy. Begin with `best = None`, and keep the state "
        "`if best is None or acc > best_acc`. `tricky`: the best accuracy comes early; `harmless`: it comes last.",
    )

    @check("`tricky` leaves the wrong weights, and `harmless` the right ones", weight=1.5)
    def examples(self, student: Student) -> None:
        """Which epoch's weights does the published function leave? And which should it leave?"""
        pair = expect.items(student.run(examples_of_the_bug), 2)
        for name, seen in zip(("tricky", "harmless"), pair, strict=True):
            listed = isinstance(seen, list) and len(seen) > 1
            numbers = listed and all(
                isinstance(a, (int, float)) and not isinstance(a, bool) and 0 <= a <= 1
                for a in seen
            )
            expect.true(
                numbers,
                seen=f"`{name}` is {expect.show(seen)}",
                expected="a list of two or more accuracies between 0 and 1",
            )
            best = seen.index(max(seen)) + 1
            wrong = best < len(seen)
            expect.true(
                max(seen) > 0,
                seen=f"`{name}` has no accuracy above 0, and the published function stops with an error",
                expected="accuracies with which it runs to its end",
            )
            expect.true(
                wrong == (name == "tricky"),
                seen=f"with `{name}`, epoch {best} of {len(seen)} is the best, and the published function leaves "
                f"the weights of epoch {len(seen)}",
                expected="the wrong weights" if name == "tricky" else "the right weights",
            )

    @check("the network ends with the weights of its best epoch", weight=2.5, essential=True)
    def best(self, student: Student) -> None:
        """Does what you keep change when the network trains on?"""
        for place in shuffled(["first", "middle", "last"]):
            run = Run.drawn(place)
            seen, _ = run.ask(student)
            expect.close(
                seen,
                run.weights(run.best),
                because=f"after accuracies of {run.shown}, the best is epoch {run.best + 1}",
                mistakes={
                    "these are the weights of the last epoch: what was kept went on with the training, or was never put back": run.weights(
                        len(run.steps) - 1
                    ),
                    "these are the weights from before the training": run.start,
                },
            )

    @check("of two equal accuracies, the earlier counts, and 0 is an accuracy")
    def ties(self, student: Student) -> None:
        """`acc > best_acc` is never true when all are 0, and then nothing is kept."""
        for accuracies in shuffled([[0.5, 0.75, 0.75, 0.25], [0.0, 0.0, 0.0]]):
            run = Run.drawn("first", accuracies)
            seen, value = run.ask(student)
            expect.close(
                seen,
                run.weights(run.best),
                because=f"after accuracies of {run.shown}, the first of the best is epoch {run.best + 1}",
            )
            expect.close(value, max(accuracies))

    @check("the best accuracy comes back", weight=0.5)
    def returned(self, student: Student) -> None:
        """`return best_acc`"""
        run = Run.drawn("middle")
        _, value = run.ask(student)
        expect.close(value, max(run.accuracies), because=f"after accuracies of {run.shown}")

    @check("buffers are the best epoch's, too", weight=0.5)
    def buffers(self, student: Student) -> None:
        """`state_dict()` has the buffers; copy all of it."""
        run = Run.drawn("middle")
        report = expect.record(student.run(trained_and_kept, **run.sent()))
        expect.equal(report["epochs_seen"], run.best + 1)


@dataclass(frozen=True)
class Run:
    """A run whose every epoch adds a step to the weight, and whose accuracies are given."""

    start: Tensor
    steps: list[Tensor]
    accuracies: list[float]

    @classmethod
    def drawn(cls, place: str, accuracies: list[float] | None = None) -> Run:
        """place: where the best accuracy comes, "first", "middle" or "last"."""
        if accuracies is None:
            ranks = [0.1 + 0.01 * integer(0, 9) + 0.1 * r for r in shuffled(list(range(5)))]
            where = {"first": 0, "middle": integer(1, 3), "last": 4}[place]
            accuracies = ranks
            accuracies[where] = 0.9
        return cls(
            signed(3, 2), [signed(3, 2) for _ in accuracies], [round(a, 2) for a in accuracies]
        )

    @property
    def best(self) -> int:
        """The place of the first best epoch, counted from 0."""
        return self.accuracies.index(max(self.accuracies))

    @property
    def shown(self) -> str:
        return ", ".join(str(a) for a in self.accuracies)

    def weights(self, epoch: int) -> Tensor:
        """After this epoch, counted from 0."""
        return self.start + torch.stack(self.steps[: epoch + 1]).sum(0)

    def sent(self) -> dict[str, object]:
        """As the probe takes it."""
        return {"start": self.start, "steps": self.steps, "accuracies": self.accuracies}

    def ask(self, student: Student) -> tuple[object, object]:
        """The weights after the student's function, and what it returned."""
        report = expect.record(student.run(trained_and_kept, **self.sent()))
        return report["weight"], report["returned"]


# What follows runs beside a student's code.


def examples_of_the_bug(namespace):
    return [namespace["tricky"], namespace["harmless"]]


def trained_and_kept(namespace, start, steps, accuracies):
    """What is left of a network whose epochs add these steps to its weight, and count themselves in a buffer."""
    net = nn.Linear(start.shape[1], start.shape[0])
    net.register_buffer("epochs_seen", torch.tensor(0))
    with torch.no_grad():
        net.weight.copy_(start)
    more, known = iter(steps), iter(accuracies)

    def train_epoch(net):
        with torch.no_grad():
            net.weight += next(more)
            net.epochs_seen += 1

    returned = namespace["train_and_keep_best"](
        net, train_epoch, lambda net: next(known), len(steps)
    )
    return {
        "weight": net.weight.detach().clone(),
        "epochs_seen": int(net.epochs_seen),
        "returned": returned,
    }
