"""Chapter 3: its solutions pass its checks, wrong code meets the message that was meant for it."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from grader.authoring.catalogue import Answer, answers_to, reference
from grader.checks.data_frames import spread
from grader.checks.judge import judge
from grader.checks.quiz import Quiz
from grader.checks.registry import chapter_of, exercises_of, get_exercise
from grader.checks.results import ExerciseResult
from grader.checks.student import LocalStudent
from grader.checks.table import ResultTable
from grader.checks.training_runs import APART, RunProblem, Wired
from grader.exercises.ch03.intervals import Contest, half_width
from grader.grading.reference import reference_for
from grader.wire.probe import use_reference

CHAPTER = "03_dropout_experiments"
PACKAGE = chapter_of(CHAPTER)
EXERCISES = (
    "run_config",
    "sweep",
    "generalisation_gap",
    "mean_interval",
    "rank_configs",
    "plot_sweep",
    "read_claim",
    "quiz_experiments",
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
        result = judged(in_chapter(solutions, answer), name)
        named = {check.id: check.message for check in result.failed}
        assert answer.says in named.get(answer.rejected_by, "accepted"), (answer.path, named)


def test_the_chapter_has_every_exercise_and_question(chapter) -> None:
    assert set(exercises_of(PACKAGE)) == set(EXERCISES)
    ids = {c.metadata.get("nbgrader", {}).get("grade_id") for c in chapter(CHAPTER).cells}
    assert {*EXERCISES, "what_the_data_support", "plan_an_experiment"} <= ids


def test_every_exercise_has_three_hints_and_every_check_one() -> None:
    for name, exercise in exercises_of(PACKAGE).items():
        assert len(exercise.hints) == 3 and all(len(hint) > 30 for hint in exercise.hints), name
        if not isinstance(exercise, Quiz):
            assert all(check.hint for check in exercise.checks()), name
            assert any(check.essential for check in exercise.checks()), name


def test_the_quiz_has_thirteen_questions_with_one_right_option_each() -> None:
    quiz = get_exercise(PACKAGE, "quiz_experiments")
    assert isinstance(quiz, Quiz) and len(quiz.questions) == 13
    letters = []
    for question in quiz.questions.values():
        letters += [letter for letter, option in question.options.items() if option.right]
        assert all(len(option.why) > 20 for option in question.options.values())
    assert len(letters) == 13 and max(letters.count(x) for x in letters) <= 7


@pytest.mark.parametrize("name", ["rank_configs", "read_claim"])
def test_a_wrong_interval_costs_its_own_exercise_only(namespace, chapter, name: str) -> None:
    exec("def mean_interval(values): return max(values), 0.0", namespace)
    assert judged(namespace, "mean_interval").earned < 1
    exec(reference(PACKAGE, name), namespace)
    assert judged(namespace, name).earned < get_exercise(PACKAGE, name).points
    found = reference_for(chapter(CHAPTER), get_exercise(PACKAGE, name))
    assert found is not None
    helped = dict(namespace)
    use_reference(helped, found.cells, found.names)
    exec(reference(PACKAGE, name), helped)
    result = judged(namespace, name, reference=LocalStudent(helped))
    assert result.earned == result.points, str(ResultTable(result))


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
