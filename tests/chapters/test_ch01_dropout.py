"""Chapter 1: its solutions pass its checks, wrong code meets the message that was meant for it."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from grader.checks.quiz import Quiz
from grader.checks.registry import chapter_of, get_exercise
from grader.checks.student import LocalStudent
from grader.checks.table import ResultTable
from grader.grading.reference import reference_for
from grader.wire.probe import use_reference

from .conftest import judge_in_chapter

CHAPTER = "01_dropout_from_scratch"
PACKAGE = chapter_of(CHAPTER)
judged = partial(judge_in_chapter, PACKAGE)


def replaced(namespace: dict[str, object], code: str) -> dict[str, object]:
    exec(compile(code, "<cell>", "exec"), namespace)
    return namespace


def test_the_chapter_has_the_quiz_as_the_judge_has_it(chapter) -> None:
    cells = chapter(CHAPTER).cells
    quiz = get_exercise(PACKAGE, "quiz_dropout")
    assert isinstance(quiz, Quiz)
    text = next(c.source for c in cells if "a quiz\n\n**4 points**" in c.source)
    shown = " ".join(text.split())
    for number, question in quiz.questions.items():
        options = " ".join(f"- ({letter}) {o.text}" for letter, o in question.options.items())
        assert f"{number}. {question.text} {options}" in shown
        assert [o.right for o in question.options.values()].count(True) == 1
        assert all(o.why for o in question.options.values() if not o.right)


def test_wrong_quiz_answers_explain_themselves(namespace) -> None:
    quiz = get_exercise(PACKAGE, "quiz_dropout")
    assert isinstance(quiz, Quiz)
    namespace["quiz_dropout"] = {1: "A ", 2: "c", 3: "z", 4: None}
    result = judged(namespace, "quiz_dropout")
    assert [check.passed for check in result.checks] == [False, True] + [False] * 6
    assert result.checks[0].because == quiz.questions[1].options["a"].why
    assert result.earned == pytest.approx(0.5)


def test_a_scale_that_is_forgotten_changes_no_type(solved) -> None:
    wrong = "def dropout_layer(X, dropout): return (torch.rand(X.shape) >= dropout) * X"
    result = judged(replaced(solved(CHAPTER), wrong), "dropout_layer")
    failed = {check.id for check in result.failed}
    assert "scales_survivors" in failed and "keeps_shape_and_type" not in failed


def test_a_part_that_is_wrong_costs_its_own_exercise_only(solved, chapter) -> None:
    wrong = (
        "def dropout_layer(X, dropout): return X\n"
        "def accuracy(y_hat, y): return float((y_hat.argmax(1) == y).sum())\n"
    )
    namespace = replaced(solved(CHAPTER), wrong)
    for name in ("dropout_layer", "accuracy"):
        assert judged(namespace, name).missed, name
    for name in ("Net", "evaluate_accuracy", "train_epoch"):
        alone = judged(namespace, name)
        assert alone.earned < alone.points
        reference = reference_for(chapter(CHAPTER), get_exercise(PACKAGE, name))
        assert reference is not None
        beside = replaced(solved(CHAPTER), wrong)
        use_reference(beside, reference.cells, reference.names)
        result = judged(namespace, name, reference=LocalStudent(beside))
        assert result.earned == result.points, str(ResultTable(result))


def test_the_mask_on_the_cpu_is_caught_without_a_gpu(namespace) -> None:
    replaced(
        namespace,
        "def dropout_layer(X, dropout):\n"
        "    assert 0 <= dropout <= 1\n"
        "    if dropout == 1: return torch.zeros_like(X)\n"
        "    return (torch.rand(X.shape) > dropout).to(X.dtype) * X / (1 - dropout)\n",
    )
    failed = judged(namespace, "dropout_layer").failed
    assert [check.id for check in failed] == ["device"]
    assert "this would fail on a GPU" in failed[0].because


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_the_verdict_without_a_gpu_is_that_of_a_gpu(namespace) -> None:
    X = torch.rand(6, 5, device="cuda")
    for code, right in (
        ("torch.rand(X.shape, device=X.device)", True),
        ("torch.rand_like(X)", True),
        ("torch.rand(X.shape).to(X.device)", True),
        ("torch.rand(X.shape)", False),
    ):
        replaced(
            namespace,
            "def dropout_layer(X, dropout):\n"
            "    assert 0 <= dropout <= 1\n"
            "    if dropout == 1: return torch.zeros_like(X)\n"
            f"    return ({code} > dropout).to(X.dtype) * X / (1 - dropout)\n",
        )
        layer = namespace["dropout_layer"]
        assert callable(layer)
        if right:
            assert layer(X, 0.5).device == X.device
        else:
            with pytest.raises(RuntimeError):
                layer(X, 0.5)
        failed = [check.id for check in judged(namespace, "dropout_layer").failed]
        assert ("device" in failed) is not right
