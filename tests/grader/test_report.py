"""What an instructor sees of a run: 80 columns, failures at once, JSON before the screen."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from grader import screen
from grader.checks.results import SubmissionResult
from grader.errors import CourseError
from grader.grading.class_report import Report
from grader.grading.outcome import Failure
from grader.grading.plan import Plan
from grader.grading.release import read_release
from grader.grading.report import print_grades
from tests.grader.graded import NAME, judged

NAMES = ("a" * 200, "张三" * 60, "ada")


@pytest.fixture
def report(built_course, tmp_path):
    plan = Plan(["ada", "bea", "cem"], fingerprints=None, unchanged={"dan": judged("dan", 1.0)})
    return Report(read_release(built_course, NAME), plan, tmp_path / "all.json")


def _console():
    return Console(file=StringIO(), width=80)


@pytest.mark.parametrize("exercises", [2, 9, 12, 40])
def test_a_table_fits_80_columns_and_cuts_no_number(exercises):
    one = judged("ada", 0.5)
    many = tuple(replace(one.exercises[0], exercise=f"e{n}", points=33) for n in range(exercises))
    results = [replace(one, student=name, exercises=many, late_penalty=1.25) for name in NAMES]
    console = _console()
    print_grades(console, results)
    lines = console.file.getvalue().splitlines()
    assert max(map(cell_len, lines)) <= 80
    total = f"{16.5 * exercises - 1.25:.2f}".rstrip("0")
    assert sum(line.split()[-1:] == [total] for line in lines) == 3
    assert sum(" -1.25 " in line for line in lines) == 3 and "…" in console.file.getvalue()


def test_last_lines_and_json(report, tmp_path):
    assert report.add(Failure("bea", "no room")) == "bea: not graded: no room"
    assert report.add(judged("cem", 0.5)) == report.add(judged("ada", 1.0)) == ""
    console = _console()
    report.tell(console)
    last = console.file.getvalue().splitlines()[-1]
    assert last == "2 graded, 1 unchanged, 1 not graded (bea). Mean: 6.67 of 8."
    records = json.loads((tmp_path / "all.json").read_text())
    assert [record["student"] for record in records] == ["ada", "bea", "cem", "dan"]
    assert records[0].keys() == records[3].keys()
    assert SubmissionResult.from_json(records[3]) == judged("dan", 1.0)
    assert "it holds, too" in console.file.getvalue(), "the reasons of a small class"


def test_json_is_there_although_the_screen_fails_and_the_other_way_round(report, tmp_path):
    report.add(judged("ada", 1.0))

    class Broken(StringIO):
        def write(self, text):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        report.tell(Console(file=Broken(), width=80))
    assert len(json.loads((tmp_path / "all.json").read_text())) == 2
    (tmp_path / "all.json").unlink()
    (tmp_path / "all.json").mkdir()
    console = _console()
    with pytest.raises(CourseError, match="the grades are recorded"):
        report.tell(console)
    assert "1 graded, 1 unchanged." in console.file.getvalue()
    assert [path.name for path in tmp_path.iterdir()] == ["all.json"]


def test_a_large_class_has_no_reasons_on_the_screen(report):
    for number in range(25):
        report.add(judged(f"s{number}", 0.5))
    console = _console()
    report.tell(console)
    assert "it holds, too" not in console.file.getvalue()
    assert "on the feedback pages" in console.file.getvalue()


def test_without_a_terminal_there_are_lines(monkeypatch):
    monkeypatch.setattr(screen, "LINE_SECONDS", 0.01)
    console = _console()
    with screen.Steps("grading", console) as steps:
        steps.done("ada", 3)
        while "grading: 1 of 3, about" not in console.file.getvalue():
            pass
        steps.say("[bold]bea[/]: not graded")
    assert "[bold]bea[/]: not graded" in console.file.getvalue()
