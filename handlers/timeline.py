"""/timeline: events in the order in which they happened."""

from __future__ import annotations

from briefings import document as doc
from briefings.gather import tell_once
from briefings.groups import Told
from briefings.present import days_of, event_line, plural, reader_of
from briefings.search import parse
from briefings.store import Store, events
from briefings.store.ids import chronological
from handlers.base import Command, Reply, Request
from handlers.shown import event_data, no_hits

MAX_SHOWN = 15
MAX_READ = 100


async def run(request: Request, store: Store) -> Reply:
    query = parse(request.text, request.now, request.zone)
    async with store.read() as connection:
        found, total = await events.search(connection, query, MAX_READ)
        if not found:
            reply = await no_hits(connection, COMMAND.name, query, "event")
            return Reply(reply.document, {**reply.data, "events": []})
    # Found latest first, told in the order of happening. Of a long story, the latest part.
    once = tell_once(found)
    told = sorted(once[:MAX_SHOWN], key=lambda one: chronological(one.event.id))
    reader = reader_of([account.article for one in told for account in one.accounts], request.zone)
    title = f"Timeline · {query.text}" if query.text else "Timeline"
    days = days_of([account.article for one in told for account in one.accounts], reader)
    note = f"{plural(len(told), 'event')} in the order in which they happened, as reported {days}"
    if total > len(found) or len(once) > len(told):
        note += "; for earlier ones add until:"
    zone = doc.zone_note(request.zone.key)
    blocks: list[doc.Block] = [doc.Heading(title, 1), doc.paragraph(doc.Text(note, "quiet"), zone)]
    blocks.extend(event_line(one, reader) for one in told)
    data = {"command": COMMAND.name, "query": query.text, "total": total, "events": [_data(one) for one in told]}
    return Reply(doc.Document(f"{title}: {note}", tuple(blocks)), data)


def _data(told: Told) -> dict[str, object]:
    return {**event_data(told.event), "accounts": [event_data(account) for account in told.accounts]}


COMMAND = Command(
    name="timeline",
    summary="See what happened, in the order in which it happened",
    usage="[query]",
    examples=("/timeline Kursk", "/timeline in:Pokrovsk since:2024-08-01"),
    order=30,
    run=run,
)
