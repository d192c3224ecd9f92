"""Variants: drawn from the student's id in the declared span, the same at home and in grading, nothing without opt-in."""

from __future__ import annotations

import json
import os
from collections import Counter

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from grader import learner, quiz_form
from grader.authoring.build import build, check_drift
from grader.authoring.chapter import read_chapter, variants_in
from grader.authoring.quiz_text import ORDER_OF_THE_TEXT
from grader.checks import in_notebook, registry
from grader.checks.judge import judge
from grader.checks.student import LocalStudent
from grader.checks.variants import constants, reordered
from grader.course import Course
from grader.desk.bundle import without_key
from grader.errors import CourseError
from grader.grading.whose import another_claim, told
from tests.grader.variant_course import (
    CHAPTER,
    EXERCISE,
    FIRST,
    HEADER,
    NAME,
    NUMBER,
    PACKAGE,
    QUESTIONS,
    QUIZZES,
    RATES,
    RIGHT,
    TRAPPED,
    UNITS,
    course_with_variants,
    letters,
    options,
)

CLASS = [f"student{n}" for n in range(400)]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    with course_with_variants(tmp_path_factory.mktemp("variants")) as course:
        yield course


@pytest.fixture
def shell(course, monkeypatch) -> InteractiveShell:
    """A notebook's shell at home; `shown` is what was displayed in it."""
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    shown: list[object] = []
    monkeypatch.setattr(shell, "shown", shown, raising=False)
    monkeypatch.setattr(in_notebook, "notebook_shell", lambda: shell)
    monkeypatch.setattr(in_notebook, "students", {})
    for module in (in_notebook, learner, quiz_form):
        monkeypatch.setattr(
            module, "display", lambda part, raw=False: None if raw else shown.append(part)
        )
    for name in ("JUPYTERHUB_USER", "BINDER_REQUEST"):
        monkeypatch.delenv(name, raising=False)
    return shell


def begin(shell: InteractiveShell, student: str = "") -> object:
    code = FIRST.replace('student=""', f"student={student!r}").replace("# %%", "")
    return shell.run_cell(code, store_history=True)


def ask(name: str, student: str, answers: object):
    exercise = registry.get_exercise(PACKAGE, name, student)
    return judge(exercise, LocalStudent({name: answers}), 1)


def test_every_number_of_the_span_is_drawn_and_no_other():
    spans = {"units": (20, 80, 1), "rate": (0.2, 0.8, 0.05)}
    drawn = [constants("ch01", spans, name) for name in CLASS * 3]
    assert {each["rate"] for each in drawn} == set(RATES)
    found = {each["units"] for each in drawn}
    assert found <= set(UNITS) and len(found) > 55 and all(isinstance(n, int) for n in found)
    assert constants("ch02", spans, "ada") != constants("ch01", spans, "ada")
    apart = {"two": spans["units"], **spans}
    assert constants("ch01", apart, "ada")["units"] == constants("ch01", spans, "ada")["units"]


def test_every_option_comes_to_every_place():
    places = Counter(
        (x, text)
        for name in CLASS
        for x, text in reordered({x: x.upper() for x in "abcd"}, name, "ch01", "quiz", "1").items()
    )
    assert len(places) == 16 and min(places.values()) > 60  # 100 are expected of each


def test_an_id_is_the_same_however_it_is_written(course):
    for written in ("ADA", " ada ", "Ada", "\uff41da"):
        assert options("quiz_open", written) == options("quiz_open", "ada")
        assert registry.constants_of(PACKAGE, written) == registry.constants_of(PACKAGE, "ada")
    assert options("quiz_open", "ada") != options("quiz_shut", "ada")
    no_text = os.fsdecode(b"\xff\xfe")  # a folder may be called so
    assert registry.constants_of(PACKAGE, no_text) and told(PACKAGE, no_text).isprintable()


def test_draws_stay_as_they_are():
    """A change here would change what students have in front of them."""
    spans = {"units": (20, 80, 1), "rate": (0.2, 0.8, 0.05)}
    assert constants("ch77", spans, "ada") == {"units": 24, "rate": 0.4}
    order = reordered({x: x for x in "abcde"}, "ada", "ch77", "quiz_open", "1")
    assert "".join(order.values()) == "cebda"


def test_the_student_notebook_is_one_for_all_and_holds_no_options_and_no_key(course):
    released = nbformat.read(course.notebook("release", NAME), as_version=4)
    text = "\n".join(cell.source for cell in released.cells)
    assert "Question 1?" in text and "That is all." in text and 'student=""' in text
    assert "right of" not in text and "first of" not in text and "(a)" not in text
    marks = {c.metadata.nbgrader.grade_id: c for c in released.cells if "nbgrader" in c.metadata}
    sheet = marks["options_of_quiz_open"]
    assert sheet.source == 'show_quiz("quiz_open")' and sheet.metadata.nbgrader.locked
    assert not sheet.metadata.nbgrader.grade and not sheet.metadata.nbgrader.solution
    source = nbformat.read(course.require(NAME), as_version=4)
    keys = [cell.source for cell in source.cells if ORDER_OF_THE_TEXT in cell.source]
    assert len(keys) == 2 and all('{1: "b", 2: "b", 3: "b", 4: "b"}' in key for key in keys)


