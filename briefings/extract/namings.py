"""Names as they stand in a sentence: where, behind which role, and whether each may be somebody's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from briefings.extract.genders import first_name_gender
from briefings.extract.lexicon import GROUP_NOUNS
from briefings.extract.names import (
    PEOPLES,
    is_organisation,
    is_person,
    name_runs,
    name_words,
    shouted,
    strip_possessive,
    without_role,
    word_at,
)
from briefings.extract.phrases import Range, reports
from briefings.extract.places import CITIES, COUNTRIES, DEMONYMS, STATES
from briefings.extract.tokens import Token
from briefings.extract.vocabulary import vocabulary

ARTICLES = vocabulary("the a an")
# "R-Ky." after a senator's name.
_CONSTITUENCY = re.compile(r"[DRI]-[A-Z]")
_PLACES = COUNTRIES | CITIES | DEMONYMS | STATES


class Naming(NamedTuple):
    """A run of capitals as it stands; `piece` leaves out the roles before it, of which `title` is the last."""

    sentence: int
    run: Range
    piece: Range
    name: str
    words: tuple[str, ...]
    title: str


class Mention(NamedTuple):
    """A person's name in the running text, quotations left out. `first` and `last` are token indices."""

    begin: int
    name: str
    sentence: int
    first: int
    last: int
    owner: bool
    subject: bool
    speaks: bool


def piece_text(text: str, tokens: Sequence[Token], piece: Range) -> str:
    """The text of a run of tokens, a possessive at its end left out."""
    return strip_possessive(text[tokens[piece[0]].begin : tokens[piece[1] - 1].end])


def namings(text: str, number: int, tokens: Sequence[Token]) -> Iterator[Naming]:
    """The names in the sentence `number`, quotations left out."""
    for run in name_runs(tokens):
        piece = without_role(tokens, run)
        name = piece_text(text, tokens, piece)
        words = tuple(name_words(name))
        if words and not _CONSTITUENCY.match(name):
            title = word_at(tokens, piece[0] - 1) if piece[0] > run[0] else ""
            yield Naming(number, run, piece, name, words, title)


def unled(text: str, tokens: Sequence[Token], found: Naming, known: Mapping[str, int], common: Set[str]) -> Naming:
    """A name less the word that only opens its sentence or headline: `Hold Mary Smith` where she is known.

    `known` counts the names of the article, `common` are its words in lower case.
    """
    words = found.words
    led = len(words) > 2 and first_name_gender(words[0]) is None and found.piece == found.run
    if not led or (first_name_gender(words[1]) is None and words[0] not in common):
        return found
    if known.get(" ".join(words[1:]), 0) < max(known.get(" ".join(words), 0), 1) or len(words[1]) == 1:
        return found
    piece = (found.piece[0] + 1, found.piece[1])
    return found._replace(piece=piece, name=piece_text(text, tokens, piece), words=words[1:])


def names_person(tokens: Sequence[Token], found: Naming) -> bool:
    """Whether a name of several words is a person's."""
    if not is_person(found.words):
        return False
    if found.title or first_name_gender(found.words[0]):
        return True
    articled = found.run[0] > 0 and tokens[found.run[0] - 1].low in ARTICLES
    return not articled and not shouted(found.name)


def stands_alone(tokens: Sequence[Token], found: Naming, common: Set[str], proper: Set[str]) -> bool:
    """Whether a single word is somebody's name by what stands beside it: "Mr. Smith", "Smith said".

    `common` are the words that the article has in lower case, `proper` those that it has in capitals only.
    """
    word, (first, last) = found.words[0], found.piece
    if word in _PLACES or is_organisation(found.words) or word in common or found.name[0].islower():
        return False
    if (first and tokens[first - 1].low in ARTICLES) or word in GROUP_NOUNS | PEOPLES or not word.isalpha():
        return False
    if found.title:
        return True
    told = first_name_gender(word) is not None or (last < len(tokens) and reports(tokens[last]))
    return told and found.name.lower() in proper
