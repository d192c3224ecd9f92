"""What holds for every chapter: solutions that earn all points, hints, a quiz without a favourite letter.

That the answers of the catalogue are judge_in_chapter as labelled is tested in `tests/prove/test_catalogue.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import pytest

from grader.checks.quiz import Quiz
from grader.checks.registry import chapter_of, exercises_of
from grader.checks.table import ResultTable
from grader.sandbox.definitions import only_defines

from .conftest import CHAPTERS, judge_in_chapter


@dataclass(frozen=True)
class Expected:
    """What a chapter has.

    written: its written answers. questions: of its quiz. favourite: how often one letter may be right.
    hint, why: the least number of characters of a hint, and of what is said of an option. seeds: how often
    its solutions are judge_in_chapter. working: how many cells between its checks do more than define, when graded.
    """

    exercises: tuple[str, ...]
    written: tuple[str, ...]
    questions: int
    favourite: int
    hint: int = 0
    why: int = 0
    seeds: int = 3
    working: int = 0


EXPECTED = {
    "01_dropout_from_scratch": Expected(
        (
            "dropout_moments",
            "dropout_layer",
            "find_the_randn_bug",
            "Net",
            "accuracy",
            "evaluate_accuracy",
            "train_epoch",
            "train_net",
            "quiz_dropout",
        ),
        ("why_scale", "own_flag", "train_loss_says_little"),
        questions=8,
        favourite=4,
        hint=41,
    ),
    "02_dropout_concise": Expected(
        (
            "build_net",
            "init_weights",
            "SimpleMLP",
            "find_the_functional_bug",
            "same_as_scratch",
            "mc_dropout_predict",
            "quiz_concise",
        ),
        ("half_switched", "what_the_test_says", "co_adaptation"),
        questions=12,
        favourite=5,
        why=1,
    ),
    "03_dropout_experiments": Expected(
        (
            "run_config",
            "sweep",
            "generalisation_gap",
            "mean_interval",
            "rank_configs",
            "plot_sweep",
            "read_claim",
            "quiz_experiments",
        ),
        ("what_the_data_support", "plan_an_experiment"),
        questions=13,
        favourite=7,
        hint=31,
        why=21,
        working=2,
    ),
    "04_weight_decay": Expected(
        (
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
        ),
        ("why_not_the_bias", "test_set_used_twice"),
        questions=10,
        favourite=6,
        hint=31,
        why=21,
        working=1,
    ),
    "05_numerical_stability": Expected(
        (
            "backward_by_hand",
            "kept_for_backward",
            "sigmoid_grad",
            "product_of_matrices",
            "is_symmetric",
            "xavier_std",
            "xavier_uniform_bound",
            "he_std",
            "find_the_init_bug",
            "activation_stats",
            "clip_by_norm",
            "quiz_stability",
        ),
        ("all_the_same", "from_above"),
        questions=10,
        favourite=5,
        hint=11,
        why=16,
        seeds=5,
        working=1,
    ),
    "06_house_prices": Expected(
        (
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
        ),
        ("what_five_folds_say", "three_leaks"),
        questions=10,
        favourite=6,
        hint=31,
        why=21,
        seeds=2,
    ),
    "07_layers_and_blocks": Expected(
        (
            "MLP",
            "MySequential",
            "FixedHiddenMLP",
            "find_the_endless_loop",
            "NestMLP",
            "chimera",
            "parallel_block",
            "repeat_block",
            "quiz_blocks",
        ),
        ("half_a_network", "class_or_sequential"),
        questions=10,
        favourite=4,
    ),
    "08_parameters": Expected(
        (
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
        ),
        ("why_alike", "constants_and_symmetry"),
        questions=10,
        favourite=4,
        working=1,
    ),
    "09_custom_layers": Expected(
        (
            "CenteredLayer",
            "MyLinear",
            "find_the_data_bug",
            "Bilinear",
            "HalfSpectrum",
            "DropoutLayer",
            "quiz_layers",
        ),
        ("zero_or_nearly", "right_outputs"),
        questions=10,
        favourite=4,
        hint=41,
        why=16,
    ),
    "10_saving_and_loading": Expected(
        (
            "save_tensors",
            "load_tensors",
            "is_safe_to_load",
            "save_model",
            "load_model",
            "find_the_best_bug",
            "partial_load",
            "atomic_save",
            "checkpoint",
            "quiz_saving",
        ),
        ("file_from_a_stranger", "what_and_when"),
        questions=10,
        favourite=4,
        hint=31,
        why=16,
        working=2,
    ),
    "11_devices": Expected(
        (
            "try_device",
            "move_batch",
            "same_device",
            "find_the_device_bugs",
            "timed",
            "train_anywhere",
            "MySequential",
            "MyLinear",
            "DropoutLayer",
            "init_xavier",
            "make_net",
            "checkpoint",
            "capstone",
            "quiz_devices",
        ),
        ("is_the_gpu_faster", "what_is_in_a_checkpoint"),
        questions=10,
        favourite=4,
        hint=31,
        why=21,
        working=1,
    ),
}
RUNS = [
    (name, exercise, seed)
    for name, expected in EXPECTED.items()
    for exercise in expected.exercises
    for seed in range(expected.seeds)
]
each_chapter = pytest.mark.parametrize("name", EXPECTED)


@pytest.fixture(scope="module")
def solutions(solved):
    """The namespace of a chapter, solved once for all its tests here."""
    return cache(solved)


def test_every_chapter_is_here() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in CHAPTERS.glob("*.py"))


@pytest.mark.parametrize(("name", "exercise", "seed"), RUNS)
def test_solutions_earn_all_points(solutions, name: str, exercise: str, seed: int) -> None:
    result = judge_in_chapter(chapter_of(name), dict(solutions(name)), exercise, seed)
    assert result.earned == result.points, str(ResultTable(result))


@each_chapter
def test_judging_leaves_the_namespace_as_it_was(solutions, name: str) -> None:
    namespace = dict(solutions(name))
    before = dict(namespace)
    for exercise in EXPECTED[name].exercises:
        judge_in_chapter(chapter_of(name), namespace, exercise)
    assert namespace == before


@each_chapter
def test_the_first_cell_imports_little_and_ends_alike(chapter, name: str) -> None:
    """A line an import, the course last; what a single cell draws with, that cell imports."""
    first = next(cell.source for cell in chapter(name).cells if cell.cell_type == "code")
    imports, start, rest = first.partition(f"\n\ncheck, hint = chapter({int(name[:2])})")
    lines = [line for line in imports.splitlines() if line]
    assert start and "import" not in rest and len(lines) <= 20
    assert all(line.startswith(("import ", "from ")) and "(" not in line for line in lines)
    course = lines.index("from grader import chapter")
    assert all(line.startswith("from lab") for line in lines[course + 1 :])
    drawn_with = {"FASHION_CLASSES", "show_images", "show_mask", "slider", "plot_history"}
    assert not drawn_with.intersection(re.findall(r"\w+", imports))


@each_chapter
def test_the_text_has_every_exercise_and_written_answer(chapter, name: str) -> None:
    expected = EXPECTED[name]
    assert set(exercises_of(chapter_of(name))) == set(expected.exercises)
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in chapter(name).cells}
    assert {*expected.exercises, *expected.written} <= ids


@each_chapter
def test_every_exercise_has_three_hints_and_every_check_one(name: str) -> None:
    for exercise in exercises_of(chapter_of(name)).values():
        hints = exercise.hints
        assert len(hints) == 3 and min(map(len, hints)) >= EXPECTED[name].hint, exercise.name
        if not isinstance(exercise, Quiz):
            assert all(check.hint for check in exercise.checks()), exercise.name
            assert any(check.essential for check in exercise.checks()), exercise.name


@each_chapter
def test_the_quiz_has_one_right_option_each_and_no_favourite_letter(name: str) -> None:
    expected = EXPECTED[name]
    (quiz,) = (e for e in exercises_of(chapter_of(name)).values() if isinstance(e, Quiz))
    options = [question.options for question in quiz.questions.values()]
    key = [letter for of in options for letter, option in of.items() if option.right]
    assert len(options) == len(key) == expected.questions
    assert all([o.right for o in of.values()].count(True) == 1 for of in options)
    assert max(key.count(letter) for letter in key) <= expected.favourite
    assert min(len(option.why) for of in options for option in of.values()) >= expected.why


@each_chapter
def test_exercises_share_a_copy_where_they_can(chapter, name: str) -> None:
    """A cell that does more than define ends it (`only_defines`), and costs a fork: what only shows is a demo."""
    cells = [cell for cell in chapter(name).cells if cell.cell_type == "code"]
    checks = [i for i, cell in enumerate(cells) if cell.metadata.get("nbgrader", {}).get("locked")]
    run = [
        cell
        for i, cell in enumerate(cells[: checks[-1]])
        if i > checks[0] and i not in checks and "demo" not in cell.metadata.get("tags", [])
    ]
    assert sum(not only_defines(cell.source) for cell in run) == EXPECTED[name].working
