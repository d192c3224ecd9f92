"""Chapter 2: its solutions pass its checks, answers are judged as labelled, claims earn nothing."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from grader.authoring.catalogue import answers_to
from grader.checks.judge import judge
from grader.checks.registry import chapter_of, get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent
from grader.exercises.ch02 import agreement

CHAPTER = "02_dropout_concise"
PACKAGE = chapter_of(CHAPTER)


def judged(student: LocalStudent, name: str, seed: int = 1) -> ExerciseResult:
    torch.manual_seed(seed)
    return judge(get_exercise(PACKAGE, name), student, seed)


def test_what_the_quiz_says_of_pytorch_is_so(solutions) -> None:
    layer = nn.Linear(784, 256)
    assert float(layer.bias.abs().max()) <= 1 / 28 and layer.bias.abs().max() > 0.9 / 28
    assert nn.Module().training
    with pytest.raises(RuntimeError, match=r"7168x28 and 784x256"):
        layer(torch.rand(256, 1, 28, 28))
    net = solutions["build_net"](0.2, 0.5).eval()  # type: ignore[operator]
    assert net(torch.rand(2, 784)).requires_grad


# The statistics of `same_as_scratch`


@pytest.mark.parametrize("seed", range(3))
def test_unlike_pairs_are_as_far_apart_as_the_error_rate_supposes(seed: int) -> None:
    """The true distance, from many draws, is at least APART, and that of like pairs is 0."""
    torch.manual_seed(seed)
    passes = 100_000
    values = agreement.telling_parameters()
    first = torch.rand(1, agreement.SIZES.sizes[0]) + 0.5
    first[0, 0] = agreement.FIRST
    rows = first.repeat(passes, 1)
    with torch.no_grad():
        a = agreement.Chancy(values, agreement.chances(rows=passes))(rows)
        for name, (_, alike, ways) in agreement.CASES.items():
            b = agreement.Chancy(values, agreement.chances(**ways, rows=passes))(rows)
            widest = max(ks(a[:, k], b[:, k]) for k in range(a.shape[1]))
            noise = math.sqrt(2 * math.log(4 / 1e-9) / passes)
            if alike:
                assert widest <= noise, name
            else:
                assert widest - noise >= agreement.APART - 0.02, name


def test_the_bound_holds_for_equal_distributions(solutions) -> None:
    """At an error rate of 0.05, fewer than that of 400 equal pairs are called different."""
    torch.manual_seed(0)
    bound = solutions["ks_bound"](100, 0.05)  # type: ignore[operator]
    beyond = sum(ks(torch.rand(100), torch.rand(100)) > bound for _ in range(400))
    assert beyond <= 20


def ks(a: Tensor, b: Tensor) -> float:
    a, b = a.sort().values, b.sort().values
    t = torch.cat([a, b])
    share_a = torch.searchsorted(a, t, right=True) / len(a)
    return float((share_a - torch.searchsorted(b, t, right=True) / len(b)).abs().max())


# What a student's process says of itself


class Claiming(LocalStudent):
    """Replaces what a probe has noted by what would be fine, wherever a record has such a note."""

    def __init__(self, namespace: dict[str, object], **claims: object) -> None:
        super().__init__(namespace)
        self.claims = claims

    def run(self, probe, **inputs):
        answer = super().run(probe, **inputs)
        if isinstance(answer, dict):
            answer.update({key: value for key, value in self.claims.items() if key in answer})
        return answer


def earned(
    namespace: dict[str, object], name: str, code: str, **claims: object
) -> tuple[float, float]:
    """Points of this code by itself, and with claims."""
    exec(compile(code, "<cell>", "exec"), namespace)
    honest = judged(LocalStudent(namespace), name).earned
    return honest, judged(Claiming(namespace, **claims), name).earned


def wrong(exercise: str, name: str) -> str:
    (found,) = [x for x in answers_to(PACKAGE, exercise) if x.name == name and not x.right]
    return found.code


@pytest.mark.parametrize(
    ("exercise", "name", "claims"),
    [
        # Parameters that are not there: the logits are computed again from those that were given.
        ("build_net", "without_biases", {"found": [True] * 6}),
        ("SimpleMLP", "one_hidden_layer", {"found": [True] * 6, "size": 0}),
        # A mode: what counts is what the network gives in it.
        ("SimpleMLP", "flag_of_its_own", {"flags": []}),
        ("find_the_functional_bug", "left_as_published", {"flags": [], "lowest": []}),
        # A running mean that was never moved: the probabilities show the batch's own.
        ("mc_dropout_predict", "whole_network_in_train_mode", {"running_mean": torch.zeros(1)}),
    ],
)
def test_claims_earn_nothing(namespace, exercise: str, name: str, claims: dict) -> None:
    honest, claimed = earned(namespace, exercise, wrong(exercise, name), **claims)
    assert claimed <= honest


def test_the_running_mean_alone_does_not_tell(namespace) -> None:
    """Even with the right running mean forged, the whole network in train mode is found out."""

    class Forging(LocalStudent):
        def run(self, probe, **inputs):
            answer = super().run(probe, **inputs)
            if isinstance(answer, dict) and inputs["parts"]["running"] is not None:
                answer["running_mean"] = inputs["parts"]["running"][:1]
            return answer

    code = wrong("mc_dropout_predict", "whole_network_in_train_mode")
    exec(compile(code, "<cell>", "exec"), namespace)
    result = judged(Forging(namespace), "mc_dropout_predict")
    assert "only_dropout" in {entry.id for entry in result.failed}


def test_answers_learnt_by_heart_do_not_fit_the_order(namespace) -> None:
    """The pairs of `same_as_scratch` come in an order that is drawn."""
    answers = [(in_eval, in_train) for in_eval, in_train, _ in agreement.CASES.values()]
    namespace["replies"] = iter(answers * 3)
    code = """
def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    copy_parameters(scratch, concise)
    return next(replies, (True, True))
"""
    exec(compile(code, "<cell>", "exec"), namespace)
    result = judged(LocalStudent(namespace), "same_as_scratch")
    failed = {entry.id for entry in result.failed}
    assert {"eval_mode", "train_mode"} <= failed
