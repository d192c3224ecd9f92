"""Submissions that look alike: answers compared by their tokens, what everybody writes left out.

A right answer to a short exercise has few forms, so that two of them are alike says nothing. What counts is an
answer that is long enough, that few others gave, and that is not the course's own.
"""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz.distance import Indel

ALIKE = 0.9
"""The share of an answer's tokens, in order, that two answers have in common from here on."""
MIN_CODE, MIN_WORDS = 25, 20
"""Tokens of code and words of text below which an answer says nothing."""
COMMON = 0.1
"""The share of a class that may give an answer before it is nobody's own; three people may always."""
MAX_TOKENS = 3000
_SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}


@dataclass(frozen=True)
class Pair:
    """Two submissions that look alike. answers: by exercise, the share of tokens in common."""

    first: str
    second: str
    answers: Mapping[str, float]


@dataclass(frozen=True)
class Answers:
    """What one student wrote: code by exercise, texts by question."""

    student: str
    code: Mapping[str, str]
    texts: Mapping[str, str]


def alike(
    students: Sequence[Answers],
    template: Answers,
    known: Sequence[Answers],
    earlier: Sequence[Answers] = (),
) -> list[Pair]:
    """The pairs of submissions with answers that are alike, those with most first.

    template: the notebook as it was handed out, whose lines count for nothing. known: answers that anybody
    may have, such as the solutions. earlier: submissions of former terms, which are compared with these.
    """
    found: dict[tuple[str, str], dict[str, float]] = {}
    names = {name for entry in students for name in (*entry.code, *entry.texts)}
    for name in sorted(names):
        of_now = {entry.student: _tokens(entry, template, name) for entry in students}
        others = {entry.student: _tokens(entry, template, name) for entry in earlier}
        common = [_tokens(entry, template, name) for entry in known]
        for pair, share in _alike_answers(of_now, others, common):
            found.setdefault(pair, {})[name] = share
    pairs = [Pair(*pair, answers) for pair, answers in found.items()]
    return sorted(pairs, key=lambda pair: (-sum(pair.answers.values()), pair.first, pair.second))


def _alike_answers(
    of_now: Mapping[str, tuple[str, ...]],
    others: Mapping[str, tuple[str, ...]],
    known: Sequence[tuple[str, ...]],
) -> Iterator[tuple[tuple[str, str], float]]:
    everybody = {**of_now, **others}
    own = {
        who: tokens
        for who, tokens in everybody.items()
        if tokens and not any(_share(tokens, k) for k in known)
    }
    pairs = [
        ((first, second), share)
        for first, second in combinations(own, 2)
        if (first in of_now or second in of_now) and (share := _share(own[first], own[second]))
    ]
    partners: dict[str, int] = {}
    for pair, _ in pairs:
        for who in pair:
            partners[who] = partners.get(who, 0) + 1
    most = max(3, COMMON * len(of_now))
    yield from (entry for entry in pairs if max(partners[who] for who in entry[0]) <= most)


def _share(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """How much of two answers is the same, 0 below `ALIKE`."""
    return Indel.normalized_similarity(first, second, score_cutoff=ALIKE)


def _tokens(entry: Answers, template: Answers, name: str) -> tuple[str, ...]:
    """What is compared of an answer; nothing when it is too short to say anything."""
    if name in entry.code:
        lines = template.code.get(name, "").splitlines()
        handed_out = {
            line.strip() for line in lines if not line.endswith(":")
        }  # docstrings above all
        own = [line for line in entry.code[name].splitlines() if line.strip() not in handed_out]
        tokens = code_tokens("\n".join(own))
        return tokens if len(tokens) >= MIN_CODE else ()
    text = entry.texts.get(name, "")
    words = () if text == template.texts.get(name) else tuple(re.findall(r"\w+", text.casefold()))
    return words[:MAX_TOKENS] if len(words) >= MIN_WORDS else ()


def code_tokens(code: str) -> tuple[str, ...]:
    """The tokens of a piece of Python without comments; names are numbered, so that renaming changes nothing."""
    found: list[str] = []
    names: dict[str, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            text = token.string
            is_own = token.type == tokenize.NAME and not keyword.iskeyword(text)
            if is_own and not (found and found[-1] == "."):  # what follows a dot is a library's
                text = names.setdefault(text, f"name{len(names)}")
            if token.type not in _SKIPPED and text and len(found) < MAX_TOKENS:
                found.append(text)
    except (tokenize.TokenError, SyntaxError, ValueError):  # as far as it can be read
        pass
    return tuple(found)
