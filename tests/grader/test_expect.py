"""Expectations: what passes, what fails, and when a mistake is called by its name."""

from __future__ import annotations

import math

import pytest
import torch

from grader.checks import expect, statistics
from grader.checks.expect import CLOSE, EXACT, HALF, LAYERS, CheckFailed, Tolerance


def because(*args, **kwargs) -> str:
    """The sentence with which `expect.close` fails."""
    with pytest.raises(CheckFailed) as caught:
        expect.close(*args, **kwargs)
    return caught.value.because


def test_expectations_can_fail():
    with pytest.raises(CheckFailed, match="NaN"):
        expect.finite(torch.tensor([1.0, float("nan")]))
    with pytest.raises(CheckFailed):
        expect.close(torch.tensor([float("nan")]), torch.tensor([float("nan")]))
    with pytest.raises(CheckFailed):
        expect.close(math.nan, math.nan)
    with pytest.raises(CheckFailed):
        expect.equal(True, 1)
    with pytest.raises(CheckFailed):
        expect.between(2, 0, 1)
    with pytest.raises(CheckFailed) as failure:
        expect.tensor(torch.zeros(2, 3), shape=(3, 2))
    assert failure.value.seen == "a tensor of shape (2, 3)"
    expect.close(torch.zeros(0, 3), torch.zeros(0, 3))
    expect.close(torch.tensor(2.0), 2.0)


def test_of_long_lists_that_begin_alike_the_first_difference_is_shown():
    names = [f"block.{i}.weight" for i in range(20)]
    for seen, said in (
        ([*names[:15], "extra", *names[15:]], "'extra' at [15], not 'block.15.weight' at [15]"),
        (names[:18], "18 values, not 20 values"),
        (names[::-1], "'block.19.weight'"),
    ):
        with pytest.raises(CheckFailed) as failure:
            expect.equal(seen, names)
        assert said in f"{failure.value.seen}, not {failure.value.expected}"


def test_a_mistake_is_named_where_it_alone_fits():
    mistakes = {"twice": 4.0, "half": 1.0}
    assert because(4.0, 2.0, mistakes=mistakes, because="why") == "twice"
    assert because(torch.tensor(1.0), 2.0, mistakes=mistakes) == "half"
    assert because(3.0, 2.0, mistakes=mistakes, because="why") == "why"
    expect.close(2.0, 2.0, mistakes=mistakes)


def test_two_mistakes_that_fit_are_none():
    mistakes = {"twice": 4.0, "the square": 4.0, "half": 1.0}
    assert because(4.0, 2.0, mistakes=mistakes, because="why") == "why"
    assert because(1.0, 2.0, mistakes=mistakes, because="why") == "half"


def test_a_mistake_that_gives_the_right_value_is_left_out():
    """A value can be within the tolerance of a mistake that is within it of the right one."""
    near = 1 + 1.5 * CLOSE.relative
    assert because(near, 1.0, mistakes={"beside": 1 + 0.9 * CLOSE.relative}, because="why") == "why"
    assert because(4.0, 2.0, mistakes={"right": 2.0, "twice": 4.0}) == "twice"


def test_mistakes_of_tensors_and_nested_lists():
    X = torch.tensor([1.0, 2.0, 3.0])
    mistakes = {"not summed": [[X], 6.0], "transposed": [X[None], 6.0], "of one": [X.sum(), 6.0]}
    right = [X * 2, 6.0]
    assert because([[X], 6.0], right, mistakes=mistakes) == "not summed"
    assert because([X[None], 6.0], right, mistakes=mistakes) == "transposed"
    assert because([torch.tensor(6.0), 6.0], right, mistakes=mistakes) == "of one"
    assert because([X, 6.0], right, mistakes=mistakes) == ""
    expect.close([[X, [1.0]], 2], ([X, (1.0,)], 2.0))
    expect.close([], [])
    for actual in ([[X, [1.0]], 3.0], [[X, [1.5]], 2.0], [[X + 1, [1.0]], 2.0], [[X, 1.0], 2.0]):
        with pytest.raises(CheckFailed):
            expect.close(actual, [[X, [1.0]], 2.0])


@pytest.mark.parametrize(
    ("actual", "expected", "seen"),
    [
        (torch.zeros(2), torch.zeros(2, 1), "a tensor of shape (2,)"),
        (0.0, torch.zeros(1), "a value of type float came back"),
        (torch.zeros(2), 0.0, "a value of type Tensor came back"),
        (torch.tensor(1j), 0.0, "a value of type Tensor came back"),
        (True, 1.0, "a value of type bool came back"),
        ("1", 1.0, "a value of type str came back"),
        (None, [1.0], "None (is the `return` missing?) came back"),
        ([1.0], [1.0, 2.0], "1 values came back"),
        ([1.0, 3.0], [1.0, 2.0], "3"),
        (
            torch.tensor([1.0, 2.0, 5.0]),
            torch.tensor([1.0, 2.0, 3.0]),
            "5 at [2] (1 of 3 values differ)",
        ),
    ],
)
def test_another_kind_or_shape_is_said(actual, expected, seen):
    with pytest.raises(CheckFailed) as caught:
        expect.close(actual, expected)
    assert caught.value.seen == seen


