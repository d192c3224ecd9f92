"""Chapter 7: its solutions pass its checks, answers are judged as labelled, claims earn nothing."""

from __future__ import annotations

from functools import partial

import pytest
from torch import nn

from grader.authoring.catalogue import answers_to, reference
from grader.checks.judge import judge
from grader.checks.registration import Endless, within_lines
from grader.checks.registry import chapter_of, get_exercise
from grader.checks.student import LocalStudent
from grader.wire import probe

from .conftest import failed, judge_in_chapter

CHAPTER = "07_layers_and_blocks"
PACKAGE = chapter_of(CHAPTER)
judged = partial(judge_in_chapter, PACKAGE)


def test_a_loop_without_end_is_stopped_and_one_with_an_end_is_not() -> None:
    def counts(n: int) -> int:
        while n > 0:
            n -= 1
        return n

    assert within_lines(1000, counts, 100) == 0
    with pytest.raises(Endless, match="still running after 1,000 lines"):
        within_lines(1000, counts, 10**9)


SLIPS = {
    "MySequential": ("reversed", "each_gets_the_input", "returned_in_the_loop"),
    "parallel_block": ("wrong_order",),
    "repeat_block": ("reversed", "one_too_few", "one_too_many", "first_call_thrown_away"),
}


@pytest.mark.parametrize(
    ("exercise", "name"), [(exercise, name) for exercise in SLIPS for name in SLIPS[exercise]]
)
def test_blocks_in_a_wrong_row_are_registered_all_the_same(
    namespace, exercise: str, name: str
) -> None:
    (answer,) = [a for a in answers_to(PACKAGE, exercise) if a.name == name]
    exec(compile(answer.code, "<cell>", "exec"), namespace)
    result = judged(namespace, exercise)
    assert not failed(result) & {"trained", "modes", "state", "moves", "names", "kept"}
    assert result.earned == result.points / 2


# What a student's process says of itself


CLAIMS = {
    # A block that keeps its parts in a list, and shows them to whoever asks for its parameters.
    "a list of parameters": (
        "MySequential",
        "trained",
        """
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def parameters(self, recurse=True):
        for block in self.blocks:
            for p in block.parameters():
                yield nn.Parameter(p.detach().clone())

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X
""",
    ),
    # A mode that the block says it is in, while its parts are in the other one.
    "a mode": (
        "MySequential",
        "modes",
        """
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for i, block in enumerate(blocks):
            self.add_module(str(i), block)

    def train(self, mode=True):
        self.training = mode
        return self

    def forward(self, X):
        for block in self._modules.values():
            X = block(X)
        return X
""",
    ),
    # A state_dict that names everything and holds other numbers.
    "a state_dict": (
        "MySequential",
        "state",
        """
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for i, block in enumerate(blocks):
            self.add_module(str(i), block)

    def state_dict(self, *args, **kwargs):
        state = super().state_dict(*args, **kwargs)
        return {key: torch.zeros_like(value) for key, value in state.items()}

    def forward(self, X):
        for block in self._modules.values():
            X = block(X)
        return X
""",
    ),
    # A constant that is named in the state_dict, and not the one that is used.
    "a buffer": (
        "FixedHiddenMLP",
        "state",
        """
class FixedHiddenMLP(nn.Module):
    def __init__(self, num_inputs=20):
        super().__init__()
        self.constants = [torch.rand(num_inputs, num_inputs)]
        self.register_buffer("rand_weight", self.constants[0].clone())
        self.linear = nn.Linear(num_inputs, num_inputs)

    def forward(self, X):
        X = F.relu(self.linear(X) @ self.constants[0] + 1)
        X = self.linear(X)
        while X.abs().sum() > 1:
            X = X / 2
        return X.sum()
""",
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_of_a_class_earn_nothing(namespace, name: str) -> None:
    exercise, check, code = CLAIMS[name]
    exec(compile(code, "<cell>", "exec"), namespace)
    assert check in failed(judged(namespace, exercise))


def test_claims_of_a_process_earn_nothing(namespace, monkeypatch) -> None:
    """Shapes of parameters that are not there: the outputs are computed from those that are."""
    (answer,) = [a for a in answers_to(PACKAGE, "MLP") if a.name == "hidden_layer_in_a_list"]
    exec(compile(answer.code, "<cell>", "exec"), namespace)
    honest = judged(namespace, "MLP")
    original = probe.run

    def forged(space, source, inputs):
        if "def net_shapes" in source:
            return [[256, 20], [256], [10, 256], [10]]
        answer = original(space, source, inputs)
        return {**answer, "found": [True] * 4} if isinstance(answer, dict) else answer

    monkeypatch.setattr(probe, "run", forged)
    assert {"outputs", "trained", "travels"} <= failed(judged(namespace, "MLP"))
    assert {"outputs", "trained", "travels"} <= failed(honest)


def test_a_bias_that_is_missing_in_the_chimera_costs_its_parameters_alone(namespace) -> None:
    (answer,) = [a for a in answers_to(PACKAGE, "chimera") if a.name == "goat_without_bias"]
    exec(compile(answer.code, "<cell>", "exec"), namespace)
    assert failed(judged(namespace, "chimera")) == {"parts"}


def test_numbers_halved_on_their_own_leave_x_alone_and_refuse_infinity(namespace) -> None:
    (answer,) = [
        a
        for a in answers_to(PACKAGE, "find_the_endless_loop")
        if a.name == "each_number_on_its_own"
    ]
    exec(compile(answer.code, "<cell>", "exec"), namespace)
    assert not failed(judged(namespace, "find_the_endless_loop")) & {"left_alone", "refuses"}


def test_one_broken_part_does_not_sink_the_chimera(namespace, solutions) -> None:
    exec(reference(PACKAGE, "chimera"), namespace)
    namespace["NestMLP"] = lambda: nn.Linear(20, 16)
    exercise = get_exercise(PACKAGE, "chimera")
    assert "output" in failed(judge(exercise, LocalStudent(namespace), 1))
    with_reference = judge(exercise, LocalStudent(namespace), 1, LocalStudent(dict(solutions)))
    assert with_reference.earned == with_reference.points and "NestMLP" in with_reference.note
