"""Chapter 11: the exercises `try_device`, `move_batch` and `same_device`: what is where."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.practice import asked, gpu_of, on_both, practising, raw, unit
from grader.checks.randomness import integer, labels, shuffled, signed
from grader.checks.student import Student
from lab.placement import where

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
            self.verify(student, [kind, [leaf(), ["tensor", labels(6)]]])

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
        answer = asked(student, batch_after_a_move, spec=spec, units=[unit()])
        self.compare(answer, spec, 1.0, "cpu", "the batch that was given, after the call: ")

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
            self.compare(answer, spec, factor, "cuda:0", "")

        on_both(student, moved_batch, compare, spec=spec)

    def compare(self, answer: object, spec: list, factor: float, place: str, where: str) -> None:
        """A description that came back is that of `spec`, with floats times the factor, on this device."""
        kind, right = spec[0], spec[1]
        expect.true(
            isinstance(answer, list) and answer[:1] == [kind],
            seen=f"{where}{_kind(answer)}",
            expected=f"{_kind(spec)}, as in the batch",
        )
        assert isinstance(answer, list)
        if kind == "tensor":
            scale = factor if right.is_floating_point() else 1
            expect.close(
                answer[1],
                right * scale,
                text=f"{where}{{}}, in the unit of a device",
                because=f"a tensor that is on {place} counts in its unit",
                mistakes={"the tensor has stayed on the CPU": right} if scale != 1 else {},
            )
            expect.true(
                answer[2:] == [place],
                seen=f"{where}a tensor on {answer[2:]}",
                expected=f"on {place}",
            )
        elif kind == "other":
            expect.equal(answer[1], right)
        else:
            parts = expect.items(answer[1], len(right))
            for part, wanted in zip(parts, right, strict=True):
                if kind == "dict":
                    expect.equal(part[0], wanted[0], because="keys and their order stay")
                    part, wanted = part[1], wanted[1]
                self.compare(part, wanted, factor, place, where)


def leaf() -> list:
    """A tensor of a batch, as probes take it."""
    return ["tensor", signed(integer(2, 4), 3)]


def _of_lists() -> list:
    return ["list", [["tuple", [leaf(), leaf()]], ["list", [leaf()]], leaf()]]


def _of_dicts() -> list:
    return [
        "dict",
        [["image", leaf()], ["label", ["tensor", labels(5)]], ["path", ["other", "7.png"]]],
    ]


def _deep() -> list:
    return ["tuple", [["dict", [["a", ["list", [["dict", [["b", leaf()]]]]]]]], leaf()]]


def _kind(spec: object) -> str:
    if not isinstance(spec, list) or not spec:
        return "nothing"
    named = {"named": "a named tuple", "other": "something else than a container or a tensor"}
    return named.get(spec[0], f"a {spec[0]}")


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


class Pair(collections.namedtuple("Fields", ["image", "label"])):
    """A named tuple."""


def devices_tried(namespace, machines, numbers):
    answers = []
    for (kind, count), i in zip(machines, numbers):  # noqa: B905
        with practising(namespace, count, kind=kind):
            found = namespace["try_device"](*(() if i is None else (i,)))
        known = isinstance(found, torch.device)
        text = f"a value of type {type(found).__name__}"
        answers.append([found.type, found.index or 0] if known else text)
    return answers


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
        return ["tensor", raw(batch), str(where(batch))]
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
