"""Quizzes: read from the chapter, kept from the student's notebook, asked in words that teach."""

from __future__ import annotations

import ast
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import torch
from nbformat import NotebookNode

from grader.authoring.build import build, check_drift
from grader.authoring.chapter import quizzes_in, read_chapter
from grader.authoring.quiz_text import read_quiz_text
from grader.checks import registry
from grader.checks.judge import judge
from grader.checks.quiz import (
    CLOSED,
    Option,
    Question,
    Quiz,
    make_quiz,
    read_quiz,
    without_key,
    write_quiz,
)
from grader.checks.student import LocalStudent
from grader.checks.table import NO_POINTS, ResultTable
from grader.course import Course
from grader.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = """# ---
# jupyter:
#   dropout_lab:
#     title: Sums
#     minutes: 5
#     points: 2
# ---

# %% [markdown]
# # Sums

# %% [markdown] quiz="quiz_sums" points=2
# ## A quiz
#
# Choose one letter for each question.
#
# 1. What is two
#    and two?
#     - (a) three
#         > Three is one
#         > more than two.
#     - (b) four,
#       or 2 * 2
#         > right: Two pairs make four.
# 2. What does this print?
#    ```python
#    >>> sum([1, 2])
#    ```
#     - (a) 3
#         > right
#     - (b) 12
#         > That would be two texts beside each other.
#
# That is all.

# %% [markdown]
# The end.
"""
NAME, ASSIGNMENT, FOLDER = "quiz_sums", "77_sums", "ch77"


def quiz_text(chapter: str = CHAPTER) -> str:
    """The Markdown of the quiz in a chapter."""
    cell = chapter[chapter.index("## A quiz") - 2 :].partition("\n\n# %%")[0]
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in cell.split("\n"))


@pytest.fixture
def chapter(tmp_path: Path) -> Path:
    path = tmp_path / "chapters" / f"{ASSIGNMENT}.py"
    path.parent.mkdir()
    path.write_text(CHAPTER)
    return path