def test_a_mistake_of_another_kind_or_shape_is_named_too():
    """Where the kind is wrong already, the mistake that gives just this kind says more than the kind."""
    right = torch.tensor([1.0, 2.0])
    mistakes = {"the sum, not each": 3.0, "a column": right[:, None]}
    assert because(3.0, right, mistakes=mistakes) == "the sum, not each"
    assert because(right[:, None], right, mistakes=mistakes) == "a column"
    assert because(4.0, right, mistakes=mistakes, because="why") == ""


def test_tolerances():
    assert expect.agrees(1 + 0.9e-4, 1.0) and not expect.agrees(1 + 1.2e-4, 1.0)
    assert expect.agrees(0.9e-6, 0.0) and not expect.agrees(1.2e-6, 0.0)
    assert expect.agrees(1 / (0.5 + 1e-6), 2.0), "an epsilon in the denominator is no mistake"
    assert not expect.agrees(1 + 1e-7, 1.0, EXACT)
    ordered = [EXACT, CLOSE, LAYERS, HALF]
    assert ordered == sorted(ordered, key=lambda each: (each.relative, each.absolute))
    assert expect.agrees([10.5], [10.0], Tolerance(0, 0.5))


def test_rates():
    torch.manual_seed(0)
    hits = torch.rand(40_000) < 0.3
    expect.rate(hits, 0.3)
    with pytest.raises(CheckFailed) as caught:
        expect.rate(hits, 0.7, mistakes={"kept": 0.3, "half": 0.5}, because="why")
    assert caught.value.because == "kept" and "% of the units are 0" in caught.value.seen
    assert caught.value.expected.startswith("70 %, give or take ")
    with pytest.raises(CheckFailed) as caught:
        expect.rate(hits, 0.7, mistakes={"kept": 0.3, "near": 0.301}, because="why")
    assert caught.value.because == "why", "two rates fit"
    with pytest.raises(CheckFailed) as caught:
        expect.rate(hits, 0.7, mistakes={"right": 0.7, "half": 0.5}, because="why")
    assert caught.value.because == "why"
    expect.rate(torch.zeros(9, dtype=torch.bool), 0.0)
    with pytest.raises(CheckFailed):
        expect.rate(torch.ones(9, dtype=torch.bool), 0.0)


def test_naming_a_mistake_books_nothing():
    hits = torch.ones(1000, dtype=torch.bool)
    with statistics.ledger() as booked, pytest.raises(CheckFailed):
        expect.rate(hits, 0.5, mistakes={"all": 1.0, "none": 0.0})
    assert len(booked) == 1


def test_what_is_shown_is_short():
    assert expect.show(0.123456) == "0.1235" and expect.show(-0.0) == "0"
    assert expect.show(torch.zeros(2, 2)) == "tensor [[0, 0], [0, 0]]"
    assert expect.show(torch.zeros(3, 3)) == "a tensor of shape (3, 3)"
    assert len(expect.show("x" * 500)) == 120


@pytest.mark.parametrize("wanted", [math.inf, -math.inf, math.nan])
def test_no_finite_number_is_near_to_one_that_is_not(wanted):
    """A mistake that gives infinity was named for every wrong number."""
    assert not expect.agrees(8.6, wanted)
    assert not expect.agrees(torch.tensor([8.6]), torch.tensor([wanted]))
    if wanted == wanted:
        assert expect.agrees(wanted, wanted)
        assert expect.agrees(torch.tensor([wanted]), torch.tensor([wanted]))


@pytest.mark.parametrize("tolerance", [CLOSE, EXACT, HALF, Tolerance(0, 0.5), Tolerance(0.5, 0)])
@pytest.mark.parametrize("seen", [0.0, 1.0, 1.2, 2.0, 1 + 1e-9, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("wanted", [0.0, 1.0, -1.0, 2.5, math.inf, -math.inf, math.nan])
def test_tensors_agree_where_they_are_close(seen, wanted, tolerance):
    a, b = torch.tensor([3.0, seen]), torch.tensor([3.0, wanted])
    right = torch.allclose(a.double(), b.double(), tolerance.relative, tolerance.absolute)
    assert expect.agrees(a, b, tolerance) == right
    assert expect.agrees(a[:0], b[:0], tolerance)
