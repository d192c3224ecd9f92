"""Exercises are found by chapter and name, with their hidden checks where these are present."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import grader.exercises
import grader.hidden
from grader.checks.registry import chapter_of, exercises_of, get_exercise
from grader.errors import CourseError

EXERCISE = """
from grader.checks.exercise import Exercise, check

class Base(Exercise):
    @check("a check of the base")
    def of_the_base(self, student): ...

class {name}(Base):
    name, points = "{name}", 1

    @check("a check")
    def first(self, student): ...
"""
HIDDEN = """
from grader.checks.exercise import HiddenChecks, check

class More(HiddenChecks):
    exercise = "{name}"

    @check("one more")
    def {check}(self, student): ...
"""

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Write modules of chapters that stand beside the real ones: `write("exercises/ch91/a", text)`."""
    for package in (grader.exercises, grader.hidden):
        folder = tmp_path / package.__name__.rpartition(".")[2]
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])

    def write(module: str, text: str, **words: str) -> None:
        path = (tmp_path / module).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text.format(**words))
        importlib.invalidate_caches()

    exercises_of.cache_clear()
    yield write
    exercises_of.cache_clear()
    for name in [name for name in sys.modules if ".ch91" in name or ".ch92" in name]:
        del sys.modules[name]


def test_exercises_and_their_hidden_checks_are_found(write: Write) -> None:
    write("exercises/ch91/a", EXERCISE, name="One")
    write("exercises/ch91/b", EXERCISE, name="Two")
    write("hidden/ch91/a", HIDDEN, name="One", check="rare")
    assert list(exercises_of("ch91")) == ["One", "Two"]
    checks = get_exercise("ch91", "One").checks()
    assert [(entry.id, entry.hidden) for entry in checks] == [
        ("of_the_base", False),
        ("first", False),
        ("rare", True),
    ]
    assert [entry.id for entry in get_exercise("ch91", "Two").checks()] == ["of_the_base", "first"]
    with pytest.raises(CourseError, match=r"no exercise called 'Three' in chapter 91.*One, Two"):
        get_exercise("ch91", "Three")


def test_one_name_twice_in_a_chapter_is_refused_and_in_two_chapters_is_not(write: Write) -> None:
    write("exercises/ch91/a", EXERCISE, name="Same")
    write("exercises/ch92/a", EXERCISE, name="Same")
    assert type(get_exercise("ch91", "Same")) is not type(get_exercise("ch92", "Same"))
    exercises_of.cache_clear()
    write("exercises/ch92/b", EXERCISE, name="Same")
    words = r"Two exercises are called 'Same': grader\.exercises\.ch92\.a\.Same and .*ch92\.b\.Same"
    with pytest.raises(CourseError, match=words):
        exercises_of("ch92")


def test_a_hidden_check_with_the_id_of_another_check_is_refused(write: Write) -> None:
    write("exercises/ch91/a", EXERCISE, name="One")
    write("hidden/ch91/a", HIDDEN, name="One", check="first")
    with pytest.raises(CourseError, match="Two checks of 'One' are called 'first'"):
        exercises_of("ch91")


def test_hidden_checks_of_no_exercise_are_refused(write: Write) -> None:
    write("exercises/ch91/a", EXERCISE, name="One")
    write("hidden/ch91/a", HIDDEN, name="Won", check="rare")
    with pytest.raises(CourseError, match="hidden checks for 'Won', which is no exercise of ch91"):
        exercises_of("ch91")


def test_an_import_that_fails_is_not_taken_for_an_absent_chapter(write: Write) -> None:
    assert exercises_of("ch93") == {}
    write("exercises/ch91/a", "import no_such_module")
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        exercises_of("ch91")


def test_chapters_are_told_by_the_number_of_the_assignment() -> None:
    assert chapter_of("01_dropout_from_scratch") == chapter_of("1") == "ch01"
    assert chapter_of("12_more") == "ch12"
    with pytest.raises(CourseError, match="'dropout' does not begin with the number"):
        chapter_of("dropout")
