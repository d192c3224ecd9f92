"""The installed commands, as an instructor runs them."""

from tests.course.conftest import command
from tests.grader.conftest import built_course, small_course, small_exercises

__all__ = ["built_course", "command", "small_course", "small_exercises"]
