"""Questions to functions, whatever they compute. To one of a tensor and a rate: refusals, gradients, layouts
in memory, other devices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch

from grader.checks import expect, statistics
from grader.checks.randomness import shuffled, signed, uniform
from grader.checks.student import Student
from grader.wire.probe import StudentError

ON_THE_CPU = "the mask is on the CPU"


def called(student: Student, name: str, *args: object) -> object:
    """`student.call` for one of an exercise's functions: one that is still open costs its own checks only."""
    with _open_costs_its_own(name):
        return student.call(name, *args)


@contextmanager
def _open_costs_its_own(name: str) -> Iterator[None]:
    try:
        yield
    except StudentError as error:
        if error.is_stub:
            expect.fail(f"`{name}` is still open")
        if error.kind == "missing":
            expect.fail(error.message, f"a function `{name}`")
        raise


def answers_to(student: Student, name: str, inputs: Sequence[Sequence[object]]) -> Iterator[object]:
    """The results of a call for each of `inputs`, as of one `student.call` after the other, in one question.

    That takes a fraction of the time. From a call on that gives no plain result, each is asked alone.
    """
    try:
        answers = expect.items(student.run(answers_so_far, name=name, inputs=list(inputs)))
    except StudentError as error:
        if error.kind != "not_plain":
            raise
        answers = []
    yield from answers[: len(inputs)]
    for arguments in inputs[len(answers) :]:
        yield student.call(name, *arguments)


def called_for_each(
    student: Student, name: str, inputs: Sequence[Sequence[object]]
) -> Iterator[object]:
    """As `called` for each of `inputs`, in one question; see `answers_to`."""
    with _open_costs_its_own(name):
        yield from answers_to(student, name, inputs)


def asked(student: Student, name: str, probe: Callable[..., object], **inputs: object) -> object:
    """The probe's answer about `name`, one of an exercise's functions or classes: one that is still open costs
    its own checks only.
    """
    try:
        return student.run(probe, name=name, **inputs)
    except StudentError as error:
        if error.is_unanswered:
            expect.fail(f"`{name}` is still open")
        raise


def unless_zeros_were_drawn(verify: Callable[[], None], draws: int, times: int = 4) -> None:
    """`verify()`, with other numbers up to `times` times: a right layer may drop a unit at the rate 0.

    `rand > 0` is false for an exact 0, one in 2^24 draws. draws: how many numbers the layers draw each time.
    """
    statistics.book("zeros drawn", (draws / 2**24) ** times)
    for _ in range(times - 1):
        try:
            return verify()
        except expect.CheckFailed:
            continue
    return verify()


def verify_untouched(
    student: Student,
    name: str,
    inputs: Sequence[object],
    tensors: Sequence[str],
    right: object = None,
    tolerance: expect.Tolerance = expect.CLOSE,
) -> None:
    """`name(*inputs)` leaves its first inputs, the `tensors` of these names, as they are.

    A second call with the same tensors must give what is right for them as they were.
    """
    answer = student.run(second_of_two_calls, name=name, inputs=list(inputs), count=len(tensors))
    second, after = expect.items(answer, 2)
    for called_like, old, new in zip(
        tensors, inputs, expect.items(after, len(tensors)), strict=False
    ):
        expect.true(
            expect.agrees(new, old, expect.EXACT),
            seen=f"`{called_like}` has changed after the call",
            expected="new tensors, and the old ones as they were",
        )
    if right is not None:
        expect.true(
            expect.agrees(second, right, tolerance),
            seen="a second call with the same inputs gives another result",
            expected="the same: inputs are left as they were",
        )


def verify_refusals(student: Student, name: str) -> None:
    """`name(X, rate)`: rates that are no probabilities raise AssertionError or ValueError, and others do not.

    Both come in an order that is drawn, so that nobody can say "refused" without looking at them.
    """
    bad = [-0.001, 1.001, uniform(-0.9, -0.1), uniform(1.1, 1.9), math.nan]
    good = [uniform(0.2, 0.8) for _ in bad]
    order = shuffled(list(range(len(bad + good))))
    asked = [(bad + good)[index] for index in order]
    answers = student.run(answers_to_rates, name=name, X=signed(3, 4), rates=asked)
    in_order = dict(zip(order, expect.items(answers, len(asked)), strict=True))
    for index, p in enumerate(bad + good):
        answer, refused = expect.show(in_order[index]), in_order[index] == "refused"
        if index < len(bad):
            wanted = "an AssertionError or a ValueError"
            expect.true(refused, seen=f"{answer} for dropout = {p}", expected=wanted)
        else:
            wanted = "an output: rates between 0 and 1 are possible"
            expect.true(not refused, seen=f"dropout = {p} is refused", expected=wanted)


