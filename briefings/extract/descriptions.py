"""Whom "the poll", "the city" or "the agency" means: a fuller phrase of the same article that names it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from briefings.extract.layout import Sentence
from briefings.extract.lexicon import DETERMINERS, ORGANISATION_WORDS, PREPOSITIONS
from briefings.extract.names import is_organisation, name_key, name_runs, name_words, shouted, word_at
from briefings.extract.phrases import Range
from briefings.extract.places import CITIES, COUNTRIES, STATES
from briefings.extract.tokens import Sort, Token
from briefings.extract.vocabulary import vocabulary

# Around the title of a work.
MARKS = "“”\"'‘’«»„`"
# Sentences further up than this are about something else by now.
REACH = 12

# What names itself by its own noun: "a Reuters/Ipsos poll", "the city of Phoenix", "Fortune 500 companies".
_NOUNS = vocabulary(
    "poll survey study report city state county town village campaign company companies committee commission court "
    "council ministry department bank union association university newspaper magazine station party board panel "
    "institute foundation centre center team army navy police governorate region administration government embassy "
    "brigade battalion regiment corps agency bureau office group network channel union league federation"
)
# What an organisation or a work may be called whose name has another noun.
_KINDS = {
    "agency": vocabulary(
        "agency office bureau service administration department investigations commission centre center"
    ),
    "department": vocabulary("department ministry"),
    "ministry": vocabulary("ministry"),
    "group": vocabulary("group association union federation alliance society foundation institute league coalition"),
    "organization": vocabulary("organization organisation association union federation alliance society foundation"),
    "organisation": vocabulary("organization organisation association union federation alliance society foundation"),
    "newspaper": vocabulary("times post journal herald tribune gazette guardian telegraph newspaper"),
    "paper": vocabulary("times post journal herald tribune gazette guardian telegraph newspaper"),
    "bank": vocabulary("bank reserve"),
    "company": vocabulary("company corporation inc corp ltd llc firm bank airline retailer maker"),
    "firm": vocabulary("firm company corporation inc corp ltd llc group"),
    "firms": vocabulary("firm"),
    "airline": vocabulary("airline airlines company"),
    "ruling": vocabulary("court"),
    "organizers": vocabulary("committee"),
    "article": vocabulary("article story piece report column editorial feature"),
    "story": vocabulary("article story piece report"),
    "piece": vocabulary("article story piece column"),
    "clip": vocabulary("clip video ad spot"),
    "ad": vocabulary("ad spot video"),
    "video": vocabulary("video clip ad"),
    "survey": vocabulary("survey poll"),
    "study": vocabulary("study report"),
    "film": vocabulary("film documentary movie"),
    "documentary": vocabulary("film documentary"),
    "movie": vocabulary("film movie"),
    "book": vocabulary("book memoir novel"),
    "lawsuit": vocabulary("lawsuit suit complaint"),
    "suit": vocabulary("lawsuit suit complaint"),
    "panel": vocabulary("committee commission council"),
    "union": vocabulary("union federation association"),
}


# What somebody makes or writes: "a web video by the party", "a story from the Times".
_WORKS = vocabulary(
    "poll survey study report article story piece column editorial feature ad video clip spot film documentary "
    "movie book memoir novel lawsuit suit complaint letter statement memo ruling decision"
)
_TITLED = vocabulary("film documentary movie book memoir novel series")
# Whoever has these is a company, or a bank, or whatever the article calls it.
_BUSINESS = vocabulary("ceo cfo shares stock employees customers executives shareholders")
_ENTERPRISE = vocabulary("company firm bank airline retailer corporation")
# What is known by whose it is.
_OWNED = vocabulary("campaign administration foundation team")


class Description(NamedTuple):
    """A phrase that names what its noun stands for, where it begins and in which sentence (counted from 0)."""

    begin: int
    sentence: int
    name: str
    nouns: frozenset[str]


class Descriptions:
    """The phrases of one article, in order."""

    def __init__(self, text: str, sentences: Sequence[Sentence]) -> None:
        self._found = [
            Description(
                sentence.tokens[begin].begin, number, text[sentence.tokens[begin].begin : end].strip(MARKS), nouns
            )
            for number, sentence in enumerate(sentences)
            for begin, end, nouns in _phrases(sentence.tokens)
            if not shouted(text[sentence.tokens[begin].begin : end])
        ]
        self._starts = [sentence.span[0] for sentence in sentences]

    def meant(self, noun: str, position: int) -> str | None:
        """The name behind "the NOUN" at `position`: the last one before it; in a headline, the first one after."""
        wanted = _KINDS.get(noun, frozenset((noun,)))
        fitting = [found for found in self._found if noun in found.nouns or wanted & found.nouns]
        at = bisect_left(fitting, position, key=lambda found: found.begin)
        here = bisect_left(self._starts, position + 1) - 1
        if not at and here and len({name_key(found.name) for found in fitting}) == 1:
            # Named only further down, and as one thing only.
            return fitting[0].name if fitting[0].sentence - here <= REACH else None
        if at:
            return fitting[at - 1].name if here - fitting[at - 1].sentence <= REACH else None
        return fitting[0].name if fitting and here == 0 and fitting[0].sentence <= REACH else None

    def owned(self, noun: str, owner: str) -> str | None:
        """What the article calls the NOUN of somebody by their last name: "the Smith campaign"."""
        fitting = (found for found in self._found if noun in found.nouns)
        return next((f.name for f in fitting if name_words(f.name)[-2:] == [owner, noun]), None)


def _phrases(tokens: Sequence[Token]) -> Iterator[tuple[int, int, frozenset[str]]]:
    """First token, end character and nouns of each phrase that ties a noun to a name."""
    for run in name_runs(tokens):
        begin, last = run
        tail = _tail(tokens, last)
        if tail is not None:
            yield begin, tokens[tail - 1].end, frozenset((word_at(tokens, tail - 1),))
            continue
        work = _work_by(tokens, begin)
        if work is not None:
            yield work, tokens[last - 1].end, frozenset((word_at(tokens, work),))
        words = _words(tokens, run)
        if len(words) > 1 and is_organisation(words):
            yield begin, tokens[last - 1].end, frozenset(words) & (ORGANISATION_WORDS | _NOUNS)
        called = _called(tokens, run)
        if called:
            end = next((i for i in range(begin + 1, last) if word_at(tokens, i) in _BUSINESS), last)
            yield begin, tokens[end - 1].end, called
    for index in range(len(tokens) - 1):
        if tokens[index].low in _TITLED and tokens[index + 1].sort is Sort.QUOTE:
            yield index + 1, tokens[index + 1].end, frozenset((tokens[index].low,))


def _work_by(tokens: Sequence[Token], begin: int) -> int | None:
    """The noun before a name that made it: `poll conducted by`, `story from the`, `city of`."""
    index = begin - 1
    if index > 0 and tokens[index].low in ("the", "a"):
        index -= 1
    if index < 1 or tokens[index].low not in ("of", "by", "from") or tokens[index - 1].capital:
        return None
    by = tokens[index].low
    noun = word_at(tokens, index - 1)
    if by == "of":
        return index - 1 if noun in _NOUNS and index == begin - 1 else None
    if noun.endswith("ed") and index > 1:
        index -= 1
    if tokens[index - 1].low == "," and index > 1:
        index -= 1
    return index - 1 if word_at(tokens, index - 1) in _WORKS and not tokens[index - 1].capital else None


def _called(tokens: Sequence[Token], run: Range) -> frozenset[str]:
    """What a name is said to be: `Acme, a software company`; a company where it has a chief executive or customers."""
    begin, last = run
    if set(_words(tokens, run)) <= ORGANISATION_WORDS | _NOUNS:
        return frozenset()
    if run != (0, 1) and any(
        word_at(tokens, index) in _BUSINESS for index in range(begin + 1, min(last + 1, len(tokens)))
    ):
        return _ENTERPRISE
    placed = word_at(tokens, last - 1) in COUNTRIES | CITIES | STATES
    if not placed and last + 2 < len(tokens) and tokens[last].low == "," and tokens[last + 1].low in ("a", "an"):
        for index in range(last + 2, min(last + 9, len(tokens))):
            if tokens[index].sort is not Sort.WORD or tokens[index].low in PREPOSITIONS:
                break
            if not tokens[index].capital and word_at(tokens, index) in (_NOUNS | _ENTERPRISE | _KINDS.keys()) - _WORKS:
                closed = any(token.low == "," for token in tokens[index : index + 12])
                return frozenset((word_at(tokens, index),)) if closed or run != (0, 1) else frozenset()
    return frozenset()


def _words(tokens: Sequence[Token], run: Range) -> list[str]:
    return [word for index in range(*run) for word in name_words(tokens[index].low)]


def _tail(tokens: Sequence[Token], last: int) -> int | None:
    """The index after a plain noun at most three words behind a name: "Washington Post-ABC News national poll"."""
    for index in range(last, min(last + 3, len(tokens))):
        token = tokens[index]
        if token.sort is not Sort.WORD or token.capital or token.low in PREPOSITIONS | DETERMINERS:
            return None
        if word_at(tokens, index) in _NOUNS | _WORKS:
            owner = tokens[last - 1].low.endswith(("'s", "’s", "'", "’"))
            return None if owner and word_at(tokens, index) not in _OWNED else index + 1
    return None
