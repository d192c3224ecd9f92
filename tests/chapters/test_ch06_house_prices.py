"""Chapter 6: its solutions pass its checks, wrong code meets the message that was meant for it."""

from __future__ import annotations

import math
from functools import partial

import pytest
import torch

from grader.authoring.catalogue import reference
from grader.checks.registry import chapter_of, get_exercise
from grader.checks.table import ResultTable
from grader.exercises.ch06.adam import Prices, trained, whole
from grader.exercises.ch06.tables import NUMBERS, Houses, frame_of

from .conftest import judge_beside_reference, judge_in_chapter

CHAPTER = "06_house_prices"
PACKAGE = chapter_of(CHAPTER)
judged = partial(judge_in_chapter, PACKAGE)


def test_a_part_that_is_wrong_costs_its_own_exercise_only(namespace, chapter) -> None:
    exec(
        "def sha1_of(path): return 'none'\n"
        "def folder_of(archive): return archive + '-unpacked'\n"
        "def get_k_fold_data(k, i, X, y): return X, y, X, y\n"
        "def train(net, *rest): return [0.0], [0.0]\n",
        namespace,
    )
    for name in ("download", "extract", "k_fold", "train_and_pred"):
        exec(reference(PACKAGE, name), namespace)
        assert judged(namespace, name).earned < get_exercise(PACKAGE, name).points
        result = judge_beside_reference(PACKAGE, chapter(CHAPTER), namespace, name)
        assert result.earned == result.points, str(ResultTable(result))


@pytest.mark.parametrize("wd", [0.0, 1.5])
def test_the_judges_adam_is_torchs(wd: float) -> None:
    torch.manual_seed(0)
    problem = Prices(12)
    w, b = (p.double().requires_grad_(True) for p in problem.start)
    updater = torch.optim.Adam([w, b], lr=problem.lr, weight_decay=wd)
    X, y = problem.X.double(), problem.y.double()
    batches = [[[0, 5, 7], [1, 2]], [[3, 4, 6, 8], [9, 10, 11]]]
    for rows in (rows for steps in batches for rows in steps):
        updater.zero_grad()
        ((X[rows] @ w + b - y[rows]) ** 2).mean().backward()
        updater.step()
    fit = trained(problem.start, problem.X, problem.y, batches, problem.lr, wd)
    torch.testing.assert_close([fit.w, fit.b], [w.detach(), b.detach()])
    assert fit.score(problem.X, problem.y) == pytest.approx(
        ((X @ w + b - y) ** 2).mean().sqrt().item()
    )
    assert whole(3, 2) == [[[0, 1, 2]], [[0, 1, 2]]]


@pytest.mark.parametrize("kind", ["", "object", "string"])
def test_the_solution_agrees_with_the_judge_for_every_type_of_text(solutions, kind: str) -> None:
    """pandas 2 has words as `object`, pandas 3 as a type for text."""
    torch.manual_seed(1)
    houses = Houses.drawn()
    train, test = frame_of(houses.train, kind), frame_of(houses.test, kind)
    X, Z, y = solutions["preprocess"](train, test)
    assert X.shape == (9, 4 + len(houses.words)) and Z.shape[1] == X.shape[1] and y.shape == (9, 1)
    for name in NUMBERS:
        numbers, _ = houses.numbers(name)
        known = numbers[~numbers.isnan()]
        scaled = ((numbers - known.mean()) / known.std()).nan_to_num(0.0)
        assert any(torch.allclose(c.double(), scaled, atol=1e-4) for c in X.unbind(1)), name
    assert not math.isnan(X.sum().item())
