"""Chapter 11: the exercise `same_device`: is everything in one place?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.practice import asked, practising
from grader.checks.randomness import shuffled
from grader.checks.student import Student


class SameDevice(Exercise):
    name, points = "same_device", 3
    hints = (
        "Collect the devices of all tensors that you find in a set. How many may there be in it?",
        "A function inside that calls itself: a tensor adds its `.device`; of a module look at `parameters()` "
        "and `buffers()`; of a dict at its values; of lists and tuples at each part.",
        "`places = set()`; walk through `things` as in `move_batch`, with `places.add(thing.device)` for a tensor "
        "and `[*thing.parameters(), *thing.buffers()]` for a module; `return len(places) <= 1`.",
    )

    @check("tensors", weight=2, essential=True)
    def tensors(self, student: Student) -> None:
        """Compare the devices of all of them, not only of the first two."""
        ones = [["cpu"] * 3, ["cuda:0"] * 3, ["cuda:0"], ["cuda:1"] * 2]
        mixed = [["cpu", "cpu", "cuda:0"], ["cuda:0", "cpu", "cuda:0"], ["cuda:0", "cuda:0", "cpu"]]
        self.verify(student, [[["tensor", p] for p in places] for places in ones + mixed])

    @check("all parameters of a network count", weight=2, essential=True)
    def parameters(self, student: Student) -> None:
        """A part of a network that is no attribute of it may have stayed behind."""
        cases: list[list] = []
        for places in (["cpu"] * 3, ["cuda:0"] * 3, ["cuda:0", "cuda:0", "cpu"], ["cpu", "cuda:0"]):
            cases += [[["module", places, []]], [["tensor", places[0]], ["module", places, []]]]
        cases += [[["module", ["cuda:0"] * 2, []], ["tensor", "cpu"]]]
        self.verify(student, cases)

    @check("buffers count, too")
    def buffers(self, student: Student) -> None:
        """Batch normalisation keeps its running mean in one."""
        cases = [
            [["module", ["cuda:0"], [b]], ["tensor", "cuda:0"]] for b in ("cuda:0", "cpu", "cuda:1")
        ]
        self.verify(student, [*cases, [["module", [], ["cpu"]], ["tensor", "cpu"]]])

    @check("lists, tuples and dictionaries are looked into")
    def containers(self, student: Student) -> None:
        """A batch is one thing with two tensors in it."""
        cases: list[list] = []
        for last in ("cuda:0", "cpu"):
            inner = [["tensor", "cuda:0"], ["tensor", last]]
            cases += [[["list", inner]], [["tuple", inner]], [["dict", inner]]]
            cases += [[["tensor", "cuda:0"], ["list", [["dict", [["module", [last], []]]]]]]]
        self.verify(student, cases)

    @check("two GPUs are two devices", weight=0.5)
    def two_gpus(self, student: Student) -> None:
        """Compare `device`, not `device.type`."""
        pairs = [("cuda:0", "cuda:1"), ("cuda:1", "cuda:1"), ("cuda:0", "cuda:0")]
        self.verify(student, [[["tensor", a], ["tensor", b]] for a, b in pairs])

    @check("without tensors the answer is True, and other things do no harm", weight=0.5)
    def none(self, student: Student) -> None:
        """`nn.ReLU()` has no parameters; a set of no devices has no two."""
        other = ["other", "7.png"]
        cases: list[list] = [[], [["module", [], []]], [other, ["other", 3]], [["list", []]]]
        cases += [[other, ["tensor", "cpu"], ["tensor", "cuda:0"]], [["tensor", "cuda:0"], other]]
        self.verify(student, cases)

    def verify(self, student: Student, cases: Sequence[Any]) -> None:
        """The answers to these, in an order that is drawn."""
        cases = shuffled(list(cases))
        answers = expect.items(asked(student, answers_about_places, cases=cases), len(cases))
        for answer, case in zip(answers, cases, strict=True):
            found = [place for thing in case for place in _places(thing)]
            expect.true(
                answer is (len(set(found)) <= 1),
                seen=f"{expect.show(answer)} for {_listed(case)}",
                expected=str(len(set(found)) <= 1),
            )


def _places(thing: list) -> list[str]:
    kind, *rest = thing
    if kind == "tensor":
        return rest
    if kind == "module":
        return [*rest[0], *rest[1]]
    return [] if kind == "other" else [place for part in rest[0] for place in _places(part)]


def _listed(case: list) -> str:
    def words(thing: list) -> str:
        kind, *rest = thing
        if kind == "module":
            return f"a module with parameters on {rest[0]} and buffers on {rest[1]}"
        if kind in ("tensor", "other"):
            return f"a tensor on {rest[0]}" if kind == "tensor" else repr(rest[0])
        return f"a {kind} of {', '.join(map(words, rest[0])) or 'nothing'}"

    return "; ".join(map(words, case)) or "no things at all"


# What follows runs beside a student's code.


def placed(thing):
    """The thing that a description of `same_device` stands for."""
    kind, *rest = thing
    if kind == "tensor":
        return torch.ones(2, device=rest[0])
    if kind == "module":
        module = nn.Module()
        for i, place in enumerate(rest[0]):
            module.add_module(f"part{i}", nn.Linear(2, 1, bias=False).to(place))
        for i, place in enumerate(rest[1]):
            module.register_buffer(f"buffer{i}", torch.ones(2, device=place))
        return module
    if kind == "other":
        return rest[0]
    parts = [placed(part) for part in rest[0]]
    if kind == "dict":
        return {str(i): part for i, part in enumerate(parts)}
    return parts if kind == "list" else tuple(parts)


def answers_about_places(namespace, cases):
    with practising(namespace, 2):
        return [namespace["same_device"](*map(placed, case)) for case in cases]
