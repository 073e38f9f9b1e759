"""What briefings and suggestions are made from, read in one place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Material, Window
from briefings.search import Field, Query, Term
from briefings.store import articles, events, sources, speakers, statements
from briefings.terms import stem, words

# Enough for the busiest day of a desk; a briefing shows a few dozen of them.
MAX_ROWS = 2_000
# Suggestions look at the newest rows alone: what is talked about now, at a bounded cost.
_SAMPLED = 300
_NEAR = 74  # of 100, rapidfuzz's ratio: "negotations" and "Podoliak" pass, other words do not


async def material(connection: AsyncConnection, window: Window, query: Query | None = None) -> Material:
    """The rows of the articles published within `window`, narrowed by the words and fields of `query`."""
    return Material(
        window=window,
        coverage=await articles.coverage(connection, window),
        events=tuple(await events.within(connection, window, query, MAX_ROWS)),
        statements=tuple(await statements.within(connection, window, query, MAX_ROWS)),
        sources=tuple(await sources.states(connection, window)),
    )


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


async def nearest(connection: AsyncConnection, query: Query, limit: int = 4) -> Nearest:
    """Speakers and topics near what was asked for; what is on record most, where nothing is near."""
    wanted = [term for term in query.terms if not term.negated]
    names = await speakers.all_names(connection, 5 * _SAMPLED)
    topics = await _topics(connection)
    near_names = _near(wanted, {name: words(name) for name in names}, limit)
    near_topics = _near(
        [term for term in wanted if term.field is Field.TEXT], {topic: [topic] for topic in topics}, limit
    )
    if near_names or near_topics:
        return Nearest(tuple(near_names), tuple(near_topics), True)
    leading = await speakers.leading(connection, _SAMPLED, limit)
    named = {word for name in leading for word in words(name)}
    return Nearest(tuple(leading), tuple([topic for topic in topics if topic not in named][:limit]), False)


async def _topics(connection: AsyncConnection) -> list[str]:
    """The words of recent titles and statements, titles' most frequent first. Each stem once, as most often written."""
    titles = await articles.titles(connection, _SAMPLED // 2)
    texts = await statements.texts(connection, _SAMPLED)
    weight: Counter[str] = Counter()
    for factor, source in ((5, titles), (1, texts)):
        for word, count in Counter(words(" ".join(source))).items():
            if len(word) > 3 and word.isalpha():
                weight[word] += factor * count
    best: dict[str, str] = {}
    for word, _ in weight.most_common(1_000):
        best.setdefault(stem(word), word)
    return list(best.values())


def _near(wanted: list[Term], candidates: dict[str, list[str]], limit: int) -> list[str]:
    """The candidates of which a word is near a wanted one, nearest first."""
    from rapidfuzz import fuzz, process  # only a question without an answer needs it

    by_word: dict[str, list[str]] = {}
    for candidate, parts in candidates.items():
        for part in parts:
            by_word.setdefault(part, []).append(candidate)
    choices = list(by_word)
    found: dict[str, None] = {}
    for term in wanted:
        for word in words(term.text):
            near = process.extract(word, choices, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=limit)
            found.update(dict.fromkeys(candidate for match, _, _ in near for candidate in by_word[match]))
    return list(found)[:limit]
