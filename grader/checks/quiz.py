"""A quiz: questions with lettered options, every one of which explains itself.

A quiz is written in its chapter (`grader.authoring.quiz_text`). The build keeps what the checks need
of it in a file `NAME.json` beside the chapter's exercises, and `grader.checks.registry` makes an
exercise of each such file.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import ClassVar, Self

from grader.checks import expect
from grader.checks.exercise import Check, Exercise
from grader.checks.student import Student
from grader.checks.variants import reordered
from grader.errors import CourseError
from grader.wire.probe import StudentError

LINE_WIDTH = 100
SHEET = "options_of_"
"""Begins the name of the locked cell that shows a shuffled quiz."""
MAX_ANSWER = 60  # characters of an answer that are looked at; a letter needs 1
CLOSED = "answered; whether it is right, grading says"
CLOSED_HINT = (
    "Every question has an answer when its check says so; what is right you read in the feedback."
)
_LETTER = re.compile(r"\(?\s*([a-z])\s*[).]?")


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

    Every question is one check, and every wrong option answers with its own explanation. A closed quiz,
    whose file has no key, asks only whether a question is answered: what is right is known to `grader.hidden`
    alone, and said in the feedback. key: the same quiz with what is right, where that is known. The options of a
    shuffled quiz stand in another order for each student.
    """

    questions: Mapping[int, Question]
    closed: ClassVar[bool] = False
    shuffled: ClassVar[bool] = False
    key: Quiz | None = None
    answers: object = None
    hints = (
        "Every wrong option explains itself when you check it: choose, check, read, think again.",
        "What can be computed need not be guessed: many a question is settled by two lines of code "
        "in a new cell.",
        "Take the smallest case (one unit, one example, one step), work out its numbers by hand, and "
        "strike out every option that disagrees with them.",
    )

    def checks(self) -> list[Check]:
        make = self._answered if self.closed else self._check
        visible = [make(number, question) for number, question in self.questions.items()]
        graded = self.key.checks() if self.key else []
        return [*visible, *(replace(entry, hidden=True) for entry in graded), *self.hidden]

    def at_home(self) -> Self:
        own = super().at_home()
        own.key = None
        return own

    def in_order_of(self, student: str, chapter: str) -> Quiz:
        """The quiz with the options as `student` has them; in the order of the text, if it is not shuffled."""
        if not self.shuffled:
            return self
        own = copy.copy(self)
        own.key = self.key and self.key.in_order_of(student, chapter)
        own.questions = {
            number: replace(
                question,
                options=reordered(question.options, student, chapter, self.name, str(number)),
            )
            for number, question in self.questions.items()
        }
        return own

    def sheet(self) -> str:
        """Questions and options as Markdown."""
        return "\n".join(
            f"{number}. {question.text}\n"
            + "".join(f"    - ({x}) {option.text}\n" for x, option in question.options.items())
            for number, question in self.questions.items()
        )

    def _answered(self, number: int, question: Question) -> Check:
        """Whether a question of a closed quiz has an answer."""

        def ask(own: Exercise, student: Student) -> str:
            self._letter_of(own, student, number, question)
            return CLOSED

        return Check(f"answered_{number}", f"{number}. {question.text}", 0.0, "", ask)

    def _check(self, number: int, question: Question) -> Check:
        def ask(own: Exercise, student: Student) -> str:
            letter = self._letter_of(own, student, number, question)
            option = question.options[letter]
            if not option.right:
                expect.fail(f"{letter}: {option.text}", because=option.why)
            return option.why

        return Check(f"question_{number}", f"{number}. {question.text}", 1.0, "", ask)

    def _letter_of(self, own: Exercise, student: Student, number: int, question: Question) -> str:
        """The letter that answers a question. Raises CheckFailed for anything else. own: what is judged."""
        assert isinstance(own, Quiz)
        if own.answers is None:
            own.answers = student.run(_read_answers, name=self.name)
        answers = own.answers
        if not isinstance(answers, dict):
            kind = answers if isinstance(answers, str) else type(answers).__name__
            seen = f"`{self.name}` is a {kind[:MAX_ANSWER]}"
            raise expect.CheckFailed(seen, "a dict of numbers and letters, such as {1: 'a'}")
        if all(value is None for value in answers.values()):
            raise StudentError("NotImplementedError", f"{self.name} has no answers yet")
        return _letter(answers.get(str(number)), tuple(question.options))


