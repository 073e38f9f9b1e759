"""What briefings and suggestions are made from, read in one place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.extract.vocabulary import vocabulary
from briefings.model import Coverage, Material, Window
from briefings.search import Field, Query, Term
from briefings.store import articles, events, sources, speakers, statements
from briefings.terms import stem, words

# Enough for the busiest day of a desk; a briefing shows a few dozen of them.
MAX_ROWS = 2_000
# Suggestions look at the newest rows alone: what is talked about now, at a bounded cost.
_SAMPLED = 150
_NAME_WORDS = 1_000
# Words that everybody uses and nobody looks for.
_EMPTY = vocabulary(
    "about after again against also although among another because been before being between both cannot could does "
    "doing during each even every from have having here itself just made make many more most much must only other "
    "over same says said shall should since some such than that their them then there these they this those through "
    "told too under until upon very want well were what when where which while whom whose will with within without "
    "would year years your"
)
_NEAR = 74  # of 100, rapidfuzz's ratio: "negotations" and "Podoliak" pass, other words do not


async def material(
    connection: AsyncConnection, window: Window, query: Query | None = None, ids: articles.IdRange | None = None
) -> Material:
    """The rows of the articles published within `window`, of those with `ids`, narrowed by the words and fields of
    `query`."""
    told = await events.within(connection, window, query, MAX_ROWS, ids)
    said = await statements.within(connection, window, query, MAX_ROWS, ids)
    if query and query.terms:
        found = {event.article.id: event.article.outlet for event in told}
        found |= {statement.article.id: statement.article.outlet for statement in said}
        coverage = Coverage(len(found), len(set(found.values())))
    else:
        coverage = await articles.coverage(connection, window, ids)
    return Material(window, coverage, tuple(told), tuple(said), tuple(await sources.states(connection, window)))


@dataclass(frozen=True, slots=True)
class Nearest:
    """What exists near a query without hits: names of speakers, words of the record, and whether they are near at
    all or just what is on record most."""

    speakers: tuple[str, ...]
    topics: tuple[str, ...]
    near: bool

    @property
    def empty(self) -> bool:
        return not (self.speakers or self.topics)


Asked = Literal["statement", "event", "speaker"]


async def nearest(connection: AsyncConnection, query: Query, asked: Asked, limit: int = 4) -> Nearest:
    """Speakers and topics near what was asked for; what is on record most, where nothing is near.

    Of statements both are named, of events topics alone, of speakers names alone.
    """
    wanted = [term for term in query.terms if not term.negated]
    near_names = await _near_names(connection, wanted, limit) if asked != "event" else []
    topics = await _topics(connection, asked) if asked != "speaker" else []
    words_wanted = [word for term in wanted if term.field is Field.TEXT for word in words(term.text)]
    near_topics = list(dict.fromkeys(near for word in words_wanted for near in _near(word, topics, limit)))
    if near_names or near_topics:
        return Nearest(tuple(near_names), tuple(near_topics[:limit]), True)
    leading = await speakers.leading(connection, _SAMPLED, limit) if asked != "event" else []
    named = {word for name in leading for word in words(name)}
    return Nearest(tuple(leading), tuple([topic for topic in topics if topic not in named][:limit]), False)


async def _near_names(connection: AsyncConnection, wanted: list[Term], limit: int) -> list[str]:
    """Names of which a word is near one that was asked for, nearest first. The first letter must be right."""
    found: dict[str, None] = {}
    for term in (term for asked in wanted for term in asked.terms):
        candidates = await speakers.words_from(connection, term[0], _NAME_WORDS)
        for word in _near(term, candidates, limit):
            found.update(dict.fromkeys(await speakers.with_word(connection, word, limit)))
    return list(found)[:limit]


async def _topics(connection: AsyncConnection, asked: Asked) -> list[str]:
    """The words of recent statements or events, the most frequent first, those of titles before others. Each stem
    once, as most often written."""
    texts = await (events if asked == "event" else statements).texts(connection, _SAMPLED)
    titles = set(words(" ".join(await articles.titles(connection, _SAMPLED // 2))))
    weight: Counter[str] = Counter()
    for word, count in Counter(words(" ".join(texts))).items():
        if len(word) > 3 and word.isalpha() and word not in _EMPTY:
            weight[word] = count * (5 if word in titles else 1)
    best: dict[str, str] = {}
    for word, _ in weight.most_common(1_000):
        best.setdefault(stem(word), word)
    return list(best.values())


def _near(word: str, candidates: list[str], limit: int) -> list[str]:
    """The candidates that are near a word, nearest first."""
    from rapidfuzz import fuzz, process  # only a question without an answer needs it

    near = process.extract(word, candidates, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=limit)
    return [match for match, _, _ in near]
