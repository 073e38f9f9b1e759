"""The proof that every line has its receipt: each stored span is cut from its article again and compared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import quote_spans
from briefings.store import articles, fulltext
from briefings.store.ids import to_text
from briefings.store.schema import article, event, speaker, speaker_alias, speaker_key, statement
from briefings.terms import words


@dataclass(slots=True)
class Verification:
    """What a check found. `mismatches` holds one line each, naming row and article; empty means the record holds."""

    articles: int = 0
    statements: int = 0
    events: int = 0
    mismatches: list[str] = field(default_factory=list)


async def verify(connection: AsyncConnection, advance: Callable[[int], None] = lambda _: None) -> Verification:
    """Checks every statement and event of the record. `advance` is told how many articles were done since last."""
    result = Verification()
    spellings = await _spellings(connection)
    async for batch in articles.stream(connection):
        texts = {row.id: row.text for row in batch}
        written = {row.id: set(words(row.text)) for row in batch}
        async for row in _of_articles(connection, statement, list(texts)):
            result.statements += 1
            result.mismatches.extend(_statement_faults(row, texts[row.article_id]))
            if row.speaker_id is not None and not any(
                spelling <= written[row.article_id] for spelling in spellings.get(row.speaker_id, ())
            ):
                result.mismatches.append(f"{_name(row)}: its speaker is not named in the article")
        async for row in _of_articles(connection, event, list(texts)):
            result.events += 1
            result.mismatches.extend(_event_faults(row, texts[row.article_id]))
        result.articles += len(batch)
        advance(len(batch))
    for noun in (statement, event):
        result.mismatches.extend(await _stray(connection, noun))
    result.mismatches.extend(await _misfiled(connection))
    return result


async def _of_articles(connection: AsyncConnection, noun: Table, ids: list[int]) -> AsyncIterator[Row[Any]]:
    for row in await connection.execute(select(noun).where(noun.c.article_id.in_(ids)).order_by(noun.c.id)):
        yield row


def _statement_faults(row: Row[Any], text: str) -> list[str]:
    name = _name(row)
    faults = []
    if not row.spans:
        faults.append(f"{name} has no words")
    for what, stored, spans in (
        ("words", row.text, row.spans),
        ("source", row.source_text, row.source_spans),
        ("cue", row.cue_text, row.cue_spans),
    ):
        if not _slices(stored, spans, text):
            faults.append(f"{name}: its {what} are not in the article at {spans}")
    if not 0 <= row.context_begin < row.context_end <= len(text):
        faults.append(f"{name}: its context lies outside the article")
    for what, word in (("role", row.role), ("venue", row.venue), *(("hedge", hedge) for hedge in row.hedges)):
        if word and word not in text:
            faults.append(f"{name}: its {what} “{word}” is not in the article")
    return faults


def _event_faults(row: Row[Any], text: str) -> list[str]:
    if _slices(row.text, [row.span], text):
        return []
    return [f"event {to_text(row.id)} of article {row.article_id}: its words are not in the article at {row.span}"]


def _slices(stored: str, spans: Any, text: str) -> bool:
    """Whether `spans` are well formed, lie within `text` in order, and give `stored`."""
    end = 0
    try:
        for begin, stop in spans:
            if not end <= begin < stop <= len(text):
                return False
            end = stop
        return stored == quote_spans(text, tuple((begin, stop) for begin, stop in spans))
    except (TypeError, ValueError):
        return False


def _name(row: Row[Any]) -> str:
    return f"statement {to_text(row.id)} of article {row.article_id}"


async def _spellings(connection: AsyncConnection) -> dict[int, list[set[str]]]:
    """For each speaker, the words of every spelling of the name."""
    found: dict[int, list[set[str]]] = {}
    for row in await connection.execute(select(speaker_alias.c.speaker_id, speaker_alias.c.alias)):
        found.setdefault(row.speaker_id, []).append(set(words(row.alias)))
    return found


async def _stray(connection: AsyncConnection, noun: Table) -> list[str]:
    """Rows without an article, and rows that a search cannot find, or finds though they are gone."""
    faults = []
    orphans = select(func.count()).select_from(noun).where(noun.c.article_id.not_in(select(article.c.id)))
    if count := await connection.scalar(orphans):
        faults.append(f"{count} {noun.name}s on record without their article")
    if count := await fulltext.unindexed(connection, noun):
        faults.append(f"{count} {noun.name}s on record that no search finds")
    if count := await fulltext.dangling(connection, noun):
        faults.append(f"{count} {noun.name}s that a search finds, but that are not on record")
    return faults


async def _misfiled(connection: AsyncConnection) -> list[str]:
    """Statements found under another speaker, speakers whom no article to come can be filed under, and keys that file
    it under nobody."""
    faults = []
    if misfiled := await fulltext.misfiled(connection, statement):
        faults.append(f"{misfiled} statements on record that no search finds by their speaker")
    keyless = select(func.count()).select_from(speaker).where(speaker.c.id.not_in(select(speaker_key.c.speaker_id)))
    if count := await connection.scalar(keyless):
        faults.append(f"{count} speakers on record without a key")
    nobody = select(func.count()).select_from(speaker_key).where(speaker_key.c.speaker_id.not_in(select(speaker.c.id)))
    if count := await connection.scalar(nobody):
        faults.append(f"{count} keys of speakers who are not on record")
    return faults
