"""Chapter 5: its solutions pass its checks, wrong code meets the message that was meant for it."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from grader.authoring.catalogue import Answer, answers_to, reference
from grader.checks.judge import judge
from grader.checks.registry import get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent
from grader.exercises.ch05 import backward, init_bug, products, symmetry, variances
from grader.wire import probe

CHAPTER, PACKAGE = "05_numerical_stability", "ch05"


def judged(solutions: dict[str, object], name: str, code: str = "", seed: int = 1):
    """The result of an exercise in a notebook with the solutions, and this code in its cell."""
    space = dict(solutions)
    exec(compile(reference(PACKAGE, name), "<reference>", "exec"), space)
    exec(compile(code, "<answer>", "exec"), space)
    return judge(get_exercise(PACKAGE, name), LocalStudent(space), seed)


def answer(name: str, exercise: str) -> Answer:
    return next(entry for entry in answers_to(PACKAGE, exercise) if entry.name == name)


def failed(result: ExerciseResult) -> dict[str, str]:
    return {check.id: check.message for check in result.failed}


def test_the_judge_s_gradients_are_those_of_autograd() -> None:
    torch.manual_seed(0)
    X, y = torch.randn(7, 5).double(), torch.randint(3, (7,))
    W1, b1, W2, b2 = params = [
        torch.randn(*size).double().requires_grad_(True) for size in ((5, 4), (4,), (4, 3), (3,))
    ]
    Z = X @ W1 + b1
    logits = torch.tanh(Z) @ W2 + b2
    penalty = 0.3 / 2 * ((W1**2).sum() + (W2**2).sum())
    grads = torch.autograd.grad(F.cross_entropy(logits, y) + penalty, params)
    with torch.no_grad():
        kept = backward.grad_of_loss(logits, y), X, torch.tanh(Z), 1 - torch.tanh(Z) ** 2, W1, W2
        torch.testing.assert_close(backward.BackwardByHand.right(*kept, 0.3), grads)


def test_the_judge_s_logs_are_those_of_exact_products() -> None:
    torch.manual_seed(0)
    Ms = torch.randn(9, 3, 3)
    P, logs = torch.eye(3).double(), []
    for M in Ms.double():
        P = P @ M
        logs.append(float(torch.linalg.norm(P).log()))
    assert products.logs_of_products(Ms) == pytest.approx(logs)


def test_twins_are_those_that_training_cannot_set_apart() -> None:
    """The judge's own answer, against a hundred steps of gradient descent in float64."""
    torch.manual_seed(0)
    cases = [symmetry.plain(), symmetry.constant(), symmetry.twin(symmetry.plain())]
    cases += [symmetry.differing(part) for part in range(3)]
    cases += [symmetry.same_rows(), symmetry.zero_inside(), symmetry.nudged(2)]
    for network in cases:
        W1, b1, W2 = (p.double().requires_grad_(True) for p in network)
        X, Y = torch.randn(9, len(W1)).double(), torch.randn(9, W2.shape[1]).double()
        for _ in range(100):
            J = ((torch.sigmoid(X @ W1 + b1) @ W2 - Y) ** 2).mean()
            grads = torch.autograd.grad(J, (W1, b1, W2))
            with torch.no_grad():
                for p, g in zip((W1, b1, W2), grads, strict=True):
                    p -= 0.1 * g
        rows = symmetry.numbers_of_units(W1, b1, W2).detach()
        near = torch.pdist(rows).min() < 1e-12
        assert bool(near) == symmetry.has_twins(*network)


def test_a_constant_answer_passes_no_check_of_is_symmetric(solutions) -> None:
    for value in (True, False):
        code = f"def is_symmetric(W1, b1, W2): return {value}"
        assert judged(solutions, "is_symmetric", code).earned == 0


def test_a_guess_of_the_activation_is_no_backward_pass(solutions) -> None:
    """`slope` belongs to no activation, so autograd has nothing to differentiate."""
    entry = answer("autograd_through_a_guessed_relu", "backward_by_hand")
    result = judged(solutions, "backward_by_hand", entry.code)
    assert {"first_weight", "second_weight", "first_bias"} <= set(failed(result))
    assert result.earned <= result.points / 2


@pytest.mark.parametrize(
    ("exercise", "name", "source", "count"),
    [
        ("backward_by_hand", "in_place_slope", "second_of_two_calls", 6),
        ("clip_by_norm", "in_place", "second_clipping", None),
    ],
)
def test_claims_of_untouched_inputs_gain_nothing(
    solutions, monkeypatch, exercise, name, source, count
) -> None:
    original = probe.run

    def forged(namespace, text, inputs):
        if source not in text:
            return original(namespace, text, inputs)
        given = inputs["inputs"][:count] if count else inputs["grads"]
        before = [tensor.clone() for tensor in given]
        second, _ = original(namespace, text, inputs)
        return [second, before]

    monkeypatch.setattr(probe, "run", forged)
    result = judged(solutions, exercise, answer(name, exercise).code)
    assert "left_alone" in failed(result)


def test_a_claimed_initialisation_is_asked_for_its_numbers(solutions, monkeypatch) -> None:
    """A report of constants, of one tensor for all layers, of other shapes, or of nothing."""
    original = probe.run

    def report(change):
        def forged(namespace, text, inputs):
            answer = original(namespace, text, inputs)
            return change(answer) if "fixed_init" in text else answer

        monkeypatch.setattr(probe, "run", forged)
        return set(failed(judged(solutions, "find_the_init_bug")))

    assert "fixed" in report(lambda a: {**a, "weights": [w * 0 for w in a["weights"]]})
    assert "anew" in report(lambda a: {**a, "weights": [a["weights"][1]] * 4})
    assert "fixed" in report(lambda a: {**a, "weights": [w[:10] for w in a["weights"]]})
    assert {"fixed", "anew", "rest"} <= report(lambda a: {})


def test_what_normal_weights_risk_and_what_is_told_from_them() -> None:
    torch.manual_seed(0)
    for _ in range(50):
        init_bug.verify_xavier(torch.randn(200, 300) * (2 / 500) ** 0.5)
    for other in ((torch.rand(200, 300) - 0.5) * (24 / 500) ** 0.5, torch.randn(200, 300) / 500):
        with pytest.raises(Exception, match="Xavier"):
            init_bug.verify_xavier(other)


def test_both_variances_are_within_the_tolerance() -> None:
    """Divided by the number of elements, or by one less."""
    torch.manual_seed(0)
    for sizes in ((50, 50), (30, 60, 45, 20)):
        X, weights = variances.batch_and_weights(sizes)
        for H in variances.layers(X, weights):
            assert H.var(unbiased=False) == pytest.approx(float(H.var()), rel=5e-4)
