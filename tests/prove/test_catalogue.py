"""The fast part of the proof: every answer of the catalogue, judged once, in this process."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from grader.authoring.catalogue import Answer
from grader.checks.registry import get_exercise
from tests.prove.catalogue import MIN_RIGHT, MIN_WRONG, all_answers
from tests.prove.hidden_alone import listed_answers, problem_with
from tests.prove.judging import Verdict, faults
from tests.prove.mistakes import PAGE, differences, mistakes_page
from tests.prove.points import kept
from tests.prove.proof import judge_answer
from tests.prove.setting import settings

ANSWERS = all_answers()
PLACES = list(settings())


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


@pytest.mark.parametrize("answer", ANSWERS, ids=[answer.path for answer in ANSWERS])
def test_each_answer_meets_its_check(answer: Answer, verdicts: dict[str, Verdict]):
    verdict = judge_answer(answer)
    verdicts[answer.path] = verdict
    assert faults(answer, verdict) == []
    assert answer.right or kept(answer, verdict.result).problem == ""
    assert answer.right or problem_with(answer, verdict.result, listed_answers()) == ""


def test_what_is_listed_is_in_the_catalogue():
    assert set(listed_answers()) <= {answer.path for answer in ANSWERS if not answer.right}


def test_the_page_of_mistakes_is_up_to_date(verdicts: dict[str, Verdict]):
    wrong = [answer for answer in ANSWERS if not answer.right]
    for answer in wrong:
        if answer.path not in verdicts:
            verdicts[answer.path] = judge_answer(answer)
    page = mistakes_page(wrong, verdicts)
    assert differences(PAGE.read_text(encoding="utf-8"), page) == [], (
        "run `python -m tests.prove --write-mistakes` and read what has changed"
    )


@pytest.mark.parametrize("place", PLACES, ids="/".join)
def test_each_exercise_has_enough_answers(place: tuple[str, str]):
    count = Counter(answer.right for answer in ANSWERS if answer.place == place)
    assert count[True] >= MIN_RIGHT and count[False] >= MIN_WRONG
    if place == ("ch01", "dropout_layer"):
        assert count[True] >= 10 and count[False] >= 25


@pytest.mark.parametrize("place", PLACES, ids="/".join)
def test_each_check_can_fail(place: tuple[str, str]):
    ids = {check.id for check in get_exercise(*place).checks()}
    named = {answer.rejected_by for answer in ANSWERS if answer.place == place}
    assert ids - named == set(), "no wrong answer is rejected by these"


def test_no_two_answers_are_the_same():
    # A mistake may be declared by two checks, each of which must reject it.
    codes = Counter((answer.place, answer.rejected_by, answer.code.strip()) for answer in ANSWERS)
    assert [code for code, times in codes.items() if times > 1] == []


def test_messages_show_nothing_of_ours(verdicts: dict[str, Verdict]):
    """No traceback, no path, no solution: a message is for a student."""
    for path, verdict in verdicts.items():
        for check in verdict.result.failed:
            for word in ("Traceback", "site-packages", "grader/", "<probe>", "### BEGIN"):
                assert word not in check.message, f"{path}: {check.message}"
