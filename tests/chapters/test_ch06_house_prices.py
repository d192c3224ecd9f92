"""Chapter 6: its solutions pass its checks, wrong code meets the message that was meant for it."""

from __future__ import annotations

import math

import pytest
import torch

from grader.authoring.catalogue import Answer, answers_to, reference
from grader.checks.judge import judge
from grader.checks.quiz import Quiz
from grader.checks.registry import chapter_of, exercises_of, get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent
from grader.checks.table import ResultTable
from grader.exercises.ch06.adam import Prices, trained, whole
from grader.exercises.ch06.tables import NUMBERS, Houses, frame_of
from grader.grading.reference import reference_for
from grader.wire.probe import use_reference

CHAPTER = "06_house_prices"
PACKAGE = chapter_of(CHAPTER)
EXERCISES = (
    "sha1_of",
    "download",
    "find_the_archive_bugs",
    "extract",
    "find_the_scaling_bugs",
    "preprocess",
    "log_rmse",
    "train",
    "find_the_fold_bugs",
    "get_k_fold_data",
    "k_fold",
    "train_and_pred",
    "quiz_house_prices",
)
ANSWERS = [answer for name in EXERCISES for answer in answers_to(PACKAGE, name)]


@pytest.fixture(scope="module")
def solutions(solved) -> dict[str, object]:
    return solved(CHAPTER)


@pytest.fixture
def namespace(solutions) -> dict[str, object]:
    """A copy of the solved namespace. Its functions go on to call each other as they were."""
    return dict(solutions)


def judged(
    namespace: dict[str, object], name: str, seed: int = 1, reference: LocalStudent | None = None
) -> ExerciseResult:
    return judge(get_exercise(PACKAGE, name), LocalStudent(namespace), seed, reference)


def in_chapter(solutions: dict[str, object], answer: Answer) -> dict[str, object]:
    """A notebook with this answer in its cell, and the reference solutions in the other ones."""
    space: dict[str, object] = {**solutions}
    exec(compile(reference(PACKAGE, answer.exercise), "<reference>", "exec"), space)
    exec(compile(answer.code, answer.path, "exec"), space)
    return space


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("seed", range(2))
def test_solutions_earn_all_points(namespace, name: str, seed: int) -> None:
    result = judged(namespace, name, seed)
    assert result.earned == result.points, str(ResultTable(result))


@pytest.mark.parametrize("answer", [a for a in ANSWERS if a.right], ids=lambda a: a.path)
def test_right_answers_earn_all_points(solutions, answer: Answer) -> None:
    result = judged(in_chapter(solutions, answer), answer.exercise)
    assert result.earned == result.points, str(ResultTable(result))


@pytest.mark.parametrize("name", EXERCISES)
def test_wrong_answers_meet_the_check_that_is_meant_for_them(solutions, name: str) -> None:
    for answer in (a for a in ANSWERS if a.exercise == name and not a.right):
        result = judged(in_chapter(solutions, answer), name)
        named = {check.id: check.message for check in result.failed}
        assert answer.says in named.get(answer.rejected_by, "accepted"), (answer.path, named)


def test_judging_leaves_the_namespace_as_it_was(namespace) -> None:
    before = dict(namespace)
    for name in EXERCISES:
        judged(namespace, name)
    assert namespace == before


def test_the_chapter_has_every_exercise_and_question(chapter) -> None:
    assert set(exercises_of(PACKAGE)) == set(EXERCISES)
    ids = {c.metadata.get("nbgrader", {}).get("grade_id") for c in chapter(CHAPTER).cells}
    assert {*EXERCISES, "what_five_folds_say", "three_leaks"} <= ids


def test_every_exercise_has_three_hints_and_every_check_one() -> None:
    for name, exercise in exercises_of(PACKAGE).items():
        assert len(exercise.hints) == 3 and all(len(hint) > 30 for hint in exercise.hints), name
        if not isinstance(exercise, Quiz):
            assert all(check.hint for check in exercise.checks()), name
            assert any(check.essential for check in exercise.checks()), name


def test_the_quiz_has_one_right_option_each_and_explains_the_others() -> None:
    quiz = get_exercise(PACKAGE, "quiz_house_prices")
    assert isinstance(quiz, Quiz) and len(quiz.questions) == 10
    letters = []
    for question in quiz.questions.values():
        options = question.options
        letters += [letter for letter, option in options.items() if option.right]
        assert all(len(option.why) > 20 for option in options.values())
    assert len(letters) == 10 and max(letters.count(x) for x in letters) <= 6


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
        found = reference_for(chapter(CHAPTER), get_exercise(PACKAGE, name))
        assert found is not None
        helped = dict(namespace)
        use_reference(helped, found.cells, found.names)
        exec(reference(PACKAGE, name), helped)
        result = judged(namespace, name, reference=LocalStudent(helped))
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
