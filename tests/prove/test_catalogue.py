"""The fast part of the proof: every answer of the catalogue, judged once, in this process."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from grader.checks.exercise import all_exercises
from tests.prove.catalogue import MIN_RIGHT, MIN_WRONG, Answer, read_catalogue
from tests.prove.judging import Verdict, faults, judge_here, seed_of
from tests.prove.mistakes import PAGE, mistakes_page, same_words
from tests.prove.setting import settings

CATALOGUE = read_catalogue()


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Small tensors, many of them: a second thread costs more than it brings."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    """What was judged by the test of each answer, for the page that is made of it."""
    return {}


@pytest.mark.parametrize("answer", CATALOGUE, ids=[answer.path for answer in CATALOGUE])
def test_each_answer_meets_its_check(answer: Answer, verdicts: dict[str, Verdict]):
    verdict = judge_here(settings()[answer.exercise], answer.code, seed_of(answer.path))
    verdicts[answer.path] = verdict
    assert faults(answer, verdict) == []


def test_the_page_of_mistakes_is_up_to_date(verdicts: dict[str, Verdict]):
    wrong = [answer for answer in CATALOGUE if not answer.right]
    for answer in wrong:
        if answer.path not in verdicts:
            setting = settings()[answer.exercise]
            verdicts[answer.path] = judge_here(setting, answer.code, seed_of(answer.path))
    page = mistakes_page(wrong, verdicts)
    assert same_words(PAGE.read_text(encoding="utf-8"), page), (
        "run `python -m tests.prove --write-mistakes` and read what has changed"
    )


@pytest.mark.parametrize("name", list(all_exercises()))
def test_each_exercise_has_enough_answers(name: str):
    count = Counter(answer.right for answer in CATALOGUE if answer.exercise == name)
    assert count[True] >= MIN_RIGHT and count[False] >= MIN_WRONG
    if name == "dropout_layer":
        assert count[True] >= 10 and count[False] >= 25


@pytest.mark.parametrize("name", list(all_exercises()))
def test_each_check_can_fail(name: str):
    titles = {check.title for check in all_exercises()[name].checks()}
    named = {answer.rejected_by for answer in CATALOGUE if answer.exercise == name}
    assert titles - named == set(), "no wrong answer is rejected by these"


def test_no_two_answers_are_the_same():
    codes = Counter(answer.code.partition("\n# rejected by")[0].strip() for answer in CATALOGUE)
    assert [code for code, times in codes.items() if times > 1] == []
    bodies = Counter(
        (answer.exercise, answer.code if answer.right else answer.code.partition("\n")[2])
        for answer in CATALOGUE
    )
    assert [body for body, times in bodies.items() if times > 1] == []


def test_messages_show_nothing_of_ours(verdicts: dict[str, Verdict]):
    """No traceback, no path, no solution: a message is for a student."""
    for path, verdict in verdicts.items():
        for check in verdict.result.failed:
            for word in ("Traceback", "site-packages", "grader/", "<probe>", "### BEGIN"):
                assert word not in check.message, f"{path}: {check.message}"
