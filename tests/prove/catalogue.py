"""All answers that prove the checks: the catalogue's own, and the mistakes that checks declare."""

from __future__ import annotations

from functools import cache

from grader.authoring.catalogue import Answer, read_catalogue
from grader.authoring.wrong_functions import wrong_functions
from grader.checks.registry import get_exercise

from .setting import settings

MIN_RIGHT, MIN_WRONG = 3, 6


@cache
def all_answers() -> tuple[Answer, ...]:
    """The answers to every exercise that a chapter has, in the order of the course.

    Raises ValueError for answers to an exercise that no chapter has.
    """
    places = list(settings())
    answers = read_catalogue()
    orphans = sorted({answer.path for answer in answers if answer.place not in places})
    if orphans:
        raise ValueError(f"answers to exercises that no chapter has: {', '.join(orphans)}")
    for place in places:
        answers += wrong_functions(place[0], get_exercise(*place))
    return tuple(sorted(answers, key=lambda answer: places.index(answer.place)))
