"""The lines of an article on record, as the extractor found them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.carried import Happened, Lines, Said
from briefings.extract.base import Attribution, Happening
from briefings.model import Act, EventType, Kind, Precision, SpeakerKind, When
from briefings.store import fulltext
from briefings.store.indexed import GAP
from briefings.store.schema import event, speaker, speaker_alias, statement
from briefings.store.statements import spans
from briefings.terms import words


async def of_article(connection: AsyncConnection, article_id: int) -> Lines:
    """All lines of one article, in the order of its text."""
    joined = select(statement, speaker.c.name.label("speaker_name"), speaker.c.kind.label("speaker_kind"))
    joined = joined.join(speaker, speaker.c.id == statement.c.speaker_id, isouter=True)
    rows = list(await connection.execute(joined.where(statement.c.article_id == article_id)))
    spellings = await _spellings(connection, {row.speaker_id for row in rows if row.speaker_id is not None})
    searchable = fulltext.stored(statement, connection.dialect.name).where(statement.c.article_id == article_id)
    index = [fulltext.read_back(row) for row in await connection.execute(searchable)]
    places = {each.id: tuple(term for term in each.place if term != GAP) for each in index}
    said = [
        Said(row.id, row.intake, _attribution(row), places.get(row.id, ()), spellings.get(row.speaker_id, ()))
        for row in rows
    ]
    happened = await connection.execute(select(event).where(event.c.article_id == article_id))
    return Lines(
        tuple(sorted(said, key=lambda each: (each.attribution.content, each.id))),
        tuple(
            sorted(
                (Happened(row.id, row.intake, _happening(row)) for row in happened),
                key=lambda each: (each.happening.span, each.id),
            )
        ),
    )


async def _spellings(connection: AsyncConnection, ids: set[int]) -> dict[int, tuple[frozenset[str], ...]]:
    found: dict[int, tuple[frozenset[str], ...]] = {}
    query = select(speaker_alias.c.speaker_id, speaker_alias.c.alias).where(speaker_alias.c.speaker_id.in_(ids))
    for row in await connection.execute(query):
        found[row.speaker_id] = (*found.get(row.speaker_id, ()), frozenset(words(row.alias)))
    return found


def _attribution(row: Row[Any]) -> Attribution:
    return Attribution(
        content=spans(row.spans),
        cue=spans(row.cue_spans),
        source=spans(row.source_spans),
        speaker=row.speaker_name,
        speaker_kind=SpeakerKind(row.speaker_kind) if row.speaker_kind else SpeakerKind.UNNAMED,
        role=row.role,
        kind=Kind(row.kind),
        act=Act(row.act),
        hedges=tuple(row.hedges),
        venue=row.venue,
        said_on=row.said_on,
    )


def _happening(row: Row[Any]) -> Happening:
    when = None
    if row.when_text is not None:
        when = When(row.when_text, row.when_first, row.when_last, Precision(row.when_precision), row.when_open)
    return Happening(
        span=(row.span[0], row.span[1]),
        type=EventType(row.type),
        who=tuple(row.who),
        whom=tuple(row.whom),
        where=tuple(row.where),
        when=when,
        numbers=tuple(row.numbers),
        hedges=tuple(row.hedges),
        account=row.account,
    )