@pytest.fixture
def course(tmp_path: Path, chapter: Path) -> Course:
    """A course folder with the chapter and a folder for its exercises, not built yet."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "grader" / "exercises" / FOLDER).mkdir(parents=True)
    return Course(tmp_path)


def quiz_file(course: Course) -> Path:
    return course.root / "grader" / "exercises" / FOLDER / f"{NAME}.json"


def cells(notebook: NotebookNode) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def ask(code: str) -> str:
    """The table that the answers in `code` get."""
    (quiz,) = [read_quiz_text(NAME, 2, quiz_text()).quiz]
    namespace: dict[str, object] = {"torch": torch}
    exec(code, namespace)
    return str(ResultTable(judge(quiz(), LocalStudent(namespace), 1)))


def test_questions_options_and_explanations_are_read(chapter: Path) -> None:
    (quiz,) = quizzes_in(chapter)
    assert (quiz.name, quiz.points) == (NAME, 2)
    assert quiz.questions == {
        1: Question(
            "What is two and two?",
            {
                "a": Option("three", "Three is one more than two."),
                "b": Option("four, or 2 * 2", "Two pairs make four.", right=True),
            },
        ),
        2: Question(
            "What does this print?",
            {
                "a": Option("3", "", right=True),
                "b": Option("12", "That would be two texts beside each other."),
            },
        ),
    }


def test_the_instructors_notebook_has_the_key_and_no_explanations(chapter: Path) -> None:
    notebook = read_chapter(chapter)
    _, (_, shown), (_, code), (_, checked), _ = cells(notebook)
    expected = [line for line in quiz_text().split("\n") if not line.startswith("        > ")]
    assert shown == "\n".join(expected), "all else stays as it is written, code too"
    assert ">>> sum" in shown
    assert code == (
        "quiz_sums = {1: None, 2: None}\n"
        '### BEGIN SOLUTION\nquiz_sums = {1: "b", 2: "a"}\n### END SOLUTION'
    )
    assert checked == 'check("quiz_sums")'
    _, _, exercise, check, _ = notebook.cells
    assert exercise.metadata.nbgrader.grade_id == "quiz_sums"
    assert exercise.metadata.tags == ["raises-exception"]
    assert check.metadata.nbgrader.grade_id == "check_quiz_sums"
    assert check.metadata.nbgrader.points == 2 and check.metadata.nbgrader.locked
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in read_chapter(chapter).cells]


def test_the_students_notebook_has_neither_key_nor_explanations(course: Course) -> None:
    build(course)
    released = nbformat.read(course.notebook("release", ASSIGNMENT), as_version=4)
    text = "\n".join(source for _, source in cells(released))
    assert "What is two\n   and two?" in text and "(b) four,\n      or 2 * 2" in text
    assert "quiz_sums = {1: None, 2: None}" in text and "raise NotImplementedError" in text
    for secret in ("one more", "more than", "Two pairs", "two texts", "right", '"b"', '"a"'):
        assert secret not in text, secret


def test_the_built_file_gives_the_same_quiz_and_its_drift_is_named(course: Course) -> None:
    file = quiz_file(course)
    assert file in build(course) and build(course) == []
    (written,) = quizzes_in(course.root / "chapters" / f"{ASSIGNMENT}.py")
    quiz = read_quiz(file.read_text())
    assert (quiz.name, quiz.points, quiz.questions) == (NAME, 2, written.questions)
    assert write_quiz(quiz, f"chapters/{ASSIGNMENT}.py") == file.read_text()

    file.write_text(file.read_text().replace("three", "five"))
    stale = file.with_name("quiz_old.json")
    stale.write_text("{}")
    other = file.with_name("table.json")
    other.write_text("{}")
    assert {drift.path: drift.kind for drift in check_drift(course)} == {
        file: "changed",
        stale: "extra",
    }
    assert set(build(course)) == {file, stale}
    assert not stale.exists() and other.exists() and "five" not in file.read_text()
    file.unlink()
    assert [(drift.path, drift.kind) for drift in check_drift(course)] == [(file, "missing")]


def test_points_have_one_source(course: Course, chapter: Path) -> None:
    build(course)
    chapter.write_text(CHAPTER.replace("points=2", "points=3").replace("points: 2", "points: 3"))
    build(course)
    assert read_quiz(quiz_file(course).read_text()).points == 3
    check = next(c for c in read_chapter(chapter).cells if c.source == 'check("quiz_sums")')
    assert check.metadata.nbgrader.points == 3


def test_a_quiz_that_no_check_would_find_is_refused(course: Course) -> None:
    quiz_file(course).parent.rmdir()
    with pytest.raises(CourseError, match=r"77_sums\.py: quiz_sums needs a folder .*ch77"):
        build(course)
    assert not course.folder("release").exists()


def test_a_copy_of_a_chapter_uses_the_installed_quiz(tmp_path: Path) -> None:
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "chapters").mkdir()
    shutil.copy(ROOT / "chapters" / "01_dropout_from_scratch.py", tmp_path / "chapters")
    written = build(Course(tmp_path))
    assert {path.suffix for path in written} == {".ipynb"}
    assert not (tmp_path / "grader").exists()


def test_two_chapters_of_one_number_cannot_share_a_quiz(course: Course, chapter: Path) -> None:
    chapter.with_name("77_totals.py").write_text(CHAPTER)
    with pytest.raises(CourseError, match="another text of ch77 has a quiz_sums too"):
        build(course)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("> right: Two", "> Two", "quiz_sums, question 1: no option is right"),
        ("> right: Two", "> right, two", "quiz_sums, question 1: no option is right"),
        (
            "> Three is one",
            "> right: Three is one",
            "question 1: the options (a) and (b) are marked right",
        ),
        (
            "#         > That would be two texts beside each other.\n",
            "",
            "quiz_sums, question 2, option (b): write below it why it is wrong",
        ),
        ("- (b) 12", "- (c) 12", "question 2: option (c) stands where option (b) belongs"),
        ("- (a) 3", "- (b) 3", "question 2: option (b) stands where option (a) belongs"),
        ("- (b) 12", "- (A) 12", "question 2: option (A) stands where option (b) belongs"),
        ("# 2. What", "# 3. What", "quiz_sums: question 3 stands where question 2 belongs"),
        ("# 2. What", "# 1. What", "quiz_sums: question 1 stands where question 2 belongs"),
        ("# 1. What is two\n#    and two?\n", "", "option (a) stands outside a question"),
        ("#     - (a) three", "# - (a) three", "option (a) stands outside a question"),
        ("- (b) 12", "- b) 12", "question 2: `- b) 12` is no option"),
        ("- (b) 12", "- (b)", "question 2, option (b): there is no text"),
        ("# Choose one", "# > Choose one", "the explanation `> Choose one letter"),
        ("#         > more than", "#         more than", "option (a): `more than two.` follows"),
        ("#         > more than", "# more than", "option (a): `more than two.` follows"),
        ("#         > more than", "#         ```\n# > ", "option (a): ````` follows"),
        ("sum([1, 2])\n#    ```\n", "sum([1, 2])\n", "a block of code is not closed"),
        ("#     - (b) 12\n#         > That", "#         > That", "fewer than two options"),
        (" points=2\n", "\n", "quiz_sums has points=None"),
        (" points=2\n", ' points="2"\n', "quiz_sums has points='2'"),
        (" points=2\n", " points=0\n", "quiz_sums has points=0"),
        (" points=2\n", " points=true\n", "quiz_sums has points=True"),
        ('quiz="quiz_sums"', 'quiz="sums"', "needs a name that begins with quiz_"),
        ('quiz="quiz_sums"', 'quiz="quiz_s-2"', "needs a name that begins with quiz_"),
        ('[markdown] quiz="quiz_sums"', 'quiz="quiz_sums"', "belongs to a Markdown cell alone"),
        ('quiz="quiz_sums"', 'quiz="quiz_sums" answer="x"', "belongs to a Markdown cell alone"),
        ("points: 2", "points: 3", "the header declares 3, the cells are worth 2"),
        (
            "# %% [markdown]\n# The end.",
            '# %% exercise="quiz_sums"\nquiz_sums = {}',
            "is the second cell called 'quiz_sums'",
        ),
    ],
)
def test_a_quiz_that_does_not_fit_is_one_clear_sentence(
    chapter: Path, old: str, new: str, words: str
) -> None:
    assert CHAPTER.count(old) == 1
    chapter.write_text(CHAPTER.replace(old, new))
    with pytest.raises(CourseError) as error:
        read_chapter(chapter)
    text = str(error.value)
    assert text.startswith(f"{ASSIGNMENT}.py: ") and text.endswith(".") and "\n" not in text
    assert words in text


def test_a_text_without_questions_is_refused(chapter: Path) -> None:
    start, end = CHAPTER.index("# 1. What"), CHAPTER.index("# That is all.")
    chapter.write_text(CHAPTER[:start] + CHAPTER[end:])
    with pytest.raises(CourseError, match="quiz_sums: there is no question"):
        read_chapter(chapter)


def test_a_long_key_stands_in_lines() -> None:
    text = "\n".join(
        f"{number}. What?\n    - (a) this\n        > right\n    - (b) that\n        > No."
        for number in range(1, 13)
    )
    code = read_quiz_text("quiz_long", 1, text).code
    assert code.startswith("quiz_long = {\n    1: None,\n") and '\n    12: "a",\n}' in code
    namespace: dict[str, object] = {}
    exec(code, namespace)
    assert namespace["quiz_long"] == dict.fromkeys(range(1, 13), "a")


@pytest.mark.parametrize("answer", ["b", "B", "B ", " b", "(b)", "( B )", "b)", "b."])
def test_a_letter_counts_however_it_is_written(answer: str) -> None:
    assert "2 of 2 points" in ask(f"quiz_sums = {{1: {answer!r}, 2: 'a'}}")


def test_keys_may_be_texts_too() -> None:
    assert "2 of 2 points" in ask("quiz_sums = {'1': 'b', '2': 'a'}")


def test_every_option_explains_itself_right_ones_too() -> None:
    table = ask("quiz_sums = {1: 'a', 2: 'a'}")
    assert "seen: a: three" in table and "why: Three is one more than two." in table
    assert "why: Two pairs make four." not in table, "the other option keeps its explanation"
    assert "why: Two pairs make four." in ask("quiz_sums = {1: 'b'}")
    (first, second) = judge(
        read_quiz_text(NAME, 2, quiz_text()).quiz(),
        LocalStudent({NAME: {1: "b", 2: "b"}}),
        1,
    ).checks
    assert (first.id, first.passed, first.seen, first.expected) == ("question_1", True, "", "")
    assert (second.id, second.title) == ("question_2", "2. What does this print?")


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ("'c'", "the answer 'c'"),
        ("'a, b'", "the answer 'a, b'"),
        ("''", "the answer ''"),
        ("'b' + 60 * ' ' + 'b'", "the answer 'b  "),
        ("'b' * 10_000_000", "the answer 'bbb"),
        ("2", "the answer 2"),
        ("True", "an answer of type bool"),
        ("1.5", "an answer of type float"),
        ("['b']", "an answer of type list"),
        ("torch.zeros(4000, 4000)", "an answer of type Tensor"),
        ("object()", "an answer of type object"),
        ("None", "no answer yet"),
    ],
)
def test_any_other_answer_is_named_and_the_others_count(answer: str, seen: str) -> None:
    table = ask(f"quiz_sums = {{1: {answer}, 2: 'a'}}")
    assert f"seen: {seen}" in table and "expected: one of the letters a, b" in table
    assert "1 of 2 points" in table and len(table) < 600


def test_a_process_that_answers_anything_is_judged() -> None:
    """What comes back was made by a student's process, whatever the probe would have sent."""

    class Hostile:
        def __init__(self, answers: object) -> None:
            self.answers = answers

        def call(self, name: str, *args: object, **kwargs: object) -> object:
            raise AssertionError

        def run(self, probe: object, **inputs: object) -> object:
            return self.answers

    quiz = read_quiz_text(NAME, 2, quiz_text()).quiz()
    giant = Unprintable()
    for answers, seen in [
        (giant, "`quiz_sums` is a Unprintable"),
        ("x" * 10_000_000, "`quiz_sums` is a xxx"),
        ({"1": giant}, "an answer of type Unprintable"),
        ({"1": [giant]}, "an answer of type list"),
        ({"1": ["x" * 10_000_000]}, "an answer of type xxx"),
        ({"1": []}, "an answer of type list"),
    ]:
        result = judge(quiz, Hostile(answers), 1)
        assert result.earned == 0 and seen in result.checks[0].seen
        assert len(result.checks[0].seen) < 120


