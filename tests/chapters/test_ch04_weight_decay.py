"""Chapter 4: its solutions pass its checks, wrong code meets the message that was meant for it."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from grader.authoring.catalogue import reference
from grader.checks import statistics
from grader.checks.registry import chapter_of
from grader.checks.regression import Regression, loss, verify_normal
from grader.checks.table import ResultTable

from .conftest import judge_beside_reference, judge_in_chapter

CHAPTER = "04_weight_decay"
PACKAGE = chapter_of(CHAPTER)
judged = partial(judge_in_chapter, PACKAGE)


def test_a_part_that_is_wrong_costs_its_own_exercise_only(namespace, chapter) -> None:
    wrong = (
        "def l2_penalty(w): return (w**2).sum()\n"
        "def train_scratch(lambd, params=None, *rest, **more): return (*params, [])\n"
        "def fixed_validation_loss(*inputs): return 0.0\n"
    )
    exec(wrong, namespace)
    exec(reference(PACKAGE, "lambda_path"), namespace)
    assert judged(namespace, "l2_penalty").earned <= 1
    for name, alone in (("lambda_path", 2.5), ("train_scratch", 3)):
        if name == "train_scratch":
            exec(reference(PACKAGE, name), namespace)
        assert judged(namespace, name).earned <= alone
        result = judge_beside_reference(PACKAGE, chapter(CHAPTER), namespace, name)
        assert result.earned == result.points, str(ResultTable(result))


def test_a_regression_is_computed_as_torch_computes_it() -> None:
    torch.manual_seed(0)
    problem = Regression((5, 5, 2))
    w, b = (p.double().requires_grad_(True) for p in problem.start)
    updater = torch.optim.SGD([{"params": [w], "weight_decay": 1.5}, {"params": [b]}], lr=0.02)
    for _ in range(5):
        for X, y in problem.train:
            updater.zero_grad()
            ((X.double() @ w + b - y) ** 2).mean().div(2).backward()
            updater.step()
    fit = problem.fit(5, 1.5)
    torch.testing.assert_close(fit.parameters, [w.detach(), b.detach()])
    assert fit.curve == [
        (5, loss(fit.w, fit.b, problem.train), loss(fit.w, fit.b, problem.test)),
    ]


def test_the_bound_on_normal_draws_holds_and_tells_other_draws() -> None:
    torch.manual_seed(0)
    with statistics.ledger() as booked:
        for _ in range(500):
            verify_normal(torch.randn(200), "weights")
    assert {entry.error for entry in booked} == {statistics.ERROR}
    for other in (torch.zeros(200), 0.01 * torch.randn(200), (torch.rand(200) - 0.5) * 0.14):
        with pytest.raises(Exception, match="mean"):
            verify_normal(other, "weights")
