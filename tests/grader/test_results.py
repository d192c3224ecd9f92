"""What checks are worth together: weights, the cap of essential checks, and the sentence about it."""

from __future__ import annotations

import pytest

from grader.checks.results import CheckResult, ExerciseResult, as_points
from grader.checks.table import ResultTable

SENTENCE = "The point of this exercise is “the scale”: without it, at most half of the points."


def result(*checks: tuple[float, bool, bool], points: float = 6, note: str = "") -> ExerciseResult:
    """An exercise of checks (weight, passed, essential)."""
    titles = iter(("the scale", "the shape", "the type"))
    made = (
        CheckResult(f"c{n}", next(titles), weight, passed, essential=essential)
        for n, (weight, passed, essential) in enumerate(checks)
    )
    return ExerciseResult("layer", points, tuple(made), note=note)


@pytest.mark.parametrize(
    ("checks", "earned", "capped"),
    [
        ([(1, True, True), (1, True, False)], 6, False),
        ([(1, True, True), (5, False, False)], 1, False),
        ([(1, False, True), (5, True, False)], 3, True),
        ([(1, False, True), (1, True, False)], 3, False),  # its own weight costs the half already
        ([(1, False, True), (2, False, False), (3, True, False)], 3, False),
        ([(3, False, True), (1, True, False)], 1.5, False),
        ([(1, False, True), (1, False, True), (4, True, False)], 3, True),
        ([(1, True, True), (1, False, True), (1, True, False)], 3, True),
        ([(1, False, False), (2, True, False)], 4, False),
        ([], 0, False),
    ],
)
def test_a_failed_essential_check_leaves_half_at_most(checks, earned, capped) -> None:
    made = result(*checks)
    assert (made.earned, made.capped) == (earned, capped)
    shown = ResultTable(made)
    for text in (str(shown), shown._repr_html_()):
        assert ("at most half of the points" in text) is capped


def test_the_sentence_names_the_essential_checks_that_failed() -> None:
    table = ResultTable(result((1, False, True), (5, True, False), note="A note on `uses`."))
    assert SENTENCE in str(table) and f"<p>{SENTENCE}</p>" in table._repr_html_()
    assert str(table).index(SENTENCE) < str(table).index("A note on `uses`.")
    assert "<p>A note on <code>uses</code>.</p>" in table._repr_html_()
    both = ResultTable(result((1, False, True), (1, False, True), (4, True, False)))
    assert "“the scale” and “the shape”: without" in str(both)


def test_points_are_rounded_once() -> None:
    thirds = [(1, True, False), (1, False, False), (1, False, False)]
    assert result(*thirds, points=5).earned == 1.67
    assert result((1, False, True), (7, True, False), points=5).earned == 2.5


def test_json_names_checks_by_id() -> None:
    record = result((1, False, True), (5, True, False)).as_json()
    assert record["earned"] == 3 and record["note"] == ""
    assert [check["id"] for check in record["checks"]] == ["c0", "c1"]  # type: ignore[attr-defined]


def test_failures_come_first_and_equal_ones_are_said_once() -> None:
    def check(id_: str, passed: bool, seen: str = "") -> CheckResult:
        return CheckResult(id_, f"title {id_}", 1, passed, seen, hint=f"hint {id_}")

    table = ResultTable(
        ExerciseResult(
            "layer",
            5,
            (
                check("a", True),
                check("b", False, "NameError in line 2"),
                check("c", False, "zeros"),
                check("d", False, "NameError in line 2"),
                check("e", True),
            ),
        )
    )
    text, html = str(table), table._repr_html_()
    for shown in (text, html):
        order = ["title b", "title d", "hint b", "title c", "hint c", "title a", "title e"]
        assert sorted(order, key=shown.index) == order
        assert shown.count("NameError in line 2") == 1 and "hint d" not in shown
    assert html.count("<details>") == 1
    assert html.index("title c") < html.index("<summary>✓ passed: 2 checks</summary>")


def test_nothing_failed_and_nothing_passed() -> None:
    assert "✗" not in ResultTable(result((1, True, False)))._repr_html_()
    assert "<details>" not in ResultTable(result((1, False, False)))._repr_html_()


@pytest.mark.parametrize(
    ("points", "shown"),
    [
        (41.730000000000004, "41.73"),
        (50, "50"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1234.5, "1234.5"),
    ],
)
def test_points_are_shown_as_numbers_are_written(points, shown) -> None:
    assert as_points(points) == shown


def test_of_a_check_that_grading_adds_the_table_says_what_was_seen_and_no_more() -> None:
    said = {"seen": "zeros", "expected": "ones", "because": "why so", "hint": "a hint"}
    hidden = CheckResult("a", "one more", 1, False, **said, hidden=True)
    visible = CheckResult("b", "a check", 1, False, **said)
    table = ResultTable(ExerciseResult("layer", 2, (hidden,)))
    for shown in (str(table), table._repr_html_()):
        assert "one more (a check that only grading makes)" in shown and "zeros" in shown
        assert not [text for text in ("ones", "why so", "a hint") if text in shown]
    both = str(ResultTable(ExerciseResult("layer", 2, (visible, hidden))))
    assert both.count("ones") == 1 and both.count("zeros") == 2
