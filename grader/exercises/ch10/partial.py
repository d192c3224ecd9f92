"""Chapter 10: the exercise `partial_load`: reuse what fits, and say what does not."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import integer, positive, shuffled, signed
from grader.checks.student import Student
from grader.exercises.ch10.file_probes import small_network
from grader.exercises.ch10.models import INPUTS, drawn_parts, output

LR = 0.3
COUNTED = "norm.count"


class PartialLoad(Exercise):
    name, points = "partial_load", 5
    hints = (
        "Put the two dictionaries side by side: `net.state_dict()` and `state`. Which four cases are there for a "
        "name?",
        "A name is in both with the same shape, in both with another shape, in the network alone, or in `state` "
        "alone. `load_state_dict(..., strict=False)` forgives names that are missing or more, and no shapes.",
        "Collect `skipped` over all names of both. `loaded = sorted(set(own) - set(skipped))`. Then "
        "`net.load_state_dict({name: state[name] for name in loaded}, strict=False)`; "
        "`return loaded, skipped`.",
    )

    @check("what fits is in the network, and the rest is as it was", weight=3, essential=True)
    def outputs(self, student: Student) -> None:
        """Compare the shapes of `net.state_dict()[name]` and `state[name]`."""
        case = Case()
        report = case.ask(student)
        expect.close(
            report["out"],
            output(case.mixed, case.X),
            tolerance=expect.LAYERS,
            mistakes={
                "nothing was loaded": output(case.own, case.X),
                "the buffers were not loaded": output(
                    {**case.mixed, **{n: case.own[n] for n in case.own if "running" in n}}, case.X
                ),
                "the layers whose shape does not fit are changed as well": output(
                    {**case.mixed, "last.bias": case.broadcast}, case.X
                ),
            },
        )

    @check("the names that were loaded come back, sorted", weight=1)
    def loaded(self, student: Student) -> None:
        """`sorted(...)` makes a list."""
        case = Case()
        loaded, _ = expect.items(
            case.ask(student)["returned"], 2, expected="`return loaded, skipped`"
        )
        expect.equal(loaded, case.loaded)

    @check("of every other name, the reason comes back", weight=1.5)
    def skipped(self, student: Student) -> None:
        """Names of the network alone are `"missing"`, names of `state` alone `"unexpected"`."""
        case = Case()
        _, skipped = expect.items(
            case.ask(student)["returned"], 2, expected="`return loaded, skipped`"
        )
        found = expect.record(skipped)
        for name in shuffled([*case.skipped, *(n for n in found if n not in case.skipped)]):
            seen, right = found.get(name), case.skipped.get(name)
            expect.true(
                seen == right,
                seen=f"`{name}`: {expect.show(seen) if name in found else 'not among the skipped'}",
                expected=f"`{right}`" if right else "not among the skipped",
            )

    @check("the parameters are the same ones: an optimizer that has them goes on", weight=1.5)
    def in_place(self, student: Student) -> None:
        """Numbers are copied into the parameter; a new parameter is unknown to the optimizer."""
        case = Case()
        expect.close(
            case.ask(student)["stepped"],
            case.mixed["first.bias"] - LR,
            because="after a step of SGD whose gradient is 1, with the optimizer that was made before the loading",
            mistakes={
                "the optimizer trains parameters that the network no longer has": case.mixed[
                    "first.bias"
                ]
            },
        )

    @check("`state` stays as it is, also when the network trains on", weight=0.5)
    def independent(self, student: Student) -> None:
        """Copy the numbers. A tensor that is shared would be trained in both places."""
        case = Case()
        after = expect.record(case.ask(student)["state"])
        for name, value in case.state.items():
            expect.true(
                expect.agrees(after.get(name), value, expect.EXACT),
                seen=f"`state[{name!r}]` has changed",
                expected="`state` as it was given",
            )


class Case:
    """A network, a state of which some fits, what the network should be, and what should come back.

    The shape of the last bias in `state` is one to which a copy would be broadcast.
    """

    def __init__(self) -> None:
        self.own, other = drawn_parts(), drawn_parts()
        self.X = signed(7, INPUTS)
        lacking = shuffled(["norm.weight", "norm.bias", "first.bias"])[0]
        more = f"old.layer{integer(1, 9)}"
        self.broadcast = signed(1)
        self.state: dict[str, Tensor] = {n: other[n] for n in shuffled(list(other)) if n != lacking}
        self.state["last.weight"] = signed(5, other["last.weight"].shape[1])
        self.state["last.bias"] = self.broadcast
        self.state[more] = positive(2, 2)
        self.skipped = {
            lacking: "missing",
            COUNTED: "missing",
            "last.weight": "shape",
            "last.bias": "shape",
            more: "unexpected",
        }
        self.loaded = sorted(set(other) - set(self.skipped))
        self.mixed = {name: (other if name in self.loaded else self.own)[name] for name in other}

    def ask(self, student: Student) -> dict:
        """What becomes of the network."""
        report = student.run(partly_loaded, parts=self.own, state=self.state, X=self.X, lr=LR)
        return expect.record(report)


# What follows runs beside a student's code.


def partly_loaded(namespace, parts, state, X, lr):
    """The outputs after `partial_load`; then what one step of an optimizer does that was made before it."""
    net = small_network(parts).eval()
    optimizer = torch.optim.SGD([net.first.bias], lr=lr)
    returned = namespace["partial_load"](net, state)
    net.eval()
    out = net(X)
    known = optimizer.param_groups[0]["params"][0]
    known.grad = torch.ones_like(known)
    optimizer.step()
    stepped = net.first.bias.detach().clone()
    with torch.no_grad():
        for p in [*net.parameters(), *net.buffers()]:
            p += 1
    return {"out": out, "returned": returned, "stepped": stepped, "state": state}
