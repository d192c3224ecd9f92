"""A quiz: questions with lettered options, every one of which explains itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from grader.checks import expect
from grader.checks.exercise import Check, Exercise
from grader.checks.student import Student
from grader.wire.probe import StudentError


@dataclass(frozen=True)
class Option:
    """One option of a quiz question; `why` explains it to whoever picks it."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A quiz question: `options` by letter, of which one is right."""

    text: str
    options: Mapping[str, Option]


class Quiz(Exercise):
    """An exercise of questions: the student fills a dict called like the quiz, number to letter.

    Every question is one check, and every wrong option answers with its own explanation.
    """

    questions: ClassVar[Mapping[int, Question]]

    def checks(self) -> list[Check]:
        return [self._check(number, question) for number, question in self.questions.items()]

    def _check(self, number: int, question: Question) -> Check:
        def ask(_: Exercise, student: Student) -> None:
            answers = student.run(_read_answers, name=self.name)
            if not isinstance(answers, dict):
                seen = f"`{self.name}` is a {answers}"
                raise expect.CheckFailed(seen, "a dict of numbers and letters, such as {1: 'a'}")
            if all(value is None for value in answers.values()):
                raise StudentError("NotImplementedError", f"{self.name} has no answers yet")
            chosen = answers.get(str(number))
            letters = ", ".join(question.options)
            if chosen is None:
                expect.fail("no answer yet", f"one of the letters {letters}")
            option = question.options.get(str(chosen).strip().lower())
            if option is None:
                expect.fail(f"the answer {expect.show(chosen)}", f"one of the letters {letters}")
            elif not option.right:
                expect.fail(f"{str(chosen).strip().lower()}: {option.text}", because=option.why)

        return Check(f"question_{number}", f"{number}. {question.text}", 1.0, "", ask)


def _read_answers(namespace, name):  # a probe: it travels as source
    answers = namespace[name]
    if not isinstance(answers, dict):
        return type(answers).__name__
    return {str(key): value for key, value in answers.items()}