def test_the_build_keeps_the_spans_beside_the_exercises(course):
    file = course.root / "grader" / "exercises" / PACKAGE / "variants.json"
    assert json.loads(file.read_text()) == {"units": [20, 80, 1], "rate": [0.2, 0.8, 0.05]}
    assert check_drift(course) == [] and build(course) == []
    quiz = json.loads(file.with_name("quiz_open.json").read_text())
    assert quiz["shuffled"] and json.loads(without_key(json.dumps(quiz)))["shuffled"]
    key = course.root / "grader" / "hidden" / PACKAGE / "quiz_shut.json"
    assert json.loads(key.read_text())["shuffled"]


def test_no_chapter_of_the_course_has_variants():
    course = Course.find()
    for path in course.folder("chapters").glob("*.py"):
        assert variants_in(path) is None
        chapter = registry.chapter_of(path.stem)
        assert not registry.has_variants(chapter)
        for name, exercise in registry.exercises_of(chapter).items():
            assert registry.get_exercise(chapter, name, "ada") is exercise


@pytest.mark.parametrize("quiz", QUIZZES)
def test_a_letter_counts_for_what_its_student_reads(course, quiz):
    for student in CLASS[:8]:
        assert ask(quiz, student, letters(quiz, student)).earned == QUESTIONS
        copied = letters(quiz, "ada")
        same = sum(letters(quiz, student)[n] == letter for n, letter in copied.items())
        assert ask(quiz, student, copied).earned == same < QUESTIONS
    wrong = letters(quiz, "ada", {n: f"first of {n}" for n in RIGHT})
    failed = ask(quiz, "ada", wrong).failed
    assert [check.because for check in failed] == list(TRAPPED.values())
    assert failed[0].seen == f"{wrong[1]}: first of 1"


def test_a_closed_quiz_says_at_home_what_is_answered_alone(course, shell):
    shut = registry.get_exercise(PACKAGE, "quiz_shut", "ada")
    assert [check.hidden for check in shut.checks()] == [False] * 4 + [True] * 4
    shut.key = None  # as students have it
    home = judge(shut, LocalStudent({"quiz_shut": letters("quiz_shut", "ada")}), 1)
    assert not home.failed and home.earned == 0


def test_home_and_grading_agree(shell, capsys):
    assert begin(shell, "Ada ").success
    numbers = registry.constants_of(PACKAGE, "ada")
    assert shell.user_ns["mine"] == numbers
    units, rate = numbers.values()
    assert f"Variant of Ada. units = {units}, rate = {rate}" in capsys.readouterr().out
    shell.run_cell('show_quiz("quiz_open")')
    sheet = shell.shown[-1].data
    assert "1. Question 1?\n" in sheet and "trap" not in sheet and "so it is" not in sheet
    for number, letter in letters("quiz_open", "ada").items():
        assert f"({letter}) right of {number}\n" in sheet
    shell.run_cell(f"quiz_open = {letters('quiz_open', 'ada')}\ndropped = {units * rate}")
    assert shell.run_cell('check("quiz_open")').result == 4
    assert shell.run_cell('check("dropped")').result == 2
    assert shell.run_cell("check()").result == 6
    begin(shell, "bob")
    assert shell.run_cell('check("dropped")').result == 0


def test_the_form_has_the_students_order(shell, monkeypatch):
    monkeypatch.setattr(shell, "kernel", object(), raising=False)
    shell.user_ns["get_ipython"] = lambda: shell
    begin(shell, "ada")
    stub = registry.stub_of(PACKAGE, "quiz_open")
    assert shell.run_cell(stub).success
    rows = [part for part in shell.shown[-1].children if type(part).__name__ == "RadioButtons"]
    for row, shown in zip(rows, options("quiz_open", "ada").values(), strict=True):
        assert [text for text, _ in row.options] == [f"({x}) {text}" for x, text in shown.items()]
    rows[0].value = "c"
    begin(shell, "bob")
    shell.run_cell(stub)
    assert "0 of 4 chosen" in shell.shown[-1].children[-1].value


@pytest.mark.parametrize("call", ['check("dropped")', "check()", 'show_quiz("quiz_open")'])
def test_whoever_has_not_said_who_reads_one_sentence(shell, capsys, call):
    failed = begin(shell)
    assert isinstance(failed.error_in_exec, CourseError)
    assert 'variant(77, student="...")' in capsys.readouterr().out
    assert isinstance(shell.run_cell(call).error_in_exec, CourseError)
    told = capsys.readouterr().out
    assert "write your id into `variant(77, student=...)`" in told and "Traceback" not in told