def verify_gradient(student: Student, name: str) -> None:
    """The gradient of the output is the factor that X was multiplied by."""
    X, p, weights = signed(40, 30), uniform(0.3, 0.7), signed(40, 30)
    pair = student.run(gradient_of_the_input, name=name, X=X, p=p, weights=weights)
    out, grad = expect.items(pair, 2)
    expect.true(
        grad is not None,
        seen="the output is cut off from X: no gradient comes back",
        expected="the gradient 1 / (1 - dropout) where a unit was kept, and 0 where dropped",
    )
    out = expect.finite(expect.tensor(out, shape=X.shape))
    expect.close(grad, weights * out / X, because="the gradient is the factor h' / h")


def verify_device(student: Student, name: str) -> None:
    """The output is where X is, also when that is not the CPU."""
    rates = [0.0, uniform(0.3, 0.7), 1.0]
    outcomes = student.run(outcomes_elsewhere, name=name, rates=rates)
    for p, outcome in zip(rates, expect.items(outcomes, len(rates)), strict=True):
        expect.true(
            outcome in ("elsewhere", "cannot tell"),
            seen=f"X on another device than the CPU, dropout = {p}: {expect.show(outcome)}",
            expected="an output where X is",
            because="this would fail on a GPU" if outcome == ON_THE_CPU else "",
        )


# What follows runs beside a student's code.


def answers_so_far(namespace, name, inputs):
    """What the function returns for each of the inputs, up to the first that it raises for."""
    answers = []
    for arguments in inputs:
        try:
            answer = namespace[name](*arguments)
        except Exception:
            break
        # A function may hand out one tensor each time, which it fills anew.
        answers.append(answer.clone() if isinstance(answer, torch.Tensor) else answer)
    return answers


def told_by_meta(error):
    """What an exception on torch's "meta" device, which has shapes and no numbers, says of a device."""
    text = str(error)
    if all(word in text for word in ("meta", "cpu", "device")):
        return ON_THE_CPU
    numberless = isinstance(error, NotImplementedError) or "meta" in text.lower()
    return "cannot tell" if numberless else "an exception of type " + type(error).__name__


def layouts(inputs):
    """These tensors, the last one, a matrix, in three further ways to lie in memory."""
    *others, wide = inputs
    return [*others, wide.T, wide[:, ::2], wide[0].expand(4, -1)]


def outputs_of_layouts(namespace, name, inputs, p):
    return [namespace[name](X, p) for X in layouts(inputs)]


def gradient_of_the_input(namespace, name, X, p, weights):
    """The output, and the gradient of its weighted sum; None where the output is cut off from X."""
    X.requires_grad_(True)
    out = namespace[name](X, p)
    if not (isinstance(out, torch.Tensor) and out.requires_grad):
        return [out, None]
    (out * weights).sum().backward()
    return [out, X.grad]


def two_calls(namespace, name, X, rates):
    """The second output, and the X that both calls were given."""
    first, second = rates
    namespace[name](X, first)
    between = X.clone()
    return [namespace[name](X, second), between]


def second_of_two_calls(namespace, name, inputs, count):
    """What the second call with the same objects returns, and the first inputs as they are between both."""
    namespace[name](*inputs)
    between = [value.clone() for value in inputs[:count]]
    return [namespace[name](*inputs), between]


def answers_to_rates(namespace, name, X, rates):
    answers = []
    for rate in rates:
        try:
            result = namespace[name](X, rate)
        except (AssertionError, ValueError):
            answers.append("refused")
        except Exception as error:
            if rate != rate and isinstance(error, RuntimeError):  # torch's own refusal of NaN
                answers.append("refused")
                continue
            answers.append("an exception of type " + type(error).__name__)
        else:
            answers.append("a result of type " + type(result).__name__)
    return answers


def outcomes_elsewhere(namespace, name, rates):
    """Call with X on torch's "meta" device, which has shapes and no numbers, in place of a GPU."""
    X = torch.empty(6, 5, device="meta")
    return [outcome_elsewhere(lambda rate=rate: namespace[name](X, rate)) for rate in rates]


def outcome_elsewhere(call):
    """Where what `call()` returns is, when its input is on the "meta" device."""
    try:
        out = call()
    except Exception as error:
        return told_by_meta(error)
    where = getattr(getattr(out, "device", None), "type", "nowhere")
    return "elsewhere" if where == "meta" else "the output is on the " + where
