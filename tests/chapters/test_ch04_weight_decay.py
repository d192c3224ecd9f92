"""Chapter 4: its solutions pass its checks, wrong code meets the message that was meant for it."""

from __future__ import annotations

import pytest
import torch

from grader.authoring.catalogue import Answer, answers_to, reference
from grader.checks import statistics
from grader.checks.judge import judge
from grader.checks.quiz import Quiz
from grader.checks.registry import chapter_of, exercises_of, get_exercise
from grader.checks.regression import Regression, loss, verify_normal
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent
from grader.checks.table import ResultTable
from grader.grading.reference import reference_for
from grader.wire.probe import use_reference

CHAPTER = "04_weight_decay"
PACKAGE = chapter_of(CHAPTER)
EXERCISES = (
    "l2_penalty",
    "find_the_norm_bug",
    "train_scratch",
    "decay_step",
    "train_concise",
    "match_scratch_and_concise",
    "find_the_validation_bug",
    "lambda_path",
    "decoupled_decay",
    "l1_step",
    "quiz_weight_decay",
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
@pytest.mark.parametrize("seed", range(3))
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
        try:
            space = in_chapter(solutions, answer)
        except Exception as error:
            pytest.fail(f"{answer.path} raises {error!r}")
        result = judged(space, name)
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
    assert {*EXERCISES, "why_not_the_bias", "test_set_used_twice"} <= ids


def test_every_exercise_has_three_hints_and_every_check_one() -> None:
    for name, exercise in exercises_of(PACKAGE).items():
        assert len(exercise.hints) == 3 and all(len(hint) > 30 for hint in exercise.hints), name
        if not isinstance(exercise, Quiz):
            assert all(check.hint for check in exercise.checks()), name
            assert any(check.essential for check in exercise.checks()), name


def test_the_quiz_has_one_right_option_each_and_explains_the_others() -> None:
    quiz = get_exercise(PACKAGE, "quiz_weight_decay")
    assert isinstance(quiz, Quiz) and len(quiz.questions) == 10
    letters = []
    for question in quiz.questions.values():
        options = question.options
        letters += [letter for letter, option in options.items() if option.right]
        assert all(len(option.why) > 20 for option in options.values())
    assert len(letters) == 10 and max(letters.count(x) for x in letters) <= 6


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
        found = reference_for(chapter(CHAPTER), get_exercise(PACKAGE, name))
        assert found is not None
        helped = dict(namespace)
        use_reference(helped, found.cells, found.names)
        exec(reference(PACKAGE, name), helped)
        result = judged(namespace, name, reference=LocalStudent(helped))
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
