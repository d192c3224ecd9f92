"""The page of mistakes is the same in every run, whatever a run calls its folders and draws."""

from __future__ import annotations

from grader.authoring.catalogue import Answer
from grader.checks.results import CheckResult, ExerciseResult
from tests.prove.judging import Verdict
from tests.prove.mistakes import differences, mistakes_page

ANSWER = Answer("ch10", "checkpoint", "file expected", "", False, "nothing", "x")


def page(seen: str) -> str:
    failed = CheckResult("nothing", "without a file it is 0", 1, False, seen=seen)
    return mistakes_page(
        [ANSWER], {ANSWER.path: Verdict(ExerciseResult("checkpoint", 5, (failed,)))}
    )


def test_no_folder_of_a_run_is_on_the_page():
    folders = ("/tmp/tmpi3px3w4k", "/tmp/tmp_x3_9ab/tmpqu_0", "/tmp/tmpab/tmp_cd", "/var/T/tmpx_1")
    pages = {page(f"No such file or directory: '{folder}/none.pt'") for folder in folders}
    assert len(pages) == 1
    assert "'/tmp/…/none.pt'" in pages.pop()


def test_numbers_may_differ_and_words_may_not():
    assert differences(page("-1.5 at [0, 2]"), page("3e-05 at [1, 0]")) == []
    assert len(differences(page("1.5 came back"), page("1.5 came out"))) == 4
