"""Statements on record: adding, searching and reading them."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.carried import Said
from briefings.extract.base import Attribution
from briefings.extract.sentences import paragraphs, sentences
from briefings.model import Act, Article, Kind, Span, Speaker, SpeakerKind, Statement, Window, quote_spans
from briefings.search import Query
from briefings.store import articles, fulltext, speakers
from briefings.store.ids import MAX_ID, lower_bound, time_ordered
from briefings.store.keeping import Change, Signs, ids_for, rows_of, same
from briefings.store.schema import article, speaker, statement
from briefings.terms import terms

# Counting stops here: a common word has hundreds of thousands of hits, and nobody pages through them.
MAX_COUNTED = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One page of hits, newest first. `total` counts all pages; `more` says that counting stopped at `total`."""

    statements: tuple[Statement, ...]
    total: int
    more: bool


_COLUMNS = (
    statement,
    # SQL counts characters from 1, in code points on both databases.
    func.substr(
        article.c.text, statement.c.context_begin + 1, statement.c.context_end - statement.c.context_begin
    ).label("context"),
    *articles.REF_COLUMNS,
    speaker.c.name.label("speaker_name"),
    speaker.c.kind.label("speaker_kind"),
)


async def add(
    connection: AsyncConnection, of: Article, found: Sequence[Attribution], places: Sequence[Sequence[str]]
) -> int:
    """Stores the statements found in an article and makes them searchable. Returns how many.

    `places` gives, for each attribution, the names that `in:` shall find it by.
    """
    return await add_said(connection, of, _said(found, places))


async def add_said(connection: AsyncConnection, of: Article, found: Sequence[Said]) -> int:
    """As `add`, for statements with their places as index terms; ids of their own they get here."""
    ids = await ids_for(connection, statement, wanted(of, [each.attribution for each in found]))
    await put(connection, of, [replaced(each, id=id, intake=of.id) for each, id in zip(found, ids, strict=True)])
    return len(found)


async def replace(
    connection: AsyncConnection, of: Article, found: Sequence[Attribution], places: Sequence[Sequence[str]]
) -> Change:
    """Puts the statements found in an article in the place of those that it has on record; arguments as for `add`.

    One of the same words keeps its id, whatever else is known of it now, and so does one that begins where an old one
    began.
    """
    before = await rows_of(connection, statement, of.id)
    known = same(
        [_signs(row.spans, row.source_spans, row.cue_spans) for row in before],
        [_signs(item.content, item.source, item.cue) for item in found],
    )
    kept = {at: before[was].id for at, was in known.items()}
    ids = await ids_for(connection, statement, wanted(of, found), kept)
    intakes = {row.id: row.intake for row in before}
    await remove(connection, [row.id for row in before])
    said = zip(_said(found, places), ids, strict=True)
    await put(connection, of, [replaced(each, id=id, intake=intakes.get(id, of.id)) for each, id in said])
    return Change(len(kept), len(found) - len(kept), len(before) - len(kept))


def _said(found: Sequence[Attribution], places: Sequence[Sequence[str]]) -> list[Said]:
    """As lines without an id yet."""
    return [
        Said(0, 0, item, tuple(term for name in names for term in terms(name)))
        for item, names in zip(found, places, strict=True)
    ]


