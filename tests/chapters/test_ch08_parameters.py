"""Chapter 8: its solutions pass its checks, answers are judged as labelled, claims earn nothing."""

from __future__ import annotations

import pytest
import torch

from grader.authoring.catalogue import Answer, answers_to
from grader.authoring.chapter import quizzes_in
from grader.checks.judge import judge
from grader.checks.registry import chapter_of, get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent
from grader.checks.table import ResultTable
from grader.exercises.ch08.tied import Tied

from .conftest import CHAPTERS

CHAPTER = "08_parameters"
PACKAGE = chapter_of(CHAPTER)
EXERCISES = (
    "parameter_shapes",
    "count_parameters",
    "get_by_name",
    "rgnet",
    "init_normal",
    "init_constant",
    "init_xavier",
    "my_init",
    "find_the_hidden_state",
    "tie",
    "materialise_lazy",
    "quiz_parameters",
)
ANSWERS = [answer for name in EXERCISES for answer in answers_to(PACKAGE, name)]


@pytest.fixture(scope="module")
def solutions(solved) -> dict[str, object]:
    return solved(CHAPTER)


@pytest.fixture
def namespace(solutions) -> dict[str, object]:
    return dict(solutions)


def judged(namespace: dict[str, object], name: str, seed: int = 1) -> ExerciseResult:
    torch.manual_seed(seed)
    return judge(get_exercise(PACKAGE, name), LocalStudent(namespace), seed)


def failed(result: ExerciseResult) -> set[str]:
    return {entry.id for entry in result.failed}


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("seed", range(3))
def test_solutions_earn_all_points(namespace, name: str, seed: int) -> None:
    result = judged(namespace, name, seed)
    assert result.earned == result.points, str(ResultTable(result))


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.path)
def test_answers_are_judged_as_labelled(namespace, answer: Answer) -> None:
    """A light form of `make prove`, once each. (Words of a message may depend on what is drawn.)"""
    exec(compile(answer.code, answer.path, "exec"), namespace)
    result = judged(namespace, answer.exercise)
    if answer.right:
        assert result.earned == result.points, str(ResultTable(result))
    else:
        assert answer.rejected_by in failed(result), str(ResultTable(result))


def test_judging_leaves_the_namespace_as_it_was(namespace) -> None:
    before = dict(namespace)
    for name in EXERCISES:
        judged(namespace, name)
    assert namespace == before


def test_the_chapter_has_every_exercise_with_three_hints(chapter) -> None:
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in chapter(CHAPTER).cells}
    assert {*EXERCISES, "why_alike", "constants_and_symmetry"} <= ids
    for name in EXERCISES:
        assert len(get_exercise(PACKAGE, name).hints) == 3


def test_the_quiz_has_no_favourite_letter() -> None:
    (quiz,) = quizzes_in(CHAPTERS / f"{CHAPTER}.py")
    key = [
        letter
        for question in quiz.questions.values()
        for letter, option in question.options.items()
        if option.right
    ]
    assert len(key) == 10 and max(key.count(letter) for letter in key) <= 4


# What a student's code says of itself


CLAIMS = {
    # The number that an equal, untied network would have to have, and no tie.
    "a count": (
        "tie",
        "trained",
        """
def tie(net, first, second):
    net[second].load_state_dict(net[first].state_dict())
    every = list(net.parameters())
    fewer = [p for p in every if all(p is not q for q in net[second].parameters())]
    net.parameters = lambda recurse=True: iter(fewer)
""",
    ),
    # A network that says it is in train mode.
    "a mode": (
        "materialise_lazy",
        "mode",
        """
def materialise_lazy(net, X, init):
    mode = net.training
    net.eval()
    with torch.no_grad():
        net(X)
    net.training = mode
    return net.apply(init)
""",
    ),
    # A subclass of Tensor that looks like the parameter and is another one.
    "a parameter": (
        "get_by_name",
        "itself",
        """
def get_by_name(net, name):
    named = dict(net.named_parameters(remove_duplicate=False)) | dict(net.named_buffers())
    return nn.Parameter(named[name].detach().clone())
""",
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_earn_nothing(namespace, name: str) -> None:
    exercise, check, code = CLAIMS[name]
    exec(compile(code, "<cell>", "exec"), namespace)
    assert check in failed(judged(namespace, exercise))


@pytest.mark.parametrize("seed", range(5))
def test_tied_and_equal_layers_are_told_apart(seed: int) -> None:
    """After the judge's few steps, equal and tied layers are further apart than any tolerance."""
    torch.manual_seed(seed)
    problem = Tied.drawn()
    tied, equal = problem.trained(), problem.trained(one=False)
    assert max(float((a - b).abs().max()) for a, b in zip(tied, equal, strict=True)) > 0.01