def make_quiz(
    name: str,
    points: float,
    questions: Mapping[int, Question],
    *,
    closed: bool = False,
    shuffled: bool = False,
) -> type[Quiz]:
    """The exercise of these questions."""
    members = {"name": name, "points": points, "questions": questions}
    members |= {"closed": closed, "shuffled": shuffled}
    if closed:
        members["hints"] = (CLOSED_HINT, *Quiz.hints[1:])
    return type(name, (Quiz,), members)


def without_key(quiz: type[Quiz]) -> type[Quiz]:
    """A closed quiz as students have it: nothing in it says what is right, or why."""
    questions = {
        number: Question(
            question.text, {letter: Option(o.text, "") for letter, o in question.options.items()}
        )
        for number, question in quiz.questions.items()
    }
    return make_quiz(quiz.name, quiz.points, questions, closed=True, shuffled=quiz.shuffled)


def assignment(name: str, values: Mapping[int, str]) -> str:
    """The code that assigns these answers, number to code of a letter, to the quiz of this name."""
    entries = [f"{number}: {value}" for number, value in values.items()]
    line = f"{name} = {{{', '.join(entries)}}}"
    if len(line) <= LINE_WIDTH:
        return line
    return "\n".join([f"{name} = {{", *(f"    {entry}," for entry in entries), "}"])


def write_quiz(quiz: type[Quiz], chapter: str) -> str:
    """The text of the file that `read_quiz` reads. chapter: the file that the quiz is written in."""
    data = {
        "name": quiz.name,
        "points": quiz.points,
        "generated": f"by `grader build` from {chapter}: change the quiz there",
        "questions": [
            {
                "text": question.text,
                "options": {letter: asdict(option) for letter, option in question.options.items()},
            }
            for question in quiz.questions.values()
        ],
    }
    if quiz.shuffled:
        data["shuffled"] = True
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def read_quiz(text: str) -> type[Quiz]:
    """The exercise in the text of a file. Raises CourseError when there is none in it."""
    try:
        data = json.loads(text)
        questions = {
            number: Question(
                entry["text"],
                {letter: Option(**option) for letter, option in entry["options"].items()},
            )
            for number, entry in enumerate(data["questions"], start=1)
        }
        return make_quiz(
            data["name"],
            data["points"],
            questions,
            closed=not any(_has_key(q) for q in questions.values()),
            shuffled=data.get("shuffled", False),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CourseError("is no quiz: delete it, and run `grader build`") from None


def _has_key(question: Question) -> bool:
    return any(option.right for option in question.options.values())


def _letter(answer: object, letters: tuple[str, ...]) -> str:
    """Which of `letters` the answer is, however it is written: "b", "B ", "(b)".

    Raises CheckFailed for every other one. The answer comes from a student's process, so only what is
    known to be small is shown of it.
    """
    if answer is None:
        seen = "no answer yet"
    elif isinstance(answer, str):
        short = answer[:MAX_ANSWER]
        found = _LETTER.fullmatch(short.strip().lower())
        if found and found[1] in letters and short == answer:
            return found[1]
        seen = f"the answer {expect.show(short)}"
    elif isinstance(answer, int) and not isinstance(answer, bool):
        seen = f"the answer {expect.show(answer)}"
    else:
        kind = answer[0] if isinstance(answer, list) and len(answer) == 1 else None
        named = kind[:MAX_ANSWER] if isinstance(kind, str) else type(answer).__name__
        seen = f"an answer of type {named}"
    raise expect.CheckFailed(seen, f"one of the letters {', '.join(letters)}")


def _read_answers(namespace, name):  # a probe: it travels as source
    answers = namespace[name]
    if not isinstance(answers, dict):
        return type(answers).__name__
    # An answer that is neither a text nor a number stays where it is; its type alone is sent.
    return {
        str(key): value if isinstance(value, (str, int, type(None))) else [type(value).__name__]
        for key, value in answers.items()
    }