class Unprintable:
    def __str__(self) -> str:
        raise AssertionError("it was printed")

    __repr__ = __str__


@pytest.mark.parametrize("code", ["quiz_sums = {}", "quiz_sums = {1: None, 2: None}"])
def test_a_quiz_without_answers_is_open(code: str) -> None:
    assert "still open" in ask(code)


def test_every_quiz_has_three_hints() -> None:
    quiz = make_quiz(NAME, 1, {})
    assert len(quiz.hints) == 3 and len(set(quiz.hints)) == 3


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of exercises that the registry finds as chapter 77."""
    import grader.exercises

    folder = tmp_path / "more" / FOLDER
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    paths = [*grader.exercises.__path__, str(folder.parent)]
    monkeypatch.setattr(grader.exercises, "__path__", paths)
    registry.exercises_of.cache_clear()
    yield folder
    registry.exercises_of.cache_clear()
    for name in [name for name in sys.modules if name.startswith(f"grader.exercises.{FOLDER}")]:
        del sys.modules[name]


def test_the_registry_finds_a_quiz_by_its_file(package: Path) -> None:
    text = write_quiz(read_quiz_text(NAME, 2, quiz_text()).quiz, "chapters/77_sums.py")
    (package / f"{NAME}.json").write_text(text)
    (package / "table.json").write_text("{}")
    assert list(registry.exercises_of(FOLDER)) == [NAME]
    quiz = registry.get_exercise(registry.chapter_of(ASSIGNMENT), NAME)
    assert (quiz.name, quiz.points) == (NAME, 2)
    assert [check.id for check in quiz.checks()] == ["question_1", "question_2"]


def test_the_registry_refuses_a_name_that_an_exercise_has(package: Path) -> None:
    text = write_quiz(read_quiz_text(NAME, 2, quiz_text()).quiz, "chapters/77_sums.py")
    (package / f"{NAME}.json").write_text(text)
    (package / "sums.py").write_text(
        "from grader.checks.exercise import Exercise\n\n"
        "class Sums(Exercise):\n    name, points = 'quiz_sums', 1\n"
    )
    with pytest.raises(CourseError, match="Two exercises are called 'quiz_sums'"):
        registry.exercises_of(FOLDER)


@pytest.mark.parametrize("text", ["", "<<<<<<< HEAD", "[]", "{}", '{"questions": [{"text": 1}]}'])
def test_a_broken_file_says_what_to_do(package: Path, text: str) -> None:
    (package / f"{NAME}.json").write_text(text)
    with pytest.raises(CourseError, match=r"quiz_sums\.json is no quiz: delete it"):
        registry.exercises_of(FOLDER)


def test_real_student_notebooks_keep_keys_and_explanations() -> None:
    course = Course.find(ROOT)
    quizzes = 0
    for chapter in sorted(course.folder("chapters").glob("*.py")):
        released = nbformat.read(course.notebook("release", chapter.stem), as_version=4)
        for quiz in quizzes_in(chapter):
            quizzes += 1
            _verify_released(released, quiz)
            file = f"{registry.chapter_of(chapter.stem)}/{quiz.name}.json"
            assert (ROOT / "grader" / "exercises" / file).is_file()
    assert quizzes


def _verify_released(released: NotebookNode, quiz: type[Quiz]) -> None:
    """The student's notebook asks what the quiz asks, and holds neither its key nor its reasons."""
    index = next(i for i, c in enumerate(released.cells) if c.id == quiz.name.replace("_", "-"))
    text, code, check = released.cells[index - 1 : index + 2]
    shown, everything = _on_one_line(text.source), _on_one_line(*(c.source for c in released.cells))
    for number, question in quiz.questions.items():
        options = " ".join(f"- ({letter}) {o.text}" for letter, o in question.options.items())
        assert f"{number}. {question.text}" in shown and options in shown
        for option in filter(lambda option: option.why, question.options.values()):
            assert option.why not in everything
            for sentence in re.split(r"(?<=[.:;?]) ", option.why):
                assert sentence not in shown, sentence
    assert not re.search(r"^\s*(>|right\b)", text.source, re.MULTILINE)
    blank = dict.fromkeys(quiz.questions)
    assignment, _, rest = code.source.partition("\n# YOUR CODE HERE\n")
    name, _, value = assignment.partition(" = ")
    assert (name, ast.literal_eval(value), rest) == (
        quiz.name,
        blank,
        "raise NotImplementedError()",
    )
    assert check.metadata.nbgrader.points == quiz.points and not code.get("outputs")
    assert not {"quiz", "points"} & set(text.metadata)


