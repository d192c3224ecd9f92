"""A call in a process of its own: what comes back, and what becomes of everything that goes wrong."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from grader.grading import isolating
from grader.grading.isolated import (
    Died,
    Isolation,
    IsolationError,
    IsolationLimits,
    Lost,
    Raised,
    TookTooLong,
    TookTooMuchMemory,
)

MIB = 2**20
SMALL = IsolationLimits(cpu_seconds=1, seconds=20, memory_bytes=200 * MIB, result_bytes=MIB)


@pytest.fixture(scope="module", params=["forked", "fresh"])
def isolation(request) -> Iterator[Isolation]:
    with Isolation(fresh=request.param == "fresh") as isolation:
        yield isolation


def give(value: object) -> object:
    return value


def give_many(kind: str) -> object:
    return {"bytes": b"x" * 2 * MIB, "text": "x" * 2 * MIB, "object": object()}[kind]


def compute() -> None:
    while True:
        pass


def allocate() -> None:
    grown = []
    while True:
        grown.append(bytearray(50 * MIB))


def end(number: int) -> None:
    isolating.note("about to end")
    os.kill(os.getpid(), number)


def leave() -> None:
    os._exit(0)


def complain(text: str) -> None:
    raise ValueError(text)


def read_from(fds: list[int]) -> str:
    return os.read(fds[0], 10).decode()


def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


@pytest.mark.parametrize("value", [None, 1, 2.5, "ä\n", [1, {"a": [True, None]}], b"\x00\xff"])
def test_plain_values_come_back(isolation: Isolation, value: object):
    assert isolation.run(give, value, limits=SMALL) == value


def test_half_a_character_comes_back_as_one_that_can_be_written(isolation: Isolation):
    assert isolation.run(give, "a\ud800b", limits=SMALL) == "a?b"


ENDS = {
    "computes for ever": (compute, (), TookTooLong, "compute took more than 1 s of computing time"),
    "takes all memory": (allocate, (), TookTooMuchMemory, "allocate took more than 200 MiB"),
    "gives much back": (give_many, ("text",), TookTooMuchMemory, "2,097,154 bytes back"),
    "gives many bytes": (give_many, ("bytes",), TookTooMuchMemory, "2,097,152 bytes back"),
    "gives an object": (give_many, ("object",), Raised, "TypeError"),
    "raises": (complain, ("what\x1b[2J" + "x" * 9000,), Raised, "ValueError: what\ufffd"),
    "crashes": (end, (signal.SIGSEGV,), Died, "was ended by the signal SIGSEGV"),
    "leaves": (leave, (), Died, "ended itself with exit code 0"),
    "is killed": (end, (signal.SIGKILL,), Lost, "was ended by the signal SIGKILL"),
}


@pytest.mark.parametrize(("function", "given", "kind", "says"), ENDS.values(), ids=ENDS.keys())
def test_what_goes_wrong_has_a_kind_and_a_sentence(isolation, function, given, kind, says):
    with pytest.raises(IsolationError) as caught:
        isolation.run(function, *given, limits=SMALL)
    assert type(caught.value) is kind and says in str(caught.value), caught.value
    assert len(str(caught.value)) < 600
    assert caught.value.note == ("about to end" if function is end else "")
    assert isolation.run(give, 1, limits=SMALL) == 1


def test_files_travel_along(isolation: Isolation):
    reader, writer = os.pipe()
    os.write(writer, b"hello")
    assert isolation.run(read_from, limits=SMALL, fds=[reader]) == "hello"
    os.close(reader)
    os.close(writer)


def test_time_by_the_clock_ends_a_call(isolation: Isolation):
    with pytest.raises(Lost, match="SIGKILL"):
        isolation.run(time.sleep, 60, limits=IsolationLimits(seconds=0.5))


def test_a_stopped_call_is_ended(isolation: Isolation, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("grader.grading.isolated._STOPPED_SECONDS", 0.5)
    with pytest.raises(Lost, match="SIGKILL"):
        isolation.run(stop, limits=IsolationLimits(seconds=100))


def test_a_stopped_process_costs_the_calls_that_run_and_is_replaced(monkeypatch):
    monkeypatch.setattr("grader.grading.isolated._STOPPED_SECONDS", 0.5)
    with Isolation() as isolation:
        assert isolation.run(os.getpid) != os.getpid()
        threading.Timer(0.3, os.kill, (isolation._pid, signal.SIGSTOP)).start()
        with pytest.raises(Lost, match="did not end"):
            isolation.run(time.sleep, 2, limits=IsolationLimits(seconds=1000))
        assert isolation.run(os.getpid) != os.getpid()


def test_many_threads_call_side_by_side(isolation: Isolation):
    found: dict[int, object] = {}

    def work(number: int) -> None:
        for _ in range(5):
            found[number] = isolation.run(give, number, limits=SMALL)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: number for number in range(8)}


def test_a_lost_process_costs_the_calls_that_run_and_is_replaced():
    with Isolation() as isolation:
        assert isolation.run(os.getpid) != os.getpid()
        timer = threading.Timer(0.3, os.kill, (isolation._pid, signal.SIGKILL))
        timer.start()
        with pytest.raises(Lost):
            isolation.run(time.sleep, 60, limits=IsolationLimits(seconds=30))
        timer.join()
        assert isolation.run(give, 2) == 2
