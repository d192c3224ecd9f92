"""Chapter 3: its solutions pass its checks, wrong code meets the message that was meant for it."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from torch import nn

from grader.authoring.catalogue import answers_to, reference
from grader.checks.data_frames import spread
from grader.checks.registry import chapter_of, get_exercise
from grader.checks.table import ResultTable
from grader.checks.training_runs import APART, RunProblem, Wired
from grader.exercises.ch03.intervals import Contest, half_width

from .conftest import failed, judge_beside_reference, judge_in_chapter

CHAPTER = "03_dropout_experiments"
PACKAGE = chapter_of(CHAPTER)
judged = partial(judge_in_chapter, PACKAGE)


@pytest.mark.parametrize("name", ["rank_configs", "read_claim"])
def test_a_wrong_interval_costs_its_own_exercise_only(namespace, chapter, name: str) -> None:
    exec("def mean_interval(values): return max(values), 0.0", namespace)
    assert judged(namespace, "mean_interval").earned < 1
    exec(reference(PACKAGE, name), namespace)
    assert judged(namespace, name).earned < get_exercise(PACKAGE, name).points
    result = judge_beside_reference(PACKAGE, chapter(CHAPTER), namespace, name)
    assert result.earned == result.points, str(ResultTable(result))


def test_a_number_that_is_taken_in_another_way_costs_its_own_check(namespace) -> None:
    answers = {answer.name: answer.code for answer in answers_to(PACKAGE, "run_config")}
    for name, check in (
        ("mean_of_batch_means", "training"),
        ("mean_over_all_epochs", "training"),
        ("tensors_in_the_record", "record"),
    ):
        exec(answers[name], namespace)
        assert failed(judged(namespace, "run_config")) == {check}, name


def test_a_run_is_computed_as_torch_computes_it() -> None:
    torch.manual_seed(2)
    problem = RunProblem()
    net = Wired(problem.start, problem.shift, 0.0)
    updater = torch.optim.SGD(net.parameters(), lr=problem.lr)
    for epoch in range(problem.epochs):
        losses = []
        for X, y in problem.train:
            loss = nn.functional.cross_entropy(net.train()(X), y, reduction="none")
            updater.zero_grad()
            loss.mean().backward()
            updater.step()
            losses.append(loss.detach())
        assert torch.cat(losses).mean().item() == pytest.approx(
            problem.passes[epoch].loss, rel=1e-3
        )
    hits = sum(int((net.eval()(X).argmax(1) == y).sum()) for X, y in problem.test)
    assert hits / sum(len(y) for _, y in problem.test) == pytest.approx(
        problem.accuracy(problem.test)
    )


@pytest.mark.parametrize("seed", range(4))
def test_every_way_to_measure_gives_another_accuracy(seed: int) -> None:
    torch.manual_seed(seed)
    problem = RunProblem()
    for right, mistakes in (
        (problem.accuracy(problem.test), problem.test_mistakes()),
        (problem.accuracy(problem.train), problem.eval_mistakes()),
        (problem.running(), problem.running_mistakes()),
    ):
        assert all(abs(right - wrong) > APART for wrong in mistakes.values())


@pytest.mark.parametrize("seed", range(10))
def test_no_tie_is_so_close_that_rounding_decides(seed: int) -> None:
    torch.manual_seed(seed)
    contest = Contest()
    top = max(contest.means)
    best = contest.half_widths[contest.means.index(top)]
    for mean, own in zip(contest.means, contest.half_widths, strict=True):
        allowed = (best**2 + own**2) ** 0.5
        assert abs((top - mean) / allowed - 1) > 0.05
    values = spread(5, 0.8, 0.01)
    assert half_width(values) == pytest.approx(2.776 * 0.01 / 5**0.5)
