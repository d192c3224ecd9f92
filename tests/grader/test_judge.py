"""Exercises, the judge and the table: partial credit, reasons, and nothing on stderr."""

import io
import sys
from contextlib import redirect_stderr

import pytest
import torch
from IPython import get_ipython
from IPython.core.interactiveshell import InteractiveShell

from grader import chapter
from grader.checks.exercise import Exercise, check
from grader.checks.judge import UNWRITTEN, derive_seed, judge
from grader.checks.registry import get_exercise, stub_of
from grader.checks.student import LocalStudent
from grader.checks.table import ResultTable
from grader.errors import CourseError


def _judge(exercise, code: str, seed: int = 1):
    namespace = {"torch": torch}
    exec(code, namespace)
    return judge(exercise, LocalStudent(namespace), seed)


def test_right_answer_earns_all_points(small_exercises):
    result = _judge(small_exercises["double"], "def double(X): return X + X")
    assert result.earned == 4.0 and type(result.earned) is float
    assert "4 of 4 points" in str(ResultTable(result))


def test_partial_credit_follows_the_weights(small_exercises):
    result = _judge(small_exercises["double"], "def double(X): return X")
    assert [check.passed for check in result.checks] == [False, True]
    assert result.earned == 1.0
    text = str(ResultTable(result))
    for words in (
        "✗ not yet  doubles every value",
        "seen:",
        "expected:",
        "each value counts twice",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def double(X): raise NotImplementedError()", "still open"),
        ("x = 1", "`double` is not defined"),
        ("double = 3", "should be a function"),
        ("def double(X): return object()", "not plain data"),
        ("def double(X): return None", "is the `return` missing?"),
        ("def double(X): return X.nope", "AttributeError"),
    ],
)
def test_whatever_a_student_writes_is_a_result_with_a_reason(small_exercises, code, words):
    result = _judge(small_exercises["double"], code)
    assert result.earned == 0.0
    assert words in str(ResultTable(result))
    assert "Traceback" not in str(ResultTable(result))


def test_an_exercise_of_several_functions_that_are_all_open_is_open():
    """Not eight rows, each of which says so of one function."""
    name = "find_the_endless_loop"
    exercise, stub = get_exercise("ch07", name), stub_of("ch07", name)
    assert _judge(exercise.at_home(), stub).problem == UNWRITTEN
    half = stub.replace("raise NotImplementedError()", "return torch.tensor([math.inf])", 1)
    result = _judge(exercise.at_home(), f"import math\n{half}")
    assert not result.problem and result.checks[0].passed
    assert result.checks[1].seen == "`fixed_halve` is still open"


def test_a_changed_input_is_not_seen_by_the_check(small_exercises):
    """Arguments travel as copies, in the notebook as in the sandbox."""
    assert _judge(small_exercises["double"], "def double(X): return X.mul_(2)").earned == 4.0


def test_quiz_answers_with_the_explanation_of_the_chosen_option(small_exercises):
    quiz = small_exercises["quiz_double"]
    assert _judge(quiz, "quiz_double = {1: 'B '}").earned == 4.0
    wrong = _judge(quiz, "quiz_double = {1: 'a'}")
    assert wrong.earned == 0.0 and "three is one more than two" in str(ResultTable(wrong))
    assert "still open" in str(ResultTable(_judge(quiz, "quiz_double = {1: None}")))
    assert "no answer yet" in str(ResultTable(_judge(quiz, "quiz_double = {2: 'a'}")))
    assert "one of the letters a, b" in str(ResultTable(_judge(quiz, "quiz_double = {1: 'z'}")))
    for garbage in ("quiz_double = None", "quiz_double = 7", "quiz_double = {1: [object()]}"):
        assert _judge(quiz, garbage).earned == 0.0


def test_inputs_depend_on_the_seed_alone(small_exercises):
    code = "seen = []\ndef double(X):\n    seen.append(X)\n    return X"

    def inputs(seed):
        namespace = {}
        exec(code, namespace)
        judge(small_exercises["double"], LocalStudent(namespace), seed)
        return namespace["seen"][0]

    torch.manual_seed(0)
    first = inputs(5)
    torch.rand(10)
    assert torch.equal(first, inputs(5)) and not torch.equal(first, inputs(6))
    assert derive_seed("s", "a", "b") != derive_seed("s", "ab", "")


def test_a_title_is_only_words():
    """Inputs are seeded by a check's id, so that a better title changes nobody's grade."""

    def drawn(id_: str, title: str) -> list[float]:
        def method(self, student):
            numbers.append(float(torch.rand(())))

        method.__name__ = id_
        numbers: list[float] = []
        made = type("Draws", (Exercise,), {"name": "draws", "points": 1, id_: check(title)(method)})
        judge(made(), LocalStudent({}), 1)
        return numbers

    assert drawn("draws", "draws a number") == drawn("draws", "a better title")
    assert drawn("draws", "draws a number") != drawn("draws_again", "draws a number")


def test_judging_leaves_the_random_state_alone(small_exercises):
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    _judge(small_exercises["double"], "import torch\ndef double(X): return X * torch.rand(1)")
    assert torch.equal(torch.rand(4), expected)


def test_nothing_on_stderr_and_html_is_escaped(small_exercises):
    stderr = io.StringIO()
    with redirect_stderr(stderr):
        result = _judge(
            small_exercises["double"], "def double(X): raise ValueError('<script>bad</script>')"
        )
        html = ResultTable(result)._repr_mimebundle_()["text/html"]
    assert stderr.getvalue() == ""
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_check_and_hint_in_a_notebook(small_exercises, capsys):
    check, hint = chapter(1)
    globals()["double"] = lambda X: 2 * X
    try:
        assert check("double") == 4.0
    finally:
        del globals()["double"]
    hint("double", 2)
    with pytest.raises(CourseError, match="There is no exercise called 'dubble'"):
        check("dubble")
    with pytest.raises(CourseError, match="hints 1 to 3"):
        hint("double", 4)
    assert capsys.readouterr().err == ""


def test_a_script_in_which_d2l_has_drawn_is_no_notebook(small_exercises, monkeypatch):
    """matplotlib makes a shell then, whose names are not the script's."""
    monkeypatch.setitem(
        sys.modules, "__main__", sys.modules["__main__"]
    )  # the shell takes its place
    monkeypatch.setitem(globals(), "double", lambda X: 2 * X)
    check, _ = chapter(1)
    InteractiveShell.instance()
    try:
        assert get_ipython() is not None and check("double") == 4.0
    finally:
        InteractiveShell.clear_instance()


def test_what_the_student_writes_to_stderr_is_not_there(small_exercises, capsys):
    """Warnings go to `sys.stderr` as well, as it is when they are given."""
    check, _ = chapter(1)
    code = "import sys\ndef double(X):\n    print('oh', file=sys.stderr)\n    return 2 * X"
    exec(code, globals())
    try:
        assert check("double") == 4.0
    finally:
        del globals()["double"]
    shown = capsys.readouterr()
    assert shown.err == "" and "oh" in shown.out


def test_what_a_student_draws_does_not_move_what_the_judge_draws():
    drawn = {}

    class Draws(Exercise):
        name, points = "draws", 1

        @check("draws, asks, draws again")
        def draws(self, student):
            drawn[code] = []
            for _ in range(3):
                student.call("f")
                drawn[code].append(float(torch.rand(())))

    for code in (
        "def f(): pass",
        "import torch\ndef f(): torch.rand(7)",
        "import torch\ndef f(): torch.manual_seed(1)",
    ):
        _judge(Draws(), code)
    first, *others = drawn.values()
    assert len(set(first)) == 3 and others == [first, first]