def _on_one_line(*texts: str) -> str:
    return " ".join(" ".join(texts).split())


def test_a_closed_quiz_says_what_is_answered_and_grading_what_is_right(
    course: Course, chapter: Path
) -> None:
    """The key is in no notebook and not beside the exercises, but beside the hidden checks."""
    mark = 'quiz="quiz_sums" points=2'
    assert mark in CHAPTER
    chapter.write_text(CHAPTER.replace(mark, f"{mark} closed=true"))
    build(course)
    key = course.root / "grader" / "hidden" / FOLDER / f"{NAME}.json"
    open_text, right = quiz_file(course).read_text(), read_quiz(key.read_text())
    asked = read_quiz(open_text)
    assert asked.closed and not right.closed and '"right": true' not in open_text
    whys = [o.why for q in right.questions.values() for o in q.options.values() if o.why]
    assert whys and not any(why in open_text for why in whys)
    letters = {
        n: next(x for x, o in q.options.items() if o.right) for n, q in right.questions.items()
    }
    first = {
        n: next(x for x, o in q.options.items() if not o.right) for n, q in right.questions.items()
    }
    graded = asked()
    graded.hidden = tuple(replace(entry, hidden=True) for entry in right().checks())
    for answers, points in ((letters, 2), (first, 0)):
        student = LocalStudent({NAME: answers})
        home = judge(asked(), student, 1)
        assert not home.failed and home.earned == 0
        told = str(ResultTable(home))
        assert told.count(CLOSED) == len(letters) and NO_POINTS not in told
        assert judge(graded, student, 1).earned == points
    unanswered = judge(asked(), LocalStudent({NAME: {**letters, 1: None}}), 1)
    assert [check.id for check in unanswered.failed] == ["answered_1"]
    chapter.write_text(CHAPTER)
    build(course)
    assert not key.exists() and not read_quiz(quiz_file(course).read_text()).closed


def test_the_key_of_a_closed_quiz_is_found_beside_the_hidden_checks(monkeypatch) -> None:
    quiz = read_quiz_text(NAME, 2, quiz_text()).quiz
    made = {"grader.exercises.ch77": [without_key(quiz)], "grader.hidden.ch77": [quiz]}
    monkeypatch.setattr(registry, "_quizzes", lambda package: made[package])
    try:
        found = registry.exercises_of("ch77")[NAME]
        assert [check.hidden for check in found.checks()] == [False] * 2 + [True] * 2
    finally:
        registry.exercises_of.cache_clear()
