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
from functools import lru_cache
from itertools import combinations, product

from rapidfuzz.distance import Indel

ALIKE = 0.9
"""The share of an answer's tokens, in order, that two answers have in common from here on."""
MIN_CODE, MIN_WORDS = 25, 20
"""Tokens of code and words of text below which an answer says nothing."""
COMMON = 0.1
"""The share of a class that may give an answer before it is nobody's own; three people may always."""
MAX_TOKENS, MAX_SIGNS = 3000, 1000
"""Tokens of an answer and signs of a line that are looked at: a line of quotes takes the square of its length."""
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
    place: dict[str, int] = {}
    writers: dict[tuple[str, ...], list[str]] = {}
    for who, tokens in {**of_now, **others}.items():
        place[who] = len(place)
        writers.setdefault(tokens, []).append(who)
    own = [tokens for tokens in writers if tokens and not any(_share(tokens, k) for k in known)]
    near = {tokens: {tokens: 1.0} for tokens in own}  # the same answer is compared once
    for one, two in combinations(own, 2):
        if share := _share(one, two):
            near[one][two] = near[two][one] = share
    most, few = max(3, COMMON * len(of_now)), set()
    for one, shares in near.items():
        partners = [who for two in shares for who in writers[two]]
        of_this_class = sum(who in of_now for who in partners)
        for who in writers[one]:
            if (len(partners) - 1 if who in of_now else of_this_class) <= most:
                few.add(who)
    for one, shares in near.items():
        for two, share in shares.items():
            for pair in product(few.intersection(writers[one]), few.intersection(writers[two])):
                if place[pair[0]] < place[pair[1]] and not of_now.keys().isdisjoint(pair):
                    yield pair, share


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


@lru_cache(maxsize=4096)
def code_tokens(code: str) -> tuple[str, ...]:
    """The tokens of a piece of Python without comments; names are numbered, so that renaming changes nothing."""
    found: list[str] = []
    names: dict[str, str] = {}
    lines = "\n".join(line[:MAX_SIGNS] for line in code.split("\n"))
    try:
        for token in tokenize.generate_tokens(io.StringIO(lines).readline):
            text = token.string
            is_own = token.type == tokenize.NAME and not keyword.iskeyword(text)
            if is_own and not (found and found[-1] == "."):  # what follows a dot is a library's
                text = names.setdefault(text, f"name{len(names)}")
            if token.type not in _SKIPPED and text:
                found.append(text)
            if len(found) >= MAX_TOKENS:
                break
    except (tokenize.TokenError, SyntaxError, ValueError):  # as far as it can be read
        pass
    return tuple(found)
