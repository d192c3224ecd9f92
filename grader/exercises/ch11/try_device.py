"""Chapter 11: the exercise `try_device`: which device a machine has."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.practice import asked, practising
from grader.checks.randomness import integer, shuffled
from grader.checks.student import Student

CPU = ["cpu", 0]
Machine = tuple[str, int]


class TryDevice(Exercise):
    name, points = "try_device", 3
    hints = (
        "Which numbers does a machine with two GPUs have, and what does `torch.cuda.device_count()` say there?",
        "GPU number i is there when `0 <= i < torch.cuda.device_count()`. Ask for the Mac's only when i is 0.",
        '`if 0 <= i < torch.cuda.device_count(): return torch.device("cuda", i)`; then the same with '
        '`torch.backends.mps.is_available()` and i == 0; at the end `return torch.device("cpu")`.',
    )

    @check("GPU number i, where the machine has it", weight=2, essential=True)
    def there(self, student: Student) -> None:
        """With two GPUs there are number 0 and number 1."""
        count = integer(3, 5)
        cases = [(("cuda", count), i) for i in range(count)] + [(("cuda", 1), 0)]
        self.verify(student, cases)

    @check("the CPU, where the machine has no GPU of this number", weight=1.5, essential=True)
    def not_there(self, student: Student) -> None:
        """`torch.cuda.device_count()` is one more than the last number."""
        count = integer(2, 4)
        cases = [(("cuda", 0), i) for i in range(3)]
        cases += [(("cuda", count), count), (("cuda", count), count + 1), (("cuda", 1), 1)]
        self.verify(student, cases)

    @check("i is 0 when it is not given", weight=0.5)
    def default(self, student: Student) -> None:
        """`def try_device(i=0):`"""
        self.verify(student, [(("cuda", 2), None), (("cuda", 0), None)])

    @check("a Mac's GPU for i = 0, and for no other", weight=0.5)
    def mac(self, student: Student) -> None:
        """`torch.backends.mps.is_available()`"""
        self.verify(student, [(("mps", 1), 0), (("mps", 1), 1), (("mps", 1), 2)])

    @check("a negative i gives the CPU", weight=0.5)
    def negative(self, student: Student) -> None:
        """`device_count() >= i + 1` is true for i = -1, too."""
        self.verify(student, [(("cuda", 2), -1), (("cuda", 0), -1), (("mps", 1), -1)])

    def verify(self, student: Student, cases: Sequence[tuple[Machine, int | None]]) -> None:
        """What comes back on machines with so many GPUs, in an order that is drawn."""
        cases = shuffled(list(cases))
        machines, numbers = [list(machine) for machine, _ in cases], [i for _, i in cases]
        answers = asked(student, devices_tried, machines=machines, numbers=numbers)
        for answer, machine, i in zip(
            expect.items(answers, len(cases)), machines, numbers, strict=True
        ):
            right = _there(machine, i or 0)
            given = "" if i is None else i
            said = (
                f"`try_device({given})` on a machine with {machine[1]} GPUs of kind {machine[0]!r}"
            )
            expect.true(
                answer == right,
                seen=f"{told(answer)} from {said}",
                expected=told(right),
                because="a `torch.device` is wanted" if isinstance(answer, str) else "",
            )


def _there(machine: list, i: int) -> list:
    kind, count = machine
    return [kind, i] if 0 <= i < count else CPU


def told(place: object) -> str:
    """A device, as `devices_tried` tells it, in words."""
    if isinstance(place, list) and len(place) == 2:
        return f"{place[0]}:{place[1]}" if place[0] == "cuda" else str(place[0])
    return str(place)


# What follows runs beside a student's code.


def devices_tried(namespace, machines, numbers):
    answers = []
    for (kind, count), i in zip(machines, numbers):  # noqa: B905
        with practising(namespace, count, kind=kind):
            found = namespace["try_device"](*(() if i is None else (i,)))
        known = isinstance(found, torch.device)
        text = f"a value of type {type(found).__name__}"
        answers.append([found.type, found.index or 0] if known else text)
    return answers
