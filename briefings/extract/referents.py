"""Who is referred to without being named: the he and she of the running text, and people without a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from briefings.extract.genders import MEN, WOMEN, pronoun_gender
from briefings.extract.names import word_at
from briefings.extract.phrases import governs, reports
from briefings.extract.tokens import Sort, Token
from briefings.extract.vocabulary import vocabulary

_INDEFINITE = vocabulary("a an one another his her their my our the this that some")
_NOBODY_NOUNS = WOMEN | MEN | vocabulary("voter official source person resident student aide adviser lawyer attorney")


class Pronoun(NamedTuple):
    """A he, she, his or her of the running text; `at` is its token."""

    begin: int
    sentence: int
    at: int
    gender: str


class Stranger(NamedTuple):
    """Somebody whom the article mentions without a name: "a voter", "his mother"; `comma` is the token before."""

    begin: int
    sentence: int
    at: int
    gender: str | None
    subject: bool
    speaks: bool
    comma: int


def pronouns(number: int, tokens: Sequence[Token]) -> Iterator[Pronoun]:
    """The pronouns of the sentence `number`."""
    for index, token in enumerate(tokens):
        if token.sort is Sort.WORD and token.low[0] in "hs" and (gender := pronoun_gender(token.low)) is not None:
            yield Pronoun(token.begin, number, index, gender)


def strangers(number: int, tokens: Sequence[Token]) -> Iterator[Stranger]:
    """The people without a name, by a noun that some word such as "a" or "his" leads within three words."""
    for index, token in enumerate(tokens):
        if token.capital or token.low not in _NOBODY_NOUNS:
            continue
        low = max(index - 4, 0)
        if any(tokens[i].low in _INDEFINITE for i in range(low, index)):
            noun = word_at(tokens, index)
            gender = "f" if noun in WOMEN else "m" if noun in MEN else None
            comma = next((i for i in range(index - 1, max(index - 9, -1), -1) if tokens[i].low == ","), -1)
            speaks = index + 1 < len(tokens) and reports(tokens[index + 1])
            yield Stranger(token.begin, number, index, gender, governs(tokens, index + 1), speaks, comma)


def is_named(firsts: set[tuple[int, int]], lasts: set[tuple[int, int]], stranger: Stranger) -> bool:
    """Whether a name stands beside the noun: "his wife, Jane Smith", "Jane Smith, a lawyer and student"."""
    number = stranger.sentence
    ahead = any((number, stranger.at + step) in firsts for step in (1, 2))
    return ahead or (stranger.comma >= 0 and (number, stranger.comma) in lasts)
