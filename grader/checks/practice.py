"""Devices on a machine without any: a learner's code beside practice GPUs, whose units show where it computed.

A probe that says "this tensor is on the GPU" says it of its own process. So each practice GPU counts in a unit
that the judge has drawn: what comes from the CPU is multiplied by it. The numbers that come of it tell where they
were computed, and the judge computes them again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.randomness import uniform
from grader.checks.student import Student
from grader.wire.probe import StudentError
from lab.practice_gpu import PracticeGPUs

TWO_DEVICES = "all tensors to be on the same device"


def unit() -> float:
    """A unit in which a practice GPU counts: far enough from 1 to be seen."""
    return uniform(1.5, 2.5)


def asked(student: Student, probe: Callable[..., object], **inputs: object) -> object:
    """The probe's answer; a RuntimeError about two devices is told as what it is."""
    try:
        return student.run(probe, **inputs)
    except StudentError as error:
        if TWO_DEVICES in error.message:
            expect.fail(
                f"RuntimeError: {error.message}",
                "all tensors of an operation on one device",
                f"a tensor was not moved, or made without `device=`{_in_line(error)}",
            )
        if "invalid device ordinal" in error.message:
            expect.fail(
                f"RuntimeError: {error.message}",
                "only devices that the machine has",
                _in_line(error),
            )
        raise


def on_both(
    student: Student,
    probe: Callable[..., object],
    verify: Callable[[object, float], None],
    drawn: float,
    **inputs: object,
) -> None:
    """verify(answer, unit) for a practice GPU of this unit, and for a real one, whose unit is 1, where there is one.

    The probe takes `units`, an empty list for the real GPU, and gives None where there is none.
    """
    verify(asked(student, probe, units=[drawn], **inputs), drawn)
    real = asked(student, probe, units=[], **inputs)
    if real is not None:
        verify(real, 1.0)


def _in_line(error: StudentError) -> str:
    return f" (line {error.line}: {error.source_line})" if error.line and error.source_line else ""


# What follows runs beside a student's code.


def practising(namespace, count=1, **settings):
    """Practice GPUs, also for what the student has imported of PyTorch."""
    return PracticeGPUs(count, names=namespace, **settings)


def gpu_of(namespace, units):
    """A device to ask with, and what makes it one: the last of practice GPUs that count in these units; without
    units the real one, or None.
    """
    if units:
        last = len(units) - 1
        return torch.device("cuda", last), practising(namespace, len(units), units=units)
    real = torch.device("cuda", 0) if torch.cuda.is_available() else None
    return real, contextlib.nullcontext()


def raw(X):
    """The numbers of a tensor as its device counts them."""
    with torch.no_grad():
        return X.detach().clone() if isinstance(X, Tensor) else X
