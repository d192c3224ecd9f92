"""Chapter 11: claims earn nothing, one broken part does not sink the capstone, and a real GPU is asked as well."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from grader.checks.registry import chapter_of
from lab import placement

from .claims import Claim, outcome, verify_gains_nothing
from .conftest import failed, judge_beside_reference, judge_in_chapter

CHAPTER = "11_devices"
PACKAGE = chapter_of(CHAPTER)
judged = partial(judge_in_chapter, PACKAGE)


# What a student's code says of itself


IN_CODE = {
    # A tensor that says it is elsewhere, in a function that moves nothing.
    "a place": (
        "move_batch",
        "pair",
        """
class Elsewhere(torch.Tensor):
    device = torch.device("cuda", 0)

def move_batch(batch, device):
    if isinstance(batch, torch.Tensor):
        batch = batch.clone().as_subclass(Elsewhere)
        batch._practice_device = torch.device(device)
        return batch
    if isinstance(batch, dict):
        return {key: move_batch(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)([move_batch(part, device) for part in batch])
    return batch
""",
    ),
    # Whoever asks where a tensor is hears what they like.
    "a place that was asked for": (
        "move_batch",
        "pair",
        """
import lab.placement

def move_batch(batch, device):
    lab.placement.where = lambda X: torch.device(device)
    return batch
""",
    ),
    # The network is moved to the GPU when all is over.
    "a network that has moved": (
        "train_anywhere",
        "gpu",
        """
def train_anywhere(net, train_iter, num_epochs, lr, device=None):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    net.train()
    for _ in range(num_epochs):
        for X, y in train_iter:
            optimizer.zero_grad()
            F.cross_entropy(net(X), y).backward()
            optimizer.step()
    net.to(device or try_device())
    return [0.0] * num_epochs
""",
    ),
    # Nothing is in the file; the process remembers.
    "a file": (
        "checkpoint",
        "network",
        """
import copy
remembered = []

def checkpoint(path, net, optimizer, epoch):
    remembered[:] = [copy.deepcopy(net), epoch]
    torch.save({}, path)

def resume(path, net, optimizer):
    if not remembered:
        return 0
    return remembered[1]
""",
    ),
    # The seconds that a patient stopwatch would show, without waiting.
    "a time": (
        "timed",
        "waits_after",
        """
def timed(function, device):
    start = time.perf_counter()
    result = function()
    seconds = time.perf_counter() - start
    return result, seconds + 0.5
""",
    ),
}


@pytest.mark.parametrize("name", IN_CODE)
def test_claims_of_code_earn_nothing(namespace, monkeypatch, name: str) -> None:
    monkeypatch.setattr(placement, "where", placement.where)  # put back after the attack on it
    exercise, check, code = IN_CODE[name]
    exec(compile(code, "<cell>", "exec"), namespace)
    assert check in failed(judged(namespace, exercise))


# What a student's process says of itself


def everything_moved(report: dict, inputs: dict) -> object:
    """The batch comes back as it should be. Its numbers are those of the CPU."""

    def there(spec: list) -> list:
        kind, content, *_ = spec
        if kind == "tensor":
            return [kind, content]
        if kind == "dict":
            return [kind, [[key, there(value)] for key, value in content]]
        return [kind, content if kind == "other" else [there(part) for part in content]]

    return there(inputs["spec"]) if "spec" in inputs and len(inputs["units"]) < 2 else report


def a_resumed_run(report: dict, inputs: dict) -> object:
    """The epoch of the question comes back, and the parameters of the question."""
    if "epoch" not in inputs or "source" not in inputs:
        return report
    return {**report, "epoch": inputs["epoch"], "loaded": inputs["parameters"], "stepped": True}


def perfect_losses(report: list, inputs: dict) -> object:
    """As small as one likes, and the parameters of the start."""
    if "epochs" not in inputs or "units" not in inputs or report is None:
        return report
    return [inputs["parameters"][:2], [0.0] * inputs["epochs"], True]


def interrupted_and_resumed(report: list, inputs: dict) -> object:
    """It was interrupted, it says, and went on; the parameters are those of the question."""
    if "calls" not in inputs:
        return report
    said = {"losses": [], "plain": True, "interrupted": True}
    return [{**said, "parameters": call["start"][:2]} for call in inputs["calls"]]


def same_twice(report: list, inputs: dict) -> object:
    """Both runs end alike, it says: at the start."""
    if "seed" not in inputs or "images" not in inputs:
        return report
    start = report[0][1]
    return [[start, start], [start, start]]


CLAIMS = {
    "moved": Claim("move_batch", "result_dropped", everything_moved, list),
    "resumed": Claim("checkpoint", "nothing_loaded", a_resumed_run),
    "losses": Claim("train_anywhere", "no_step", perfect_losses, list),
    "interrupted": Claim("capstone", "never_resumed", interrupted_and_resumed, list),
    "twice": Claim("capstone", "seeded_anew", same_twice, list),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_of_a_process_earn_nothing(solutions, monkeypatch, name: str) -> None:
    verify_gains_nothing(CLAIMS[name], PACKAGE, solutions, monkeypatch)


def test_no_points_hang_on_what_only_the_process_can_know(solutions) -> None:
    for answer, check in (("item_at_every_batch", "waits"), ("optimizer_first", "order")):
        result = outcome(PACKAGE, solutions, "train_anywhere", answer)
        assert failed(result) == {check} and result.earned == result.points


# One broken part


BROKEN = {
    "MyLinear": "class MyLinear(nn.Module):\n    def __init__(self, a, b, relu=True):\n        super().__init__()",
    "DropoutLayer": "class DropoutLayer(nn.Module):\n    pass",
    "move_batch": "def move_batch(batch, device):\n    return batch",
    "checkpoint": (
        "def checkpoint(path, net, optimizer, epoch):\n    torch.save(1, path)\n\n"
        "def resume(path, net, optimizer):\n    return 0"
    ),
}


@pytest.mark.parametrize("part", BROKEN)
def test_one_broken_part_does_not_sink_the_capstone(chapter, solved, part: str) -> None:
    namespace = solved(CHAPTER)
    exec(compile(BROKEN[part], "<cell>", "exec"), namespace)
    result = judge_beside_reference(PACKAGE, chapter(CHAPTER), namespace, "capstone")
    assert result.earned == result.points and f"`{part}`" in result.note


# With a real GPU, the same checks ask on it, too


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
@pytest.mark.parametrize("exercise", ["move_batch", "find_the_device_bugs", "train_anywhere"])
def test_the_checks_ask_on_a_real_gpu(namespace, monkeypatch, exercise: str) -> None:
    from grader.checks import practice

    real = []
    original = practice.asked

    def asked(student, probe, **inputs):
        answer = original(student, probe, **inputs)
        real.append(inputs.get("units") == [] and answer is not None)
        return answer

    monkeypatch.setattr(practice, "asked", asked)
    monkeypatch.setattr("grader.exercises.ch11.device_bugs.asked", asked)
    result = judged(namespace, exercise)
    assert result.earned == result.points and any(real)
