"""Chapter 1: further checks that students do not have, on rarer inputs of the same promises."""

from __future__ import annotations

import torch

from grader.checks import expect
from grader.checks.exercise import HiddenChecks, check
from grader.checks.student import Student
from grader.exercises.ch01.dropout import (
    DropoutLayer,
    signed,
    uniform,
    verify_independence,
    verify_share,
    verify_values,
    zeros_of,
)

IMAGES = (24, 12, 32, 32)
LARGE = 320
SMALL = (40, 25)
CALLS = 12


class RareInputs(HiddenChecks):
    exercise = DropoutLayer.name

    @check(
        "half precision stays half precision",
        weight=0.5,
        hint="A mask of `True` and `False` leaves the type of X alone, one of floats may not.",
    )
    def half_precision(self, student: Student) -> None:
        for dtype in (torch.float16, torch.bfloat16):
            X, p = signed(20, 30).to(dtype), uniform(0.3, 0.7)
            out = student.call(DropoutLayer.name, X, p)
            verify_values(expect.tensor(out, shape=X.shape, dtype=dtype), X, p, rtol=2e-2)

    @check(
        "a single number, an empty tensor, and one that is not contiguous",
        weight=0.5,
        hint="Nothing in the function needs to know how many dimensions X has.",
    )
    def rare_shapes(self, student: Student) -> None:
        p = uniform(0.3, 0.7)
        scalar, empty, transposed = signed(1)[0], torch.zeros(0, 5), signed(6, 8)
        results = expect.items(
            student.run(
                outputs_of_rare_shapes,
                name=DropoutLayer.name,
                scalar=scalar,
                empty=empty,
                wide=transposed,
                p=p,
            )
        )
        inputs = [scalar, empty, transposed.T, transposed[:, ::2], transposed[0].expand(4, 8)]
        for X, out in zip(inputs, results, strict=True):
            verify_values(out, X, p)

    @check(
        "the mask is drawn on the device of X",
        hint="`torch.rand(X.shape, device=X.device)`; also for the zeros at dropout = 1.",
    )
    def device(self, student: Student) -> None:
        rates = [0.0, uniform(0.3, 0.7), 1.0]
        outcomes = student.run(outcomes_elsewhere, name=DropoutLayer.name, rates=rates)
        for p, outcome in zip(rates, expect.items(outcomes), strict=True):
            expect.true(
                outcome in ("elsewhere", "cannot tell"),
                seen=f"X on another device than the CPU, dropout = {p}: {outcome}",
                expected="an output where X is",
                because="this would fail on a GPU",
            )

    @check(
        "images: every pixel is drawn on its own",
        weight=0.5,
        hint="The random numbers need the shape of X, whatever it is.",
    )
    def images(self, student: Student) -> None:
        X, p = signed(*IMAGES), uniform(0.3, 0.6)
        dropped = zeros_of(student.call(DropoutLayer.name, X, p), X)
        verify_independence(dropped, ("example", "channel", "row", "column"))

    @check(
        "very small and very large rates",
        weight=0.5,
        hint="Compare the share of zeros with dropout at 0.02 and at 0.95.",
    )
    def extreme_rates(self, student: Student) -> None:
        X = signed(LARGE, LARGE)
        for p in (uniform(0.01, 0.05), uniform(0.92, 0.98)):
            out = student.call(DropoutLayer.name, X, p)
            verify_share(zeros_of(out, X), p)
            verify_values(out, X, p)

    @check(
        "how many units are dropped is left to chance",
        weight=0.5,
        hint="Call your function five times with 100 ones, and count the zeros each time.",
    )
    def numbers_vary(self, student: Student) -> None:
        X, p = signed(*SMALL), uniform(0.3, 0.6)
        outs = [zeros_of(student.call(DropoutLayer.name, X, p), X) for _ in range(CALLS)]
        for counts, where in (
            (torch.stack([out.sum() for out in outs]), f"{CALLS} calls"),
            (outs[0].sum(1), f"{SMALL[0]} rows"),
            (outs[0].sum(0), f"{SMALL[1]} columns"),
        ):
            expect.true(
                bool((counts != counts[0]).any()),
                seen=f"in {where}, always {int(counts[0])} units are dropped (dropout = {p})",
                expected="sometimes more, sometimes less",
                because="units that are drawn independently do not keep count of each other",
            )


def outputs_of_rare_shapes(namespace, name, scalar, empty, wide, p):  # type: ignore[no-untyped-def]
    inputs = [scalar, empty, wide.T, wide[:, ::2], wide[0].expand(4, 8)]
    return [namespace[name](X, p) for X in inputs]


def outcomes_elsewhere(namespace, name, rates):  # type: ignore[no-untyped-def]
    """Call with X on torch's "meta" device, which has shapes and no numbers, in place of a GPU."""
    outcomes = []
    for rate in rates:
        X = torch.empty(6, 5, device="meta")
        try:
            out = namespace[name](X, rate)
        except Exception as error:
            text = str(error)
            mixed = "meta" in text and "cpu" in text and "device" in text
            outcomes.append("the mask is on the CPU" if mixed else "cannot tell")
        else:
            where = getattr(getattr(out, "device", None), "type", "nowhere")
            outcomes.append("elsewhere" if where == "meta" else "the output is on the " + where)
    return outcomes
