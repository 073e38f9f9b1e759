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
from briefings.store.schema import event, statement


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
    async for batch in articles.stream(connection):
        texts = {row.id: row.text for row in batch}
        async for row in _of_articles(connection, statement, list(texts)):
            result.statements += 1
            result.mismatches.extend(_statement_faults(row, texts[row.article_id]))
        async for row in _of_articles(connection, event, list(texts)):
            result.events += 1
            result.mismatches.extend(_event_faults(row, texts[row.article_id]))
        result.articles += len(batch)
        advance(len(batch))
    for noun in (statement, event):
        result.mismatches.extend(await _stray(connection, noun))
    return result


async def _of_articles(connection: AsyncConnection, noun: Table, ids: list[int]) -> AsyncIterator[Row[Any]]:
    for row in await connection.execute(select(noun).where(noun.c.article_id.in_(ids)).order_by(noun.c.id)):
        yield row


def _statement_faults(row: Row[Any], text: str) -> list[str]:
    name = f"statement {to_text(row.id)} of article {row.article_id}"
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


async def _stray(connection: AsyncConnection, noun: Table) -> list[str]:
    """Rows without an article, and rows that a search cannot find."""
    rows = await connection.scalar(select(func.count()).select_from(noun)) or 0
    searchable = await fulltext.count(connection, noun)
    if rows == searchable:
        return []
    return [f"{rows} {noun.name}s on record, but {searchable} searchable"]