def test_on_a_server_its_id_counts_and_on_binder_none(shell, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    assert begin(shell).success and shell.user_ns["mine"] == registry.constants_of(PACKAGE, "ada")
    begin(shell, "bob")
    assert shell.user_ns["mine"] == registry.constants_of(PACKAGE, "bob")
    monkeypatch.setenv("BINDER_REQUEST", "v2/gh/x/y/z")
    assert isinstance(begin(shell).error_in_exec, CourseError)


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ('mine = variant(77, student="bob")', "bob"),
        ("mine = variant( 77,'bob' )", "bob"),
        ("mine = variant(77, 4711)", "4711"),
        ('mine = variant(77, student="ADA ")', ""),
        ('mine = variant(77, student="")', ""),
        ('# mine = variant(77, student="bob")', ""),
        ('variant(77, student="bob")\nvariant(77, student="ada")', ""),
        ('variant(77, student="' + "b" * 10_000 + '")', ""),
        ("x" * 100_000 + 'variant(77, "bob"' * 10_000, ""),
        ('variant(77, student="<b>\x1b[31m")', "<b>\ufffd[31m"),
    ],
)
def test_another_claim_is_found(code, other):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    found = another_claim(notebook, "ada")
    assert len(found) == bool(other)
    assert (
        not other or f"worked on as {other!r}; it is judged with the variant of 'ada'" in found[0]
    )


HEAD = HEADER.replace("points: 10", "points: 2")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[20, 80]", "[20]", "the variant 'units' is [20]; write `name: [low, high]`"),
        ("[20, 80]", "80", "the variant 'units' is 80"),
        ("[20, 80]", "[a, b]", "the variant 'units' is ['a', 'b']"),
        ("[20, 80]", "[20, .inf]", "the variant 'units' is [20, inf]"),
        ("[20, 80]", "[true, 80]", "the variant 'units' is [True, 80]"),
        ("[20, 80]", "[80, 20]", "the variant units has fewer than two numbers in [80, 20]"),
        ("[20, 80]", "[20, 80, 0]", "the variant units has fewer than two numbers"),
        ("units:", "a unit:", "the variant 'a unit' is"),
        ("variants:", "variants: [1]\n#     other:", "variants in the header hold a span"),
        (
            'mine = variant(77, student="")',
            "",
            'no cell asks whose: add `mine = variant(77, student="")`',
        ),
        ("> No third.", "> No third; see (a).", "question 1, option (c): it names (a)"),
        ("(c) third", "(c) both (a) and third", "question 1, option (c): it names (a)"),
        ("1. Question 1?", "1. Is it (b)?", "question 1: it names (b)"),
        (
            "(c) third of 1\n",
            "(c) third of 1\n#       ```\n#       x\n#       ```\n",
            "an option of a shuffled quiz has no block of code",
        ),
    ],
)
def test_what_does_not_fit_is_one_sentence_and_nothing_is_written(tmp_path, old, new, words):
    assert old in CHAPTER
    path = tmp_path / f"{NAME}.py"
    path.write_text(CHAPTER.replace(old, new, 1))
    with pytest.raises(CourseError) as error:
        variants_in(path)
    told = str(error.value)
    assert words in told and told.startswith(f"{NAME}.py: ") and "\n" not in told


def test_letters_may_be_named_where_nothing_is_shuffled(tmp_path):
    path = tmp_path / f"{NAME}.py"
    text = CHAPTER.replace(" shuffled=true", "").replace("> No third.", "> No third; see (a).")
    path.write_text(text)
    assert variants_in(path) == {"units": (20, 80, 1), "rate": (0.2, 0.8, 0.05)}


def test_a_chapter_of_constants_alone_and_one_of_quizzes_alone(tmp_path):
    for name, text, spans in (
        ("constants", HEAD + FIRST + EXERCISE, {"units": [20, 80, 1], "rate": [0.2, 0.8, 0.05]}),
        (
            "quizzes",
            CHAPTER.replace(
                "     variants:\n#       units: [20, 80]\n#       rate: [0.2, 0.8, 0.05]\n# ", " "
            ),
            {},
        ),
    ):
        folder = tmp_path / name
        folder.mkdir()
        with course_with_variants(folder, text) as course:
            file = course.root / "grader" / "exercises" / PACKAGE / "variants.json"
            assert json.loads(file.read_text()) == spans and registry.has_variants(PACKAGE)


def test_a_script_without_an_id_has_the_order_of_the_text(course, monkeypatch):
    monkeypatch.setattr(in_notebook, "notebook_shell", lambda: None)
    monkeypatch.setattr(in_notebook, "students", {})
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    assert learner.variant(NUMBER) == registry.get_exercise(PACKAGE, "dropped").constants
    assert letters("quiz_open", "") == dict.fromkeys(RIGHT, "b")
    assert read_chapter(course.root / "chapters" / f"{NAME}.py").cells
