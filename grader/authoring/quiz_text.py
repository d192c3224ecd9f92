"""A quiz as text: what a learner reads, and below each option a quoted line that they do not.

    1. A hidden unit h goes through dropout with rate p. What stays as it was?
        - (a) its variance
            > The two values 0 and h / (1 - p) lie apart.
        - (b) its mean
            > right: the scale is there for this.

A quoted line explains the option above it, and may go on in further quoted lines. The right option's
begins with "right", and may explain itself too. Blocks of code in a question or an option are shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from grader.checks.quiz import Option, Question, Quiz, assignment, make_quiz
from grader.errors import CourseError

_QUESTION = re.compile(r"(\d+)\.\s+(.*)")
_OPTION = re.compile(r"(\s*)[-*+] \((\w+)\)\s*(.*)")
_ITEM = re.compile(r"\s*[-*+] ")
_QUOTE = re.compile(r"\s*>\s?(.*)")
_RIGHT = re.compile(r"right(?::\s*(.*))?", re.IGNORECASE)
_LETTERS = re.compile(r"(?<!\w)\((\w)\)")
ORDER_OF_THE_TEXT = "# In the order of the chapter's text: each student has another one."
_FENCE = re.compile(r"\s*(```|~~~)")


@dataclass(frozen=True)
class QuizText:
    """A quiz as a chapter has it: `shown` is its text without explanations and marks."""

    shown: str
    quiz: type[Quiz]

    @property
    def code(self) -> str:
        """The student's cell, with the answer key as its solution."""
        key = {n: _right_letters(q.options)[0] for n, q in self.quiz.questions.items()}
        blank = assignment(self.quiz.name, dict.fromkeys(key, "None"))
        solved = assignment(self.quiz.name, {n: f'"{letter}"' for n, letter in key.items()})
        note = f"{ORDER_OF_THE_TEXT}\n" if self.quiz.shuffled else ""
        return f"{blank}\n### BEGIN SOLUTION\n{note}{solved}\n### END SOLUTION"


def read_quiz_text(
    name: str, points: object, source: str, *, closed: bool = False, shuffled: bool = False
) -> QuizText:
    """The quiz in the Markdown text `source`.

    Raises CourseError, with the question and the option, when points are missing, numbers or letters
    skip, an option stands outside a question, there is not exactly one right option, or a wrong one
    is not explained. Of a shuffled quiz, `shown` has no options, and one that names a letter, or holds a block of
    code, is an error, too.
    """
    if not re.fullmatch(r"quiz_\w+", name):
        raise CourseError(f"the quiz {name!r} needs a name that begins with quiz_, as quiz_dropout")
    if not isinstance(points, (int, float)) or isinstance(points, bool) or points <= 0:
        raise CourseError(f"{name} has points={points!r}; give a number, as points=4")
    lines = _Lines(name, shuffled)
    for line in source.split("\n"):
        lines.read(line)
    return QuizText(
        "\n".join(lines.shown),
        make_quiz(name, points, lines.questions(), closed=closed, shuffled=shuffled),
    )


@dataclass
class _Draft:
    """A question or an option while it is read: the lines of its text, and of its explanation."""

    text: list[str]
    why: list[str] = field(default_factory=list)
    options: dict[str, _Draft] = field(default_factory=dict)


