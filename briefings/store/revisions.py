"""An article that was edited: its new wording takes the place of the one on record.

The wording before stays as a row of its own, with the lines that the new one does not have any more. What still stands
keeps its id and the article it came in with, and moves over.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.carried import Happened, Said, overlap
from briefings.extract.base import Attribution, Happening
from briefings.model import Article
from briefings.store import events, statements
from briefings.store.keeping import Change, Signs, ids_for, same
from briefings.store.schema import event, statement
from briefings.terms import terms


async def put_statements(
    connection: AsyncConnection,
    of: Article,
    found: Sequence[Attribution],
    places: Sequence[Sequence[str]],
    standing: Sequence[Said],
) -> Change:
    """Puts on record what is `found` in the new wording `of` an article, with `places` as for `statements.add`.

    `standing` are the statements on record that the new wording still has, at their places there. They are not taken
    back where they are not found a second time.
    """
    known = same([_sign(each.attribution) for each in standing], [_sign(item) for item in found])
    said = [span for item in found for span in item.content]
    matched = {at: standing[was] for at, was in known.items()}
    unread = [standing[at] for at in range(len(standing)) if at not in known.values()]
    unread = [each for each in unread if not overlap(each.attribution.content, said)]
    kept = {at: each.id for at, each in matched.items()}
    ids = await ids_for(connection, statement, statements.wanted(of, found), kept)
    now = [
        Said(id, matched[at].intake if at in matched else of.id, item, tuple(t for name in names for t in terms(name)))
        for at, (id, item, names) in enumerate(zip(ids, found, places, strict=True))
    ]
    await statements.remove(connection, [each.id for each in (*matched.values(), *unread)])
    await statements.put(connection, of, [*now, *unread])
    return Change(len(matched) + len(unread), len(found) - len(matched))


async def put_events(
    connection: AsyncConnection, of: Article, found: Sequence[Happening], standing: Sequence[Happened]
) -> Change:
    """As `put_statements`, for events. One that is dated otherwise now is another one: ids stand in order of time."""
    known = same([_event_sign(each.happening) for each in standing], [_event_sign(item) for item in found])
    matched = {at: standing[was] for at, was in known.items()}
    unread = [standing[at] for at in range(len(standing)) if at not in known.values()]
    spans = [item.span for item in found]
    unread = [each for each in unread if not overlap([each.happening.span], spans)]
    kept = {at: each.id for at, each in matched.items()}
    ids = await ids_for(connection, event, events.wanted(of, found), kept)
    now = [
        Happened(id, matched[at].intake if at in matched else of.id, item)
        for at, (id, item) in enumerate(zip(ids, found, strict=True))
    ]
    await events.remove(connection, [each.id for each in (*matched.values(), *unread)])
    await events.put(connection, of, [*now, *unread])
    return Change(len(matched) + len(unread), len(found) - len(matched))


def _sign(item: Attribution) -> Signs:
    """What a statement is recognised by: all its spans, then those of its words."""
    content = json.dumps(item.content)
    return json.dumps([item.content, item.source, item.cue]), content


def _event_sign(item: Happening) -> Signs:
    when = (item.when.first, item.when.last) if item.when else None
    return (item.span, item.type, when), (item.span, when)
