"""Chapter 11: the exercise `move_batch`: batches of any shape, moved."""

from __future__ import annotations

import collections

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.practice import asked, gpu_of, on_both, practising, raw
from grader.checks.randomness import integer, labels, shuffled, signed
from grader.checks.student import Student


class MoveBatch(Exercise):
    name, points = "move_batch", 5
    hints = (
        "What do you do with a tensor? And with a list, if you already had a function that moves what is in it?",
        "`isinstance` tells the kinds apart: a tensor is moved, a dict and a list or tuple are made anew from "
        "their moved parts, anything else comes back. A named tuple has the attribute `_fields`, and is made with "
        "one argument for each field.",
        "For a dict: `{key: move_batch(value, device) for key, value in batch.items()}`. For a list or tuple: "
        "`moved = [move_batch(part, device) for part in batch]`, then `type(batch)(*moved)` for a named tuple and "
        "`type(batch)(moved)` for the others.",
    )

    @check("a pair (X, y) is moved", weight=2, essential=True)
    def pair(self, student: Student) -> None:
        """`X.to(device)` returns the moved tensor."""
        for kind in ("tuple", "list"):
            self.verify(student, [kind, [leaf(), ["tensor", labels(6) + 1]]])

    @check("dictionaries, and containers in containers", weight=2, essential=True)
    def nested(self, student: Student) -> None:
        """Let the function call itself for each part."""
        for make in shuffled([_of_lists, _of_dicts, _deep]):
            self.verify(student, make())

    @check("a single tensor, and containers without any", weight=0.5)
    def small(self, student: Student) -> None:
        """The smallest batch is a tensor."""
        for spec in (leaf(), ["list", []], ["dict", []], ["tuple", [["other", None]]]):
            self.verify(student, spec)

    @check("named tuples stay named tuples")
    def named(self, student: Student) -> None:
        """`type(batch)(*parts)` for those that have `_fields`."""
        self.verify(student, ["named", [leaf(), ["list", [leaf()]]]])

    @check("texts, numbers and None come back as they are", weight=0.5)
    def others(self, student: Student) -> None:
        """A text is no container here, though it has parts."""
        others: list[object] = ["7.png", integer(2, 99), 0.5, None, True, ""]
        spec = ["tuple", [leaf(), *(["other", value] for value in shuffled(others))]]
        self.verify(student, spec)

    @check("the batch that was given stays as it was")
    def untouched(self, student: Student) -> None:
        """Make new containers; do not write into the old ones."""
        spec = ["dict", [["image", leaf()], ["more", ["list", [leaf(), leaf()]]]]]
        answer = asked(student, batch_after_a_move, spec=spec, units=[integer(2, 9)])
        self.compare(answer, spec, 1, "the batch that was given, after the call: ")

    @check("a tensor that is there already is not copied", weight=0.5)
    def not_copied(self, student: Student) -> None:
        """`X.to(device)` returns X itself when there is nothing to do."""
        X, new = signed(3, 2), signed(3, 2)
        for answer in expect.items(asked(student, moved_and_overwritten, X=X, new=new), 2):
            expect.close(
                answer,
                new,
                because="a number written into the tensor that was given does not show in the moved one",
                mistakes={"it was copied although it was there already": X},
            )

    def verify(self, student: Student, spec: list) -> None:
        """What comes of a batch on a practice GPU, and on a real one."""

        def compare(answer: object, factor: float) -> None:
            self.compare(answer, spec, factor)

        on_both(student, moved_batch, compare, integer(2, 9), spec=spec)

    def compare(self, answer: object, spec: list, factor: float, where: str = "") -> None:
        """A description that came back is that of `spec`, with its numbers times the unit of a device."""
        kind, right = spec[0], spec[1]
        expect.true(
            isinstance(answer, list) and answer[:1] == [kind],
            seen=f"{where}{_kind(answer)}",
            expected=f"{_kind(spec)}, as in the batch",
        )
        assert isinstance(answer, list)
        if kind == "tensor":
            expect.close(
                answer[1],
                factor * right,
                text=f"{where}{{}}, in the unit of its device",
                because="a tensor counts in the unit of the device that it is on",
                mistakes={"the tensor has stayed on the CPU": right},
            )
        elif kind == "other":
            expect.equal(answer[1], right)
        else:
            parts = expect.items(answer[1], len(right))
            for part, wanted in zip(parts, right, strict=True):
                if kind == "dict":
                    expect.equal(part[0], wanted[0], because="keys and their order stay")
                    part, wanted = part[1], wanted[1]
                self.compare(part, wanted, factor, where)


def leaf() -> list:
    """A tensor of a batch, as probes take it."""
    return ["tensor", signed(integer(2, 4), 3)]


def _of_lists() -> list:
    return ["list", [["tuple", [leaf(), leaf()]], ["list", [leaf()]], leaf()]]


def _of_dicts() -> list:
    return [
        "dict",
        [["image", leaf()], ["label", ["tensor", labels(5) + 1]], ["path", ["other", "7.png"]]],
    ]


def _deep() -> list:
    return ["tuple", [["dict", [["a", ["list", [["dict", [["b", leaf()]]]]]]]], leaf()]]


def _kind(spec: object) -> str:
    if not isinstance(spec, list) or not spec:
        return "nothing"
    named = {"named": "a named tuple", "other": "something else than a container or a tensor"}
    return named.get(spec[0], f"a {spec[0]}")


# What follows runs beside a student's code.


class Pair(collections.namedtuple("Fields", ["image", "label"])):
    """A named tuple."""


def built(spec):
    """The batch that a description stands for."""
    kind, content = spec
    if kind in ("tensor", "other"):
        return content.clone() if kind == "tensor" else content
    if kind == "dict":
        return {key: built(value) for key, value in content}
    parts = [built(part) for part in content]
    return Pair(*parts) if kind == "named" else tuple(parts) if kind == "tuple" else parts


def described(batch):
    """The description of a batch, with the numbers of its tensors as their devices count them."""
    if isinstance(batch, Tensor):
        return ["tensor", raw(batch)]
    if type(batch) is dict:
        return ["dict", [[key, described(value)] for key, value in batch.items()]]
    for kind, name in ((list, "list"), (tuple, "tuple"), (Pair, "named")):
        if type(batch) is kind:
            return [name, [described(part) for part in batch]]
    return ["other", batch]


def moved_batch(namespace, spec, units):
    device, there = gpu_of(namespace, units)
    with there:
        return None if device is None else described(namespace["move_batch"](built(spec), device))


def batch_after_a_move(namespace, spec, units):
    batch = built(spec)
    device, there = gpu_of(namespace, units)
    with there:
        namespace["move_batch"](batch, device)
        return described(batch)


def moved_and_overwritten(namespace, X, new):
    """On the CPU and on a practice GPU: what a moved tensor shows when the one that was given is overwritten."""
    shown = []
    with practising(namespace):
        for device in ("cpu", "cuda:0"):
            there = X.clone().to(device)
            moved = namespace["move_batch"]([there], torch.device(device))
            there.copy_(new)
            shown.append(raw(moved[0].cpu()))
    return shown