async def remove(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Takes statements off the record and out of the search."""
    await fulltext.remove(connection, statement, ids)
    await connection.execute(delete(statement).where(statement.c.id.in_(ids)))


def wanted(of: Article, found: Sequence[Attribution]) -> list[int]:
    """The ids that statements get where they are free."""
    return [time_ordered(of.published, of.identity, item.content[0][0]) for item in found]


def _signs(content: Any, source: Any, cue: Any) -> Signs:
    """What a statement is recognised by: all its spans, those of its words, and where they begin."""
    try:
        begin = content[0][0]
    except (TypeError, LookupError):  # a record that somebody damaged; reading again mends it
        begin = None
    return json.dumps([content, source, cue]), json.dumps(content), begin


async def put(connection: AsyncConnection, of: Article, said: Sequence[Said]) -> None:
    """Stores all statements of an article under their ids, and makes them searchable."""
    found = [each.attribution for each in said]
    people = {item.speaker: item.speaker_kind for item in found if item.speaker}
    speaker_ids = await speakers.resolve_all(connection, people)
    rows, index = [], []
    within = [span for paragraph in paragraphs(of.text) for span in sentences(of.text, paragraph)]
    for each in said:
        item = each.attribution
        context = _context(item, within)
        row = _values(each, of, context, speaker_ids.get(item.speaker or ""))
        rows.append(row)
        index.append(
            fulltext.Indexed(
                id=each.id,
                body=[term for piece in _subject(item, context, found) for term in terms(of.text[slice(*piece)])],
                place=list(dict.fromkeys((*each.places, *terms(item.venue or "")))),
                outlet=terms(of.outlet),
                speaker=row["speaker_id"],
            )
        )
    if rows:
        await connection.execute(insert(statement), rows)
        await fulltext.add(connection, statement, index)


async def search(connection: AsyncConnection, query: Query, limit: int, offset: int = 0) -> Page:
    """The statements that match, newest first: `limit` of them from `offset` on."""
    dialect = connection.dialect.name
    wanted = fulltext.search(dialect, query, await speakers.of_query(connection, query))
    page = _page(dialect, everything=wanted.expression is None)
    rows = list(await connection.execute(page, {**wanted.parameters(), "shown": limit, "skipped": offset}))
    found = rows[0].total if rows else 0
    return Page(tuple(from_row(row) for row in rows), min(found, MAX_COUNTED), found > MAX_COUNTED)


async def within(
    connection: AsyncConnection,
    window: Window,
    query: Query | None,
    limit: int,
    ids: articles.IdRange | None = None,
    which: articles.Which = articles.Which.STANDING,
) -> list[Statement]:
    """The newest statements of the articles published within `window` that came in with `ids`, at most `limit`."""
    # Ids sort by publication: the window is a range of the key, however long the record.
    begin, end = lower_bound(window.begin), lower_bound(window.end)
    taken_in = (*articles.ranged(ids, statement.c.intake), *which.conditions)
    rows = _joined().where(statement.c.id >= begin, statement.c.id < end, *taken_in).limit(limit)
    parameters: dict[str, object] = {}
    if query and query.terms:
        bounded = Query(query.text, query.terms, window.begin, window.end)
        dialect = connection.dialect.name
        wanted = fulltext.search(dialect, bounded, await speakers.of_query(connection, query))
        hits = fulltext.hits(dialect, statement)
        # Of those that came in otherwise than by `ids` there may be more than the limit.
        rows = rows.where(statement.c.id.in_(hits.limit(limit) if ids is None else hits.order_by(None)))
        parameters = wanted.parameters()
    return [from_row(row) for row in await connection.execute(rows, parameters)]


async def by_speaker(connection: AsyncConnection, speaker_id: int, limit: int) -> list[Statement]:
    """The newest statements of one speaker."""
    rows = _joined().where(statement.c.speaker_id == speaker_id).limit(limit)
    return [from_row(row) for row in await connection.execute(rows)]


async def in_paragraph(connection: AsyncConnection, id: int) -> tuple[Statement, str, list[Span]] | None:
    """A statement with the paragraphs in which its words stand, and its spans within them; None where there is none."""
    row = (await connection.execute(_joined(article.c.text.label("whole")).where(statement.c.id == id))).one_or_none()
    if row is None:
        return None
    found = from_row(row)
    low, high = found.spans[0][0], found.spans[-1][1]
    blocks = [(begin, end) for begin, end in paragraphs(row.whole) if begin < high and low < end] or [(low, high)]
    begin, end = blocks[0][0], blocks[-1][1]
    return found, row.whole[begin:end], [(first - begin, last - begin) for first, last in found.spans]


async def texts(connection: AsyncConnection, limit: int) -> list[str]:
    """The words of the newest statements: what people talk about."""
    return list(await connection.scalars(select(statement.c.text).order_by(statement.c.id.desc()).limit(limit)))


def _joined(*extra: Any) -> Select[Any]:
    return (
        select(*extra, *_COLUMNS)
        .select_from(statement)
        .join(article, article.c.id == statement.c.article_id)
        .join(speaker, speaker.c.id == statement.c.speaker_id, isouter=True)
        .order_by(statement.c.id.desc())
    )


@lru_cache(maxsize=4)
def _page(dialect: str, *, everything: bool) -> Select[Any]:
    """One page of hits with their count, in one statement: parameters as of a `Search`, and "shown" and "skipped"."""
    hits = fulltext.hits(dialect, statement, everything=everything).limit(MAX_COUNTED + 1).cte("hits")
    total = select(func.count()).select_from(hits).scalar_subquery().label("total")
    shown = select(hits.c.id).order_by(hits.c.id.desc()).limit(bindparam("shown")).offset(bindparam("skipped"))
    page = shown.subquery("page")
    return _joined(total).join(page, page.c.id == statement.c.id)


def _context(item: Attribution, within: Sequence[Span]) -> Span:
    """From the begin of the first sentence that a statement touches to the end of the last."""
    touched = [*item.content, *item.source, *item.cue]
    first, last = min(begin for begin, _ in touched), max(end for _, end in touched)
    at = max(bisect_right(within, (first, MAX_ID)) - 1, 0)
    to = max(bisect_left(within, (last, 0)) - 1, at)
    return (min(within[at][0], first), max(within[to][1], last)) if within else (first, last)


def _subject(item: Attribution, context: Span, found: Sequence[Attribution]) -> list[Span]:
    """Where the words stand that a statement is found by: its sentences, less what else is said in them.

    What it is about may stand beside it: "On the visas, the ambassador said that he was hopeful".
    """
    begin, end = context
    others = sorted(
        span
        for other in found
        for span in other.content
        if begin <= span[0] < end and not any(span[0] < own[1] and own[0] < span[1] for own in item.content)
    )
    pieces = []
    for low, high in others:
        if begin < low:
            pieces.append((begin, low))
        begin = max(begin, high)
    return [*pieces, (begin, end)] if begin < end else pieces


def _values(said: Said, of: Article, context: Span, speaker_id: int | None) -> dict[str, Any]:
    item = said.attribution
    return {
        "id": said.id,
        "intake": said.intake,
        "article_id": of.id,
        "speaker_id": speaker_id,
        "role": item.role,
        "source_text": quote_spans(of.text, item.source),
        "source_spans": item.source,
        "cue_text": quote_spans(of.text, item.cue),
        "cue_spans": item.cue,
        "text": quote_spans(of.text, item.content),
        "spans": item.content,
        "context_begin": context[0],
        "context_end": context[1],
        "kind": item.kind.value,
        "act": item.act.value,
        "hedges": item.hedges,
        "venue": item.venue,
        "said_on": item.said_on,
    }


def from_row(row: Row[Any]) -> Statement:
    named = row.speaker_id is not None
    return Statement(
        id=row.id,
        article=articles.reference(row),
        speaker=Speaker(row.speaker_id, row.speaker_name, SpeakerKind(row.speaker_kind)) if named else None,
        role=row.role,
        source_text=row.source_text,
        source_spans=spans(row.source_spans),
        cue_text=row.cue_text,
        cue_spans=spans(row.cue_spans),
        text=row.text,
        spans=spans(row.spans),
        context=row.context.strip(),
        kind=Kind(row.kind),
        act=Act(row.act),
        hedges=tuple(row.hedges),
        venue=row.venue,
        said_on=row.said_on,
    )


def spans(stored: list[list[int]]) -> tuple[Span, ...]:
    return tuple((begin, end) for begin, end in stored)
