"""What an article is about, as weighted terms: names and the words of the headline and the opening count more."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from briefings.extract.vocabulary import vocabulary
from briefings.terms import WORD, stem, words

# What an article is chiefly about is said in its first part.
MAX_CHARACTERS = 20_000
# Of an article's terms, so many of the weightiest are kept.
MAX_TERMS = 150
# Of these, so many of the most telling are keys in an index.
MAX_KEYS = 30
# The weights were tuned on half of `benchmarks/story_pairs.jsonl`.
_OPENING_WORDS, _OPENING, _TITLE, _NAME = 150, 2, 5, 1.8
# A term is a name where so many of its occurrences begin with a capital.
_CAPITALS = 0.6
# As though so many articles more had been read, none of which had any of the terms: without it, five articles on one
# accident would make its words common ones in a young record.
_UNREAD = 50

# More than `store.material` leaves out: of news in general nothing tells a story, days and months among it.
_COMMON = vocabulary(
    "a about above according across add added after again against ago all almost along already also although always am "
    "among an and another any are around as ask asked at away back be became because become been before being below "
    "between both but by call called came can come could day days did do does doing done down during each either else "
    "even ever every far few first for from further get getting give given go goes going good got had has have having "
    "he her here hers him himself his how however i if in including into is it its itself just keep kept know known "
    "last later least less let like likely long made make makes making many may me might mine month months more most "
    "mr mrs ms much must my near never new next no nor not nothing now of off often old on once one only onto or other "
    "others our ours out over own part people per percent perhaps put rather really right said same saw say saying "
    "says second see seen set several shall she should show since so some something soon still such take taken tell "
    "than that the their them then there these they thing things think third this those though three through time "
    "times to today together told tomorrow too took toward two under until up upon us use used very want was way we "
    "week weeks well went were what when where whether which while who whole whom whose why will with within without "
    "women men woman man work would year years yes yesterday yet you your yours "
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september "
    "october november december image copyright caption photo video subscribe newsletter updates read"
)


@dataclass(frozen=True, slots=True)
class Features:
    """The terms of an article with their weights, the weightiest first."""

    terms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many of `articles` each term occurs: what is in the news every day tells no story from another."""

    articles: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @staticmethod
    def of(features: Iterable[Features]) -> Frequencies:
        """The frequencies among articles, such as a thousand of the last 30 days."""
        counts: Counter[str] = Counter()
        articles = 0
        for each in features:
            articles += 1
            counts.update(each.terms.keys())
        return Frequencies(articles, counts)

    def rarity(self, term: str) -> float:
        """How telling a term is (inverse document frequency), at least 0; with no articles all are alike."""
        return max(0.0, math.log((self.articles + _UNREAD) / (self.counts.get(term, 0) + 0.5)))


def features(title: str, text: str) -> Features:
    """What an article is about. Its language should set words apart; others have few terms, and stay by themselves."""
    weights: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    for place, (term, capital) in enumerate(_terms(text[:MAX_CHARACTERS])):
        if term:
            weights[term] += _OPENING if place < _OPENING_WORDS else 1
            seen[term] += 1
            capitals[term] += capital
    for term, _ in _terms(title):
        if term:
            weights[term] += _TITLE
    found = {
        term: round((1 + math.log(weight)) * (_NAME if capitals[term] >= _CAPITALS * max(1, seen[term]) else 1), 2)
        for term, weight in weights.items()
    }
    return Features(dict(sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MAX_TERMS]))


def _terms(text: str) -> Iterator[tuple[str, bool]]:
    """Each word's term, and whether it begins with a capital; an empty term for a word that tells nothing."""
    for match in WORD.finditer(text):
        word = match.group()
        folded: Sequence[str] = (word.lower(),) if word.isascii() and word.isalpha() else words(word)
        for each in folded:
            telling = 1 < len(each) <= 40 and each not in _COMMON
            yield (stem(each) if telling else ""), word[0].isupper()


def keys(article: Features, frequencies: Frequencies) -> tuple[str, ...]:
    """The most telling terms of an article, at most `MAX_KEYS`: what its story is looked up by."""
    telling = sorted(article.terms, key=lambda term: (-article.terms[term] * frequencies.rarity(term), term))
    return tuple(telling[:MAX_KEYS])
