"""Chapter 11: the exercise `timed`. Time is played: a clock that moves only when work is done or waited for."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.practice import asked, practising
from grader.checks.randomness import uniform
from grader.checks.student import Student
from lab.practice_gpu import Clock

SECONDS = "a time of {} s"
MILLISECONDS = "these are milliseconds"


@dataclass(frozen=True)
class Work:
    """What a function gives a device to do, in seconds. earlier: what the device has been given before.
    orders: how long Python takes to give the orders; work: how long the device takes for them.
    """

    device: str
    earlier: float
    orders: float
    work: float

    @classmethod
    def drawn(cls, device: str) -> Work:
        return cls(device, uniform(2, 4), uniform(0.1, 0.2), uniform(0.5, 1.5))

    @property
    def seconds(self) -> float:
        """The honest time."""
        return self.orders + self.work

    def mistakes(self) -> dict[str, object]:
        return {
            "the clock was read before this device was done": self.orders,
            MILLISECONDS: 1000 * self.seconds,
            "what the device was given earlier is in it: wait before the clock starts": (
                self.earlier + self.work
            ),
            "the clock starts before the first wait: what the device was given earlier is in it": (
                self.earlier + self.seconds
            ),
        }

    def sent(self) -> dict[str, object]:
        """As the probe takes it."""
        return {
            "device": self.device,
            "earlier": self.earlier,
            "orders": self.orders,
            "work": self.work,
        }


class Timed(Exercise):
    name, points = "timed", 5
    hints = (
        "What is a GPU still doing when the clock starts? And when it stops?",
        "Write a small function that waits: `torch.cuda.synchronize(device)` if `device.type` is cuda, "
        "`torch.mps.synchronize()` if it is mps, nothing for the CPU. Call it twice.",
        "wait; `start = time.perf_counter()`; `result = function()`; wait; "
        "`return result, time.perf_counter() - start`.",
    )

    @check("the clock is read when the GPU is done", weight=2, essential=True)
    def waits_after(self, student: Student) -> None:
        """Wait for the device before you read the clock the second time."""
        work = Work.drawn("cuda:0")
        _, seconds, _ = self.answer(student, Work("cuda:0", 0.0, work.orders, work.work))
        expect.close(
            seconds,
            work.seconds,
            text=SECONDS,
            mistakes={
                "the clock was read before the device was done": work.orders,
                MILLISECONDS: 1000 * work.seconds,
            },
            because="with the GPU's queue empty at the start",
        )

    @check("on the CPU, and on a machine without a GPU", weight=1.5, essential=True)
    def cpu(self, student: Student) -> None:
        """There, `torch.cuda.synchronize` raises."""
        work = Work("cpu", 0.0, uniform(0.5, 1.5), 0.0)
        _, seconds, _ = self.answer(student, work)
        expect.close(seconds, work.seconds, text=SECONDS)

    @check("what the GPU was given earlier does not count", weight=1.5)
    def waits_before(self, student: Student) -> None:
        """Wait for the device before the clock starts."""
        self.verify(student, Work.drawn("cuda:0"))

    @check("what the function returned comes back, and it was called once", weight=1)
    def result(self, student: Student) -> None:
        """`result = function()`, and no second call."""
        for device in ("cuda:0", "cpu"):
            result, seconds, calls = self.answer(student, Work.drawn(device))
            expect.number(seconds)
            expect.equal(calls, 1, because="`function` is to be called once")
            expect.equal(result, "the result", because="the first of the two values")

    @check("the GPU that was asked for is waited for, also when it is not the first", weight=0.5)
    def second_gpu(self, student: Student) -> None:
        """`torch.cuda.synchronize()` without an argument waits for the current one, mostly number 0."""
        self.verify(student, Work.drawn("cuda:1"))

    @check("a Mac's GPU is waited for", weight=0.5)
    def mac(self, student: Student) -> None:
        """`torch.mps.synchronize()`"""
        self.verify(student, Work.drawn("mps"))

    def verify(self, student: Student, work: Work) -> None:
        """The seconds are those of `work`."""
        _, seconds, _ = self.answer(student, work)
        expect.close(seconds, work.seconds, text=SECONDS, mistakes=work.mistakes())

    def answer(self, student: Student, work: Work) -> list:
        """The result, the seconds and the number of calls."""
        pair, calls = expect.items(asked(student, timing_of_work, **work.sent()), 2)
        result, seconds = expect.items(pair, 2, expected="two values: `return result, seconds`")
        return [result, seconds, calls]


# What follows runs beside a student's code.


class PlayedClock(Clock):
    """A clock that stands still while nothing happens."""

    def __init__(self):
        self.time = 1000.0

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


def timing_of_work(namespace, device, earlier, orders, work):
    """What `timed` returns for a function that gives a device work, and how often it was called."""
    clock, calls = PlayedClock(), []
    kind = device.split(":")[0]
    count = {"cpu": 0, "cuda": 2, "mps": 1}[kind]
    gpus = practising(namespace, count, kind="cuda" if kind == "cpu" else kind, clock=clock)

    def function():
        calls.append(1)
        clock.sleep(orders)
        if kind == "cpu":
            clock.sleep(work)
        else:
            gpus.keep_busy(device, work)
        return "the result"

    if earlier and kind != "cpu":
        gpus.keep_busy(device, earlier)
    with gpus:
        pair = namespace["timed"](function, torch.device(device))
    return [pair, len(calls)]
