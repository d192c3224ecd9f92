"""The command line as an instructor meets it: results, exit codes, and one sentence for an error."""

import json
import shutil

import pytest

from .conftest import NAME, ROOT


def test_json_of_one_student(chapter_course, own_grades, command, tmp_path):
    done = command(
        chapter_course.root,
        *("grader", "autograde", NAME, "--student", "sc*", "--json", str(tmp_path / "all.json")),
    )
    assert done.returncode == 0, done.stderr
    (record,) = json.loads((tmp_path / "all.json").read_text())
    earned = {f"check_{e['exercise']}": e["earned"] for e in record["exercises"]}
    assert record["student"] == "scale"
    assert earned == {k: v for k, v in own_grades["scale"].items() if k.startswith("check_")}


def test_feedback_writes_a_page_for_each_student(chapter_course, own_grades, command):
    done = command(chapter_course.root, "grader", "feedback", NAME)
    assert done.returncode == 0, done.stdout + done.stderr
    for student in own_grades:
        page = chapter_course.notebook("feedback", NAME, student).with_suffix(".html")
        assert "dropout_layer" in page.read_text()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("autograde", "02_nothing"), "There is no assignment called '02_nothing'"),
        (("autograde", NAME, "--student", "nobody"), "There are no submissions of"),
        (("feedback", "02_nothing"), "There is no assignment called '02_nothing'"),
        (("autograde", NAME, "--course", "/"), "is not inside a course folder"),
        (("demo", "--folder", "chapters"), "is not empty and no earlier demo made it"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(chapter_course, command, words, sentence):
    done = command(chapter_course.root, "grader", *words)
    assert done.returncode == 2
    assert sentence in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_data_folder_that_is_none_is_one_sentence(chapter_course, command):
    done = command(chapter_course.root, "grader", "autograde", NAME, COURSE_DATA="/no/such")
    assert done.returncode == 2 and "COURSE_DATA is '/no/such'" in done.stderr


def test_without_bubblewrap_it_refuses_and_says_what_to_install(chapter_course, command, tmp_path):
    before = (chapter_course.root / "gradebook.db").read_bytes()
    done = command(chapter_course.root, "grader", "autograde", NAME, "--force", PATH=str(tmp_path))
    assert done.returncode == 2
    assert "bubblewrap" in done.stderr and "--sandbox none" in done.stderr
    assert (chapter_course.root / "gradebook.db").read_bytes() == before


def test_sandbox_none_is_loud_and_gives_the_same_grade(chapter_course, own_grades, command):
    done = command(
        chapter_course.root, "grader", "autograde", NAME, "--student", "flag", "--sandbox", "none"
    )
    assert done.returncode == 0 and "WARNING: no sandbox" in done.stderr
    assert f"{own_grades['flag']['check_Net']:.4g}" in done.stdout


def test_the_demo_shows_the_whole_road(command, tmp_path):
    done = command(ROOT, "grader", "demo", "--folder", str(tmp_path / "demo"))
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("all_right: everything right", "the scale is missing", "this is how many are"):
        assert words in done.stdout, done.stdout
    assert len(list((tmp_path / "demo" / "feedback").glob("*/*/*.html"))) == 8
    assert (tmp_path / "demo" / "gradebook.db").is_file()
    shutil.rmtree(tmp_path / "demo")
