"""/briefing: what happened and who said what, of the newest day on record or of the days asked for."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import document as doc
from briefings import present
from briefings.compose import Briefing, compose
from briefings.groups import Dispute, Told
from briefings.model import Window
from briefings.search import Query, day_window, parse
from briefings.store import Store, articles, statements
from briefings.store.material import material
from handlers.base import JSON, Command, Reply, Request
from handlers.shown import event_data, no_hits, statement_data


async def run(request: Request, store: Store) -> Reply:
    query = parse(request.text, request.now, request.zone)
    async with store.read() as connection:
        window = await _window(connection, query, request)
        if window is None:
            return await no_hits(connection, COMMAND.name, query)
        composed = compose(await material(connection, window, query))
        if composed.empty and query.terms:
            return await no_hits(connection, COMMAND.name, query)
    shown = present.briefing(composed, request.zone, " ".join(map(str, query.terms)))
    return Reply(_with_ways_on(shown, composed), _data(query, composed, request.zone))


async def _window(connection: AsyncConnection, query: Query, request: Request) -> Window | None:
    """The days asked for, or else the newest local day with material; None for an empty record."""
    if query.since or query.until:
        end = query.until or request.now
        return Window(query.since or min(end, day_window(date(1700, 1, 2), request.zone)[0]), end)
    newest = await articles.newest(connection)
    if query.terms:
        page = await statements.search(connection, query, 1)
        newest = page.statements[0].article.published if page.statements else newest
    return _day_of(newest, request.zone) if newest else None


def _day_of(instant: datetime, zone: ZoneInfo) -> Window:
    return Window(*day_window(instant.astimezone(zone).date(), zone))


def _with_ways_on(shown: doc.Document, composed: Briefing) -> doc.Document:
    """Adds the commands that lead on from a briefing: its first speaker, its timeline."""
    buttons = [doc.Button("Timeline", "/timeline"), doc.Button("Sources", "/sources")]
    if person := composed.leading:
        buttons.insert(0, doc.Button(person, f"/speaker {person}"))
    return doc.Document(shown.summary, (*shown.blocks, doc.Buttons(tuple(buttons))))


def _data(query: Query, composed: Briefing, zone: ZoneInfo) -> JSON:
    return {
        "command": COMMAND.name,
        "query": query.text,
        "window": {
            "begin": composed.window.begin.astimezone(zone).isoformat(),
            "end": composed.window.end.astimezone(zone).isoformat(),
        },
        "coverage": {"articles": composed.coverage.articles, "outlets": composed.coverage.outlets},
        "events": [_told(told) for told in composed.events],
        "said": [
            {"speaker": said.name, "statements": [statement_data(item.statement) for item in said.statements]}
            for said in composed.said
        ],
        "contested": [_dispute(dispute) for dispute in composed.disputes],
        "silent": [
            {"source": source.name, "newest": source.newest and source.newest.isoformat(), "error": source.error}
            for source in composed.silent
        ],
    }


def _told(told: Told) -> JSON:
    return {**event_data(told.event), "outlets": sorted({account.article.outlet for account in told.accounts})}


def _dispute(dispute: Dispute) -> list[JSON]:
    return [statement_data(line.statement) for line in dispute.lines]


COMMAND = Command(
    name="briefing",
    summary="Read what happened and who said what, of the newest day or the days asked for",
    usage="[query]",
    examples=("/briefing", "/briefing Kursk", "/briefing since:2024-08-13 until:2024-08-14"),
    order=20,
    run=run,
    aliases=("brief", "digest"),
)