class _Lines:
    """Takes a quiz line by line; `shown` are those that a learner reads."""

    def __init__(self, name: str, shuffled: bool) -> None:
        self.shown: list[str] = []
        self._name, self._shuffled = name, shuffled
        self._drafts: dict[int, _Draft] = {}
        self._question: _Draft | None = None  # the one being read
        self._option: _Draft | None = None
        self._fence = ""  # what closes the block of code being read
        self._last = ""

    def read(self, line: str) -> None:
        quote = None if self._fence else _QUOTE.fullmatch(line)
        if quote:
            self._explain(quote[1])
        elif fence := _FENCE.match(line):
            self._open_or_close(fence[1], line)
        elif not self._fence:
            self._take(line)
        if not quote and not (self._shuffled and self._option and line.strip()):
            self.shown.append(line)
        self._last = line

    def questions(self) -> dict[int, Question]:
        """What was read, complete and consistent."""
        if self._fence:  # whatever explanation it has swallowed would be shown
            self._fail("a block of code is not closed")
        if not self._drafts:
            self._fail("there is no question; one begins with its number, as `1. What`")
        return {number: self._finished(number) for number in self._drafts}

    def _open_or_close(self, fence: str, line: str) -> None:
        if not self._fence:
            self._not_explained_yet(line)
            if self._shuffled and self._option:
                self._fail("an option of a shuffled quiz has no block of code", len(self._drafts))
            self._fence = fence
        elif self._fence == fence:
            self._fence = ""

    def _take(self, line: str) -> None:
        if question := _QUESTION.fullmatch(line):
            self._ask(int(question[1]), question[2])
        elif option := _OPTION.fullmatch(line):
            self._offer(*option.groups())
        elif line.strip() and line[0].isspace() and self._question:
            if _ITEM.match(line):
                self._fail(
                    f"`{_short(line)}` is no option; one begins as `- (a)`", len(self._drafts)
                )
            self._not_explained_yet(line)
            (self._option or self._question).text.append(line)
        elif line.strip():  # the introduction, or a text after the questions
            if self._last.strip():
                self._not_explained_yet(line)
            self._question = self._option = None

    def _ask(self, number: int, text: str) -> None:
        expected = len(self._drafts) + 1
        if number != expected:
            self._fail(f"question {number} stands where question {expected} belongs")
        self._question = self._drafts[number] = _Draft([text])
        self._option = None

    def _offer(self, indent: str, letter: str, text: str) -> None:
        if self._question is None or not indent:
            self._fail(f"option ({letter}) stands outside a question; indent it below one")
        options = self._question.options
        expected = chr(ord("a") + len(options))
        if letter != expected:
            problem = f"option ({letter}) stands where option ({expected}) belongs"
            self._fail(problem, len(self._drafts))
        self._option = options[letter] = _Draft([text])

    def _explain(self, text: str) -> None:
        if self._option is None:
            self._fail(f"the explanation `> {_short(text)}` stands below no option")
        self._option.why.append(text)

    def _not_explained_yet(self, line: str) -> None:
        """A text that follows an explanation may be its rest, which a learner must not read."""
        if self._question and self._option and self._option.why:
            problem = f"`{_short(line)}` follows an explanation, without a `>`"
            self._fail(problem, len(self._drafts), list(self._question.options)[-1])

    def _finished(self, number: int) -> Question:
        draft = self._drafts[number]
        options = {letter: _option(lines) for letter, lines in draft.options.items()}
        if len(options) < 2:
            self._fail("there are fewer than two options", number)
        for letter, option in options.items():
            if not option.text:
                self._fail("there is no text", number, letter)
            if not option.right and not option.why:
                self._fail("write below it why it is wrong, as `> ...`", number, letter)
        right = _right_letters(options)
        if not right:
            self._fail("no option is right: begin the text below one with `> right`", number)
        if len(right) > 1:
            letters = " and ".join(f"({letter})" for letter in right)
            self._fail(f"the options {letters} are marked right; mark one", number)
        if self._shuffled:
            self._names_no_letter(number, draft, options)
        return Question(_joined(draft.text), options)

    def _names_no_letter(self, number: int, draft: _Draft, options: Mapping[str, Option]) -> None:
        texts = {"": _joined(draft.text)} | {x: f"{o.text} {o.why}" for x, o in options.items()}
        for letter, text in texts.items():
            for named in options.keys() & set(_LETTERS.findall(text)):
                problem = f"it names ({named}), which is another option for each student"
                self._fail(problem, number, letter)

    def _fail(self, problem: str, number: int = 0, letter: str = "") -> NoReturn:
        question = f", question {number}" if number else ""
        option = f", option ({letter})" if letter else ""
        raise CourseError(f"{self._name}{question}{option}: {problem}")


def _option(lines: _Draft) -> Option:
    text, why = _joined(lines.text), _joined(lines.why)
    right = _RIGHT.fullmatch(why)
    return Option(text, right[1] or "", right=True) if right else Option(text, why)


def _right_letters(options: Mapping[str, Option]) -> list[str]:
    return [letter for letter, option in options.items() if option.right]


def _joined(lines: list[str]) -> str:
    return " ".join(part for line in lines if (part := line.strip()))


def _short(line: str) -> str:
    return line.strip()[:40]
